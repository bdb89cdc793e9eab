package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
)

const bigTail = 100_000

// sparse makes a file of size bytes that are a hole but for the beginning of
// what its last bytes would be if it were whole bytes long.
func sparse(t *testing.T, name string, whole, size int64, tail string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begin := whole - int64(len(tail))
	if _, err := file.WriteAt([]byte(tail[:size-begin]), begin); err != nil {
		t.Fatal(err)
	}
}

// Sizes and offsets beyond 32 bits go through the whole: what a listing tells,
// REST, the journal's identity, the counter, the size that is compared. Both
// files are holes but for their ends, so that no disk has to hold them.
func TestFilesBeyondFourGigabytesAreContinuedWhereTheyEnd(t *testing.T) {
	t.Parallel()
	tail := freight(bigTail)
	for _, kind := range ftptest.Kinds() {
		for _, size := range []int64{1<<32 + 60_000, 5 << 30, 50 << 30} {
			for _, up := range []bool{false, true} {
				name := fmt.Sprintf("%s, %d bytes, up=%v", kind, size, up)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					srv := ftptest.Start(t, kind, ftptest.Options{})
					c := muster(t, Config{})
					_, f, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
					here := localfs.New()
					defer here.Close()
					from, to := filepath.Join(srv.Dir, "big"), filepath.Join(c.dir, "big")
					job := transfer.Job{
						Source:  transfer.File{FS: f, Path: c.join(home, "big")},
						Target:  transfer.File{FS: here, Path: c.join(c.here, "big")},
						Counter: new(transfer.Counter), Verify: transfer.VerifyOff,
					}
					if up {
						from, to, job.Source, job.Target = to, from, job.Target, job.Source
					}
					c.must(srv.WriteFile("big"+transfer.Suffix, nil))
					sparse(t, from, size, size, tail)
					sparse(t, to+transfer.Suffix, size, size-bigTail/2, tail)
					seen, err := job.Source.FS.Stat(t.Context(), job.Source.Path)
					c.must(err)
					job.Made = &transfer.Identity{Size: size, ModTime: seen.ModTime}
					result, err := transfer.Run(t.Context(), job)
					if err != nil || result.Bytes != bigTail/2 || result.Size != size || job.Counter.Done.Load() != size {
						t.Fatalf("%+v, counted %d: %v", result, job.Counter.Done.Load(), err)
					}
					wantTail(t, to, size, tail)
				})
			}
		}
	}
}

func wantTail(t *testing.T, name string, size int64, tail string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := make([]byte, len(tail))
	if _, err := file.ReadAt(got, size-int64(len(tail))); err != nil || string(got) != tail {
		t.Errorf("the end arrived changed: %v", err)
	}
	if info, err := file.Stat(); err != nil || info.Size() != size {
		t.Errorf("%d bytes long, want %d: %v", info.Size(), size, err)
	}
}

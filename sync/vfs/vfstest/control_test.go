package vfstest_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/sync/vfs/vfstest"
)

// which names the broken file system that a child of this test runs the suite
// on.
const which = "VFSTEST_BROKEN"

// broken holds file systems that each break one promise, and a case of the
// suite that must see it.
func broken() map[string]struct {
	make func(*memfs.FS) vfs.FS
	seen string
} {
	return map[string]struct {
		make func(*memfs.FS) vfs.FS
		seen string
	}{
		"cut listing":     {func(f *memfs.FS) vfs.FS { return cutListing{f} }, "list/many_entries"},
		"offset ignored":  {func(f *memfs.FS) vfs.FS { return offsetIgnored{f} }, "read/reading_begins_at_the_offset"},
		"always replaces": {func(f *memfs.FS) vfs.FS { return alwaysReplaces{f} }, "change/rename_without_replace"},
		"cancel ignored":  {func(f *memfs.FS) vfs.FS { return cancelIgnored{f} }, "cancel/a_cancelled_context"},
		"commit lies":     {func(f *memfs.FS) vfs.FS { return commitLies{f} }, "write/after_abort"},
		"times dropped":   {func(f *memfs.FS) vfs.FS { return timesDropped{f} }, "attributes/a_file's_time"},
		"plain errors":    {func(f *memfs.FS) vfs.FS { return plainErrors{f} }, "change/remove_deletes"},
		"names trimmed":   {func(f *memfs.FS) vfs.FS { return namesTrimmed{f} }, "names/a_trailing_space"},
		"hash cut":        {func(f *memfs.FS) vfs.FS { return hashCut{f} }, "hash/every_hash_that_is_offered"},
		"holds nothing":   {func(f *memfs.FS) vfs.FS { return holdsNothing{f} }, "confine/a_path_outside_is_refused"},
		"finish is blind": {func(f *memfs.FS) vfs.FS { return blindFinish{f} }, "swift/finishing_comes_to"},
		"seen is denied":  {func(f *memfs.FS) vfs.FS { return deniesSeen{f} }, "swift/a_listing_that_has_become_untrue"},
		"spare is first":  {func(f *memfs.FS) vfs.FS { return sparesFirst{f} }, "spread/a_connection_to_spare_reads"},
		"scratch is seen": {func(f *memfs.FS) vfs.FS { return seenScratch{f} }, "spread/a_scratch_file_is_read"},
		"part is seen":    {func(f *memfs.FS) vfs.FS { return seenPart{f} }, "part/a_part_is_its_owner's"},
		"remove recurses": {func(f *memfs.FS) vfs.FS { return removesFolders{f} }, "change/remove_deletes_a_file_only"},
	}
}

func TestTheSuiteCanFail(t *testing.T) {
	if name := os.Getenv(which); name != "" {
		vfstest.Run(t, func(*testing.T) (vfs.FS, vfs.Path) {
			f := memfs.New()
			f.PutDir("/dir")
			return broken()[name].make(f), vfs.MustParse("/dir")
		}, vfstest.Options{})
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range broken() {
		t.Run(name, func(t *testing.T) {
			group, _, _ := strings.Cut(tc.seen, "/")
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestTheSuiteCanFail$/^"+group+"$")
			cmd.Env = append(os.Environ(), which+"="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestTheSuiteCanFail/"+tc.seen) {
				t.Fatalf("%s did not see it (%v):\n%s", tc.seen, err, out)
			}
		})
	}
}

type cutListing struct{ *memfs.FS }

func (f cutListing) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	entries, err := f.FS.List(ctx, dir)
	return entries[:min(len(entries), 30)], err
}

type offsetIgnored struct{ *memfs.FS }

func (f offsetIgnored) Open(ctx context.Context, p vfs.Path, _ int64) (vfs.Reader, error) {
	return f.FS.Open(ctx, p, 0)
}

type alwaysReplaces struct{ *memfs.FS }

func (f alwaysReplaces) Rename(ctx context.Context, from, to vfs.Path, _ bool) error {
	return f.FS.Rename(ctx, from, to, true)
}

type cancelIgnored struct{ *memfs.FS }

func (f cancelIgnored) Remove(ctx context.Context, p vfs.Path) error {
	return f.FS.Remove(context.WithoutCancel(ctx), p)
}

type commitLies struct{ *memfs.FS }

type lyingWriter struct{ vfs.Writer }

func (f commitLies) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	w, err := f.FS.Create(ctx, p, at)
	if err != nil {
		return nil, err
	}
	return lyingWriter{w}, nil
}

func (w lyingWriter) Commit() error { _ = w.Writer.Commit(); return nil }

type timesDropped struct{ *memfs.FS }

func (timesDropped) SetTime(context.Context, vfs.Path, time.Time) error { return nil }

type plainErrors struct{ *memfs.FS }

func (f plainErrors) Remove(ctx context.Context, p vfs.Path) error {
	if err := f.FS.Remove(ctx, p); err != nil {
		return &fs.PathError{Op: "remove", Path: p.String(), Err: io.ErrUnexpectedEOF}
	}
	return nil
}

type namesTrimmed struct{ *memfs.FS }

func (f namesTrimmed) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	entries, err := f.FS.List(ctx, dir)
	for i := range entries {
		entries[i].Name = strings.TrimSpace(entries[i].Name)
	}
	return entries, err
}

type removesFolders struct{ *memfs.FS }

func (f removesFolders) Remove(ctx context.Context, p vfs.Path) error {
	if e, err := f.Stat(ctx, p); err == nil && e.IsDir() {
		return f.RemoveDir(ctx, p)
	}
	return f.FS.Remove(ctx, p)
}

// sparesFirst ignores the offset.
type sparesFirst struct{ *memfs.FS }

func (f sparesFirst) OpenSpare(ctx context.Context, p vfs.Path, _ int64) (vfs.Reader, error) {
	return f.Open(ctx, p, 0)
}

// seenScratch has a name in the folder.
type seenScratch struct{ *memfs.FS }

type namedScratch struct {
	vfs.Writer
	f *memfs.FS
	p vfs.Path
}

func (f seenScratch) Scratch(ctx context.Context, dir vfs.Path, _ int64) (vfs.Scratch, error) {
	p, err := dir.Join("scratch")
	if err != nil {
		return nil, err
	}
	w, err := f.Create(ctx, p, 0)
	return namedScratch{w, f.FS, p}, err
}

func (s namedScratch) ReadAt(p []byte, at int64) (int, error) {
	return copy(p, s.f.Files()[s.p.String()][at:]), nil
}

func (s namedScratch) Close() error { return s.Abort() }

type hashCut struct{ *memfs.FS }

func (f hashCut) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error) {
	sum, err := f.FS.Hash(ctx, p, by)
	return sum[:max(len(sum)-1, 0)], err
}

type holdsNothing struct{ *memfs.FS }

func (f holdsNothing) Confine(vfs.Path) (vfs.FS, error) { return f, nil }

// blindFinish renames over whatever stands there.
type blindFinish struct{ *memfs.FS }

type blindWriter struct {
	vfs.Writer
	vfs.Finisher
}

func (w blindWriter) Finish(f vfs.Finish) (vfs.Finished, error) {
	return w.Finisher.Finish(vfs.Finish{Size: f.Size, Target: f.Target})
}

func (f blindFinish) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	w, err := f.FS.Create(ctx, p, at)
	if err != nil {
		return nil, err
	}
	return blindWriter{w, w.(vfs.Finisher)}, nil
}

// deniesSeen says of every file that it is as it was seen.
type deniesSeen struct{ *memfs.FS }

type denier struct {
	vfs.Reader
	seen vfs.Entry
}

func (d denier) Before() (vfs.Entry, bool) { return d.seen, true }
func (d denier) After() (vfs.Entry, bool)  { return d.seen, true }

func (f deniesSeen) OpenSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error) {
	r, err := f.FS.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	return denier{r, seen}, nil
}

type seenPart struct{ *memfs.FS }

func (f seenPart) CreatePart(ctx context.Context, p vfs.Path, at int64, _ *fs.FileMode) (vfs.Writer, error) {
	return f.Create(ctx, p, at)
}

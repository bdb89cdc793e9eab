package ftpfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestLimitOfTheServerIsLearned lets more people work than the server takes
// connections: nobody fails, and the FS knows the limit afterwards, for later
// runs too.
func TestLimitOfTheServerIsLearned(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		for _, bears := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s bears %d", kind, bears), func(t *testing.T) {
				t.Parallel()
				s := ftptest.Start(t, kind, ftptest.Options{PerAddress: bears})
				where := s.Site(site.ModePassive, site.TLSOff)
				where.Connections = 5
				n := &notebook{}
				f := connectWith(t, s, where, n)
				defer f.Close()
				home, err := f.Features(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				group, ctx := errgroup.WithContext(t.Context())
				for i := range 8 {
					group.Go(func() error { return roundTrip(ctx, f, home.Home, fmt.Sprint("file ", i)) })
				}
				if err := group.Wait(); err != nil {
					t.Fatal(err)
				}
				// A server counts a connection a moment longer than we do, so
				// the limit may come out lower, but never higher.
				if got := f.Status(); got.Limit > bears || got.Sessions < 1 {
					t.Errorf("status %+v", got)
				}
				if m := n.Recall(loopback); m.Sessions < 1 || m.Sessions > bears {
					t.Errorf("the next run is told %+v", m)
				}
			})
		}
	}
}

// roundTrip writes a file, reads it back and removes it.
func roundTrip(ctx context.Context, f vfs.FS, dir vfs.Path, name string) error {
	p, err := dir.Join(name)
	if err != nil {
		return err
	}
	want := bytes.Repeat([]byte(name), 50_000)
	w, err := f.Create(ctx, p, 0)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, bytes.NewReader(want)); err != nil {
		return fmt.Errorf("%w (abort: %v)", err, w.Abort())
	}
	if err := w.Commit(); err != nil {
		return err
	}
	if _, err := f.List(ctx, dir); err != nil {
		return err
	}
	r, err := f.Open(ctx, p, 0)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s came back changed", name)
	}
	if closed := r.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return f.Remove(ctx, p)
}

func TestStatusNamesWhatIsInUse(t *testing.T) {
	s := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{TLS: true})
	for outcome, tc := range map[string]struct {
		mode site.Mode
		tls  site.TLS
		want Status
	}{
		"passive over TLS": {site.ModePassive, site.TLSExplicit, Status{Mode: "passive", Via: "EPSV", TLSVersion: "TLS 1.3"}},
		"active in clear":  {site.ModeActive, site.TLSOff, Status{Mode: "active", Via: "EPRT"}},
		"auto":             {site.ModeAuto, site.TLSOff, Status{Mode: "passive", Via: "EPSV"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := connect(t, s, s.Site(tc.mode, tc.tls))
			defer f.Close()
			if _, err := f.List(t.Context(), vfs.MustParse(s.Home)); err != nil {
				t.Fatal(err)
			}
			got := f.Status()
			tc.want.Host, tc.want.Server, tc.want.Sessions, tc.want.Limit = s.Host, got.Server, 1, site.DefaultConnections+1
			if via := worked(got.Attempts); via.String() != got.Via {
				t.Errorf("the attempts %+v do not end with %s", got.Attempts, got.Via)
			}
			got.Attempts = nil
			if diff := cmp.Diff(tc.want, got); diff != "" || got.Server == "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrongPasswordIsSentOnce(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := ftptest.Start(t, kind, ftptest.Options{})
			asked := 0
			f := New(Config{
				Site: s.Site(site.ModePassive, site.TLSOff),
				Password: func(context.Context) (string, error) {
					if asked++; asked == 1 {
						return "wrong", nil
					}
					return s.Password, nil
				},
			})
			defer f.Close()
			for range 3 {
				if _, err := f.List(t.Context(), vfs.MustParse(s.Home)); vfs.KindOf(err) != vfs.KindLogin {
					t.Fatal(err)
				}
			}
			if asked != 1 {
				t.Fatalf("it was sent %d times", asked)
			}
			f.Reset()
			if _, err := f.List(t.Context(), vfs.MustParse(s.Home)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestResumedDownloadSeesTheWholeFile reads a file that another program put
// there, in two parts.
func TestResumedDownloadSeesTheWholeFile(t *testing.T) {
	s := ftptest.Start(t, ftptest.ProFTPD, ftptest.Options{})
	want := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	if err := s.WriteFile("big", want); err != nil {
		t.Fatal(err)
	}
	f := connect(t, s, s.Site(site.ModePassive, site.TLSOff))
	defer f.Close()
	p, err := vfs.MustParse(s.Home).Join("big")
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), p, 1_000_003)
	if err != nil {
		t.Fatal(err)
	}
	if r.Size() != int64(len(want)) {
		t.Errorf("size %d", r.Size())
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want[1_000_003:]) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if disk, err := os.ReadFile(onDisk(s, p)); err != nil || !bytes.Equal(disk, want) {
		t.Error("the file on the server's disk has changed:", err)
	}
}

// TestFolderIsNotEmptiedThroughALink matters most on pyftpdlib, whose MLSD and
// MLST show a link to a folder as that folder.
func TestFolderIsNotEmptiedThroughALink(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := ftptest.Start(t, kind, ftptest.Options{})
			if err := errors.Join(s.WriteFile("kept/file", []byte("dear")), s.MkdirAll("tree")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("../kept", filepath.Join(s.Dir, "tree", "link")); err != nil {
				t.Fatal(err)
			}
			f := connect(t, s, s.Site(site.ModePassive, site.TLSOff))
			defer f.Close()
			tree := vfs.MustParse(path.Join(s.Home, "tree"))
			e, err := f.Stat(t.Context(), tree)
			if err != nil {
				t.Fatal(err)
			}
			if err := vfs.RemoveAll(t.Context(), f, tree, e, func(vfs.Path) {}); err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(filepath.Join(s.Dir, "kept", "file")); string(text) != "dear" {
				t.Fatal("what the link led to was deleted:", err)
			}
			if _, err := os.Lstat(filepath.Join(s.Dir, "tree")); !os.IsNotExist(err) {
				t.Fatal("the folder is still there:", err)
			}
		})
	}
}

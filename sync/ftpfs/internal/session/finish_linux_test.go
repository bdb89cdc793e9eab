package session

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestFinishSeesWhatIsNoFile: vsftpd refuses SIZE of whatever is no plain file,
// and only a name under which nothing stands is taken in one flight.
func TestFinishSeesWhatIsNoFile(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	for outcome, tc := range map[string]struct {
		make func(name string) error
		name string
		done bool
	}{
		"nothing":               {func(string) error { return nil }, "up", true},
		"nothing, hidden":       {func(string) error { return nil }, ".up", true},
		"a link to a file":      {func(name string) error { return os.Symlink("part", name) }, "link", false},
		"a hidden file":         {func(name string) error { return os.WriteFile(name, nil, 0o600) }, ".file", false},
		"a pipe":                {func(name string) error { return syscall.Mkfifo(name, 0o600) }, "pipe", false},
		"a folder":              {func(name string) error { return os.Mkdir(name, 0o700) }, "folder", false},
		"a file":                {func(name string) error { return os.WriteFile(name, nil, 0o600) }, "file", false},
		"a name like a pattern": {func(string) error { return nil }, "[u]p*", true},
	} {
		f := connect(t, srv, site.ModePassive, site.TLSOff)
		f.must(tc.make(filepath.Join(srv.Dir, tc.name)))
		before, _ := os.Lstat(filepath.Join(srv.Dir, tc.name))
		w, err := f.s.Write(f.ctx, f.path("part"), 0)
		f.must(err)
		_, err = io.WriteString(w, "12345")
		f.must(err)
		_, done, err := w.(*writer).Finish(vfs.Finish{Size: 5, ModTime: time.Now(), Target: f.path(tc.name)})
		f.must(err)
		if done != tc.done {
			t.Errorf("%s: done in one flight: %v", outcome, done)
		}
		after, _ := os.Lstat(filepath.Join(srv.Dir, tc.name))
		if before != nil && (after == nil || after.Mode() != before.Mode()) {
			t.Errorf("%s: it was replaced", outcome)
		}
	}
}

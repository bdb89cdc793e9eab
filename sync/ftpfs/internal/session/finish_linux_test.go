package session

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestFinishSeesWhatIsNoFile: vsftpd refuses SIZE of whatever is no plain file,
// and only a name under which nothing stands is taken in one flight. What a link
// to nothing is in a folder too long to be read is not seen.
func TestFinishSeesWhatIsNoFile(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	link := func(to string) func(string) error {
		return func(name string) error { return os.Symlink(to, name) }
	}
	file := func(name string) error { return os.WriteFile(name, nil, 0o600) }
	nothing := func(string) error { return nil }
	rows := map[string]struct {
		make        func(name string) error
		name        string
		short, long bool // whether it is done in one flight, by the folder
	}{
		"nothing":                                 {nothing, "up", true, true},
		"nothing, hidden":                         {nothing, ".up", true, true},
		"nothing, like an option":                 {nothing, "-la", true, true},
		"a link to nothing":                       {link("nowhere"), "link", false, true},
		"a hidden link to nothing":                {link("nowhere"), ".link", false, true},
		"a link to nothing in a row":              {link("[x]{y,z}*?\\"), "[x]{y,z}*?\\ ", false, true},
		"a link in a circle":                      {link("circle"), "circle", false, true},
		"a link through a file":                   {link("part/x"), "through", false, true},
		"a link to a file":                        {link("part"), "link", false, false},
		"a hidden file":                           {file, ".file", false, false},
		"a pipe":                                  {func(name string) error { return syscall.Mkfifo(name, 0o600) }, "pipe", false, false},
		"a folder":                                {func(name string) error { return os.Mkdir(name, 0o700) }, "folder", false, false},
		"a file":                                  {file, "file", false, false},
		"a file named like a pattern":             {file, "{a,b}", false, false},
		"nothing named like a pattern":            {nothing, "[u]p*", true, true},
		"what the pattern finds stands beside it": {func(name string) error { return file(filepath.Join(filepath.Dir(name), "up1")) }, "up?", false, true},
	}
	for outcome, tc := range rows {
		for _, long := range []bool{false, true} {
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.dir = f.path(outcome + strconv.FormatBool(long))
			disk := filepath.Join(srv.Dir, f.dir.Base(), tc.name)
			f.must(f.s.Mkdir(f.ctx, f.dir))
			_, err := f.s.List(f.ctx, f.dir) // the session stands there now
			f.must(err)
			f.must(tc.make(disk))
			want := tc.short
			if long {
				f.conf.Learned.folders.listed(f.dir.String(), readFreely)
				f.conf.Learned.folders.read(f.dir.String())
				want = tc.long
			}
			f.finishes(f.dir.Base(), disk, want)
		}
	}
}

// finishes uploads a file beside disk and has it take that name, and fails unless
// that was done in one flight or not, as wanted, and what stood there still does
// where it was not, and is seen.
func (f *fixture) finishes(outcome, disk string, want bool) {
	f.t.Helper()
	before, _ := os.Lstat(disk)
	w, err := f.s.Write(f.ctx, f.path("part"), 0)
	f.must(err)
	_, err = io.WriteString(w, "12345")
	f.must(err)
	_, done, err := w.(*writer).Finish(vfs.Finish{Size: 5, ModTime: time.Now(), Target: f.path(filepath.Base(disk))})
	f.must(err)
	if done != want {
		f.t.Errorf("%s: done in one flight: %v", outcome, done)
	}
	after, _ := os.Lstat(disk)
	if before != nil && !want && (after == nil || after.Mode() != before.Mode()) {
		f.t.Errorf("%s: it was replaced", outcome)
	}
	if _, err := f.s.Stat(f.ctx, f.path(filepath.Base(disk))); err != nil && (before != nil || want) {
		f.t.Errorf("%s: it is not seen: %v", outcome, err)
	}
}

package session

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestKinds holds what each refusal must mean on every server, whatever words
// it uses.
func TestKinds(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.put("file", []byte("x"))
			f.put("other", []byte("y"))
			f.must(srv.MkdirAll("full/inner"))
			f.must(srv.MkdirAll("bare"))
			deep := vfs.MustParse(f.dir.String() + "/no/such/thing")
			s, ctx := f.s, f.ctx
			for outcome, tc := range map[string]struct {
				want vfs.Kind
				do   func() error
			}{
				"folder where one is":         {vfs.KindExists, func() error { return s.Mkdir(ctx, f.path("full")) }},
				"folder where a file is":      {vfs.KindExists, func() error { return s.Mkdir(ctx, f.path("file")) }},
				"folder in a missing one":     {vfs.KindNotFound, func() error { return s.Mkdir(ctx, deep) }},
				"full folder removed":         {vfs.KindNotEmpty, func() error { return s.RemoveDir(ctx, f.path("full")) }},
				"missing folder removed":      {vfs.KindNotFound, func() error { return s.RemoveDir(ctx, f.path("zz")) }},
				"file removed as folder":      {vfs.KindNotDir, func() error { return s.RemoveDir(ctx, f.path("file")) }},
				"folder removed as file":      {vfs.KindIsDir, func() error { return s.Remove(ctx, f.path("bare")) }},
				"missing file removed":        {vfs.KindNotFound, func() error { return s.Remove(ctx, f.path("zz")) }},
				"missing file renamed":        {vfs.KindNotFound, func() error { return s.Rename(ctx, f.path("zz"), f.path("yy")) }},
				"renamed into a missing one":  {vfs.KindNotFound, func() error { return s.Rename(ctx, f.path("file"), deep) }},
				"renamed onto a folder":       {vfs.KindExists, func() error { return s.Rename(ctx, f.path("file"), f.path("bare")) }},
				"missing folder listed":       {vfs.KindNotFound, func() error { _, err := s.List(ctx, deep); return err }},
				"file listed":                 {vfs.KindNotDir, func() error { _, err := s.List(ctx, f.path("file")); return err }},
				"missing name described":      {vfs.KindNotFound, func() error { _, err := s.Stat(ctx, f.path("zz")); return err }},
				"folder read":                 {vfs.KindIsDir, func() error { _, err := s.Read(ctx, f.path("bare"), 0); return err }},
				"folder written":              {vfs.KindIsDir, func() error { return write(ctx, s, f.path("bare").String(), "x") }},
				"written in a missing one":    {vfs.KindNotFound, func() error { return write(ctx, s, deep.String(), "x") }},
				"missing file continued":      {vfs.KindNotFound, func() error { _, err := s.Write(ctx, f.path("zz"), 5); return err }},
				"read beyond the end":         {vfs.KindChanged, func() error { _, err := s.Read(ctx, f.path("file"), 50); return err }},
				"time of a missing file":      {vfs.KindNotFound, func() error { return s.SetTime(ctx, f.path("zz"), time.Now()) }},
				"mode of a missing file":      {vfs.KindNotFound, func() error { return s.SetMode(ctx, f.path("zz"), 0o600) }},
				"control character in a name": {vfs.KindBadName, func() error { return s.Remove(ctx, f.path("a\x01b")) }},
			} {
				f.kind(outcome, tc.do(), tc.want)
				f.must(s.Noop(ctx))
			}
		})
	}
}

// TestForbidden needs a server that runs the login as someone else than the
// owner of the files.
func TestForbidden(t *testing.T) {
	if os.Geteuid() != 0 {
		ftptest.Missing(t, "root, who alone can put files where the login may not go")
	}
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.must(os.Mkdir(filepath.Join(srv.Dir, "locked"), 0o700))
			f.must(os.WriteFile(filepath.Join(srv.Dir, "secret"), []byte("s"), 0o600))
			inside, err := f.path("locked").Join("x")
			f.must(err)
			f.kind("making a folder", f.s.Mkdir(f.ctx, inside), vfs.KindPermission)
			_, err = f.s.List(f.ctx, f.path("locked"))
			f.kind("listing", err, vfs.KindPermission)
			_, err = f.s.Read(f.ctx, f.path("secret"), 0)
			f.kind("reading", err, vfs.KindPermission)
			err = write(f.ctx, f.s, f.path("secret").String(), "x")
			f.kind("writing", err, vfs.KindPermission)
		})
	}
}

// TestChanges does what people do to files, with the names that hurt.
func TestChanges(t *testing.T) {
	hard := []string{
		"plain", "two words", " leading", "-la", "[a]*?", `quo"te'`, "semi;colon", "Ünïcödé 日本", "#100%",
		".hidden", "a\xe4b", "y\xff\xff\xfby", `back\slash`, string(make200()),
	}
	refuses := map[ftptest.Kind]map[string]bool{
		ftptest.ProFTPD:  {"[a]*?": true},
		ftptest.PureFTPd: {`back\slash`: true},
	}
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			for _, name := range hard {
				if kind == ftptest.PyFTPD && !utf8.ValidString(name) {
					continue // it reads commands as UTF-8 and replaces the rest
				}
				if refuses[kind][name] {
					f.kind(name, f.s.Mkdir(f.ctx, f.path(name)), vfs.KindBadName)
					continue
				}
				if !t.Run(name, func(t *testing.T) { f.t = t; f.lifeOf(name) }) {
					return
				}
			}
			f.t = t
		})
	}
}

func make200() []byte {
	b := make([]byte, 200)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

// lifeOf makes a folder and a file of that name in it, and goes through all
// that can be done to them.
func (f *fixture) lifeOf(name string) {
	f.t.Helper()
	s, ctx, dir := f.s, f.ctx, f.path(name)
	f.must(s.Mkdir(ctx, dir))
	file, err := dir.Join(name)
	f.must(err)
	w, err := s.Write(ctx, file, 0)
	f.must(err)
	_, err = io.WriteString(w, "content")
	f.must(err)
	f.must(w.Commit())
	then := time.Date(2021, 3, 4, 5, 6, 7, 0, time.UTC)
	f.must(s.SetTime(ctx, file, then))
	f.must(s.SetMode(ctx, file, 0o640))
	entries, err := s.List(ctx, dir)
	f.must(err)
	if len(entries) != 1 || entries[0].Name != name {
		f.t.Fatalf("listed %+v", entries)
	}
	e, err := s.Stat(ctx, file)
	f.must(err)
	if !e.ModTime.Equal(then) || e.Size != 7 || e.HasMode && e.Mode != 0o640 {
		f.t.Fatalf("described as %+v", e)
	}
	info, err := os.Stat(filepath.Join(f.srv.Dir, name, name))
	f.must(err)
	if !info.ModTime().Equal(then) || info.Mode().Perm() != 0o640 {
		f.t.Fatalf("on disk %v %v", info.ModTime(), info.Mode())
	}
	moved, err := dir.Join("moved")
	f.must(err)
	f.must(s.Rename(ctx, file, moved))
	f.must(s.Remove(ctx, moved))
	f.must(s.RemoveDir(ctx, dir))
}

// TestLinks: a link is told as one, so that nobody deletes through it.
func TestLinks(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		if kind == ftptest.PyFTPD {
			continue // it shows what is behind the link in every way
		}
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.must(srv.MkdirAll("behind"))
			f.must(os.Symlink("behind", filepath.Join(srv.Dir, "link")))
			e, err := f.s.Stat(f.ctx, f.path("link"))
			f.must(err)
			if e.Type != vfs.TypeLink {
				t.Errorf("Stat says %+v", e)
			}
		})
	}
}

// TestFolderMadeAnew: a folder that another session removed and made again is
// listed as it is now.
func TestFolderMadeAnew(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.must(srv.MkdirAll("folder"))
			_, err := f.s.List(f.ctx, f.path("folder"))
			f.must(err)
			f.must(os.Remove(filepath.Join(srv.Dir, "folder")))
			f.put("folder/new", []byte("x"))
			entries, err := f.s.List(f.ctx, f.path("folder"))
			f.must(err)
			if len(entries) != 1 {
				t.Errorf("listed %+v", entries)
			}
			f.must(f.s.Rename(f.ctx, f.path("folder"), f.path("moved")))
			_, err = f.s.List(f.ctx, f.path("folder"))
			f.kind("the old name", err, vfs.KindNotFound)
		})
	}
}

package vfstest

import (
	"time"

	"wherry/sync/vfs"
)

// confined makes the folder "inside" and returns the file system held to it;
// nil where the file system has no Confine, and then there is no case.
func (s *suite) confined() vfs.FS {
	s.Helper()
	able, ok := s.f.(vfs.Confiner)
	if !ok {
		return nil
	}
	s.mkdir(s.at("inside"))
	s.mkdir(s.at("outside"))
	s.write(s.at("outside", "file"), content(64))
	held, err := able.Confine(s.at("inside"))
	s.must("confine", err)
	s.Cleanup(func() {
		if err := held.Close(); err != nil {
			s.Errorf("closing what was confined: %v", err)
		}
	})
	return held
}

// refusesAll makes every call that takes a path with one, and wants it refused
// as outside. own is a file that may be used.
func (s *suite) refusesAll(f vfs.FS, p, own vfs.Path) {
	s.Helper()
	_, list := f.List(s.ctx, p)
	_, stat := f.Stat(s.ctx, p)
	_, open := f.Open(s.ctx, p, 0)
	_, create := f.Create(s.ctx, p, 0)
	_, at := f.Create(s.ctx, p, 64)
	_, hash := f.Hash(s.ctx, p, vfs.SHA256)
	for op, err := range map[string]error{
		"list": list, "stat": stat, "open": open, "create": create, "append": at, "hash": hash,
		"rename from": f.Rename(s.ctx, p, own, true), "rename to": f.Rename(s.ctx, own, p, true),
		"rename to, not replacing": f.Rename(s.ctx, own, p, false),
		"remove":                   f.Remove(s.ctx, p), "removedir": f.RemoveDir(s.ctx, p), "mkdir": f.Mkdir(s.ctx, p),
		"set time": f.SetTime(s.ctx, p, time.Unix(1, 0)), "set mode": f.SetMode(s.ctx, p, 0o600),
	} {
		if s.opt.NoModes && op == "set mode" {
			continue
		}
		s.wantKind(op+" "+p.String(), err, vfs.KindOutside)
	}
}

// untouched checks what lies outside.
func (s *suite) untouched() {
	s.Helper()
	s.wantNames(s.at("outside"), "file")
	s.wantContent(s.at("outside", "file"), content(64))
}

var confineCases = []testCase{
	{"what is held to a folder works in it as the whole does", func(s *suite) {
		f := s.confined()
		if f == nil {
			return
		}
		s.must("mkdir", f.Mkdir(s.ctx, s.at("inside", "a")))
		s.must("write", tryWrite(s.ctx, f, s.at("inside", "a", "part"), 0, content(500)))
		s.must("rename", f.Rename(s.ctx, s.at("inside", "a", "part"), s.at("inside", "file"), false))
		s.must("removedir", f.RemoveDir(s.ctx, s.at("inside", "a")))
		s.wantNames(s.at("inside"), "file")
		s.wantContent(s.at("inside", "file"), content(500))
		if e, err := f.Stat(s.ctx, s.at("inside")); err != nil || e.Type != vfs.TypeDir || e.Name != "inside" {
			s.Errorf("its own folder is %+v: %v", e, err)
		}
		entries, err := f.List(s.ctx, s.at("inside"))
		if err != nil || len(entries) != 1 || entries[0].Name != "file" || entries[0].Size != 500 {
			s.Errorf("it lists %+v: %v", entries, err)
		}
	}},
	{"a path outside is refused by every call", func(s *suite) {
		f := s.confined()
		if f == nil {
			return
		}
		s.write(s.at("inside", "own"), content(5))
		s.mkdir(s.at("inside too"))
		for _, p := range []vfs.Path{s.at("outside"), s.at("outside", "file"), s.at("inside too"), s.dir, vfs.Root()} {
			s.refusesAll(f, p, s.at("inside", "own"))
		}
		s.untouched()
	}},
	{"a link that leads outside is not gone through by any call", func(s *suite) {
		f := s.confined()
		if f == nil || s.opt.Link == nil {
			return
		}
		s.write(s.at("inside", "own"), content(5))
		s.mkdir(s.at("inside", "sub"))
		s.opt.Link(s.T, "../outside", s.at("inside", "up"))
		s.opt.Link(s.T, s.at("outside").String(), s.at("inside", "absolute"))
		s.opt.Link(s.T, "sub/../../outside", s.at("inside", "round about"))
		s.opt.Link(s.T, "up", s.at("inside", "twice"))
		for _, link := range []string{"up", "absolute", "round about", "twice"} {
			s.refusesAll(f, s.at("inside", link, "file"), s.at("inside", "own"))
			s.refusesAll(f, s.at("inside", link, "new"), s.at("inside", "own"))
			_, err := f.List(s.ctx, s.at("inside", link))
			s.wantKind("list "+link, err, vfs.KindOutside)
		}
		s.untouched()
	}},
	{"a link that leads inside is gone through", func(s *suite) {
		f := s.confined()
		if f == nil || s.opt.Link == nil {
			return
		}
		s.mkdir(s.at("inside", "real"))
		s.opt.Link(s.T, "real", s.at("inside", "link"))
		s.must("write", tryWrite(s.ctx, f, s.at("inside", "link", "file"), 0, content(9)))
		s.wantContent(s.at("inside", "real", "file"), content(9))
	}},
	{"a link as the last element is replaced and never written through", func(s *suite) {
		f := s.confined()
		if f == nil || s.opt.Link == nil {
			return
		}
		for name, target := range map[string]string{"out": "../outside/file", "in": "victim", "dangling": "nothing"} {
			s.write(s.at("inside", "victim"), content(7))
			s.opt.Link(s.T, target, s.at("inside", name))
			for _, at := range []int64{0, 7} {
				_, err := f.Create(s.ctx, s.at("inside", name), at)
				s.wantKind("writing to the link", err, vfs.KindExists)
			}
			s.must("write", tryWrite(s.ctx, f, s.at("inside", "part"), 0, content(300)))
			err := f.Rename(s.ctx, s.at("inside", "part"), s.at("inside", name), false)
			s.wantKind("renaming without replacing", err, vfs.KindExists)
			err = f.Rename(s.ctx, s.at("inside", "part"), s.at("inside", name), true)
			if s.opt.NoReplace {
				s.wantKind("renaming over the link", err, vfs.KindExists)
				continue
			}
			s.must("renaming over the link", err)
			if e := s.stat(s.at("inside", name)); e.Type != vfs.TypeFile || e.Size != 300 {
				s.Errorf("the link became %+v", e)
			}
			s.wantContent(s.at("inside", "victim"), content(7))
			s.must("remove", s.f.Remove(s.ctx, s.at("inside", name)))
		}
		s.opt.Link(s.T, "../outside/file", s.at("inside", "gone"))
		s.must("removing the link", f.Remove(s.ctx, s.at("inside", "gone")))
		s.untouched()
	}},
	{"a folder reached through a link can be the one it is held to", func(s *suite) {
		if f := s.confined(); f == nil || s.opt.Link == nil {
			return
		}
		s.opt.Link(s.T, "inside", s.at("way"))
		f, err := s.f.(vfs.Confiner).Confine(s.at("way"))
		s.must("confine", err)
		s.must("write", tryWrite(s.ctx, f, s.at("way", "file"), 0, content(9)))
		s.wantContent(s.at("inside", "file"), content(9))
		s.refusesAll(f, s.at("inside", "file"), s.at("way", "file"))
		s.must("close", f.Close())
	}},
	{"a missing folder or a file cannot be what it is held to", func(s *suite) {
		if f := s.confined(); f == nil {
			return
		}
		able := s.f.(vfs.Confiner)
		_, err := able.Confine(s.at("missing"))
		s.wantKind("a missing folder", err, vfs.KindNotFound)
		_, err = able.Confine(s.at("outside", "file"))
		s.wantKind("a file", err, vfs.KindNotDir)
	}},
	{"closing what is held to a folder leaves the rest", func(s *suite) {
		if f := s.confined(); f == nil {
			return
		}
		f, err := s.f.(vfs.Confiner).Confine(s.at("inside"))
		s.must("confine", err)
		w, err := f.Create(s.ctx, s.at("inside", "file"), 0)
		s.must("create", err)
		s.must("close", f.Close())
		s.wantKind("commit", w.Commit(), vfs.KindCancelled)
		_, err = f.Stat(s.ctx, s.at("inside"))
		s.wantKind("stat", err, vfs.KindCancelled)
		s.write(s.at("inside", "other"), content(3))
	}},
	{"closing the whole closes what is held to a folder", func(s *suite) {
		f := s.confined()
		if f == nil {
			return
		}
		w, err := f.Create(s.ctx, s.at("inside", "file"), 0)
		s.must("create", err)
		s.must("close", s.f.Close())
		s.wantKind("commit", w.Commit(), vfs.KindCancelled)
		_, err = f.Stat(s.ctx, s.at("inside"))
		s.wantKind("stat", err, vfs.KindCancelled)
		_, err = s.f.(vfs.Confiner).Confine(s.at("inside"))
		s.wantKind("confine", err, vfs.KindCancelled)
	}},
}

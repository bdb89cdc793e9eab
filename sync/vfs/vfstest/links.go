package vfstest

import "wherry/sync/vfs"

var linkCases = []testCase{
	{"a link is listed as a link and read through", func(s *suite) {
		if s.opt.Link == nil {
			return
		}
		s.write(s.at("file"), content(800))
		s.opt.Link(s.T, "file", s.at("link"))
		for what, e := range map[string]vfs.Entry{"stat": s.stat(s.at("link")), "the listing": s.entry(s.dir, "link")} {
			if e.Name != "link" || e.Type != vfs.TypeLink {
				s.Errorf("%s says %+v, want a link", what, e)
			}
			if e.IsDir() {
				s.Errorf("%s says that a link to a file is a folder", what)
			}
		}
		s.wantContent(s.at("link"), content(800))
	}},
	{"removing a link keeps what it points to", func(s *suite) {
		if s.opt.Link == nil {
			return
		}
		s.write(s.at("file"), content(8))
		s.opt.Link(s.T, "file", s.at("link"))
		s.must("remove", s.f.Remove(s.ctx, s.at("link")))
		s.wantNames(s.dir, "file")
		s.wantContent(s.at("file"), content(8))
	}},
	{"a link to nothing is listed and cannot be read", func(s *suite) {
		if s.opt.Link == nil {
			return
		}
		s.opt.Link(s.T, "nowhere", s.at("link"))
		s.wantNames(s.dir, "link")
		if e := s.stat(s.at("link")); e.Type != vfs.TypeLink {
			s.Errorf("stat says %+v, want a link", e)
		}
		_, err := tryRead(s.ctx, s.f, s.at("link"), 0)
		s.wantVague("open", err, vfs.KindNotFound)
	}},
	{"a linked folder is not entered by removal", func(s *suite) {
		if s.opt.Link == nil {
			return
		}
		s.mkdir(s.at("kept"))
		s.write(s.at("kept", "file"), content(8))
		s.mkdir(s.at("tree"))
		s.opt.Link(s.T, "../kept", s.at("tree", "link"))
		err := vfs.RemoveAll(s.ctx, s.f, s.at("tree"), s.stat(s.at("tree")), func(vfs.Path) {})
		s.must("removing the tree", err)
		s.wantNames(s.dir, "kept")
		s.wantContent(s.at("kept", "file"), content(8))
	}},
}

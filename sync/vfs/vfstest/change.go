package vfstest

import "wherry/sync/vfs"

var changeCases = []testCase{
	{"mkdir makes one folder", func(s *suite) {
		s.mkdir(s.at("folder"))
		if e := s.stat(s.at("folder")); e.Type != vfs.TypeDir {
			s.Errorf("made %+v, want a folder", e)
		}
		s.wantNames(s.at("folder"))
	}},
	{"mkdir on a taken name says exists", func(s *suite) {
		s.mkdir(s.at("folder"))
		s.write(s.at("file"), content(4))
		s.wantVague("on a folder", s.f.Mkdir(s.ctx, s.at("folder")), vfs.KindExists)
		s.wantVague("on a file", s.f.Mkdir(s.ctx, s.at("file")), vfs.KindExists)
		s.wantContent(s.at("file"), content(4))
	}},
	{"mkdir without the folder above is not found", func(s *suite) {
		s.wantVague("mkdir", s.f.Mkdir(s.ctx, s.at("missing", "folder")), vfs.KindNotFound)
		s.wantNames(s.dir)
	}},
	{"remove deletes a file only", func(s *suite) {
		s.write(s.at("file"), content(4))
		s.mkdir(s.at("folder"))
		s.must("remove", s.f.Remove(s.ctx, s.at("file")))
		s.wantGone(s.at("file"))
		s.wantVague("remove of a folder", s.f.Remove(s.ctx, s.at("folder")), vfs.KindIsDir)
		s.wantVague("remove of nothing", s.f.Remove(s.ctx, s.at("file")), vfs.KindNotFound)
		s.wantNames(s.dir, "folder")
	}},
	{"removedir deletes an empty folder only", func(s *suite) {
		s.mkdir(s.at("empty"))
		s.mkdir(s.at("full"))
		s.write(s.at("full", "file"), content(4))
		s.write(s.at("file"), content(4))
		s.must("removedir", s.f.RemoveDir(s.ctx, s.at("empty")))
		s.wantVague("of a full folder", s.f.RemoveDir(s.ctx, s.at("full")), vfs.KindNotEmpty)
		s.wantVague("of a file", s.f.RemoveDir(s.ctx, s.at("file")), vfs.KindNotDir)
		s.wantVague("of nothing", s.f.RemoveDir(s.ctx, s.at("empty")), vfs.KindNotFound)
		s.wantNames(s.dir, "full", "file")
		s.wantContent(s.at("full", "file"), content(4))
	}},
	{"rename moves a file", func(s *suite) {
		s.write(s.at("old"), content(900))
		s.mkdir(s.at("folder"))
		s.must("rename", s.f.Rename(s.ctx, s.at("old"), s.at("new"), false))
		s.wantGone(s.at("old"))
		s.wantContent(s.at("new"), content(900))
		s.must("into a folder", s.f.Rename(s.ctx, s.at("new"), s.at("folder", "new"), true))
		s.wantNames(s.dir, "folder")
		s.wantContent(s.at("folder", "new"), content(900))
	}},
	{"rename moves a folder with its content", func(s *suite) {
		s.mkdir(s.at("old"))
		s.write(s.at("old", "file"), content(9))
		s.must("rename", s.f.Rename(s.ctx, s.at("old"), s.at("new"), false))
		s.wantNames(s.dir, "new")
		s.wantContent(s.at("new", "file"), content(9))
	}},
	{"rename without replace keeps what has the name", func(s *suite) {
		s.write(s.at("old"), content(9))
		s.write(s.at("taken"), content(5))
		s.mkdir(s.at("folder"))
		s.wantKind("onto a file", s.f.Rename(s.ctx, s.at("old"), s.at("taken"), false), vfs.KindExists)
		s.wantKind("onto a folder", s.f.Rename(s.ctx, s.at("old"), s.at("folder"), false), vfs.KindExists)
		s.wantContent(s.at("old"), content(9))
		s.wantContent(s.at("taken"), content(5))
	}},
	{"rename with replace leaves one file, the new one", func(s *suite) {
		s.write(s.at("new"), content(9000))
		s.write(s.at("file"), content(5))
		err := s.f.Rename(s.ctx, s.at("new"), s.at("file"), true)
		if s.opt.NoReplace {
			s.wantKind("rename", err, vfs.KindExists)
			s.wantContent(s.at("new"), content(9000))
			s.wantContent(s.at("file"), content(5))
			return
		}
		s.must("rename", err)
		s.wantNames(s.dir, "file")
		s.wantContent(s.at("file"), content(9000))
	}},
	{"rename never replaces a folder by a file", func(s *suite) {
		s.write(s.at("file"), content(9))
		s.mkdir(s.at("folder"))
		s.write(s.at("folder", "kept"), content(3))
		err := s.f.Rename(s.ctx, s.at("file"), s.at("folder"), true)
		s.wantVague("rename", err, vfs.KindIsDir, vfs.KindExists)
		s.wantContent(s.at("file"), content(9))
		s.wantContent(s.at("folder", "kept"), content(3))
	}},
	{"rename of nothing is not found", func(s *suite) {
		s.wantVague("rename", s.f.Rename(s.ctx, s.at("missing"), s.at("new"), false), vfs.KindNotFound)
		s.wantVague("with replace", s.f.Rename(s.ctx, s.at("missing"), s.at("new"), true), vfs.KindNotFound)
		s.write(s.at("file"), content(3))
		err := s.f.Rename(s.ctx, s.at("file"), s.at("missing", "new"), false)
		s.wantVague("into a missing folder", err, vfs.KindNotFound)
		s.wantNames(s.dir, "file")
	}},
	{"a tree is walked and removed whole", func(s *suite) {
		s.mkdir(s.at("tree"))
		s.mkdir(s.at("tree", "a"))
		s.mkdir(s.at("tree", "a", "b"))
		s.write(s.at("tree", "one"), content(1))
		s.write(s.at("tree", "a", "two"), content(2))
		s.write(s.at("tree", "a", "b", "three"), content(3))
		count := 0
		err := vfs.RemoveAll(s.ctx, s.f, s.at("tree"), s.stat(s.at("tree")), func(vfs.Path) { count++ })
		s.must("removing the tree", err)
		if count != 6 {
			s.Errorf("%d removals told of, want 6", count)
		}
		s.wantNames(s.dir)
	}},
}

package vfstest

import (
	"io"
	"io/fs"

	"wherry/sync/vfs"
)

// partCases check the optional vfs.PartMaker, where a file system has it.
var partCases = []testCase{
	{"a part is its owner's until its mode is set", ofParts(func(s *suite) {
		mode := fs.FileMode(0o644)
		for _, name := range []string{"new", "old"} {
			if name == "old" {
				s.write(s.at(name), content(10))
				s.widen(s.at(name))
			}
			s.part(s.at(name), 0, content(9_000), &mode, 0o600)
			s.wantContent(s.at(name), content(9_000))
			if !s.opt.NoModes {
				s.setMode(s.at(name), mode)
			}
		}
	})},
	{"a part that is gone on with is its owner's from then on", ofParts(func(s *suite) {
		mode := fs.FileMode(0o640)
		s.write(s.at("part"), content(5_000))
		s.widen(s.at("part"))
		s.part(s.at("part"), 5_000, content(9_000)[5_000:], &mode, 0o600)
		s.wantContent(s.at("part"), content(9_000))
	})},
	{"a part without a mode is like any new file", ofParts(func(s *suite) {
		s.write(s.at("usual"), nil)
		usual := s.stat(s.at("usual")).Mode.Perm()
		s.part(s.at("new"), 0, content(9), nil, usual)
		for _, at := range []int64{0, 10} {
			s.write(s.at("old"), content(10))
			if !s.opt.NoModes {
				s.setMode(s.at("old"), 0o600)
			}
			s.part(s.at("old"), at, content(9), nil, usual)
			s.must("remove", s.f.Remove(s.ctx, s.at("old")))
		}
		s.wantNames(s.dir, "new", "usual")
	})},
	{"who has an old part open sees nothing of the new one", ofParts(func(s *suite) {
		if s.opt.NoModes {
			return
		}
		s.write(s.at("part"), content(10))
		r, err := s.f.Open(s.ctx, s.at("part"), 0)
		s.must("open", err)
		mode := fs.FileMode(0o600)
		s.part(s.at("part"), 0, content(9_000), &mode, 0o600)
		seen, err := io.ReadAll(r)
		s.must("read", err)
		s.same("what was open", seen, content(10))
		s.must("close", r.Close())
	})},
	{"what is no plain file, and what has another length, is let be", ofParts(func(s *suite) {
		f := s.f.(vfs.PartMaker)
		mode := fs.FileMode(0o600)
		s.mkdir(s.at("folder"))
		_, err := f.CreatePart(s.ctx, s.at("folder"), 0, &mode)
		s.wantVague("a folder", err, vfs.KindIsDir)
		s.write(s.at("file"), content(10))
		if s.opt.Link != nil {
			s.opt.Link(s.T, "file", s.at("link"))
			_, err = f.CreatePart(s.ctx, s.at("link"), 0, &mode)
			s.wantVague("a link", err, vfs.KindExists)
			_, err = f.CreatePart(s.ctx, s.at("link"), 10, nil)
			s.wantVague("a link", err, vfs.KindExists)
			s.must("remove", s.f.Remove(s.ctx, s.at("link")))
		}
		for _, at := range []int64{9, 11} {
			_, err = f.CreatePart(s.ctx, s.at("file"), at, &mode)
			s.wantKind("another length", err, vfs.KindChanged)
		}
		_, err = f.CreatePart(s.ctx, s.at("none"), 9, &mode)
		s.wantKind("none", err, vfs.KindNotFound, vfs.KindChanged)
		s.wantContent(s.at("file"), content(10))
		s.wantNames(s.dir, "file", "folder")
	})},
}

func ofParts(run func(*suite)) func(*suite) {
	return func(s *suite) {
		if _, ok := s.f.(vfs.PartMaker); ok {
			run(s)
		}
	}
}

// part writes one and looks at its permissions before and
// after the first byte and after the last.
func (s *suite) part(p vfs.Path, at int64, data []byte, mode *fs.FileMode, want fs.FileMode) {
	s.Helper()
	w, err := s.f.(vfs.PartMaker).CreatePart(s.ctx, p, at, mode)
	s.must("create", err)
	s.private("before its first byte", p, want)
	_, err = w.Write(data)
	s.must("write", err)
	s.private("while it is written", p, want)
	s.must("commit", w.Commit())
	s.private("in the end", p, want)
}

func (s *suite) private(when string, p vfs.Path, want fs.FileMode) {
	s.Helper()
	if e := s.stat(p); !s.opt.NoModes && e.HasMode && e.Mode.Perm() != want {
		s.Errorf("%s has %v %s, want %v", p, e.Mode, when, want)
	}
}

func (s *suite) widen(p vfs.Path) {
	s.Helper()
	if !s.opt.NoModes {
		s.setMode(p, 0o666)
	}
}

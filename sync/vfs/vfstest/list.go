package vfstest

import (
	"fmt"

	"wherry/sync/vfs"
)

var listCases = []testCase{
	{"an empty folder lists nothing", func(s *suite) {
		s.wantNames(s.dir)
	}},
	{"files and folders are listed with type and size", func(s *suite) {
		s.write(s.at("file"), content(1234))
		s.write(s.at("empty"), nil)
		s.mkdir(s.at("folder"))
		s.wantNames(s.dir, "file", "empty", "folder")
		if e := s.entry(s.dir, "file"); e.Type != vfs.TypeFile || e.Size != 1234 || e.ModTime.IsZero() {
			s.Errorf("listed as %+v, want a file of 1234 bytes with a time", e)
		}
		if e := s.entry(s.dir, "empty"); e.Type != vfs.TypeFile || e.Size != 0 {
			s.Errorf("listed as %+v, want an empty file", e)
		}
		if e := s.entry(s.dir, "folder"); e.Type != vfs.TypeDir || !e.IsDir() {
			s.Errorf("listed as %+v, want a folder", e)
		}
	}},
	{"many entries are all listed", func(s *suite) {
		var want []string
		for i := range 40 {
			name := fmt.Sprintf("file %02d.txt", i)
			s.write(s.at(name), content(i))
			want = append(want, name)
		}
		s.wantNames(s.dir, want...)
	}},
	{"a folder's content is its own", func(s *suite) {
		s.mkdir(s.at("a"))
		s.mkdir(s.at("a", "b"))
		s.write(s.at("a", "b", "deep"), content(10))
		s.wantNames(s.dir, "a")
		s.wantNames(s.at("a"), "b")
		s.wantNames(s.at("a", "b"), "deep")
		s.wantContent(s.at("a", "b", "deep"), content(10))
	}},
	{"a missing folder is not found", func(s *suite) {
		_, err := s.f.List(s.ctx, s.at("missing"))
		s.wantKind("listing", err, vfs.KindNotFound)
	}},
	{"a file is no folder to list", func(s *suite) {
		s.write(s.at("file"), content(5))
		_, err := s.f.List(s.ctx, s.at("file"))
		s.wantVague("listing", err, vfs.KindNotDir, vfs.KindNotFound)
	}},
	{"stat agrees with the listing", func(s *suite) {
		s.write(s.at("file"), content(777))
		s.mkdir(s.at("folder"))
		for _, name := range []string{"file", "folder"} {
			listed, got := s.entry(s.dir, name), s.stat(s.at(name))
			if got.Name != name || got.Type != listed.Type {
				s.Errorf("stat says %+v, the listing %+v", got, listed)
			}
			if got.Type == vfs.TypeFile && got.Size != listed.Size {
				s.Errorf("stat says %d bytes, the listing %d", got.Size, listed.Size)
			}
		}
	}},
	{"stat of a missing name is not found", func(s *suite) {
		s.wantGone(s.at("missing"))
		s.wantGone(s.at("missing", "too"))
	}},
	{"the top is a folder and the home lies below it", func(s *suite) {
		if !s.opt.Held {
			if e := s.stat(vfs.Root()); e.Type != vfs.TypeDir {
				s.Errorf("the top is %+v, want a folder", e)
			}
		}
		features, err := s.f.Features(s.ctx)
		s.must("features", err)
		if e := s.stat(features.Home); !e.IsDir() {
			s.Errorf("the home %s is %+v, want a folder", features.Home, e)
		}
	}},
	{"features say what the options say", func(s *suite) {
		features, err := s.f.Features(s.ctx)
		s.must("features", err)
		for what, pair := range map[string][2]bool{
			"SetTime":     {features.SetTime, !s.opt.NoTimes},
			"SetMode":     {features.SetMode, !s.opt.NoModes},
			"ResumeRead":  {features.ResumeRead, !s.opt.NoResumeRead},
			"ResumeWrite": {features.ResumeWrite, !s.opt.NoResumeWrite},
			"Replaces":    {features.Replaces, !s.opt.NoReplace},
		} {
			if pair[0] != pair[1] {
				s.Errorf("%s is %v, want %v", what, pair[0], pair[1])
			}
		}
	}},
}

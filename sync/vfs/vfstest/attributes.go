package vfstest

import (
	"io/fs"
	"time"

	"wherry/sync/vfs"
)

var attributeCases = []testCase{
	{"a file's time is kept", func(s *suite) { s.timeKept(s.at("file")) }},
	{"times long ago, in winter and in summer are kept", func(s *suite) {
		s.write(s.at("file"), content(3))
		for _, when := range []time.Time{
			time.Date(1999, 12, 31, 23, 59, 58, 0, time.UTC),
			time.Date(2021, 7, 15, 12, 30, 40, 0, time.UTC),
			time.Date(2024, 2, 29, 1, 2, 4, 0, time.UTC),
		} {
			s.setTime(s.at("file"), when)
		}
	}},
	{"a missing file has no time to set", func(s *suite) {
		err := s.f.SetTime(s.ctx, s.at("missing"), time.Unix(1_000_000_000, 0))
		if s.opt.NoTimes {
			s.wantKind("set time", err, vfs.KindUnsupported)
			return
		}
		s.wantVague("set time", err, vfs.KindNotFound)
		s.wantNames(s.dir)
	}},
	{"a file's mode is kept", func(s *suite) {
		s.write(s.at("file"), content(3))
		for _, mode := range []fs.FileMode{0o640, 0o600, 0o755} {
			s.setMode(s.at("file"), mode)
		}
	}},
	{"a folder's mode is kept", func(s *suite) {
		s.mkdir(s.at("folder"))
		s.setMode(s.at("folder"), 0o750)
		s.setMode(s.at("folder"), 0o755)
	}},
	{"a missing file has no mode to set", func(s *suite) {
		err := s.f.SetMode(s.ctx, s.at("missing"), 0o644)
		if s.opt.NoModes {
			s.wantKind("set mode", err, vfs.KindUnsupported)
			return
		}
		s.wantVague("set mode", err, vfs.KindNotFound)
	}},
}

func (s *suite) timeKept(p vfs.Path) {
	s.Helper()
	s.write(p, content(3))
	s.setTime(p, time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC))
	s.wantContent(p, content(3))
}

// setTime sets a time and asks for it back, in the step that the file system
// and the listing promise.
func (s *suite) setTime(p vfs.Path, when time.Time) {
	s.Helper()
	err := s.f.SetTime(s.ctx, p, when)
	if s.opt.NoTimes {
		s.wantKind("set time", err, vfs.KindUnsupported)
		return
	}
	s.must("set time", err)
	features, err := s.f.Features(s.ctx)
	s.must("features", err)
	step := s.opt.TimeStep
	if step == 0 {
		step = features.TimeStep
	}
	for what, e := range map[string]vfs.Entry{"stat": s.stat(p), "the listing": s.entry(p.Dir(), p.Base())} {
		if off := e.ModTime.Sub(when).Abs(); off > max(step, e.Accuracy) {
			s.Errorf("%s says %v, want %v within %v", what, e.ModTime, when, max(step, e.Accuracy))
		}
	}
}

func (s *suite) setMode(p vfs.Path, mode fs.FileMode) {
	s.Helper()
	err := s.f.SetMode(s.ctx, p, mode)
	if s.opt.NoModes {
		s.wantKind("set mode", err, vfs.KindUnsupported)
		return
	}
	s.must("set mode", err)
	if e := s.entry(p.Dir(), p.Base()); !e.HasMode || e.Mode.Perm() != mode {
		s.Errorf("mode %v (told: %v), want %v", e.Mode, e.HasMode, mode)
	}
}

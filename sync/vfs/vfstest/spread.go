package vfstest

import (
	"io"

	"wherry/sync/vfs"
)

// spreadCases check the optional vfs.Sparer and vfs.Scratcher, where a file
// system has them.
var spreadCases = []testCase{
	{"a connection to spare reads what any other does, beside it", func(s *suite) {
		f, ok := s.f.(vfs.Sparer)
		if !ok || s.opt.NoResumeRead {
			return
		}
		want := content(big)
		s.write(s.at("file"), want)
		first, err := s.f.Open(s.ctx, s.at("file"), 0)
		s.must("open", err)
		begin := make([]byte, 10)
		_, err = io.ReadFull(first, begin)
		s.must("reading", err)
		spare, err := f.OpenSpare(s.ctx, s.at("file"), 400_000)
		s.must("open beside it", err)
		got, err := io.ReadAll(spare)
		s.must("reading beside it", err)
		s.must("closing what was beside it", spare.Close())
		s.same("from the offset on", got, want[400_000:])
		rest, err := io.ReadAll(first)
		s.must("reading on", err)
		s.same("the first", append(begin, rest...), want)
		s.must("close", first.Close())
	}},
	{"a connection to spare finds no missing file", func(s *suite) {
		if f, ok := s.f.(vfs.Sparer); ok {
			_, err := f.OpenSpare(s.ctx, s.at("none"), 0)
			s.wantVague("open", err, vfs.KindNotFound)
		}
	}},
	{"a scratch file is read while it is written, and no name shows it", func(s *suite) {
		f, ok := s.f.(vfs.Scratcher)
		if !ok {
			return
		}
		file, err := f.Scratch(s.ctx, s.dir, 2<<20)
		s.must("scratch", err)
		want := content(100_000)
		for at := 0; at < len(want); at += 25_000 {
			part := want[at : at+25_000]
			_, err := file.Write(part)
			s.must("write", err)
			have := make([]byte, len(part))
			_, err = file.ReadAt(have, int64(at))
			s.must("read", err)
			s.same("what was just written", have, part)
		}
		s.wantNames(s.dir)
		s.must("close", file.Close())
		s.wantNames(s.dir)
		if _, err := file.ReadAt(make([]byte, 1), 0); err == nil {
			s.Errorf("it can be read after its end")
		}
	}},
	{"no scratch file in a missing folder", func(s *suite) {
		if f, ok := s.f.(vfs.Scratcher); ok {
			_, err := f.Scratch(s.ctx, s.at("none"), 0)
			s.wantVague("scratch", err, vfs.KindNotFound)
		}
	}},
}

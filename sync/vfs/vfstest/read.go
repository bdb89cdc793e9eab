package vfstest

import (
	"io"

	"wherry/sync/vfs"
)

const big = 5_000_000

var readCases = []testCase{
	{"an empty file reads as empty", func(s *suite) {
		s.write(s.at("empty"), nil)
		s.wantContent(s.at("empty"), nil)
	}},
	{"five megabytes come back byte for byte", func(s *suite) {
		want := content(big)
		s.write(s.at("big"), want)
		if e := s.stat(s.at("big")); e.Size != big {
			s.Errorf("size %d, want %d", e.Size, big)
		}
		s.wantContent(s.at("big"), want)
	}},
	{"the announced size is the whole file's", func(s *suite) {
		s.write(s.at("file"), content(1000))
		for _, offset := range []int64{0, 400} {
			if offset > 0 && s.opt.NoResumeRead {
				continue
			}
			r, err := s.f.Open(s.ctx, s.at("file"), offset)
			s.must("open", err)
			if size := r.Size(); size != 1000 && size != vfs.SizeUnknown {
				s.Errorf("at %d the size is %d, want 1000 or unknown", offset, size)
			}
			s.must("close", r.Close())
		}
	}},
	{"reading begins at the offset", func(s *suite) {
		want := content(300_000)
		s.write(s.at("file"), want)
		for _, offset := range []int64{1, 65_536, 299_999, 300_000} {
			got, err := tryRead(s.ctx, s.f, s.at("file"), offset)
			if s.opt.NoResumeRead {
				s.wantKind("open at an offset", err, vfs.KindUnsupported)
				continue
			}
			s.must("reading at an offset", err)
			s.same("from the offset on", got, want[offset:])
		}
	}},
	{"an offset beyond the end reads nothing or says changed", func(s *suite) {
		if s.opt.NoResumeRead {
			return
		}
		s.write(s.at("file"), content(10))
		got, err := tryRead(s.ctx, s.f, s.at("file"), 11)
		if err != nil {
			s.wantKind("open beyond the end", err, vfs.KindChanged)
		}
		s.same("beyond the end", got, nil)
	}},
	{"a missing file is not found", func(s *suite) {
		_, err := tryRead(s.ctx, s.f, s.at("missing"), 0)
		s.wantVague("open", err, vfs.KindNotFound)
		_, err = tryRead(s.ctx, s.f, s.at("missing", "below"), 0)
		s.wantVague("open in a missing folder", err, vfs.KindNotFound)
		s.wantNames(s.dir)
	}},
	{"a folder is no file to read", func(s *suite) {
		s.mkdir(s.at("folder"))
		_, err := tryRead(s.ctx, s.f, s.at("folder"), 0)
		s.wantVague("open", err, vfs.KindIsDir)
	}},
	{"closing gives one verdict, however often", func(s *suite) {
		s.write(s.at("file"), content(100))
		r, err := s.f.Open(s.ctx, s.at("file"), 0)
		s.must("open", err)
		_, err = io.Copy(io.Discard, r)
		s.must("reading", err)
		s.must("close", r.Close())
		s.must("second close", r.Close())
		if n, err := r.Read(make([]byte, 8)); n != 0 || err == nil {
			s.Errorf("a closed reader gave %d bytes and %v", n, err)
		}
	}},
	{"breaking off a read leaves the file system usable", func(s *suite) {
		want := content(big)
		s.write(s.at("big"), want)
		for range 3 {
			r, err := s.f.Open(s.ctx, s.at("big"), 0)
			s.must("open", err)
			_, err = io.ReadFull(r, make([]byte, 1000))
			s.must("reading a little", err)
			s.must("breaking off", r.Close())
			s.must("closing again", r.Close())
		}
		s.wantNames(s.dir, "big")
		s.wantContent(s.at("big"), want)
	}},
}

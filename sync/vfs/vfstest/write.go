package vfstest

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"wherry/sync/vfs"
)

var writeCases = []testCase{
	{"a new file holds what was written", func(s *suite) {
		s.write(s.at("file"), content(70_000))
		s.wantContent(s.at("file"), content(70_000))
	}},
	{"many small writes add up", func(s *suite) {
		want := content(20_000)
		w, err := s.f.Create(s.ctx, s.at("file"), 0)
		s.must("create", err)
		for part := range slices.Chunk(want, 333) {
			_, err := w.Write(part)
			s.must("write", err)
		}
		s.must("commit", w.Commit())
		s.wantContent(s.at("file"), want)
	}},
	{"io.Copy into a writer arrives whole", func(s *suite) {
		want := content(300_001)
		w, err := s.f.Create(s.ctx, s.at("file"), 0)
		s.must("create", err)
		n, err := io.Copy(w, io.LimitReader(bytes.NewReader(want), 300_000))
		s.must("copy", err)
		s.must("commit", w.Commit())
		if n != 300_000 {
			s.Errorf("%d bytes said to be copied, want 300000", n)
		}
		s.wantContent(s.at("file"), want[:300_000])
	}},
	{"creating anew drops the old content", func(s *suite) {
		s.write(s.at("file"), content(90_000))
		s.write(s.at("file"), content(7))
		s.wantContent(s.at("file"), content(7))
		s.write(s.at("file"), nil)
		s.wantContent(s.at("file"), nil)
	}},
	{"writing goes on behind the first bytes", func(s *suite) {
		want := content(200_000)
		s.write(s.at("file"), want[:70_001])
		err := tryWrite(s.ctx, s.f, s.at("file"), 70_001, want[70_001:])
		if s.opt.NoResumeWrite {
			s.wantKind("create at an offset", err, vfs.KindUnsupported)
			s.wantContent(s.at("file"), want[:70_001])
			return
		}
		s.must("appending", err)
		s.wantContent(s.at("file"), want)
		s.must("appending nothing", tryWrite(s.ctx, s.f, s.at("file"), 200_000, nil))
		s.wantContent(s.at("file"), want)
	}},
	{"going on behind bytes that are not there says changed", func(s *suite) {
		if s.opt.NoResumeWrite {
			return
		}
		s.write(s.at("file"), content(10))
		s.wantKind("beyond the end", tryWrite(s.ctx, s.f, s.at("file"), 11, []byte("x")), vfs.KindChanged)
		s.wantKind("before the end", tryWrite(s.ctx, s.f, s.at("file"), 9, []byte("x")), vfs.KindChanged)
		s.wantContent(s.at("file"), content(10))
		s.wantKind("no file at all", tryWrite(s.ctx, s.f, s.at("missing"), 9, []byte("x")), vfs.KindChanged, vfs.KindNotFound)
		s.wantNames(s.dir, "file")
	}},
	{"a folder is no file to write", func(s *suite) {
		s.mkdir(s.at("folder"))
		s.wantVague("create", tryWrite(s.ctx, s.f, s.at("folder"), 0, []byte("x")), vfs.KindIsDir)
		s.wantNames(s.at("folder"))
	}},
	{"a missing folder above is not found", func(s *suite) {
		s.wantVague("create", tryWrite(s.ctx, s.f, s.at("missing", "file"), 0, []byte("x")), vfs.KindNotFound)
		s.wantNames(s.dir)
	}},
	{"a file above is no folder", func(s *suite) {
		s.write(s.at("file"), content(3))
		err := tryWrite(s.ctx, s.f, s.at("file", "below"), 0, []byte("x"))
		s.wantVague("create", err, vfs.KindNotDir, vfs.KindNotFound)
		s.wantContent(s.at("file"), content(3))
	}},
	{"a name of 300 bytes is refused", func(s *suite) {
		err := tryWrite(s.ctx, s.f, s.at(strings.Repeat("n", 300)), 0, []byte("x"))
		s.wantVague("create", err, vfs.KindBadName)
		s.wantNames(s.dir)
	}},
	{"after commit nothing takes effect", func(s *suite) {
		w, err := s.f.Create(s.ctx, s.at("file"), 0)
		s.must("create", err)
		_, err = w.Write(content(50))
		s.must("write", err)
		s.must("commit", w.Commit())
		s.must("abort after commit", w.Abort())
		s.must("commit after commit", w.Commit())
		if _, err := w.Write([]byte("more")); err == nil {
			s.Error("a write after commit succeeds")
		}
		s.wantContent(s.at("file"), content(50))
	}},
	{"after abort no commit succeeds", func(s *suite) {
		w, err := s.f.Create(s.ctx, s.at("file"), 0)
		s.must("create", err)
		_, err = w.Write(content(100_000))
		s.must("write", err)
		s.must("abort", w.Abort())
		s.must("abort after abort", w.Abort())
		s.wantKind("commit after abort", w.Commit(), vfs.KindCancelled)
		if _, err := w.Write([]byte("more")); err == nil {
			s.Error("a write after abort succeeds")
		}
		for _, name := range s.names(s.dir) {
			if e := s.stat(s.at(name)); name != "file" || e.Size > 100_000 {
				s.Errorf("abort left %+v", e)
			}
		}
	}},
	{"abort before the first byte leaves the file system usable", func(s *suite) {
		for range 3 {
			w, err := s.f.Create(s.ctx, s.at("file"), 0)
			s.must("create", err)
			s.must("abort", w.Abort())
		}
		s.write(s.at("file"), content(20))
		s.wantContent(s.at("file"), content(20))
	}},
}

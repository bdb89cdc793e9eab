package vfstest

import (
	"context"
	"io"
	"time"

	"wherry/sync/vfs"
)

var cancelCases = []testCase{
	{"a cancelled context starts nothing", func(s *suite) {
		s.write(s.at("file"), content(40))
		s.mkdir(s.at("folder"))
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		for what, err := range s.everyCall(ctx) {
			s.wantKind(what, err, vfs.KindCancelled)
		}
		s.wantNames(s.dir, "file", "folder")
		s.wantContent(s.at("file"), content(40))
	}},
	{"a passed deadline says timeout", func(s *suite) {
		ctx, cancel := context.WithDeadline(s.ctx, time.Unix(0, 0))
		defer cancel()
		_, err := s.f.List(ctx, s.dir)
		s.wantKind("list", err, vfs.KindTimeout)
	}},
	{"a cancelled read ends cancelled", func(s *suite) {
		want := content(big)
		s.write(s.at("big"), want)
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		r, err := s.f.Open(ctx, s.at("big"), 0)
		s.must("open", err)
		_, err = io.ReadFull(r, make([]byte, 1000))
		s.must("reading a little", err)
		cancel()
		_, err = io.Copy(io.Discard, r)
		s.wantKind("reading on", err, vfs.KindCancelled)
		if err := r.Close(); err != nil {
			s.wantKind("close", err, vfs.KindCancelled)
		}
		s.wantContent(s.at("big"), want)
	}},
	{"a cancelled write ends cancelled and is not committed", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		w, err := s.f.Create(ctx, s.at("file"), 0)
		s.must("create", err)
		_, err = w.Write(content(1000))
		s.must("write", err)
		cancel()
		_, err = w.Write(content(1000))
		s.wantKind("writing on", err, vfs.KindCancelled)
		s.wantKind("commit", w.Commit(), vfs.KindCancelled)
		s.wantKind("second commit", w.Commit(), vfs.KindCancelled)
		s.write(s.at("file"), content(10))
		s.wantContent(s.at("file"), content(10))
	}},
	{"a cancelled write can be aborted", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		w, err := s.f.Create(ctx, s.at("file"), 0)
		s.must("create", err)
		_, err = w.Write(content(1000))
		s.must("write", err)
		cancel()
		if err := w.Abort(); err != nil {
			s.wantKind("abort", err, vfs.KindCancelled)
		}
		s.write(s.at("other"), content(10))
		s.wantContent(s.at("other"), content(10))
	}},
	{"cancelling after the end changes nothing", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		s.must("write", tryWrite(ctx, s.f, s.at("file"), 0, content(10)))
		cancel()
		s.wantContent(s.at("file"), content(10))
	}},
	{"a closed file system takes no more calls", func(s *suite) {
		s.write(s.at("file"), content(40))
		s.mkdir(s.at("folder"))
		s.must("close", s.f.Close())
		for what, err := range s.everyCall(s.ctx) {
			s.wantKind(what, err, vfs.KindCancelled)
		}
		s.must("second close", s.f.Close())
	}},
}

// everyCall makes each call once, on a file "file" and a folder "folder" that
// stand in the case's folder, and returns the errors by name.
func (s *suite) everyCall(ctx context.Context) map[string]error {
	s.Helper()
	_, list := s.f.List(ctx, s.dir)
	_, stat := s.f.Stat(ctx, s.at("file"))
	_, features := s.f.Features(ctx)
	_, open := s.f.Open(ctx, s.at("file"), 0)
	_, create := s.f.Create(ctx, s.at("file"), 0)
	return map[string]error{
		"list": list, "stat": stat, "features": features, "open": open, "create": create,
		"rename":    s.f.Rename(ctx, s.at("file"), s.at("new"), false),
		"replace":   s.f.Rename(ctx, s.at("file"), s.at("new"), true),
		"remove":    s.f.Remove(ctx, s.at("file")),
		"removedir": s.f.RemoveDir(ctx, s.at("folder")),
		"mkdir":     s.f.Mkdir(ctx, s.at("more")),
		"set time":  s.f.SetTime(ctx, s.at("file"), time.Unix(1_000_000_000, 0)),
		"set mode":  s.f.SetMode(ctx, s.at("file"), 0o600),
	}
}

package vfstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"wherry/sync/vfs"
)

var togetherCases = []testCase{
	{"several goroutines work side by side", func(s *suite) {
		const workers = 6
		errs := make([]error, workers)
		var wg sync.WaitGroup
		for i := range workers {
			p, q := s.at(fmt.Sprintf("file %d", i)), s.at(fmt.Sprintf("moved %d", i))
			wg.Go(func() { errs[i] = s.oneLife(p, q, content(50_000+i)) })
		}
		wg.Wait()
		for i, err := range errs {
			s.must(fmt.Sprintf("worker %d", i), err)
		}
		s.wantNames(s.dir)
	}},
	{"a file is copied within the file system, reading and writing at once", func(s *suite) {
		if s.opt.Streams == 1 {
			return
		}
		want := content(400_000)
		s.write(s.at("from"), want)
		r, err := s.f.Open(s.ctx, s.at("from"), 0)
		s.must("open", err)
		w, err := s.f.Create(s.ctx, s.at("to"), 0)
		s.must("create", err)
		_, err = io.Copy(w, r)
		s.must("copy", err)
		s.must("close", r.Close())
		s.must("commit", w.Commit())
		s.wantContent(s.at("to"), want)
	}},
	{"a folder is listed while a file is being read", func(s *suite) {
		if s.opt.Streams == 1 {
			return
		}
		want := content(big)
		s.write(s.at("big"), want)
		r, err := s.f.Open(s.ctx, s.at("big"), 0)
		s.must("open", err)
		head := make([]byte, 100)
		_, err = io.ReadFull(r, head)
		s.must("reading a little", err)
		s.wantNames(s.dir, "big")
		rest, err := io.ReadAll(r)
		s.must("reading the rest", err)
		s.must("close", r.Close())
		s.same("read around a listing", append(head, rest...), want)
	}},
}

// oneLife writes, reads, moves and removes one file. It returns errors
// because only the test's own goroutine may end the test.
func (s *suite) oneLife(p, q vfs.Path, want []byte) error {
	if err := tryWrite(s.ctx, s.f, p, 0, want); err != nil {
		return err
	}
	if e, err := s.f.Stat(s.ctx, p); err != nil || e.Size != int64(len(want)) {
		return errors.Join(err, fmt.Errorf("stat says %d bytes of %d", e.Size, len(want)))
	}
	if err := s.f.Rename(s.ctx, p, q, false); err != nil {
		return err
	}
	got, err := tryRead(s.ctx, s.f, q, 0)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s came back changed", q)
	}
	if _, err := s.f.List(s.ctx, s.dir); err != nil {
		return err
	}
	return s.f.Remove(s.ctx, q)
}

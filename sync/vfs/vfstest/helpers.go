package vfstest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"wherry/sync/vfs"
)

// suite is what one case works with.
type suite struct {
	*testing.T
	ctx context.Context
	f   vfs.FS
	dir vfs.Path
	opt Options
}

// at returns a path below the case's folder.
func (s *suite) at(elems ...string) vfs.Path {
	s.Helper()
	p := s.dir
	for _, e := range elems {
		var err error
		if p, err = p.Join(e); err != nil {
			s.Fatalf("the case uses a name that is none: %v", err)
		}
	}
	return p
}

func (s *suite) must(what string, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

// wantKind asks for a *vfs.Error of one of the kinds.
func (s *suite) wantKind(what string, err error, kinds ...vfs.Kind) {
	s.Helper()
	if err == nil {
		s.Fatalf("%s: no error, want %v", what, kinds)
	}
	var e *vfs.Error
	if !errors.As(err, &e) {
		s.Fatalf("%s: %T is no *vfs.Error: %v", what, err, err)
	}
	if e.Op == "" {
		s.Errorf("%s: the error does not say what was tried: %v", what, err)
	}
	if !slices.Contains(kinds, e.Kind) {
		s.Fatalf("%s: kind %v, want one of %v: %v", what, e.Kind, kinds, err)
	}
}

// wantVague is wantKind for the kinds that a server may not tell apart.
func (s *suite) wantVague(what string, err error, kinds ...vfs.Kind) {
	s.Helper()
	s.wantKind(what, err, slices.Concat(kinds, s.opt.Vague)...)
}

// tryWrite writes data and returns the first error of any step: a server may
// refuse at the command, in the stream, or with its last reply.
func tryWrite(ctx context.Context, f vfs.FS, p vfs.Path, at int64, data []byte) error {
	w, err := f.Create(ctx, p, at)
	if err != nil {
		return err
	}
	if n, err := w.Write(data); err != nil || n != len(data) {
		return errors.Join(err, shortWrite(n, len(data)), w.Abort())
	}
	return w.Commit()
}

func shortWrite(n, want int) error {
	if n == want {
		return nil
	}
	return fmt.Errorf("%d of %d bytes written", n, want)
}

// tryRead reads a file from an offset to its end, with the verdict of Close.
func tryRead(ctx context.Context, f vfs.FS, p vfs.Path, offset int64) ([]byte, error) {
	r, err := f.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	var got bytes.Buffer
	if _, err := io.Copy(&got, r); err != nil {
		_ = r.Close() // the reading's error is the one to tell
		return nil, err
	}
	return got.Bytes(), r.Close()
}

func (s *suite) write(p vfs.Path, data []byte) {
	s.Helper()
	s.must("writing "+p.String(), tryWrite(s.ctx, s.f, p, 0, data))
}

func (s *suite) mkdir(p vfs.Path) {
	s.Helper()
	s.must("making "+p.String(), s.f.Mkdir(s.ctx, p))
}

func (s *suite) wantContent(p vfs.Path, want []byte) {
	s.Helper()
	got, err := tryRead(s.ctx, s.f, p, 0)
	s.must("reading "+p.String(), err)
	s.same(p.String(), got, want)
}

func (s *suite) same(what string, got, want []byte) {
	s.Helper()
	if bytes.Equal(got, want) {
		return
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	s.Fatalf("%s: %d bytes, want %d; they part at byte %d", what, len(got), len(want), i)
}

func (s *suite) stat(p vfs.Path) vfs.Entry {
	s.Helper()
	e, err := s.f.Stat(s.ctx, p)
	s.must("stat of "+p.String(), err)
	return e
}

func (s *suite) wantGone(p vfs.Path) {
	s.Helper()
	_, err := s.f.Stat(s.ctx, p)
	s.wantKind("stat of what is gone", err, vfs.KindNotFound)
}

// names lists a folder and returns the names in order of bytes.
func (s *suite) names(dir vfs.Path) []string {
	s.Helper()
	entries, err := s.f.List(s.ctx, dir)
	s.must("listing "+dir.String(), err)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names
}

func (s *suite) wantNames(dir vfs.Path, want ...string) {
	s.Helper()
	slices.Sort(want)
	if got := s.names(dir); !slices.Equal(got, want) {
		s.Fatalf("%s holds %q, want %q", dir, got, want)
	}
}

func (s *suite) entry(dir vfs.Path, name string) vfs.Entry {
	s.Helper()
	entries, err := s.f.List(s.ctx, dir)
	s.must("listing "+dir.String(), err)
	for _, e := range entries {
		if e.Name == name {
			return e
		}
	}
	s.Fatalf("%s does not list %q but %q", dir, name, s.names(dir))
	return vfs.Entry{}
}

// content returns n bytes that hold every byte value, line ends that a text
// mode would change, and no period that a wrong offset could hide behind.
func content(n int) []byte {
	out := make([]byte, 0, n+8)
	x := uint64(88172645463325252) // xorshift64, Marsaglia 2003
	for len(out) < n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out = binary.LittleEndian.AppendUint64(out, x)
	}
	out = out[:n:n]
	for i := 0; i+2 < n; i += 997 {
		copy(out[i:], "\r\n")
	}
	return out
}

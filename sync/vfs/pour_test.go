package vfs_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"wherry/sync/vfs"
)

// plainWriter hides every fast path of a buffer.
type plainWriter struct{ b *bytes.Buffer }

func (w plainWriter) Write(p []byte) (int, error) { return w.b.Write(p) }

// rawSeen is a destination that notes what ReadFrom was given.
type rawSeen struct {
	bytes.Buffer
	files int
}

func (w *rawSeen) ReadFrom(r io.Reader) (int64, error) {
	if limited, ok := r.(*io.LimitedReader); ok {
		if _, ok := limited.R.(*os.File); ok {
			w.files++
		}
	}
	return w.Buffer.ReadFrom(r)
}

func TestPourMovesEverything(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	for outcome, src := range map[string]io.Reader{
		"a plain reader":               strings.NewReader(text),
		"one byte at a time":           iotest.OneByteReader(strings.NewReader(text[:5000])),
		"data together with the end":   iotest.DataErrReader(strings.NewReader(text)),
		"a bounded reader":             io.LimitReader(strings.NewReader(text), 123_457),
		"a bound beyond the end":       io.LimitReader(strings.NewReader(text), 1<<40),
		"a bound of nothing":           io.LimitReader(strings.NewReader(text), 0),
		"an empty reader":              strings.NewReader(""),
		"exactly one slice":            strings.NewReader(text[:1000]),
		"a reader that gives no bytes": iotest.HalfReader(strings.NewReader(text)),
	} {
		t.Run(outcome, func(t *testing.T) {
			var keep, got bytes.Buffer
			var told int64
			n, err := vfs.Pour(plainWriter{&got}, io.TeeReader(src, &keep),
				func() (int64, error) { return 1000, nil }, func(n int64) { told += n })
			if err != nil || !bytes.Equal(got.Bytes(), keep.Bytes()) {
				t.Fatalf("%d bytes of %d arrived, error %v", got.Len(), keep.Len(), err)
			}
			if n != int64(got.Len()) || told != n {
				t.Fatalf("%d returned, %d told, %d moved", n, told, got.Len())
			}
		})
	}
}

// caps notes the longest buffer that it was given to read into.
type caps struct {
	io.Reader
	most int
}

func (c *caps) Read(p []byte) (int, error) {
	c.most = max(c.most, cap(p))
	return c.Reader.Read(p)
}

func TestPourTakesNoMoreMemoryThanTheFileNeeds(t *testing.T) {
	for outcome, tc := range map[string]struct{ size, slice, most int }{
		"a small file":            {1000, 1001, 1001},
		"small slices of a large": {3 << 20, 64 << 10, 1 << 20},
		"a large file":            {9 << 20, 8 << 20, 1 << 20},
	} {
		t.Run(outcome, func(t *testing.T) {
			src := &caps{Reader: strings.NewReader(strings.Repeat("x", tc.size))}
			slice := func() (int64, error) { return int64(tc.slice), nil }
			n, err := vfs.Pour(plainWriter{new(bytes.Buffer)}, src, slice, func(int64) {})
			if err != nil || n != int64(tc.size) || src.most > tc.most {
				t.Errorf("%d bytes by a buffer of %d, want at most %d: %v", n, src.most, tc.most, err)
			}
		})
	}
}

func TestPourCountsAnOuterBoundDown(t *testing.T) {
	outer := &io.LimitedReader{R: strings.NewReader("0123456789"), N: 7}
	var got bytes.Buffer
	n, err := vfs.Pour(plainWriter{&got}, outer, func() (int64, error) { return 3, nil }, func(int64) {})
	if err != nil || n != 7 || outer.N != 0 || got.String() != "0123456" {
		t.Fatalf("moved %d %q, bound left %d, error %v", n, got.String(), outer.N, err)
	}
}

func TestPourShowsTheBareFileToTheDestination(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	text := strings.Repeat("x", 10_000)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for outcome, tc := range map[string]struct {
		bound int64
		want  int
	}{
		"a file":                 {-1, 10_000},
		"a file within a bound":  {4321, 4321},
		"a bound beyond the end": {99_999, 10_000},
	} {
		t.Run(outcome, func(t *testing.T) {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var src io.Reader = file
			if tc.bound >= 0 {
				src = io.LimitReader(file, tc.bound)
			}
			var dst rawSeen
			var told int64
			n, err := vfs.Pour(&dst, src, func() (int64, error) { return 4096, nil }, func(n int64) { told += n })
			if err != nil || n != int64(tc.want) || told != n || dst.Len() != tc.want {
				t.Fatalf("moved %d, told %d, arrived %d, want %d: %v", n, told, dst.Len(), tc.want, err)
			}
			if dst.files < 2 {
				t.Fatalf("the file itself was seen %d times, want once a slice", dst.files)
			}
		})
	}
}

func TestPourEndsWithTheFirstError(t *testing.T) {
	bad := errors.New("bad")
	one := func() (int64, error) { return 10, nil }
	for outcome, tc := range map[string]struct {
		dst   io.Writer
		src   io.Reader
		slice func() (int64, error)
	}{
		"of the source":      {io.Discard, io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(bad)), one},
		"of the destination": {failingWriter{bad}, strings.NewReader("abc"), one},
		"of the slices":      {io.Discard, strings.NewReader("abc"), func() (int64, error) { return 10, bad }},
		"of a short write":   {failingWriter{nil}, strings.NewReader("abc"), one},
	} {
		t.Run(outcome, func(t *testing.T) {
			_, err := vfs.Pour(tc.dst, tc.src, tc.slice, func(int64) {})
			if !errors.Is(err, bad) && !errors.Is(err, io.ErrShortWrite) {
				t.Fatalf("error %v, want the one that was arranged", err)
			}
		})
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

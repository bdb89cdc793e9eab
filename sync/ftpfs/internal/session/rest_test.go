package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// plainWriter hides what else a writer can do.
type plainWriter struct{ io.Writer }

// TestTooManyBytes: a server that sends more than SIZE told is left at the
// first byte too many, whichever way the bytes are copied, and whoever takes
// them gets no byte of it.
func TestTooManyBytes(t *testing.T) {
	const content = "0123456789"
	endlessly := ftptest.Flow{Content: func() io.Reader { return endless{} }}
	ignored := ftptest.Flow{Content: func() io.Reader { return strings.NewReader(content) }}
	for outcome, tc := range map[string]struct {
		flow   ftptest.Flow
		offset int64
		size   string // what SIZE says; "" the truth
		whole  bool   // nothing is wrong
	}{
		"all of it":                  {ftptest.Flow{}, 0, "", true},
		"behind an offset":           {ftptest.Flow{}, 4, "", true},
		"nothing is left":            {ftptest.Flow{}, 10, "", true},
		"an offset that was ignored": {ignored, 4, "", false},
		"ignored at the very end":    {ignored, 10, "", false},
		"without end":                {endlessly, 0, "", false},
		"without end, a large file":  {endlessly, 0, "9000000", false},
		"one byte":                   {ftptest.Flow{Content: func() io.Reader { return strings.NewReader(content + "!") }}, 0, "", false},
	} {
		for way, copied := range map[string]func(t *testing.T, r io.Reader) (int64, error){
			"read": func(_ *testing.T, r io.Reader) (int64, error) {
				var b bytes.Buffer
				return io.Copy(plainWriter{&b}, struct{ io.Reader }{r})
			},
			"written to memory": func(_ *testing.T, r io.Reader) (int64, error) {
				var b bytes.Buffer
				_, err := r.(io.WriterTo).WriteTo(plainWriter{&b})
				return int64(b.Len()), err
			},
			"spliced to a file": func(t *testing.T, r io.Reader) (int64, error) {
				f, err := os.Create(filepath.Join(t.TempDir(), "f"))
				if err != nil {
					return 0, err
				}
				_, err = r.(io.WriterTo).WriteTo(f)
				info, statErr := f.Stat()
				return info.Size(), errors.Join(err, statErr, f.Close())
			},
		} {
			for _, sec := range []bool{false, true} {
				t.Run(outcome+", "+way+map[bool]string{true: ", TLS"}[sec], func(t *testing.T) {
					t.Parallel()
					plan := ftptest.Plan{TLS: sec, Verbs: verb("RETR", ftptest.InTurn(tc.flow.Serve)), Files: map[string]string{"/f": content}}
					want := int64(len(content)) - tc.offset
					if tc.size != "" {
						plan.Verbs["SIZE"], want = ftptest.InTurn(ftptest.Reply("213 "+tc.size)), 9_000_000
					}
					r := script(t, plan)
					s := r.open()
					from, err := s.Read(t.Context(), vfs.MustParse("/f"), tc.offset)
					r.must(err)
					n, err := copied(t, from)
					closed := from.Close()
					if n > want || tc.whole && n != want {
						t.Errorf("%d bytes, want %d", n, want)
					}
					if tc.whole {
						r.must(errors.Join(err, closed))
					} else {
						r.wants(err, vfs.KindSize)
						if f := s.Facts(); f.Features.ResumeRead != (tc.offset == 0) {
							t.Errorf("offsets are believed in: %v", f.Features.ResumeRead)
						}
					}
					r.works(s)
				})
			}
		}
	}
}

// TestOffsetRefused: REST refused is no refusal of the file, and what the
// server says of the file behind REST is none of REST.
func TestOffsetRefused(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verbs  map[string]ftptest.Handler
		want   vfs.Kind
		resume bool // is still offered
	}{
		"unknown":                {verb("REST", ftptest.Reply("500 What")), vfs.KindUnsupported, false},
		"not implemented":        {verb("REST", ftptest.Reply("502 No")), vfs.KindUnsupported, false},
		"not for this one":       {verb("REST", ftptest.Reply("501 Bad offset")), vfs.KindUnsupported, true},
		"not now":                {verb("REST", ftptest.Reply("450 Busy")), vfs.KindBusy, true},
		"the file is refused":    {verb("RETR", ftptest.Reply("550 Permission denied")), vfs.KindPermission, true},
		"the file is not there":  {verb("RETR", ftptest.Reply("550 No such file")), vfs.KindNotFound, true},
		"the file has shrunk":    {verb("SIZE", ftptest.Reply("213 3")), vfs.KindChanged, true},
		"an answer out of place": {verb("REST", ftptest.Reply("200 Fine")), vfs.KindProtocol, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs, Files: map[string]string{"/f": "0123456789"}})
			s := r.open()
			_, err := s.Read(t.Context(), vfs.MustParse("/f"), 4)
			r.wants(err, tc.want)
			if got := s.Facts().Features.ResumeRead; got != tc.resume {
				t.Errorf("resume is offered: %v", got)
			}
			if r.Sessions() != 1 || !s.Usable() {
				t.Errorf("%d sessions, usable %v", r.Sessions(), s.Usable())
			}
		})
	}
}

// TestResumedUploadWithoutREST goes by APPE, and by nothing where that is
// refused too: a file that stands is not begun anew unasked.
func TestResumedUploadWithoutREST(t *testing.T) {
	r := script(t, ftptest.Plan{Without: []string{"REST", "APPE"}, Files: map[string]string{"/f": "12345"}})
	s := r.open()
	_, err := s.Write(t.Context(), vfs.MustParse("/f"), 5)
	r.wants(err, vfs.KindUnsupported)
	if got, _ := r.Get("/f"); string(got) != "12345" || r.Count("STOR") > 0 {
		t.Errorf("the file is %q now", got)
	}
	r.works(s)
}

// TestBound: what the kernel's copying is given, and what it is not.
func TestBound(t *testing.T) {
	for outcome, tc := range map[string]struct {
		left, limit int64
		content     string
		want        string
		err         error
	}{
		"less than may come":   {5, 100, "abc", "abc", nil},
		"just as much":         {5, 100, "abcde", "abcde", nil},
		"one too many":         {5, 100, "abcdef", "abcde", errBound},
		"many too many":        {0, 100, "abcdef", "", errBound},
		"nothing of nothing":   {0, 100, "", "", nil},
		"a narrower limit":     {5, 3, "abcdef", "abc", nil},
		"a limit of that size": {5, 5, "abcdef", "abcde", nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			var b bytes.Buffer
			w := bound(&b, tc.left) // a Buffer has ReadFrom
			_, err := w.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: strings.NewReader(tc.content), N: tc.limit})
			if b.String() != tc.want || !errors.Is(err, tc.err) || tc.err == nil && err != nil {
				t.Errorf("%q, %v", b.String(), err)
			}
			var c bytes.Buffer
			rest := tc.content[:min(int64(len(tc.content)), tc.limit)]
			n, err := bound(plainWriter{&c}, tc.left).Write([]byte(rest))
			if c.String() != tc.want || n != len(tc.want) || !errors.Is(err, tc.err) || tc.err == nil && err != nil {
				t.Errorf("%q, %v", c.String(), err)
			}
		})
	}
}

// TestTooManyCancelled: a copy that was broken off for its length does not keep
// the session.
func TestTooManyCancelled(t *testing.T) {
	r := script(t, ftptest.Plan{
		Verbs: verb("RETR", ftptest.InTurn(ftptest.Flow{Content: func() io.Reader { return endless{} }}.Serve)),
		Files: map[string]string{"/f": "0123456789"},
	})
	s := r.open()
	ctx, cancel := context.WithCancel(t.Context())
	from, err := s.Read(ctx, vfs.MustParse("/f"), 0)
	r.must(err)
	_, err = io.Copy(io.Discard, from)
	r.wants(err, vfs.KindSize)
	cancel()
	r.must(from.Close())
	r.works(s)
}

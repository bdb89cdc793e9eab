package ftpfs_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// content has lone line ends, so that a conversion shows.
const content = "first line\nsecond line\r\nthird line\n"

func read(ctx context.Context, f vfs.FS, name string) (string, error) {
	r, err := f.Open(ctx, vfs.MustParse(name), 0)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

func write(ctx context.Context, f vfs.FS, name, text string) error {
	w, err := f.Create(ctx, vfs.MustParse(name), 0)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Commit()
}

// What rows do.

func list(dir string) func(*bench) error {
	return func(b *bench) (err error) {
		b.entries, err = b.fs.List(b.Context(), vfs.MustParse(dir))
		return err
	}
}

func get(name string) func(*bench) error {
	return func(b *bench) (err error) {
		b.got, err = read(b.Context(), b.fs, name)
		return err
	}
}

// amid does something else while /f is being downloaded.
func amid(other func(*bench) error) func(*bench) error {
	return func(b *bench) error {
		r, err := b.fs.Open(b.Context(), vfs.MustParse("/f"), 0)
		if err != nil {
			return err
		}
		err = other(b)
		text, broken := io.ReadAll(r)
		b.got = string(text)
		return errors.Join(err, broken, r.Close())
	}
}

func put(name, text string) func(*bench) error {
	return func(b *bench) error { return write(b.Context(), b.fs, name, text) }
}

func login(b *bench) error {
	_, err := b.fs.Features(b.Context())
	return err
}

// What must be true afterwards.

// reads fails unless the download brought text.
func reads(text string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if b.got != text {
			b.Errorf("downloaded %.80q (%d bytes), want %.80q (%d)", b.got, len(b.got), text, len(text))
		}
	}
}

// lists fails unless the listing has these names in this order.
func lists(names ...string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		var got []string
		for _, e := range b.entries {
			got = append(got, e.Name)
		}
		if !slices.Equal(got, names) {
			b.Errorf("listed %q, want %q", got, names)
		}
	}
}

// stores fails unless the server has the file with this content.
func stores(name, text string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if got, ok := b.srv.Get(name); !ok || string(got) != text {
			b.Errorf("the server has %.80q (%d bytes, %v) under %s, want %.80q", got, len(got), ok, name, text)
		}
	}
}

// allOf runs several checks.
func allOf(checks ...func(*bench)) func(*bench) {
	return func(b *bench) {
		b.Helper()
		for _, check := range checks {
			check(b)
		}
	}
}

// takes fails when the client took more than this many bytes, what lies in the
// buffers of the system included: nobody holds in memory what never came.
func takes(most int64) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if n := b.srv.Taken(); n > most {
			b.Errorf("the client took %d bytes, the bound is %d", n, most)
		}
	}
}

func on(verb string, h ftptest.Handler) map[string]ftptest.Handler {
	return map[string]ftptest.Handler{verb: h}
}

// once has the first command answered by h.
func once(verb string, h ftptest.Handler) ftptest.Plan {
	return ftptest.Plan{Verbs: on(verb, ftptest.InTurn(h))}
}

// always has every such command answered by h.
func always(verb string, h ftptest.Handler) ftptest.Plan {
	return ftptest.Plan{Verbs: on(verb, h)}
}

// text is the content of a Flow.
func text(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

// held takes the command and does nothing for as long as the test runs.
func held(c *ftptest.Conn, _ string) { c.Hold(forever) }

package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
)

func TestDemoWithoutADisplay(t *testing.T) {
	for outcome, window := range map[string]Window{
		"in a build without a window": nil,
		"where the window finds none": func(context.Context, WindowRequest) error { return ErrNoDisplay },
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t)
			h.window = window
			t.Setenv("TMPDIR", t.TempDir())
			r := h.ok("demo")
			if !strings.Contains(r.err, "no display") || strings.Count(r.out, "README") != 2 || !strings.Contains(r.out, "hello from wherry.txt") {
				t.Errorf("the journey:\n%s%s", r.out, r.err)
			}
			leftovers(t, os.TempDir())
		})
	}
}

func TestDemoConnectsTheWindow(t *testing.T) {
	h := newHome(t)
	t.Setenv("TMPDIR", t.TempDir())
	h.window = func(_ context.Context, req WindowRequest) error {
		if !req.Demo || req.Place == nil || req.Place.Password == "" || req.Place.Site.Host != "127.0.0.1" {
			t.Errorf("the window was asked for %+v", req)
		}
		h.secrets = append(h.secrets, req.Place.Password)
		return nil
	}
	if r := h.ok("demo"); r.out != "" {
		t.Errorf("it wrote %q", r.out)
	}
	leftovers(t, os.TempDir())
}

// TestDemoServesOnly uses the printed address, and ends it as Ctrl-C does.
func TestDemoServesOnly(t *testing.T) {
	h := newHome(t)
	t.Setenv("TMPDIR", t.TempDir())
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int)
	go func() {
		a := &app{std: Streams{In: strings.NewReader(""), Out: in, Err: &errs}, vault: h.vault}
		ended <- a.main(ctx, []string{"demo", "--serve-only"})
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(strings.TrimSpace(line))
	if err != nil || address.Scheme != "ftp" || address.Hostname() != "127.0.0.1" {
		t.Errorf("printed %q, which is no address: %v", line, err)
	}
	if listed := h.ok("ls", "--tls", "off", strings.TrimSpace(line)).out; !strings.Contains(listed, "README") {
		t.Errorf("listed %q", listed)
	}
	interrupt()
	if code := <-ended; code != exitOK {
		t.Errorf("it ended with %d: %s", code, &errs)
	}
	leftovers(t, os.TempDir())
}

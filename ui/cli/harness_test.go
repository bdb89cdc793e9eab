package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/site"
	"wherry/sync/vault"
)

// home is a Wherry of its own: its folder, its keychain.
type home struct {
	t      *testing.T
	dir    string
	vault  site.Vault
	window Window
	stdin  string
	// secrets must never come out of a command or stand in a file.
	secrets []string
	log     string
}

// result of one command.
type result struct {
	code     int
	out, err string
}

func newHome(t *testing.T, secrets ...string) *home {
	t.Helper()
	dir := t.TempDir()
	h := &home{t: t, dir: filepath.Join(dir, "config"), log: filepath.Join(dir, "log"), vault: vault.Memory(), secrets: secrets}
	t.Setenv("WHERRY_HOME", h.dir)
	t.Setenv("WHERRY_PASSWORD", "")
	t.Setenv("HOME", filepath.Join(dir, "home"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	t.Cleanup(func() {
		h.searchSecrets(dir)
		if left, err := os.ReadDir(filepath.Join(dir, "home")); err == nil && len(left) > 0 {
			t.Errorf("something was written outside of WHERRY_HOME: %v", left)
		}
	})
	return h
}

// run does one command to its end. The transcript of all goes into h.log.
func (h *home) run(args ...string) result {
	h.t.Helper()
	return h.runWith(h.t.Context(), args...)
}

func (h *home) runWith(ctx context.Context, args ...string) result {
	h.t.Helper()
	var out, errs bytes.Buffer
	a := &app{std: Streams{In: strings.NewReader(h.stdin), Out: &out, Err: &errs}, vault: h.vault, window: h.window}
	code := a.main(ctx, append([]string{"--log", h.log}, args...))
	r := result{code, out.String(), errs.String()}
	for _, secret := range h.secrets {
		if strings.Contains(r.out+r.err, secret) {
			h.t.Errorf("wherry %s told the password:\n%s%s", args[0], r.out, r.err)
		}
	}
	return r
}

// beside is a run of the queue while a test does other things.
type beside struct {
	h     *home
	stop  context.CancelFunc // ends it as Ctrl-C does
	ended chan result
}

func (h *home) runBeside(args ...string) *beside {
	ctx, stop := context.WithCancel(h.t.Context())
	b := &beside{h, stop, make(chan result, 1)}
	go func() { b.ended <- h.runWith(ctx, append([]string{"queue", "run"}, args...)...) }()
	return b
}

// until lists the queue until its rows are as wanted. The test fails once the run has
// ended: nothing will change any more.
func (b *beside) until(wanted func([]map[string]any) bool) []map[string]any {
	b.h.t.Helper()
	for {
		select {
		case r := <-b.ended:
			b.ended <- r
			b.h.t.Fatalf("the run ended with %d:\n%s%s", r.code, r.out, r.err)
		default:
		}
		if rows := lines(b.h.t, b.h.ok("queue", "list", "--json").out); wanted(rows) {
			return rows
		}
	}
}

// wait returns when the run has ended by itself.
func (b *beside) wait() { b.ended <- <-b.ended }

// close stops the run.
func (b *beside) close() {
	b.stop()
	b.wait()
}

// ok runs a command that must end well.
func (h *home) ok(args ...string) result {
	h.t.Helper()
	r := h.run(args...)
	if r.code != 0 {
		h.t.Fatalf("wherry %q ended with %d:\n%s%s", args, r.code, r.out, r.err)
	}
	return r
}

// fails runs a command that must end with code and say the parts.
func (h *home) fails(code int, parts []string, args ...string) result {
	h.t.Helper()
	r := h.run(args...)
	if r.code != code {
		h.t.Errorf("wherry %q ended with %d, want %d:\n%s%s", args, r.code, code, r.out, r.err)
	}
	for _, part := range parts {
		if !strings.Contains(r.err, part) {
			h.t.Errorf("wherry %q does not say %q:\n%s", args, part, r.err)
		}
	}
	return r
}

// searchSecrets looks through every file that was left behind.
func (h *home) searchSecrets(dir string) {
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		for _, secret := range h.secrets {
			if bytes.Contains(content, []byte(secret)) {
				h.t.Errorf("the password stands in %s", name)
			}
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		h.t.Error(err)
	}
}

// lines reads JSON lines.
func lines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(text) {
		row := map[string]any{}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%q is no JSON: %v", line, err)
		}
		all = append(all, row)
	}
	return all
}

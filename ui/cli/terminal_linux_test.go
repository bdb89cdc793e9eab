package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/ftptest"
	"wherry/sync/site"
)

// terminal is a person at a terminal: what the program writes there is read,
// and each time an awaited text appears the next answer is typed.
type terminal struct {
	tty    *os.File // the program's side
	master *os.File
	read   chan struct{} // closed when the reading ended

	mu      sync.Mutex
	news    chan struct{} // guarded; closed and replaced at each read
	seen    bytes.Buffer  // guarded
	answers []awaitedText // guarded
	from    int           // guarded; what was seen before the last answer
}

type awaitedText struct{ prompt, answer string }

func openTerminal(t *testing.T, answers ...awaitedText) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		ftptest.Missing(t, "pseudo-terminals: %v", err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100})
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{tty: tty, master: master, read: make(chan struct{}), news: make(chan struct{}), answers: answers}
	go term.run()
	return term
}

func (p *terminal) run() {
	defer close(p.read)
	buf := make([]byte, 4096)
	for {
		n, err := p.master.Read(buf)
		if err != nil {
			return // EIO once the program's side is closed
		}
		p.mu.Lock()
		p.seen.Write(buf[:n])
		close(p.news)
		p.news = make(chan struct{})
		if len(p.answers) > 0 && strings.Contains(p.seen.String()[p.from:], p.answers[0].prompt) {
			_, _ = p.master.WriteString(p.answers[0].answer)
			p.answers, p.from = p.answers[1:], p.seen.Len()
		}
		p.mu.Unlock()
	}
}

// await returns once text was shown, or false when the terminal or the test's
// time ended first.
func (p *terminal) await(t *testing.T, text string) bool {
	for {
		p.mu.Lock()
		shown, news := strings.Contains(p.seen.String(), text), p.news
		p.mu.Unlock()
		if shown {
			return true
		}
		select {
		case <-news:
		case <-p.read:
			return false
		case <-t.Context().Done():
			return false
		}
	}
}

// close ends the terminal and returns all that was shown.
func (p *terminal) close(t *testing.T) string {
	t.Helper()
	_ = p.tty.Close()
	<-p.read
	_ = p.master.Close()
	if len(p.answers) > 0 {
		t.Errorf("nobody asked %q", p.answers[0].prompt)
	}
	return p.seen.String()
}

// atTerminal runs a command whose input and errors are a terminal.
func (h *home) atTerminal(args []string, answers ...awaitedText) (code int, out, shown string) {
	h.t.Helper()
	term := openTerminal(h.t, answers...)
	var stdout bytes.Buffer
	a := &app{std: Streams{In: term.tty, Out: &stdout, Err: term.tty}, vault: h.vault}
	code = a.main(h.t.Context(), append([]string{"--log", h.log}, args...))
	shown = term.close(h.t)
	for _, secret := range h.secrets {
		if strings.Contains(stdout.String()+shown, secret) {
			h.t.Errorf("the password was shown: %s%s", &stdout, shown)
		}
	}
	return code, stdout.String(), shown
}

func TestThePasswordIsAskedForWithoutEcho(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "deep-tide-77", Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	base := at("ftp", s.User, s.Host, s.Port, "/")
	code, out, shown := h.atTerminal([]string{"ls", "--tls", "off", base}, awaitedText{"Password for anna@127.0.0.1: ", s.Password + "\r"})
	if code != exitOK || !strings.HasSuffix(out, " a\n") {
		t.Errorf("exit %d: %s%s", code, out, shown)
	}
	if strings.Contains(shown, "keychain") {
		t.Errorf("a quick connection has nothing to keep: %s", shown)
	}
}

func TestAPasswordIsKeptWhenThePersonSaysSo(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "deep-tide-77", Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	code, _, shown := h.atTerminal([]string{"ls", "shop:/"},
		awaitedText{"Password for", s.Password + "\r"}, awaitedText{"keychain? [y/N]", "y\r"})
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, shown)
	}
	h.ok("ls", "shop:/")
}

func TestCtrlCAtAQuestionEndsTheCommand(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "deep-tide-77"})
	h := newHome(t)
	code, _, shown := h.atTerminal([]string{"ls", "--tls", "off", at("ftp", s.User, s.Host, s.Port, "/")}, awaitedText{"Password for", "\x03"})
	if code != exitInterrupted || !strings.Contains(shown, "Interrupted") {
		t.Errorf("exit %d: %s", code, shown)
	}
}

func TestTheCertificateIsShownAndAskedAbout(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "deep-tide-77", TLS: true, Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	args := []string{"ls", at("ftp", s.User, s.Host, s.Port, "/")}
	if code, _, shown := h.atTerminal(args, awaitedText{"Trust it?", "\r"}); code != exitUnsafe || !strings.Contains(shown, "Fingerprint     SHA256:") {
		t.Errorf("refused: exit %d: %s", code, shown)
	}
	if code, _, shown := h.atTerminal(args, awaitedText{"Trust it?", "maybe\r"}, awaitedText{"Trust it?", "a\r"}); code != exitOK {
		t.Errorf("trusted: exit %d: %s", code, shown)
	}
	h.ok(args...)
}

func TestAnExistingFileIsAskedAboutWithBothSides(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a": "newer", "/d/b": "newer", "/d/c": "newer"}})
	for outcome, tc := range map[string]struct {
		answers []awaitedText
		want    map[string]string
	}{
		"Enter skips":           {[]awaitedText{{"all: ", "\r"}, {"all: ", "\r"}, {"all: ", "\r"}}, map[string]string{"a": "old", "b": "old", "c": "old"}},
		"one by one":            {[]awaitedText{{"all: ", "o\r"}, {"all: ", "s\r"}, {"all: ", "x\r"}, {"all: ", "k\r"}}, nil},
		"of another size":       {[]awaitedText{{"if [d]ifferent size", "D\r"}}, map[string]string{"a": "newer", "b": "newer", "c": "newer"}},
		"a wrong letter":        {[]awaitedText{{"all: ", "x\r"}, {"S, O, N, D, K, R: the same for all", "S\r"}}, map[string]string{"a": "old", "b": "old", "c": "old"}},
		"a capital is for all":  {[]awaitedText{{"all: ", "O\r"}}, map[string]string{"a": "newer", "b": "newer", "c": "newer"}},
		"Ctrl-C leaves all old": {[]awaitedText{{"all: ", "\x03"}}, map[string]string{"a": "old", "b": "old", "c": "old"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			dir := t.TempDir()
			plant(t, dir, map[string]string{"d/a": "old", "d/b": "old", "d/c": "old"})
			code, _, shown := h.atTerminal([]string{"get", "--tls", "off", at("ftp", s.User, s.Host, s.Port, "/d"), dir}, tc.answers...)
			got := tree(t, filepath.Join(dir, "d"))
			for name, want := range tc.want {
				if got[name] != "file "+want {
					t.Errorf("%s is %q, want %q", name, got[name], want)
				}
			}
			if tc.want == nil {
				kinds := map[string]int{}
				for _, content := range got {
					kinds[content]++
				}
				if kinds["file newer"] != 2 || kinds["file old"] != 2 {
					t.Errorf("one replaced, one left, one kept twice: %v", got)
				}
			}
			if want := map[bool]int{true: exitInterrupted}[strings.HasPrefix(outcome, "Ctrl")]; code != want {
				t.Errorf("exit %d: %s", code, shown)
			}
			for _, part := range []string{"exists already", "there now: 3 B", "new:       5 B", "larger"} {
				if !strings.Contains(shown, part) {
					t.Errorf("the question does not show %q: %s", part, shown)
				}
			}
		})
	}
}

// TestHowToReplaceIsAskedOnce for a site, at the terminal, and kept with it.
func TestHowToReplaceIsAskedOnce(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer string
		kept   any
		want   string
		code   int
	}{
		"the old one is deleted":   {"d\r", "delete", "new", exitOK},
		"it is written itself":     {"w\r", "direct", "new", exitOK},
		"an answer that is none":   {"what?\rd\r", "delete", "new", exitOK},
		"Enter skips one by one":   {"\r", nil, "old", exitOK},
		"Ctrl-C leaves all as was": {"\x03", nil, "old", exitInterrupted},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := stubborn(t, map[string]string{"/in/a": "old", "/in/b": "old"})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
			dir := t.TempDir()
			plant(t, dir, map[string]string{"in/a": "new", "in/b": "new"})
			answers := []awaitedText{{"rite directly: ", tc.answer}}
			if tc.answer == "\r" {
				answers = append(answers, answers[0])
			}
			code, _, shown := h.atTerminal([]string{"put", filepath.Join(dir, "in"), "shop:/", "--exists", "overwrite"}, answers...)
			if code != tc.code {
				t.Errorf("exit %d: %s", code, shown)
			}
			for _, name := range []string{"/in/a", "/in/b"} {
				if got, _ := s.Get(name); string(got) != tc.want {
					t.Errorf("%s is %q, want %q: %s", name, got, tc.want, shown)
				}
			}
			if row := lines(t, h.ok("sites", "show", "shop", "--json").out)[0]; row["replace"] != tc.kept {
				t.Errorf("kept is %v, want %v", row["replace"], tc.kept)
			}
		})
	}
}

// TestBarsAreDrawnWhereTheyCanBeSeen: not in a file, nor between lines of JSON.
func TestBarsAreDrawnWhereTheyCanBeSeen(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind             string
		quiet, json, out bool // out: standard output is the terminal, too
		want             bool
	}{
		"a terminal":                  {"xterm", false, false, true, true},
		"output into a file":          {"xterm", false, false, false, true},
		"a terminal that only prints": {"dumb", false, false, true, false},
		"quiet":                       {"xterm", true, false, true, false},
		"JSON on the terminal":        {"xterm", false, true, true, false},
		"JSON into a file":            {"xterm", false, true, false, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Setenv("TERM", tc.kind)
			term := openTerminal(t)
			a := &app{std: Streams{In: term.tty, Out: io.Discard, Err: term.tty}, opt: options{quiet: tc.quiet, json: tc.json}}
			if tc.out {
				a.std.Out = term.tty
			}
			if got := a.drawsBars(); got != tc.want {
				t.Errorf("drawn: %v", got)
			}
			term.close(t)
		})
	}
	if (&app{std: Streams{Err: io.Discard}}).drawsBars() {
		t.Error("drawn into a pipe")
	}
}

func TestBarsAreDrawnOnATerminalAndTakenAway(t *testing.T) {
	t.Setenv("TERM", "xterm")
	hold := make(chan struct{})
	s := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/big.bin": strings.Repeat("x", 200_000)},
		Verbs: map[string]ftptest.Handler{"RETR": ftptest.Flow{At: 100_000, Hold: hold}.Serve},
	})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	term := openTerminal(t)
	var stdout bytes.Buffer
	a := &app{std: Streams{In: term.tty, Out: &stdout, Err: term.tty}, vault: site.Vault(h.vault)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan int)
	go func() {
		ended <- a.main(ctx, []string{"get", "--tls", "off", at("ftp", s.User, s.Host, s.Port, "/big.bin"), dir})
	}()
	if !term.await(t, "kB of 200 kB") {
		cancel()
	}
	close(hold)
	code := <-ended
	shown := term.close(t)
	if code != exitOK || stdout.String() == "" || !strings.Contains(stdout.String(), "1 file copied, 200 kB") {
		t.Errorf("exit %d: %q", code, &stdout)
	}
	for _, part := range []string{"big.bin", "All: 1 file left", "[==", "\x1b[J"} {
		if !strings.Contains(shown, part) {
			t.Errorf("%q was not shown: %q", part, shown)
		}
	}
	if !strings.HasSuffix(shown, "\x1b[J") {
		t.Errorf("the bars were not taken away: %q", shown[max(0, len(shown)-200):])
	}
}

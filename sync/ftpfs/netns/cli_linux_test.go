package netns

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/ui/cli"
)

// TestCommandLineBehindFirewalls: scripts see the exit codes that they were
// promised, people the remedy.
func TestCommandLineBehindFirewalls(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	const blocked = 6
	for outcome, tc := range map[string]struct {
		nat    bool
		router []string
		client []string
		flags  []string
		code   int
		says   []string
	}{
		"black-holed passive ports are got around":   {router: []string{passiveDropped}},
		"closed passive ports are got around":        {router: []string{passiveClosed}},
		"forced passive fails and names active":      {router: []string{passiveDropped}, flags: []string{"--mode", "passive"}, code: blocked, says: []string{"--mode active"}},
		"forced active fails and names passive":      {nat: true, flags: []string{"--mode", "active"}, code: blocked, says: []string{"--mode passive"}},
		"where nothing gets through, that is said":   {router: []string{passiveDropped}, client: []string{callsDropped}, code: blocked, says: []string{"firewall"}},
		"forced active works where calls come in":    {flags: []string{"--mode", "active"}},
		"a translating router needs nothing special": {nat: true},
	} {
		for _, kind := range []ftptest.Kind{ftptest.VSFTPD, ftptest.ProFTPD, ftptest.PyFTPD} {
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{NAT: tc.nat, Kind: kind, Before: func(n *ftptest.Network) error {
					if err := n.Firewall(ftptest.AtRouter, tc.router...); err != nil {
						return err
					}
					return n.Firewall(ftptest.AtClient, tc.client...)
				}}
				stage.Play(t, func(t *testing.T, scene *ftptest.Scene) {
					c := commands{t, scene.Server, t.TempDir(), tc.flags}
					if tc.code == 0 {
						c.copies()
						return
					}
					code, _, errs := c.run("ls", c.url(""))
					if code != tc.code {
						t.Errorf("ls ended with %d, want %d: %s", code, tc.code, errs)
					}
					for _, word := range tc.says {
						if !strings.Contains(errs, word) {
							t.Errorf("%q is not said:\n%s", word, errs)
						}
					}
				})
			})
		}
	}
}

// TestDoctorCommand: the exit code says whether files can be transferred, the
// text why not.
func TestDoctorCommand(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	for outcome, tc := range map[string]struct {
		before func(*ftptest.Network) error
		opt    ftptest.Options
		nat    bool
		code   int
		says   []string
	}{
		"active cannot work behind a router":  {nat: true, says: []string{"192.168.1.7", "private address"}},
		"passive is stopped by a firewall":    {before: rules(ftptest.AtRouter, passiveClosed), says: []string{"Active works"}},
		"nothing works behind a router":       {nat: true, opt: ftptest.Options{NoPassive: true}, code: 6, says: []string{"192.168.1.7"}},
		"everything works in an open network": {says: []string{"works"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			stage := ftptest.Stage{NAT: tc.nat, Kind: ftptest.VSFTPD, Options: tc.opt, Before: tc.before}
			stage.Play(t, func(t *testing.T, scene *ftptest.Scene) {
				c := commands{t, scene.Server, t.TempDir(), nil}
				code, out, errs := c.run("doctor", c.url(""))
				if code != tc.code {
					t.Errorf("doctor ended with %d, want %d: %s", code, tc.code, errs)
				}
				for _, word := range tc.says {
					if !strings.Contains(out, word) {
						t.Errorf("%q is not said", word)
					}
				}
				if t.Failed() {
					t.Logf("it said:\n%s%s", out, errs)
				}
			})
		})
	}
}

// commands is a person at a command line.
type commands struct {
	t      *testing.T
	server *ftptest.Server
	dir    string // of their own
	flags  []string
}

func (c commands) url(name string) string {
	return "ftp://" + c.server.User + "@" + c.server.Host + strings.TrimSuffix(c.server.Home, "/") + "/" + name
}

func (c commands) run(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	all := append(args, append(c.flags, "--tls", "off", "--password-stdin", "--config", filepath.Join(c.dir, "config"), "--log", c.log())...)
	code = cli.Main(c.t.Context(), all, cli.Streams{
		In: strings.NewReader(c.server.Password + "\n"), Out: &stdout, Err: &stderr,
	}, nil)
	return code, stdout.String(), stderr.String()
}

func (c commands) log() string { return filepath.Join(c.dir, "log") }

// sent says whether the last command had one of that name sent.
func (c commands) sent(verb string) bool {
	text, err := os.ReadFile(c.log())
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.Contains(string(text), "-> "+verb)
}

// TestTheNextRunKnows: what one run has learned of a network, the next begins
// with, and learns anew where it is wrong.
func TestTheNextRunKnows(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	for _, kind := range two() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			stage := ftptest.Stage{Kind: kind}
			stage.Play(t, func(t *testing.T, scene *ftptest.Scene) {
				c := commands{t, scene.Server, t.TempDir(), nil}
				for _, run := range []struct {
					outcome        string
					router, client []string
					sends          []string
					never          []string
				}{
					{"finds out", []string{passiveDropped}, nil, []string{"EPSV", "EPRT"}, nil},
					{"knows that active works", []string{passiveDropped}, nil, []string{"EPRT"}, []string{"EPSV", "PASV"}},
					{"finds out that it does no more", nil, []string{callsDropped}, []string{"EPRT", "EPSV"}, nil},
					{"knows that passive works", nil, []string{callsDropped}, []string{"EPSV"}, []string{"EPRT", "PORT"}},
				} {
					if err := errors.Join(scene.Net.Firewall(ftptest.AtRouter, run.router...), scene.Net.Firewall(ftptest.AtClient, run.client...)); err != nil {
						t.Fatal(err)
					}
					if err := os.RemoveAll(c.log()); err != nil {
						t.Fatal(err)
					}
					if code, _, errs := c.run("ls", c.url("")); code != 0 {
						t.Fatalf("%s: ls ended with %d: %s", run.outcome, code, errs)
					}
					for _, verb := range append(run.sends, run.never...) {
						if want := slices.Contains(run.sends, verb); c.sent(verb) != want {
							t.Errorf("%s: %s sent %v, want %v", run.outcome, verb, !want, want)
						}
					}
				}
			})
		})
	}
}

// TestATransferOutlivesItsConnection: a firewall that forgets the connections
// in the middle of a file costs time and nothing else.
func TestATransferOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	table := newTable(t, "an upload is cut off, server", "s")
	for outcome, verdict := range map[string]string{"in silence": "drop", "with a reset": "reject with tcp reset"} {
		// Not vsftpd, which locks what is uploaded, and hears nothing of the end
		// of a connection for five minutes.
		for _, kind := range []ftptest.Kind{ftptest.ProFTPD, ftptest.PyFTPD} {
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{NAT: true, Kind: kind, Before: func(n *ftptest.Network) error { return n.Forgetful(verdict) }}
				table.add(stage.Play(t, cutOff))
			})
		}
	}
}

func cutOff(t *testing.T, scene *ftptest.Scene) {
	c := commands{t, scene.Server, t.TempDir(), []string{"--limit", "40K", "--timeout", "5s"}}
	local := filepath.Join(c.dir, "cargo.bin")
	if err := os.WriteFile(local, content(), 0o644); err != nil {
		t.Fatal(err)
	}
	ended, forgot := make(chan struct{}), make(chan error, 1)
	go func() { // once a part of the file has arrived, or nothing more will
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for arrived := int64(0); arrived <= 50_000; {
			select {
			case <-look.C:
			case <-ended:
				forgot <- nil
				return
			}
			found, _ := filepath.Glob(filepath.Join(scene.Server.Dir, "*")) // the pattern is good
			for _, name := range found {
				if info, err := os.Stat(name); err == nil {
					arrived = info.Size()
				}
			}
		}
		forgot <- scene.Net.Forget()
	}()
	began := time.Now()
	code, out, errs := c.run("put", local, c.url(""))
	close(ended)
	if err := <-forgot; err != nil {
		t.Fatal(err)
	}
	if code != 0 {
		t.Fatalf("put ended with %d:\n%s%s", code, out, errs)
	}
	row(t, seconds(time.Since(began)))
	if got, err := os.ReadFile(filepath.Join(scene.Server.Dir, "cargo.bin")); err != nil || !bytes.Equal(got, content()) {
		t.Errorf("%d bytes arrived, %v", len(got), err)
	}
	if left := names(t, scene.Server.Dir); len(left) != 1 {
		t.Errorf("on the server are %q", left)
	}
}

// copies uploads files, sees them listed, and downloads one again.
func (c commands) copies() {
	local := filepath.Join(c.dir, "cargo.bin")
	if err := os.WriteFile(local, content(), 0o644); err != nil {
		c.t.Fatal(err)
	}
	back := filepath.Join(c.dir, "back")
	if err := os.Mkdir(back, 0o755); err != nil {
		c.t.Fatal(err)
	}
	crates := filepath.Join(c.dir, "crates")
	if err := os.Mkdir(crates, 0o755); err != nil {
		c.t.Fatal(err)
	}
	for _, name := range strings.Fields("a b c d e f g h") {
		if err := os.WriteFile(filepath.Join(crates, name), []byte(name), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	// Several connections look for a way at the same time at first.
	for _, args := range [][]string{{"put", crates, local, c.url("")}, {"ls", c.url("")}, {"get", c.url("cargo.bin"), back}} {
		code, out, errs := c.run(args...)
		if code != 0 {
			c.t.Fatalf("wherry %s ended with %d:\n%s%s", args[0], code, out, errs)
		}
		if args[0] == "ls" && !strings.Contains(out, "cargo.bin") {
			c.t.Errorf("ls shows\n%s", out)
		}
	}
	if got := strings.Join(names(c.t, filepath.Join(c.server.Dir, "crates")), " "); got != "a b c d e f g h" {
		c.t.Errorf("of the folder arrived %s", got)
	}
	for _, name := range []string{filepath.Join(c.server.Dir, "cargo.bin"), filepath.Join(back, "cargo.bin")} {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, content()) {
			c.t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

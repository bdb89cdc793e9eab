package netns

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		for _, kind := range []ftptest.Kind{ftptest.VSFTPD, ftptest.PyFTPD} {
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
	all := append(args, append(c.flags, "--tls", "off", "--password-stdin", "--config", filepath.Join(c.dir, "config"))...)
	code = cli.Main(c.t.Context(), all, cli.Streams{
		In: strings.NewReader(c.server.Password + "\n"), Out: &stdout, Err: &stderr,
	}, nil)
	return code, stdout.String(), stderr.String()
}

// copies uploads a file, sees it listed, and downloads it again.
func (c commands) copies() {
	local := filepath.Join(c.dir, "cargo.bin")
	if err := os.WriteFile(local, content(), 0o644); err != nil {
		c.t.Fatal(err)
	}
	back := filepath.Join(c.dir, "back")
	if err := os.Mkdir(back, 0o755); err != nil {
		c.t.Fatal(err)
	}
	for _, args := range [][]string{{"put", local, c.url("")}, {"ls", c.url("")}, {"get", c.url("cargo.bin"), back}} {
		code, out, errs := c.run(args...)
		if code != 0 {
			c.t.Fatalf("wherry %s ended with %d:\n%s%s", args[0], code, out, errs)
		}
		if args[0] == "ls" && !strings.Contains(out, "cargo.bin") {
			c.t.Errorf("ls shows\n%s", out)
		}
	}
	for _, name := range []string{filepath.Join(c.server.Dir, "cargo.bin"), filepath.Join(back, "cargo.bin")} {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, content()) {
			c.t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

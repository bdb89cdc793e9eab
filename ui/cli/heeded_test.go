package cli

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wherry/sync/ftptest"
)

// connection are the flags of all that logs in.
const connection = "account ca connections encoding external-ip hidden keep-alive login-command mode password-stdin port-range proxy timeout tls trust"

// heeds is what each command does something with, beside what all know: --json,
// --quiet, --log and --config.
var heeds = map[string]string{
	"wherry":                connection + " limit limit-down limit-up replace retries verify",
	"wherry ls":             connection,
	"wherry get":            connection + " exists keep-mode limit limit-down retries segments verify",
	"wherry put":            connection + " exists keep-mode limit limit-up replace retries verify",
	"wherry rm":             connection,
	"wherry mkdir":          connection,
	"wherry mv":             connection + " exists",
	"wherry chmod":          connection,
	"wherry doctor":         connection,
	"wherry demo":           "connections limit limit-down limit-up retries verify",
	"wherry sites list":     "",
	"wherry sites show":     "",
	"wherry sites remove":   "",
	"wherry sites add":      "account connections encoding external-ip hidden keep-alive limit-down limit-up login-command mode port-range proxy replace tls trust",
	"wherry sites edit":     "account connections encoding external-ip hidden keep-alive limit-down limit-up login-command mode port-range proxy replace tls trust",
	"wherry sites password": "password-stdin",
	"wherry queue add get":  connection + " exists keep-mode replace segments",
	"wherry queue add put":  connection + " exists keep-mode replace",
	"wherry queue run":      "ca connections exists limit limit-down limit-up password-stdin replace retries timeout trust verify",
	"wherry queue list":     "", "wherry queue status": "", "wherry queue answer": "", "wherry queue move": "", "wherry queue priority": "",
	"wherry queue schedule": "", "wherry queue pause": "", "wherry queue resume": "", "wherry queue retry": "", "wherry queue remove": "",
	"wherry queue clear": "",
}

// valueOf is one that each flag takes.
var valueOf = map[string]string{
	"mode": "active", "tls": "off", "trust": "SHA256:" + strings.Repeat("00", 32), "ca": "ca.pem", "timeout": "9s", "port-range": "5000-5001", "external-ip": "192.0.2.1",
	"encoding": "windows-1251", "proxy": "none", "account": "a", "keep-alive": "noop", "login-command": "NOOP", "verify": "off", "exists": "overwrite", "connections": "2",
	"replace": "never", "segments": "2", "limit": "1M", "limit-up": "1M", "limit-down": "1M", "retries": "1", "password-stdin": "true", "hidden": "true", "keep-mode": "true",
}

// TestEveryFlagHasItsEffectOrIsRefused on each command, and the help shows it where
// it has one. What refuses it says what to do instead.
func TestEveryFlagHasItsEffectOrIsRefused(t *testing.T) {
	h := newHome(t)
	seen := map[string]bool{}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			if sub.Name() != "completion" && sub.Name() != "help" {
				visit(sub)
			}
		}
		if cmd.HasParent() && cmd.HasSubCommands() {
			return
		}
		name := cmd.CommandPath()
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			h.t = t
			common := cmd.Root().PersistentFlags()
			shown := h.ok(append(strings.Fields(name)[1:], "--help")...).out
			var heeded []string
			common.VisitAll(func(f *pflag.Flag) {
				switch {
				case slices.Contains([]string{"json", "quiet", "log", "config"}, f.Name):
					return
				case cmd.LocalFlags().Lookup(f.Name) != nil && cmd.LocalFlags().Lookup(f.Name) != f:
					return // the command has a flag of its own by that name
				case strings.Contains(shown, "--"+f.Name+" "):
					heeded = append(heeded, f.Name)
					return
				case isBound(strings.TrimPrefix(name, "wherry "), f.Name) && whyNot(strings.TrimPrefix(name, "wherry "), f.Name) == "":
					return // see TestBoundsMayBeGivenToEachCommand
				}
				r := h.run(append(strings.Fields(name)[1:], append(leastArgs[name], "--"+f.Name+"="+valueOf[f.Name])...)...)
				first, _, _ := strings.Cut(r.err, "\n")
				if r.code != exitUsage || !strings.HasPrefix(first, "wherry: --"+f.Name+" ") || !strings.HasSuffix(first, ".") || len(first) > 250 {
					t.Errorf("--%s: exit %d: %s", f.Name, r.code, r.err)
				}
			})
			want := strings.Fields(heeds[name])
			slices.Sort(want)
			if diff := cmp.Diff(strings.Join(want, " "), strings.Join(heeded, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	visit((&app{}).root())
	for name := range maps.Keys(heeds) {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

// leastArgs are arguments that each command takes.
var leastArgs = map[string][]string{
	"wherry ls": {"ftp://h/"}, "wherry get": {"ftp://h/a", "."}, "wherry put": {"a", "ftp://h/"}, "wherry rm": {"ftp://h/a"}, "wherry mkdir": {"ftp://h/a"},
	"wherry mv": {"ftp://h/a", "ftp://h/b"}, "wherry chmod": {"644", "ftp://h/a"}, "wherry doctor": {"ftp://h"}, "wherry sites show": {"a"}, "wherry sites remove": {"a"},
	"wherry sites add": {"a", "ftp://h"}, "wherry sites edit": {"a"}, "wherry sites password": {"a"}, "wherry queue add get": {"ftp://h/a", "."},
	"wherry queue add put": {"a", "ftp://h/"}, "wherry queue answer": {"1", "skip"}, "wherry queue move": {"1", "--top"}, "wherry queue priority": {"high", "1"},
	"wherry queue schedule": {"now", "1"}, "wherry queue pause": {"1"}, "wherry queue resume": {"1"}, "wherry queue retry": {"1"}, "wherry queue remove": {"1"},
}

// TestWhatToDoInsteadIsNamed for the flags that people expect something of.
func TestWhatToDoInsteadIsNamed(t *testing.T) {
	h := newHome(t)
	for args, want := range map[string]string{
		"ls --verify always ftp://h/":                "wherry: --verify has no effect on wherry ls; it is for wherry get, wherry put",
		"get --limit-up 1M ftp://h/a .":              "wherry: --limit-up is about what is sent to servers; --limit-down or --limit slows down a download.",
		"put --limit-down 1M a ftp://h/":             "wherry: --limit-down is about what comes from servers; --limit-up or --limit slows down an upload.",
		"get --replace delete ftp://h/a .":           "wherry: --replace is about servers; a file of this computer is replaced by --exists overwrite.",
		"put --segments 2 a ftp://h/":                "wherry: --segments is for downloads",
		"mv --exists newer ftp://h/a ftp://h/b":      "wherry: --exists of wherry mv takes overwrite and skip",
		"sites add a ftp://h --timeout 9s":           "wherry: --timeout holds for one command and is not saved with a site.",
		"sites add a ftp://h --password-stdin":       "wherry: --password-stdin has no effect here; `wherry sites password SITE --password-stdin` keeps a password once the site is saved.",
		"sites password a --forget --password-stdin": "wherry: --forget takes the password away",
		"queue add get ftp://h/a . --verify always":  "wherry: --verify holds for who does the work",
		"queue add put a ftp://h/ --limit-up 1M":     "wherry: --limit-up holds for who does the work",
		"queue run --mode active":                    "wherry: --mode is kept with the rows' sites",
		"queue run --keep-mode":                      "wherry: --keep-mode is said of a row when it is added, by `wherry queue add`.",
		"queue status --limit 3":                     "wherry: --limit has no effect on wherry queue status; it is for wherry get",
		"queue list --mode active":                   "wherry: --mode has no effect on wherry queue list; it is for commands that connect, such as wherry ls.",
		"demo --mode active":                         "wherry: --mode has no effect on wherry demo",
		"--exists skip ftp.example.org":              "wherry: --exists has no effect on wherry; it is for wherry get",
		"lss --exists skip":                          "wherry: there is no command lss. Did you mean ls?",
	} {
		t.Run(args, func(t *testing.T) {
			h.t = t
			if r := h.run(strings.Fields(args)...); r.code != exitUsage || !strings.HasPrefix(r.err, want) {
				t.Errorf("exit %d: %s", r.code, r.err)
			}
		})
	}
}

// TestBoundsMayBeGivenToEachCommand: scripts give the same ones to all, and where
// nothing is transferred or waited for they hold by themselves.
func TestBoundsMayBeGivenToEachCommand(t *testing.T) {
	bounded := []string{"--timeout", "9s", "--connections", "2", "--retries", "0", "--limit-up", "1M", "--limit-down", "1M"}
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	for _, args := range []string{
		"ls shop:/d", "mkdir shop:/e", "mv shop:/d/a shop:/e/a", "chmod 644 shop:/e/a", "rm shop:/e/a",
		"sites list", "sites show shop", "queue list", "queue status", "queue pause --all", "sites remove shop",
	} {
		h.ok(append(slices.Clone(bounded), strings.Fields(args)...)...)
	}
}

package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestWrongUsageEndsWith2AndNamesTheHelp(t *testing.T) {
	for outcome, tc := range map[string]struct {
		args string
		want string
	}{
		"no target":                     {"ls", "something is missing: name a folder"},
		"get without a folder":          {"get ftp://h/x", "something is missing"},
		"get into a server":             {"get ftp://127.0.0.1:1/x ftp://127.0.0.1:1/y", "must be a folder of this computer"},
		"put from a server":             {"put ftp://127.0.0.1:1/x ftp://127.0.0.1:1/y", "put takes files of this computer"},
		"mv with one name":              {"mv ftp://h/x", "something is missing"},
		"mv with three names":           {"mv ftp://h/x ftp://h/y ftp://h/z", "one argument too many"},
		"mv between servers":            {"mv ftp://h/x ftp://i/y", "wherry get"},
		"mv to this computer":           {"mv ftp://h/x ./y", "wherry get"},
		"a mode that is not octal":      {"chmod 8x8 ftp://h/x", "no mode"},
		"a mode with too many bits":     {"chmod 7777 ftp://h/x", "no mode"},
		"an unknown flag":               {"ls --mod passive ftp://h", "unknown flag"},
		"an unknown mode":               {"ls --mode pasive ftp://h", "it takes auto, passive, active"},
		"an unknown rule":               {"get --exists maybe ftp://h/x .", "overwrite"},
		"a limit that is no rate":       {"get --limit fast ftp://h/x .", "500k"},
		"a fingerprint that is none":    {"ls --trust abc ftp://h", "64 hexadecimal digits"},
		"ports in the wrong order":      {"ls --port-range 9-8 ftp://h", "lower one first"},
		"an external IP that is a name": {"ls --external-ip example.org ftp://h", "IPv4"},
		"too many connections":          {"get --connections 33 ftp://h/x .", "from 1 to 32"},
		"no time at all":                {"ls --timeout 0s ftp://h", "--timeout"},
		"a time without its unit":       {"ls --timeout 30 ftp://h", "it takes a time with its unit, such as 30s or 2m"},
		"a time that is over":           {"ls --timeout -5s ftp://h", "it takes a time with its unit, such as 30s or 2m"},
		"a file of --ca that is none":   {"ls --ca /nonexistent ftp://h", "--ca cannot be read"},
		"a site that is not saved":      {"ls nosuch:/x", "No site is saved as nosuch"},
		"a path without its slash":      {"get nb:www .", `"nb:www" is no TARGET: no site is saved as nb`},
		"a site that is like a drive":   {"sites add x ftp://h", "x cannot be the name of a site, as x:/ is a place of this computer."},
		"a line end in an address":      {"mkdir ftp://h/a%0Ab", `"ftp://h/a%0Ab" cannot be used: it holds a line feed (U+000A)`},
		"a port that is none":           {"ls ftp://h:x/", `"ftp://h:x/" cannot be used: the port`},
		"an address that makes no sense": {
			"ls gopher://h/x", "gopher",
		},
		"a local path for a TARGET":        {"ls ./x", "is on this computer"},
		"a mistyped command":               {"lss", "Did you mean ls"},
		"a mistyped command with argument": {"gte ftp://h/x .", "Did you mean get"},
		"a mistyped queue command":         {"queue lst", "Did you mean list"},
		"a command of other programs":      {"upload a ftp://h/", "there is no command upload. Did you mean put?"},
		"a flag without its dashes":        {"version", "there is no command version. Did you mean --version?"},
		"a word that is like none":         {"frobnicate", "there is no command frobnicate, and this Wherry was built without its window"},
		"a group without a command":        {"sites", "needs a command"},
		"an empty password on stdin":       {"ls --password-stdin ftp://anna@h", "no password"},
		"rows without numbers":             {"queue pause", "--all"},
		"rows and --all":                   {"queue pause 1 --all", "--all"},
		"a row that is no number":          {"queue retry x", "no number"},
		"a site's flag for a run":          {"queue run --mode active", "--mode is kept with the rows' sites"},
		"a flag that a count heeds not":    {"queue status --limit 3", "--limit has no effect on wherry queue status"},
		"a server's flag for a list":       {"sites list --tls off", "--tls has no effect"},
		"a state that cannot be cleared":   {"queue clear active", "not one of"},
		"a window in a build without one":  {"ftp.example.org", "built without its window"},
		"removing the top of a server":     {"sites remove nosuch", "no site is saved"},
		"an encoding that does not exist":  {"ls --encoding klingon ftp://h", "encoding"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newHome(t).fails(exitUsage, []string{tc.want, "--help"}, strings.Fields(tc.args)...)
			if r.out != "" {
				t.Errorf("standard output holds %q", r.out)
			}
		})
	}
}

func TestAPasswordInAMistakeIsNotRepeated(t *testing.T) {
	for outcome, args := range map[string][]string{
		"in place of a command's name": {"queue", "ftp://anna:hunter2secret@h/"},
		"as the value of a flag":       {"ls", "--mode", "ftp://anna:hunter2secret@h/", "x"},
		"in a bad address":             {"ls", "ftp://anna:hunter2secret@h:99999/x"},
		"one argument too many":        {"mv", "a", "b", "anna:hunter2secret@h"},
		"as a folder of get":           {"get", "x", "ftp://anna:hunter2secret@h/"},
		"as an unknown site":           {"sites", "show", "anna:hunter2secret@h"},
	} {
		t.Run(outcome, func(t *testing.T) {
			newHome(t, "hunter2secret").fails(exitUsage, nil, args...)
		})
	}
}

// TestHelp holds every command to a help that a newcomer can work from.
func TestHelp(t *testing.T) {
	h := newHome(t)
	seen := 0
	var visit func(cmd *cobra.Command, path []string)
	visit = func(cmd *cobra.Command, path []string) {
		if cmd.Name() == "completion" || cmd.Name() == "help" {
			return
		}
		seen++
		t.Run(strings.Join(append([]string{"wherry"}, path...), " "), func(t *testing.T) {
			r := h.ok(append(path, "--help")...)
			for _, part := range []string{"Usage:\n  wherry", "Examples:\n  ", "--json", "--config folder"} {
				if !strings.Contains(r.out, part) {
					t.Errorf("the help does not hold %q:\n%s", part, r.out)
				}
			}
			if strings.Contains(r.out, "TARGET") && !strings.Contains(r.out, "ftp") {
				t.Errorf("the help does not say what a TARGET is:\n%s", r.out)
			}
			for line := range strings.Lines(r.out) {
				if len(strings.TrimRight(line, "\n")) > 120 {
					t.Errorf("longer than a terminal: %s", line)
				}
			}
			if cmd.Short == "" || !strings.Contains(cmd.Example, cmd.CommandPath()) {
				t.Errorf("no short text, or no example of %q", cmd.CommandPath())
			}
		})
		for _, sub := range cmd.Commands() {
			visit(sub, append(path[:len(path):len(path)], sub.Name()))
		}
	}
	visit((&app{}).root(), nil)
	if seen < 25 {
		t.Errorf("only %d commands", seen)
	}
}

func TestFlagsAreShownWhereTheyMatter(t *testing.T) {
	h := newHome(t)
	for command, want := range map[string]map[string]bool{
		"ls":             {"--mode": true, "--exists": false, "--quiet": true},
		"get":            {"--mode": true, "--exists": true, "--quiet": true},
		"sites password": {"--mode": false, "--proxy ": true, "--proxy URL": false, "--password-stdin ": true},
		"queue list":     {"--mode": false, "--exists": false, "--limit N": true},
	} {
		out := h.ok(append(strings.Fields(command), "--help")...).out
		for flag, shown := range want {
			if strings.Contains(out, flag) != shown {
				t.Errorf("%s --help shows %s: %v, want %v", command, flag, !shown, shown)
			}
		}
	}
}

func TestVersionAndCompletion(t *testing.T) {
	h := newHome(t)
	if out := h.ok("--version").out; !strings.HasPrefix(out, "wherry "+Version) {
		t.Errorf("--version says %q", out)
	}
	if out := h.ok("completion", "bash").out; !strings.Contains(out, "__wherry") {
		t.Errorf("no completion for bash")
	}
	h.ok("sites", "add", "shop", "ftp://h")
	if out := h.ok("__complete", "ls", "sh").out; !strings.HasPrefix(out, "shop:\n") {
		t.Errorf("ls does not complete saved sites: %q", out)
	}
}

func TestTheWindowGetsWhatWasAsked(t *testing.T) {
	for outcome, tc := range map[string]struct {
		args []string
		want string
	}{
		"nothing to connect to":    {nil, "nil"},
		"a host":                   {[]string{"ftp.example.org"}, "ftp.example.org:21 anonymous / false auto "},
		"a URL with flags over it": {[]string{"--mode", "active", "ftp://anna:secretpw1@ftp.example.org:2121/a/b"}, "ftp.example.org:2121 anna /a/b true active secretpw1"},
		"a saved site":             {[]string{"shop:/www"}, "shop.example.org:990 bob /www true passive "},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t, "secretpw1")
			h.ok("sites", "add", "shop", "ftps://bob@shop.example.org", "--mode", "passive")
			got := ""
			h.window = func(_ context.Context, req WindowRequest) error {
				got = "nil"
				if p := req.Place; p != nil {
					got = fmt.Sprint(p.Site.Address(), " ", p.Site.User, " ", p.Path, " ", p.HasPath, " ", modeWords(p.Site.Mode), " ", p.Password)
				}
				if req.Engine.Dirs.Config != h.dir {
					t.Errorf("the window would write into %s", req.Engine.Dirs.Config)
				}
				return nil
			}
			h.ok(tc.args...)
			if got != tc.want {
				t.Errorf("the window got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestNoDisplayIsSaidInWords(t *testing.T) {
	h := newHome(t)
	h.window = func(context.Context, WindowRequest) error { return fmt.Errorf("DISPLAY: %w", ErrNoDisplay) }
	h.fails(exitUsage, []string{"wherry: there is no display"})
	h.fails(exitUsage, []string{"wherry: there is no command frobnicate, and there is no display"}, "frobnicate")
	h.fails(exitUsage, []string{"there is no command nas. Did you mean ls? A server of that name is written ftp://nas."}, "nas")
}

func TestSecondStartIsSaidInOneLine(t *testing.T) {
	for want, args := range map[string][]string{
		"wherry: Wherry is open already; its window was raised.\n":                                 nil,
		"wherry: Wherry is open already; its window was raised and connects to ftp.example.org.\n": {"ftp.example.org"},
		"wherry: Wherry is open already; its window was raised and shows /srv.\n":                  {"/srv"},
		"": {"--quiet", "ftp.example.org"},
	} {
		h := newHome(t)
		h.window = func(context.Context, WindowRequest) error { return ErrRaised }
		if got := h.ok(args...); got.err != want || got.out != "" {
			t.Errorf("%q says %q, %q", args, got.out, got.err)
		}
	}
}

// TestMvShowsTheFlagThatItSpeaksOf in its list of flags.
func TestMvShowsTheFlagThatItSpeaksOf(t *testing.T) {
	if out := newHome(t).ok("mv", "--help").out; !strings.Contains(out, "\nMoving flags:\n      --exists ") {
		t.Errorf("it shows:\n%s", out)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSitesFromAddToRemove(t *testing.T) {
	h := newHome(t, "s3cret-of-shop")
	h.ok("sites", "add", "shop", "ftpes://anna@ftp.example.org/www", "--mode", "passive", "--folder", "Clients", "--notes", "ring first")
	h.fails(exitUsage, []string{"saved as Clients/shop already"}, "sites", "add", "Clients/shop", "ftp://h")

	h.stdin = "s3cret-of-shop\n"
	h.ok("sites", "password", "shop", "--password-stdin")
	h.stdin = ""
	if out := h.ok("sites", "list").out; out != "Clients/shop  anna@ftp.example.org:21  passive\n" {
		t.Errorf("list: %q", out)
	}
	shown := h.ok("sites", "show", "shop").out
	for _, part := range []string{"Clients/shop", "ftp.example.org:21", "anna", "in the system's keychain", "explicit", "/www", "ring first"} {
		if !strings.Contains(shown, part) {
			t.Errorf("show does not say %q:\n%s", part, shown)
		}
	}

	h.ok("sites", "edit", "shop", "--mode", "active", "--name", "store")
	h.ok("sites", "edit", "store", "ftp://bob@new.example.org:2121", "--tls", "off")
	row := lines(t, h.ok("sites", "list", "--json").out)[0]
	for key, want := range map[string]any{
		"name": "store", "host": "new.example.org", "port": 2121.0, "user": "bob", "tls": "off", "mode": "active", "notes": "ring first",
	} {
		if row[key] != want {
			t.Errorf("%s is %v, want %v", key, row[key], want)
		}
	}
	h.ok("sites", "password", "store", "--forget")
	if out := h.ok("sites", "show", "store").out; !strings.Contains(out, "not kept") {
		t.Errorf("the password is still there:\n%s", out)
	}
	h.ok("sites", "remove", "store")
	if out := h.ok("sites", "list").out; out != "" {
		t.Errorf("still there: %s", out)
	}
	h.fails(exitUsage, []string{"no site is saved as store"}, "sites", "show", "store")
}

func TestAPasswordInTheAddressOfASavedSiteIsNotKept(t *testing.T) {
	h := newHome(t, "s3cret-of-shop")
	r := h.ok("sites", "add", "shop", "ftp://anna:s3cret-of-shop@h/")
	if !strings.Contains(r.err, "was not kept") {
		t.Errorf("it does not say so: %s", r.err)
	}
	if out := h.ok("sites", "show", "shop").out; !strings.Contains(out, "not kept") {
		t.Error(out)
	}
}

func TestNamesOfSitesCannotMoveTheCursor(t *testing.T) {
	h := newHome(t)
	r := h.run("sites", "add", "a\x1b[2Jb", "ftp://h")
	if strings.Contains(r.err+h.ok("sites", "list").out, "\x1b") {
		t.Errorf("an escape character came through: %q", r.err)
	}
}

func TestConfigKeepsEverythingInOneFolder(t *testing.T) {
	h := newHome(t)
	other := filepath.Join(t.TempDir(), "other")
	h.ok("sites", "add", "shop", "ftp://h", "--config", other)
	if _, err := os.Stat(filepath.Join(other, "sites.json")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(h.dir); !os.IsNotExist(err) {
		t.Errorf("WHERRY_HOME was used all the same: %v", err)
	}
	if out := h.ok("sites", "list").out; out != "" {
		t.Errorf("the site is in the wrong folder: %s", out)
	}
}

func TestSettingsOfOddServersAreSavedAndTakenBack(t *testing.T) {
	h := newHome(t, "pass-of-the-proxy")
	h.ok("sites", "add", "shop", "ftpes://anna@ftp.example.org", "--proxy", "socks5://me@proxy:1080", "--account", "acme",
		"--hidden", "--keep-alive", "noop", "--login-command", "SITE UMASK 022")
	t.Setenv("WHERRY_PASSWORD", "pass-of-the-proxy")
	h.ok("sites", "password", "shop", "--proxy")
	t.Setenv("WHERRY_PASSWORD", "")
	shown := h.ok("sites", "show", "shop").out
	for _, part := range []string{"socks5://me@proxy:1080", "Its password  in the system's keychain", "Password      not kept", "acme", "Hidden names", "noop", "SITE UMASK 022"} {
		if !strings.Contains(shown, part) {
			t.Errorf("show does not say %q:\n%s", part, shown)
		}
	}
	h.ok("sites", "password", "shop", "--proxy", "--forget")
	if shown := h.ok("sites", "show", "shop").out; !strings.Contains(shown, "Its password  not kept") {
		t.Error(shown)
	}
	h.ok("sites", "edit", "shop", "--proxy", "", "--account", "", "--hidden=false", "--keep-alive", "off", "--login-command", "")
	row := lines(t, h.ok("sites", "list", "--json").out)[0]
	for _, key := range []string{"proxy", "account", "hidden", "keep_alive", "commands"} {
		if row[key] != nil {
			t.Errorf("%s is still %v", key, row[key])
		}
	}
}

// TestAnEmptyValueTakesOneBack: every setting of the README's table, each by
// itself.
func TestAnEmptyValueTakesOneBack(t *testing.T) {
	for flag, tc := range map[string]struct {
		given string
		keys  []string
		want  any
	}{
		"--mode":          {"passive", []string{"mode"}, "auto"},
		"--tls":           {"off", []string{"tls"}, "explicit"},
		"--port-range":    {"50000-50100", []string{"port_from", "port_to"}, nil},
		"--external-ip":   {"192.0.2.7", []string{"external_ip"}, nil},
		"--proxy":         {"socks5://proxy:1080", []string{"proxy"}, nil},
		"--encoding":      {"windows-1251", []string{"encoding"}, nil},
		"--keep-alive":    {"noop", []string{"keep_alive"}, nil},
		"--account":       {"acme", []string{"account"}, nil},
		"--login-command": {"SITE UMASK 022", []string{"commands"}, nil},
	} {
		t.Run(flag, func(t *testing.T) {
			h := newHome(t)
			h.ok("sites", "add", "shop", "ftp://anna@h", flag, tc.given)
			before := lines(t, h.ok("sites", "show", "shop", "--json").out)[0]
			h.ok("sites", "edit", "shop", flag, "")
			after := lines(t, h.ok("sites", "show", "shop", "--json").out)[0]
			for _, key := range tc.keys {
				if before[key] == tc.want || after[key] != tc.want {
					t.Errorf("%s was %v and is %v, want %v", key, before[key], after[key], tc.want)
				}
			}
		})
	}
	newHome(t).fails(exitUsage, []string{"it takes ask"}, "get", "ftp://h/x", ".", "--exists", "")
}

func TestSettingsThatCannotBeAreRefused(t *testing.T) {
	for outcome, tc := range map[string]struct {
		flags []string
		want  string
	}{
		"a password in a proxy's address": {[]string{"--proxy", "socks5://me:pass-of-the-proxy@proxy:1080"}, "does not belong into its address"},
		"another kind of proxy":           {[]string{"--proxy", "ftp://proxy:21"}, "socks5://"},
		"a command of our own":            {[]string{"--login-command", "PASS x"}, "Wherry's own"},
		"a keep-alive that is none":       {[]string{"--keep-alive", "often"}, "off, noop"},
		"a setting of transfers":          {[]string{"--verify", "always"}, "--verify holds for one command"},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t, "pass-of-the-proxy")
			h.fails(exitUsage, []string{tc.want}, append([]string{"sites", "add", "shop", "ftp://h"}, tc.flags...)...)
		})
	}
	h := newHome(t)
	h.ok("sites", "add", "shop", "ftp://h")
	h.fails(exitUsage, []string{"no proxy with a user"}, "sites", "password", "shop", "--proxy")
}

package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// TestAPasswordGoesToOneLoginOnly: the server that it is not for never sees
// it.
func TestAPasswordGoesToOneLoginOnly(t *testing.T) {
	mine := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1"}, User: "anna", Password: "spinnaker"})
	its := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/b": "2"}, User: "bob", Password: "halyard"})
	h := newHome(t, mine.Password, its.Password)
	dir := t.TempDir()
	h.ok("sites", "add", "mine", at("ftp", mine.User, mine.Host, mine.Port, ""), "--tls", "off")
	h.ok("sites", "add", "its", at("ftp", its.User, its.Host, its.Port, ""), "--tls", "off")
	t.Setenv("WHERRY_PASSWORD", its.Password)
	h.ok("queue", "add", "get", "its:/b", dir) // row 1
	t.Setenv("WHERRY_PASSWORD", mine.Password)
	h.ok("queue", "add", "get", "mine:/a", dir)
	h.fails(exitUsage, []string{"one login", "anna@", "bob@"}, "queue", "run")
	h.fails(exitUsage, []string{"one login"}, "get", "mine:/a", "its:/b", dir)
	for _, c := range its.Commands() {
		if strings.Contains(c.Arg, mine.Password) {
			t.Errorf("the other server was sent %s", c)
		}
	}
	h.ok("queue", "pause", "1")
	h.fails(exitFailed, nil, "queue", "run") // one is left
	if got := tree(t, dir); len(got) != 1 {
		t.Errorf("with one login left: %v", got)
	}
}

func TestThePasswordOnStandardInputReachesTheWindow(t *testing.T) {
	h := newHome(t, "secretpw1")
	h.stdin = "secretpw1\n"
	got := ""
	h.window = func(_ context.Context, req WindowRequest) error {
		got = req.Place.Password
		return nil
	}
	if h.ok("--password-stdin", "ftp://anna@ftp.example.org"); got != "secretpw1" {
		t.Errorf("the window got %q", got)
	}
}

func TestTheDemoLeavesNoFilesOfItsOwn(t *testing.T) {
	h := newHome(t)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("WHERRY_HOME", "")
	h.window = func(_ context.Context, req WindowRequest) error {
		config := req.Engine.Dirs.Config
		if filepath.Dir(config) != os.TempDir() {
			t.Errorf("the demo keeps its files in %s", config)
		}
		return os.WriteFile(filepath.Join(config, "sites.json"), nil, 0o600)
	}
	h.ok("demo")
	leftovers(t, os.TempDir())
}

func TestNoHomeIsSaidInWords(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Setenv("AppData", "")
	}
	h := newHome(t)
	for _, name := range []string{"WHERRY_HOME", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"} {
		t.Setenv(name, "")
	}
	h.fails(exitUsage, []string{"HOME is not set", "--config"}, "sites", "list")
}

func TestARowWhoseSiteWasRemovedSaysSo(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	h.ok("queue", "add", "get", "shop:/a", t.TempDir())
	h.ok("sites", "remove", "shop")
	h.fails(exitFailed, []string{"The site of \"/a\" was removed.", "queue remove"}, "queue", "run")
}

// TestANameThatCannotBeSentIsNamed: its row stands for the folder.
func TestANameThatCannotBeSentIsNamed(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no such names
	}
	s := ftptest.Script(t, ftptest.Plan{})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	plant(t, dir, map[string]string{"d/new\nline": "1"})
	h.fails(exitFailed, []string{`d/new\u{000a}line`}, "put", filepath.Join(dir, "d"), at("ftp", s.User, s.Host, s.Port, "")+"/", "--tls", "off")
}

func TestASavedSiteIsFoundByItsNameAlone(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/www/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.window = func(context.Context, WindowRequest) error { return nil }
	// Close to a command, and yet meant.
	h.ok("sites", "add", "queu", at("ftp", s.User, s.Host, s.Port, "")+"/www", "--tls", "off")
	if out := h.ok("ls", "queu").out; !strings.Contains(out, " a\n") {
		t.Errorf("listed %q", out)
	}
	h.ok("queu")
	h.fails(exitUsage, []string{"Did you mean"}, "quee")
}

// TestAFolderForSettingsThatIsAFileIsCalledThat, by the flag and by the environment.
func TestAFolderForSettingsThatIsAFileIsCalledThat(t *testing.T) {
	h := newHome(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.fails(exitUsage, []string{file + " is a file; --config and WHERRY_HOME name a folder."}, "sites", "list", "--config", file)
	t.Setenv("WHERRY_HOME", file)
	h.fails(exitUsage, []string{file + " is a file"}, "queue", "list")
}

// TestAnAnonymousLoginThatIsRefusedIsCalledThat: nobody has named a user to check.
func TestAnAnonymousLoginThatIsRefusedIsCalledThat(t *testing.T) {
	const why = "No user is named, so the login was an anonymous one; ftp://user@127.0.0.1 names one."
	s := ftptest.Script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{"PASS": ftptest.Reply("530 Anonymous access not allowed.")}})
	h := newHome(t)
	base := s.Host + ":" + strconv.Itoa(s.Port)
	h.fails(exitLogin, []string{why}, "ls", "--tls", "off", "ftp://"+base+"/")
	t.Setenv("WHERRY_PASSWORD", "other")
	if r := h.fails(exitLogin, nil, "ls", "--tls", "off", "ftp://anna@"+base+"/"); strings.Contains(r.err, why) {
		t.Errorf("says %q", r.err)
	}
}

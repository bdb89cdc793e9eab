package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// stubborn is a server that does not rename onto a file.
func stubborn(t *testing.T, files map[string]string) *ftptest.Scripted {
	t.Helper()
	var s *ftptest.Scripted
	refuse := func(c *ftptest.Conn, name string) {
		if _, there := s.Get("/" + strings.TrimPrefix(name, "/")); there {
			ftptest.Reply("553 It is there already")(c, name)
			return
		}
		ftptest.Default(c, name)
	}
	s = ftptest.Script(t, ftptest.Plan{Files: files, User: "anna", Password: "spinnaker", Verbs: map[string]ftptest.Handler{"RNTO": refuse}})
	return s
}

// TestAServerThatDoesNotRenameOntoAFile is served as the person says.
func TestAServerThatDoesNotRenameOntoAFile(t *testing.T) {
	for outcome, tc := range map[string]struct {
		args []string
		code int
		says string
		want string // what stands there
	}{
		"fails with nobody to ask":  {nil, exitFailed, "--replace", "old"},
		"fails where it is never":   {[]string{"--replace", "never"}, exitFailed, "--replace", "old"},
		"is written directly":       {[]string{"--replace", "direct"}, 0, "", "new one"},
		"is deleted and then named": {[]string{"--replace", "delete"}, 0, "", "new one"},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := stubborn(t, map[string]string{"/a": "old"})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			name := filepath.Join(t.TempDir(), "a")
			if err := os.WriteFile(name, []byte("new one"), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"put", name, at("ftp", s.User, s.Host, s.Port, "/"), "--tls", "off", "--exists", "overwrite", "--retries", "0"}, tc.args...)
			h.fails(tc.code, []string{tc.says}, args...)
			if got, _ := s.Get("/a"); string(got) != tc.want {
				t.Errorf("there stands %q, want %q", got, tc.want)
			}
			if left := s.Names("/"); len(left) != 1 {
				t.Errorf("there are %q", left)
			}
		})
	}
}

// TestAQueueRunMaySayHowToReplace for the sites that do not.
func TestAQueueRunMaySayHowToReplace(t *testing.T) {
	for outcome, tc := range map[string]struct {
		site, run []string
		code      int
		want      string
	}{
		"nobody said it: it asks, and waits": {nil, nil, exitFailed, "old"},
		"the run did":                        {nil, []string{"--replace", "delete"}, exitOK, "new"},
		"the site did, and goes before":      {[]string{"--replace", "direct"}, []string{"--replace", "never"}, exitOK, "new"},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := stubborn(t, map[string]string{"/a": "old"})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok(append([]string{"sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off"}, tc.site...)...)
			name := filepath.Join(t.TempDir(), "a")
			if err := os.WriteFile(name, []byte("new"), 0o600); err != nil {
				t.Fatal(err)
			}
			h.ok("queue", "add", "put", name, "shop:/", "--exists", "overwrite")
			h.fails(tc.code, nil, append([]string{"queue", "run"}, tc.run...)...)
			if got, _ := s.Get("/a"); string(got) != tc.want {
				t.Errorf("there stands %q, want %q", got, tc.want)
			}
		})
	}
}

// TestARunAnswersTheRowsThatAskHowToReplace, for itself and not for the site.
func TestARunAnswersTheRowsThatAskHowToReplace(t *testing.T) {
	for way, tc := range map[string]struct {
		code  int
		state string
		want  string
	}{
		"direct": {exitOK, "done asking", "new"},
		"delete": {exitOK, "done asking", "new"},
		"never":  {exitFailed, "failed asking", "old"},
	} {
		t.Run(way, func(t *testing.T) {
			s := stubborn(t, map[string]string{"/a": "old", "/b": "old"})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
			dir := t.TempDir()
			for _, name := range []string{"a", "b"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("new"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			h.ok("queue", "add", "put", filepath.Join(dir, "a"), "shop:/", "--exists", "overwrite")
			says(t, h.fails(exitFailed, nil, "queue", "run"), "--replace")
			says(t, h.ok("queue", "list"), "asks how to replace")
			if row := lines(t, h.ok("queue", "list", "--json").out)[0]; row["asks"] != "replace" {
				t.Errorf("the row is %v", row)
			}
			h.fails(tc.code, nil, "queue", "run", "--replace", way)
			if got, _ := s.Get("/a"); string(got) != tc.want {
				t.Errorf("there stands %q, want %q", got, tc.want)
			}
			h.ok("queue", "add", "put", filepath.Join(dir, "b"), "shop:/", "--exists", "overwrite")
			h.fails(exitFailed, nil, "queue", "run") // asks as ever
			if got := statesByID(t, h); got != tc.state {
				t.Errorf("the rows are %s, want %s", got, tc.state)
			}
		})
	}
}

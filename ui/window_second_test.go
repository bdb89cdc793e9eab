//go:build linux && !headless

package ui

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
)

// shell runs the program as a person does beside the window, and returns what
// it said.
func (s *stage) shell(args ...string) string {
	s.screen.t.Helper()
	c := exec.Command(s.binary, append([]string{"--config", s.config}, args...)...)
	c.Env = s.screen.env(s.home, "WHERRY_PASSWORD="+s.server.Password)
	c.Dir = s.home
	out, err := c.CombinedOutput()
	if err != nil {
		s.screen.t.Fatalf("wherry %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func secondStartRaises(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.start()
	pid := s.cmd.Process.Pid
	s.screen.x("windowminimize", s.screen.window(pid))
	s.screen.await("the window out of sight", func() bool { return s.screen.window(pid) == "" })
	if said := s.shell(); strings.TrimSpace(said) != "wherry: Wherry is open already; its window was raised." {
		t.Errorf("the second start says %q", said)
	}
	s.screen.await("the window in front", func() bool { return s.screen.window(pid) != "" })

	// What it was asked for is done by the first, password included.
	if said := s.shell("--tls", "off", s.address("ftp")); !strings.Contains(said, "raised and connects to "+s.server.Host) || strings.Count(said, "\n") != 1 {
		t.Errorf("the second start says %q", said)
	}
	s.awaitConnected()
	s.picture("connected")

	// Another folder has a window of its own.
	other := *s
	other.config = filepath.Join(t.TempDir(), "other")
	other.start()
	if other.cmd.Process.Pid == pid {
		t.Error("both are one process")
	}
}

func queueAddFromAShell(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	content := bytes.Repeat([]byte("shell"), 40_000)
	s.put("from-a-shell.txt", content)
	s.startConnected()
	s.shell("--tls", "off", "queue", "add", "get", s.address("ftp")+s.server.Home+"/from-a-shell.txt", s.home)
	added := time.Now()
	s.is("the new transfer is in the window", "queue", func(f fact) bool { return len(f.Count) > 0 })
	t.Logf("it was there %v after the command had ended", time.Since(added).Round(time.Millisecond))
	// A site of a shell is not the window's connection, so it logs in anew.
	s.typePassword("Password for sailor@", s.server.Password)
	s.awaitDone(1)
	s.sameFile("from-a-shell.txt")
	s.is("the left pane shows it", "paneleft", func(f fact) bool { return slices.Contains(f.Rows, "from-a-shell.txt") })
	s.picture("done")
}

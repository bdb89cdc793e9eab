//go:build linux && !headless

package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// stage is a program, a server, and files to play with here.
type stage struct {
	*program
	screen *screen
	server *ftptest.Server
	binary string
	home   string // on this side
	config string
}

// newStage prepares all but the program.
func newStage(t *testing.T, binary string, opt ftptest.Options) *stage {
	t.Helper()
	s := newDesk(t, binary)
	s.server = ftptest.Start(t, ftptest.VSFTPD, opt)
	return s
}

// newDesk prepares all but a server and the program.
func newDesk(t *testing.T, binary string) *stage {
	t.Helper()
	s := &stage{binary: binary, screen: startDesktop(t, 1560, 820)}
	dir := t.TempDir()
	s.home, s.config = filepath.Join(dir, "home"), filepath.Join(dir, "config")
	for i := range 6 {
		write(t, filepath.Join(s.home, fmt.Sprintf("letter-%d.txt", i)), bytes.Repeat([]byte{byte('a' + i)}, 100_000*(i+1)))
	}
	write(t, filepath.Join(s.home, "drafts", "one äöü.txt"), []byte("first"))
	write(t, filepath.Join(s.home, "drafts", "deep", "two.txt"), []byte("second"))
	return s
}

// start opens the window, and waits until it can be used.
func (s *stage) start(args ...string) { s.startWith(nil, args...) }

func (s *stage) startWith(env []string, args ...string) {
	s.screen.t.Helper()
	args = append([]string{"--config", s.config, "--log", filepath.Join(s.screen.pictures, "transcript.txt")}, args...)
	s.program = startProgram(s.screen, s.binary, s.home, env, args...)
	s.is("the left pane shows the home folder", "paneleft", func(f fact) bool { return f.Path == s.home && len(f.Rows) > 0 })
	s.locate()
}

// startConnected opens the window on the server, as `wherry TARGET` does.
func (s *stage) startConnected(args ...string) {
	s.screen.t.Helper()
	s.startWith([]string{"WHERRY_PASSWORD=" + s.server.Password}, append(args, "--tls", "off", s.address("ftp"))...)
	s.awaitConnected()
}

func (s *stage) awaitConnected() {
	s.t.Helper()
	s.is("the right pane shows the server", "paneright", func(f fact) bool { return f.Site != "" && f.Path == s.server.Home })
}

func (s *stage) address(scheme string) string {
	return fmt.Sprintf("%s://%s@%s:%d", scheme, s.server.User, s.server.Host, s.server.Port)
}

// typeAddress types where to connect to, as one does in the window.
func (s *stage) typeAddress(scheme string) {
	s.t.Helper()
	field := s.is("the controls", "controls", func(f fact) bool { return f.Controls["address"] != [2]float32{} }).Controls["address"]
	s.click(s.at(field[0], field[1]))
	s.is("the keys go to the address", "focus", func(f fact) bool { return f.Text == "address" })
	s.screen.typeText(s.address(scheme))
	s.screen.key("Return")
}

// typePassword answers the question that says something.
func (s *stage) typePassword(saying, password string) {
	s.t.Helper()
	s.asked(saying)
	s.is("the keys go to the password", "focus", func(f fact) bool { return f.Text == "field" })
	s.screen.typeText(password)
	s.screen.key("Return")
}

// asked waits for the question that says all of this.
func (s *stage) asked(saying ...string) fact {
	s.t.Helper()
	return s.is("the question that says "+strings.Join(saying, " and "), "question", func(f fact) bool {
		return !slices.ContainsFunc(saying, func(text string) bool { return !strings.Contains(f.Text, text) })
	})
}

func (s *stage) askedNothing() {
	s.t.Helper()
	s.is("no question is open", "question", func(f fact) bool { return f.Text == "" })
}

// answer clicks a button of the question that is open.
func (s *stage) answer(title string) {
	s.t.Helper()
	f := s.is("the button "+title, "question", func(f fact) bool { return f.Controls[title] != [2]float32{} })
	s.click(s.at(f.Controls[title][0], f.Controls[title][1]))
}

// keyTo goes to a button by the arrow, from where the keys are.
func (s *stage) keyTo(arrow, button string) {
	s.t.Helper()
	for range 4 {
		f := s.is("a button has the keys", "focus", func(f fact) bool { return len(f.Controls) == 1 })
		if _, on := f.Controls[button]; on {
			return
		}
		s.screen.key(arrow)
		s.is("the keys move on", "focus", func(now fact) bool { return !cmp.Equal(now.Controls, f.Controls) })
	}
	s.t.Fatalf("%s cannot be reached by %s", button, arrow)
}

// picture shows the window as it is now: what is true reaches the screen a
// frame after it is told.
func (s *stage) picture(name string) {
	s.t.Helper()
	s.breathe()
	s.screen.picture(name)
}

// rowOf is where a name stands in a pane.
func (s *stage) rowOf(side, name string) point {
	s.t.Helper()
	f := s.is(name+" in the "+side+" pane", "pane"+side, func(f fact) bool { return slices.Contains(f.Rows, name) })
	return s.at(f.X+60, f.Y+(float32(slices.Index(f.Rows, name))+0.5)*f.RowH)
}

// ground is an empty place in a pane.
func (s *stage) ground(side string) point {
	s.t.Helper()
	f := s.is("the "+side+" pane", "pane"+side, func(f fact) bool { return f.H > 0 })
	return s.at(f.X+f.W/2, f.Y+f.H-20)
}

func (s *stage) awaitSelected(side string, n int) {
	s.t.Helper()
	s.is(fmt.Sprintf("%d selected in the %s pane", n, side), "pane"+side, func(f fact) bool { return f.Selected == n })
}

// choose selects one row by the mouse.
func (s *stage) choose(side, name string) {
	s.t.Helper()
	s.click(s.rowOf(side, name))
	s.is(name+" is selected, and the pane has the keys", "focus", func(f fact) bool { return f.Text == side })
}

// dragTo drags a row by the mouse, up to the drop.
func (s *stage) dragTo(from, to point, carrying string) {
	s.t.Helper()
	s.press(from, to)
	s.comes("the drag", "drag", func(f fact) bool { return f.Text == carrying })
}

// awaitDone waits until n transfers are done, and none is left or failed.
func (s *stage) awaitDone(n int) {
	s.t.Helper()
	s.is(fmt.Sprintf("%d transfers done and none left", n), "queue", func(f fact) bool {
		rest := 0
		for _, count := range f.Count {
			rest += count
		}
		return f.Count["done"] == n && rest == n
	})
}

// sameFile fails unless the file here and the one on the server are the same.
func (s *stage) sameFile(name string) {
	s.t.Helper()
	here, err := os.ReadFile(filepath.Join(s.home, name))
	if err != nil {
		s.t.Fatal(err)
	}
	there, err := os.ReadFile(filepath.Join(s.server.Dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	if !bytes.Equal(here, there) {
		s.t.Errorf("%s: %s here, %s on the server", name, digest(here), digest(there))
	}
}

// onServer fails unless the server's folder holds just these names.
func (s *stage) onServer(want ...string) {
	s.t.Helper()
	var names []string
	for name := range treeOf(s.t, s.server.Dir) {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		s.t.Errorf("on the server (-want +got):\n%s", diff)
	}
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// put puts a file on the server.
func (s *stage) put(name string, content []byte) {
	s.screen.t.Helper()
	if err := s.server.WriteFile(name, content); err != nil {
		s.screen.t.Fatal(err)
	}
}

func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:8])
}

//go:build !headless

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

	"wherry/sync/ftptest"
)

// These tests drive the real program on a real X server with real mouse and
// key events, against a real vsftpd, and look at the disks.

// stage is a program connected to a server, with files to play with here.
type stage struct {
	*program
	screen *screen
	server *ftptest.Server
	home   string
}

func newStage(t *testing.T, opt ftptest.Options) *stage {
	t.Helper()
	d := startDesktop(t, 1280, 820)
	srv := ftptest.Start(t, ftptest.VSFTPD, opt)
	home := t.TempDir()
	for i := range 6 {
		write(t, filepath.Join(home, fmt.Sprintf("letter-%d.txt", i)), bytes.Repeat([]byte{byte('a' + i)}, 1000*(i+1)))
	}
	write(t, filepath.Join(home, "drafts", "one äöü.txt"), []byte("first"))
	write(t, filepath.Join(home, "drafts", "deep", "two.txt"), []byte("second"))
	p := startProgram(t, d, home, nil, "--log", filepath.Join(outputFolder(t), t.Name()+"-transcript.txt"))
	s := &stage{program: p, screen: d, server: srv, home: home}
	p.await("the left pane shows the home folder", func(f fact) bool { return f.Side == "left" && f.Path == home })
	p.locate()
	return s
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

// connect types the address and password, and trusts the certificate.
func (s *stage) connect(scheme string) {
	s.t.Helper()
	s.clickControl("address")
	s.await("the keys go to the address", func(f fact) bool { return f.Fact == "focus" && f.Text == "address" })
	s.screen.typeText(fmt.Sprintf("%s://%s@%s:%d", scheme, s.server.User, s.server.Host, s.server.Port))
	s.screen.key("Return")
	if scheme != "ftp" {
		s.awaitNew("the question about the certificate", func(f fact) bool { return f.Fact == "dialog" && strings.Contains(f.Text, "certificate") })
		s.screen.picture(s.t.Name() + "-certificate")
		// The safe answer has the keys; the one two to its left trusts always.
		s.screen.key("Left", "Left", "Return")
	}
	s.awaitNew("the question for the password", func(f fact) bool { return f.Fact == "dialog" && strings.Contains(f.Text, "Password") })
	s.screen.typeText(s.server.Password)
	s.screen.key("Return")
	s.await("the right pane shows the server", func(f fact) bool { return f.Side == "right" && f.Site != "" })
}

func (s *stage) clickControl(name string) {
	s.t.Helper()
	c := s.await("the controls", func(f fact) bool { return f.Fact == "controls" }).Controls[name]
	s.click(s.at(c[0], c[1]))
}

// pane is the newest that was told of a side.
func (s *stage) pane(side string) fact {
	s.t.Helper()
	return s.await("the "+side+" pane", func(f fact) bool { return f.Side == side })
}

// rowOf is where a name stands in a pane now.
func (s *stage) rowOf(side, name string) point {
	s.t.Helper()
	f := s.await(name+" in the "+side+" pane", func(f fact) bool { return f.Side == side && slices.Contains(f.Rows, name) })
	if now := s.pane(side); !slices.Contains(now.Rows, name) {
		s.t.Fatalf("%s is not in the %s pane any more: %q", name, side, now.Rows)
	} else {
		f = now
	}
	i := slices.Index(f.Rows, name)
	return s.at(f.X+60, f.Y+(float32(i)+0.5)*f.RowH)
}

// ground is an empty place in a pane.
func (s *stage) ground(side string) point {
	f := s.pane(side)
	return s.at(f.X+f.W/2, f.Y+f.H-20)
}

func (s *stage) awaitDone(n int) {
	s.t.Helper()
	s.await(fmt.Sprintf("%d transfers done and none left", n), func(f fact) bool {
		return f.Fact == "queue" && f.Count["done"] >= n && f.Count["waiting"]+f.Count["active"]+f.Count["scanning"] == 0
	})
}

func (s *stage) same(here, there string) {
	s.t.Helper()
	sum := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		h := sha256.Sum256(b)
		return hex.EncodeToString(h[:])
	}
	if sum(filepath.Join(s.home, here)) != sum(filepath.Join(s.server.Dir, there)) {
		s.t.Errorf("%s differs between here and the server", here)
	}
}

func TestWindowDragsSeveralFilesToTheServer(t *testing.T) {
	s := newStage(t, ftptest.Options{TLS: true, RequireTLS: true})
	s.connect("ftpes")
	s.screen.picture(t.Name() + "-connected")
	names := []string{"letter-1.txt", "letter-3.txt", "letter-4.txt"}
	s.click(s.rowOf("left", names[0]))
	for _, n := range names[1:] {
		s.ctrlClick(s.rowOf("left", n))
	}
	s.await("three rows are selected", func(f fact) bool { return f.Side == "left" && f.Selected == 3 })
	from, to := s.rowOf("left", names[1]), s.ground("right")
	s.press(from, to)
	s.await("the drag", func(f fact) bool { return f.Fact == "drag" && f.Text == "3 items" })
	s.screen.picture(t.Name() + "-dragging")
	s.release()
	s.awaitDone(3)
	for _, n := range names {
		s.same(n, n)
	}
	s.rowOf("right", "letter-4.txt")
	s.screen.picture(t.Name() + "-done")
	left, err := filepath.Glob(filepath.Join(s.server.Dir, "*.wherry-part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over on the server: %q, %v", left, err)
	}
	st := s.await("the status names the encryption and the mode", func(f fact) bool { return f.Fact == "status" && strings.Contains(f.Text, "TLS 1.") })
	if !strings.Contains(st.Text, "Passive mode") {
		t.Errorf("the status says %q", st.Text)
	}
}

func TestWindowDropsAFolderOntoAFolderRow(t *testing.T) {
	s := newStage(t, ftptest.Options{})
	write(t, filepath.Join(s.server.Dir, "inbox", "kept.txt"), []byte("kept"))
	s.connectPlain()
	s.drag(s.rowOf("left", "drafts"), s.rowOf("right", "inbox"))
	s.awaitDone(3)
	sameTree(t, filepath.Join(s.home, "drafts"), filepath.Join(s.server.Dir, "inbox", "drafts"))
}

func TestWindowDownloadsByKeyboardAlone(t *testing.T) {
	s := newStage(t, ftptest.Options{})
	write(t, filepath.Join(s.server.Dir, "report.pdf"), bytes.Repeat([]byte("pdf"), 50_000))
	s.connectPlain()
	s.rowOf("right", "report.pdf")
	s.screen.typeText("rep")
	s.await("typing goes to the name", func(f fact) bool { return f.Side == "right" && f.Selected == 1 })
	s.screen.key("ctrl+Return")
	s.awaitDone(1)
	s.same("report.pdf", "report.pdf")
}

func TestWindowCancelsADragByEsc(t *testing.T) {
	s := newStage(t, ftptest.Options{})
	s.connectPlain()
	from, to := s.rowOf("left", "letter-2.txt"), s.ground("right")
	s.press(from, to)
	s.await("the drag", func(f fact) bool { return f.Fact == "drag" && f.Text == "1 item" })
	s.screen.key("Escape")
	s.release()
	s.await("its end", func(f fact) bool { return f.Fact == "drag" && f.Text == "cancelled" })
	if _, err := os.Stat(filepath.Join(s.server.Dir, "letter-2.txt")); err == nil {
		t.Error("the file was copied all the same")
	}
}

// connectPlain connects to a server that has no TLS, as a person does who
// says so: the first answer is a refusal that names the remedy.
func (s *stage) connectPlain() {
	s.t.Helper()
	s.clickControl("address")
	s.await("the keys go to the address", func(f fact) bool { return f.Fact == "focus" && f.Text == "address" })
	s.screen.typeText(fmt.Sprintf("ftp://%s@%s:%d", s.server.User, s.server.Host, s.server.Port))
	s.screen.key("Return")
	s.awaitNew("the offer to go on in clear", func(f fact) bool { return f.Fact == "failed" && f.Side == "right" })
	s.screen.picture(s.t.Name() + "-refused")
	s.screen.key("Tab", "Return")
}

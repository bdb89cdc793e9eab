//go:build linux && !headless

package ui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/ui/settings"
)

// bigSize in bytes: minutes at slowly, which is so many bytes a second.
const (
	bigSize = 8_000_000
	slowly  = 60_000
)

// limit is the flag that has what is under way be so for minutes, so that a busy
// machine sees it, too. It is for who does not wait for the end.
func limit() string { return fmt.Sprintf("--limit=%d", slowly) }

// limited has uploads begin slowly; s.hurry ends that.
func (s *stage) limited() {
	s.screen.t.Helper()
	s.keep(func(kept *settings.Settings) { kept.LimitUp, kept.LimitsOn = slowly, true })
}

func (s *stage) hurry() { s.screen.key("ctrl+shift+l") }

// sendBig begins to upload a big file, and returns what it holds once a part
// has arrived.
func (s *stage) sendBig() []byte {
	s.t.Helper()
	s.choose("left", "big.bin")
	s.screen.key("ctrl+Return")
	s.is("it is on its way", "queue", func(f fact) bool { return f.Count["active"] == 1 })
	s.screen.await("a part on the server", func() bool { return s.partSize() > 200_000 })
	content, err := os.ReadFile(filepath.Join(s.home, "big.bin"))
	if err != nil {
		s.t.Fatal(err)
	}
	return content
}

// partSize is how much of the big file has arrived.
func (s *stage) partSize() int64 {
	info, err := os.Stat(filepath.Join(s.server.Dir, "big.bin.wherry-part"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// big puts a file here that is equal to no shifted copy of itself.
func (s *stage) big() {
	s.screen.t.Helper()
	content := make([]byte, bigSize)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	write(s.screen.t, filepath.Join(s.home, "big.bin"), content)
}

func closingAsks(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	s.startConnected(limit())
	s.sendBig()
	s.screen.key("alt+F4")
	s.asked("1 transfer is not finished", "Nothing is lost")
	s.picture("closing")
	s.is("staying has the keys", "focus", func(f fact) bool { _, on := f.Controls["Stay"]; return on })
	s.screen.key("Return")
	s.askedNothing()
	before := s.partSize()
	s.screen.await("the transfer going on", func() bool { return s.partSize() > before })
	s.is("it is still there", "queue", func(f fact) bool { return f.Count["active"] == 1 })

	s.screen.key("alt+F4")
	s.answer("Quit")
	s.comes("the end", "closed", func(fact) bool { return true })
	<-s.ended
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
	if s.partSize() == 0 {
		t.Error("what had arrived is gone")
	}
}

func survivesKill(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	s.startConnected(limit())
	want := s.sendBig()
	s.kill()
	arrived := s.partSize()

	// Nobody has to start the queue again; the password, which is in no file,
	// is asked for.
	s.start()
	s.typePassword("Password for sailor@", s.server.Password)
	s.awaitDone(1)
	s.picture("done")
	got, err := os.ReadFile(filepath.Join(s.server.Dir, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s here, %s on the server", digest(want), digest(got))
	}
	if !strings.Contains(s.server.Log(), "REST") && !strings.Contains(s.server.Log(), "APPE") {
		t.Errorf("%d bytes had arrived, and were sent again", arrived)
	}
	s.onServer("big.bin")
}

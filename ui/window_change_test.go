//go:build linux && !headless

package ui

import (
	"slices"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

func changesByKeys(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("notes.txt", []byte("notes"))
	s.put("old/one.txt", []byte("12345"))
	s.put("old/deep/two.txt", []byte("1234567"))
	s.put("kept.txt", []byte("kept"))
	s.startConnected()

	s.choose("right", "notes.txt")
	s.screen.key("F2")
	s.is("the name can be typed", "focus", func(f fact) bool { return f.Text == "field" })
	s.screen.typeText("plan") // over the name; its ending stays
	s.picture("renaming")
	s.screen.key("Return")
	s.rowOf("right", "plan.txt")

	s.is("the pane has the keys again", "focus", func(f fact) bool { return f.Text == "right" })
	s.screen.key("F7")
	s.asked("New folder", "In "+s.server.Home)
	s.is("the name can be typed", "focus", func(f fact) bool { return f.Text == "field" })
	s.screen.typeText("new one")
	s.picture("new-folder")
	s.screen.key("Return")
	s.rowOf("right", "new one")

	s.askedNothing()
	s.choose("right", "old")
	s.ctrlClick(s.rowOf("right", "plan.txt"))
	s.awaitSelected("right", 2)
	s.screen.key("Delete")
	s.asked("Delete 2 items?", "3 files (17 B) and 2 folders", "cannot be brought back")
	s.picture("deleting")
	s.answer("Delete")
	s.is("they are gone", "paneright", func(f fact) bool { return slices.Equal(f.Rows, []string{"new one", "kept.txt"}) })
	s.onServer("new one/", "kept.txt")
}

func isPassword(f fact) bool { return strings.HasPrefix(f.Text, "Password for ") }

func refusedPassword(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{TLS: true})
	s.put("only.txt", []byte("seen once logged in"))
	s.start()
	s.typeAddress("ftpes")
	s.asked("is not trusted")
	s.answer("Trust Once")
	s.typePassword("It is used for this session", "wrong")
	s.asked("Password for sailor@", "530")
	s.picture("asked-again")
	s.comes("the first question", "dialog", isPassword)
	s.comes("the question after a refusal", "dialog", isPassword)
	s.typePassword("530", "wrong again")
	s.comes("the question after another refusal", "dialog", isPassword)
	s.answer("Cancel")
	f := s.comes("the failure", "failed", func(f fact) bool { return f.Side == "right" })
	if want := "530"; !strings.Contains(f.Text, want) {
		t.Errorf("the pane says %q and not what the server answered (%s)", f.Text, want)
	}
	s.askedNothing()
	s.picture("cancelled")

	// From there the right password goes on.
	s.keyTo("Right", "Try Again")
	s.screen.key("Return")
	s.typePassword("It is used for this session", s.server.Password)
	s.awaitConnected()
	s.rowOf("right", "only.txt")
}

func clearTextWhenAsked(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("only.txt", []byte("seen once logged in"))
	s.start()
	s.typeAddress("ftp")
	f := s.comes("the failure", "failed", func(f fact) bool { return f.Side == "right" })
	if !strings.Contains(f.Text, "encrypt") {
		t.Errorf("the pane says %q and nothing of encryption", f.Text)
	}
	s.picture("no-encryption")
	if log := s.server.Log(); strings.Contains(log, `"USER `) || strings.Contains(log, `"PASS `) {
		t.Error("login data was sent before the person agreed")
	}
	// The safe answer has the keys at first.
	s.keyTo("Left", "Connect in Clear")
	s.screen.key("Return")
	s.typePassword("Password for sailor@", s.server.Password)
	s.awaitConnected()
	s.rowOf("right", "only.txt")
	s.is("the status says so", "status", func(f fact) bool { return strings.Contains(f.Text, "not encrypted") })
	s.picture("in-clear")
}

//go:build linux && !headless

package ui

import (
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// TestWindowQueue is TestWindow for what a person does to the queue's rows.
func TestWindowQueue(t *testing.T) {
	needs(t, "Xvfb", "openbox", "xdotool", "import")
	binary := buildProgram(t)
	for name, run := range map[string]func(*testing.T, string){
		"rows-are-dragged-to-their-place": rowsDragged,
		"an-existing-file-is-asked-about": existingIsAskedAbout,
		"what-is-completed-is-found":      completedIsFound,
	} {
		t.Run(name, func(t *testing.T) { run(t, binary) })
	}
}

// startPaused opens the window with uploads in the queue that do not move.
func (s *stage) startPaused(names ...string) {
	s.screen.t.Helper()
	args := []string{"--tls", "off", "queue", "add", "put"}
	for _, n := range names {
		args = append(args, filepath.Join(s.home, n))
	}
	s.shell(append(args, s.address("ftp")+s.server.Home)...)
	s.shell("queue", "pause", "--all")
	s.start()
	s.is("the queue shows them", "panequeue", func(f fact) bool { return f.Text == "Queue" && slices.Equal(f.Rows, names) })
}

// queued is where a row of the queue's list stands, from its top down.
func (s *stage) queued(row float32) point {
	s.t.Helper()
	f := s.is("the queue's list", "panequeue", func(f fact) bool { return f.H > 0 })
	return s.at(f.X+60, f.Y+(row+0.5)*f.RowH)
}

// order is how a shell lists the queue: what the journal holds.
func (s *stage) order() []string {
	s.t.Helper()
	var names []string
	for line := range strings.Lines(s.shell("queue", "list", "--json")) {
		var row struct{ Source string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		names = append(names, path.Base(row.Source))
	}
	return names
}

func rowsDragged(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	letter := []string{"letter-0.txt", "letter-1.txt", "letter-2.txt", "letter-3.txt", "letter-4.txt", "letter-5.txt"}
	s.startPaused(letter...)

	// One row, up.
	s.press(s.queued(4), s.queued(0.7))
	s.picture("dragging-one")
	s.release()
	want := []string{letter[0], letter[4], letter[1], letter[2], letter[3], letter[5]}
	s.is("it stands in its new place", "panequeue", func(f fact) bool { return slices.Equal(f.Rows, want) })

	// Esc leaves all as it is: so does the next drag only what it does.
	s.press(s.queued(5), s.queued(0.2))
	s.screen.key("Escape")
	s.breathe()
	s.release()

	// Several rows, behind the last.
	s.click(s.queued(0))
	s.ctrlClick(s.queued(2))
	s.awaitSelected("queue", 2)
	s.press(s.queued(2), s.queued(5.8))
	s.picture("dragging-two")
	s.release()
	want = []string{letter[4], letter[2], letter[3], letter[5], letter[0], letter[1]}
	s.is("they stand behind the others", "panequeue", func(f fact) bool { return slices.Equal(f.Rows, want) })
	s.picture("dragged")
	if diff := cmp.Diff(want, s.order()); diff != "" {
		t.Errorf("the journal's order (-want +got):\n%s", diff)
	}
}

func existingIsAskedAbout(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("letter-1.txt", []byte("older and smaller"))
	s.put("letter-2.txt", []byte("kept as it is"))
	s.startConnected()
	s.choose("left", "letter-2.txt")
	s.screen.key("ctrl+Return")
	s.asked("“letter-2.txt” exists already", "larger", "300 kB", "13 B")
	s.picture("asked")
	s.screen.key("Return") // the safe answer has the keys
	s.askedNothing()

	s.choose("left", "letter-1.txt")
	s.screen.key("ctrl+Return")
	s.asked("“letter-1.txt” exists already")
	s.keyTo("Left", "Replace")
	s.screen.key("Return")
	s.is("one is done and one skipped", "queue", func(f fact) bool { return f.Count["done"] == 1 && f.Count["skipped"] == 1 })
	s.sameFile("letter-1.txt")
	if got := treeOf(t, s.server.Dir)["letter-2.txt"]; got != digest([]byte("kept as it is")) {
		t.Errorf("the file that was to stay is %s", got)
	}
}

func completedIsFound(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.limited()
	s.startConnected("--connections", "1")
	s.choose("left", "letter-1.txt")
	s.ctrlClick(s.rowOf("left", "letter-2.txt"))
	s.ctrlClick(s.rowOf("left", "letter-5.txt"))
	s.awaitSelected("left", 3)
	s.screen.key("ctrl+Return")
	s.is("two are done", "queue", func(f fact) bool { return f.Count["done"] == 2 && f.Count["active"] == 1 })
	s.picture("graph")
	s.hurry()
	s.awaitDone(3)

	f := s.is("the tabs", "controls", func(f fact) bool { return f.Controls["Completed"] != [2]float32{} })
	s.click(s.at(f.Controls["Completed"][0], f.Controls["Completed"][1]))
	s.is("the latest comes first", "panequeue", func(f fact) bool {
		return slices.Equal(f.Rows, []string{"letter-5.txt", "letter-2.txt", "letter-1.txt"})
	})
	s.click(s.queued(1))
	s.awaitSelected("queue", 1)
	s.screen.key("ctrl+f")
	s.is("the keys go to the filter", "focus", func(f fact) bool { return f.Text == "field" })
	s.screen.typeText("letter-2")
	s.is("one is found", "panequeue", func(f fact) bool { return slices.Equal(f.Rows, []string{"letter-2.txt"}) })
	s.picture("found")
	s.screen.key("Escape")
	s.is("all are shown again", "panequeue", func(f fact) bool { return len(f.Rows) == 3 })
}

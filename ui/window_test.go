//go:build linux && !headless

package ui

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// TestWindow drives the real program on a real X server with real mouse and
// key events, against a real vsftpd, and looks at the disks. It waits for
// facts that the program tells (WHERRY_WINDOW_FACTS). Pictures of the screen,
// the program's output and the transcript go into the output folder.
func TestWindow(t *testing.T) {
	needs(t, "Xvfb", "openbox", "xdotool", "import")
	binary := buildProgram(t)
	for name, run := range map[string]func(*testing.T, string){
		"files-dragged-across-arrive-whole":          filesDraggedAcross,
		"folder-dropped-on-a-folder-row-lands-in-it": folderDroppedOnFolder,
		"download-needs-no-mouse":                    downloadByKeys,
		"file-manager-drops-a-file":                  droppedByFileManager,
		"esc-ends-a-drag":                            escEndsDrag,
		"names-change-by-f2-f7-and-del":              changesByKeys,
		"refused-password-is-asked-for-again":        refusedPassword,
		"clear-text-only-when-asked-to":              clearTextWhenAsked,
		"closing-asks-while-work-is-left":            closingAsks,
		"transfer-survives-kill":                     survivesKill,
		"blocked-passive-is-found-by-the-check":      blockedPassiveIsFound,
		"second-start-raises-the-first-window":       secondStartRaises,
		"queue-add-from-a-shell-is-worked-on":        queueAddFromAShell,
		"end-of-the-queue-is-told-by-the-desktop":    finishIsTold,
		"closes-into-the-tray":                       closesIntoTheTray,
		"quits-from-the-tray":                        quitsFromTheTray,
		"takes-a-tray-that-comes-late":               takesALateTray,
		"command-follows-the-queue":                  commandAfterTheQueue,
		"quit-follows-the-queue":                     quitAfterTheQueue,
		"speed-limit-by-its-key":                     speedLimit,
		"check-of-a-working-server-leaves-nothing":   checkLeavesNothing,
		"demo-ends-by-a-signal":                      demoEndsByASignal,
	} {
		t.Run(name, func(t *testing.T) { run(t, binary) })
	}
}

func filesDraggedAcross(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{TLS: true, RequireTLS: true})
	s.limited() // to be seen on the way
	s.start()
	s.picture("empty")
	s.typeAddress("ftpes")
	s.asked("is not trusted", "Nothing secret was sent yet")
	s.picture("certificate")
	// The safe answer has the keys at first.
	s.keyTo("Left", "Always Trust It Here")
	s.screen.key("Return")
	s.asked("Password for sailor@")
	s.picture("password")
	s.typePassword("Password for sailor@", s.server.Password)
	s.awaitConnected()
	st := s.is("the status names the encryption", "status", func(f fact) bool { return strings.Contains(f.Text, "TLS 1.") })
	if !strings.Contains(st.Text, "Passive mode") {
		t.Errorf("the status says %q and not which mode is in use", st.Text)
	}
	s.picture("connected")

	names := []string{"letter-1.txt", "letter-3.txt", "letter-5.txt"}
	s.click(s.rowOf("left", names[0]))
	for _, n := range names[1:] {
		s.ctrlClick(s.rowOf("left", n))
	}
	s.awaitSelected("left", 3)
	s.dragTo(s.rowOf("left", names[1]), s.ground("right"), "3 items")
	s.picture("dragging")
	s.release()
	s.is("the status says what is on its way", "status", func(f fact) bool { return strings.Contains(f.Text, "Queue: ") })
	s.rowOf("right", names[2]+".wherry-part") // and the pane shows it
	s.picture("transferring")
	s.hurry()
	s.awaitDone(3)
	s.rowOf("right", names[2]) // the pane was read again
	s.picture("done")
	for _, n := range names {
		s.sameFile(n)
	}
	s.onServer(names...) // no part file is left
}

func folderDroppedOnFolder(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("inbox/kept.txt", []byte("kept"))
	s.startConnected()
	s.dragTo(s.rowOf("left", "drafts"), s.rowOf("right", "inbox"), "1 item")
	s.picture("over-the-folder")
	s.release()
	s.is("all is done", "queue", func(f fact) bool {
		return f.Count["done"] >= 2 && f.Count["active"]+f.Count["waiting"]+f.Count["scanning"] == 0
	})
	if diff := cmp.Diff(treeOf(t, filepath.Join(s.home, "drafts")), treeOf(t, filepath.Join(s.server.Dir, "inbox", "drafts"))); diff != "" {
		t.Errorf("the folder (-here +on the server):\n%s", diff)
	}
	s.onServer("inbox/", "inbox/kept.txt", "inbox/drafts/", "inbox/drafts/deep/", "inbox/drafts/deep/two.txt", "inbox/drafts/one äöü.txt")
}

func downloadByKeys(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("invoice.txt", []byte("pay me"))
	s.put("report.pdf", bytes.Repeat([]byte("pdf"), 50_000))
	s.startConnected()
	s.rowOf("right", "report.pdf")
	s.is("the pane that was connected has the keys", "focus", func(f fact) bool { return f.Text == "right" })
	s.screen.typeText("rep")
	s.is("typing goes to the name", "paneright", func(f fact) bool { return f.Selected == 1 })
	s.breathe()
	s.screen.key("ctrl+Return")
	s.awaitDone(1)
	s.sameFile("report.pdf")
	s.is("the left pane shows it", "paneleft", func(f fact) bool { return slices.Contains(f.Rows, "report.pdf") })
	s.picture("downloaded")

	s.screen.key("ctrl+3")
	s.is("the completed ones have the keys", "focus", func(f fact) bool { return f.Text == "Completed" })
	s.is("they are shown", "panequeue", func(f fact) bool { return f.Text == "Completed" && slices.Equal(f.Rows, []string{"report.pdf"}) })
	s.picture("completed")
	s.screen.key("Tab")
	s.is("the pane has the keys again", "focus", func(f fact) bool { return f.Text == "right" })
}

func escEndsDrag(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.startConnected()
	from, to := s.rowOf("left", "letter-2.txt"), s.ground("right")
	s.dragTo(from, to, "1 item")
	s.screen.key("Escape")
	s.comes("its end", "drag", func(f fact) bool { return f.Text == "cancelled" })
	s.picture("cancelled")
	s.release()
	s.breathe()
	// The same drag without Esc copies, so the place was one for a drop; and
	// by then the first would have arrived too.
	s.dragTo(s.rowOf("left", "letter-4.txt"), to, "1 item")
	s.release()
	s.awaitDone(1)
	s.onServer("letter-4.txt")
}

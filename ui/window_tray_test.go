//go:build linux && !headless

package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"wherry/sync/ftptest"
)

// trayHost is a desktop's tray on a bus of the test's own: who registers an
// icon with it becomes known, and what its menu says.
type trayHost struct {
	t     *testing.T
	bus   *dbus.Conn
	items chan dbus.Sender
	item  dbus.Sender
}

// menuLine is com.canonical.dbusmenu's layout of one line.
type menuLine struct {
	ID    int32
	Props map[string]dbus.Variant
	Lines []dbus.Variant
}

const trayWatcher = "org.kde.StatusNotifierWatcher"

// RegisterStatusNotifierItem is called over the bus.
func (h *trayHost) RegisterStatusNotifierItem(_ string, from dbus.Sender) *dbus.Error {
	h.items <- from
	return nil
}

// startTray makes the session's desktop one with a tray.
func startTray(t *testing.T, bus *dbus.Conn) *trayHost {
	t.Helper()
	h := &trayHost{t: t, bus: bus, items: make(chan dbus.Sender, 16)}
	if err := bus.Export(h, "/StatusNotifierWatcher", trayWatcher); err != nil {
		t.Fatal(err)
	}
	if _, err := prop.Export(bus, "/StatusNotifierWatcher", prop.Map{trayWatcher: {
		"IsStatusNotifierHostRegistered": {Value: true},
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(trayWatcher, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return h
}

// awaitItem waits for the program's icon, and for its menu, which comes after it.
func (h *trayHost) awaitItem(d *screen) {
	h.t.Helper()
	select {
	case h.item = <-h.items:
	case <-time.After(patience):
		h.t.Fatal("no icon came into the tray")
	}
	d.await("the icon's menu", func() bool { return len(h.menu()) > 0 })
}

// menu reads the icon's menu.
func (h *trayHost) menu() []menuLine {
	h.t.Helper()
	var revision uint32
	var root menuLine
	if err := h.bus.Object(string(h.item), "/StatusNotifierItem/menu").
		Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		h.t.Fatal(err)
	}
	var lines []menuLine
	for _, v := range root.Lines {
		var line menuLine
		if err := dbus.Store([]any{v.Value()}, &line); err != nil {
			h.t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// texts are the menu's lines, "-" for a line between them.
func (h *trayHost) texts() []string {
	h.t.Helper()
	var texts []string
	for _, line := range h.menu() {
		text, ok := line.Props["label"].Value().(string)
		if !ok {
			text = "-"
		}
		texts = append(texts, text)
	}
	return texts
}

// choose clicks a line of the menu.
func (h *trayHost) choose(text string) {
	h.t.Helper()
	for _, line := range h.menu() {
		if line.Props["label"].Value() != text {
			continue
		}
		if err := h.bus.Object(string(h.item), "/StatusNotifierItem/menu").
			Call("com.canonical.dbusmenu.Event", 0, line.ID, "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
			h.t.Fatal(err)
		}
		return
	}
	h.t.Fatalf("the menu has no line %q, but %q", text, h.texts())
}

// click clicks the icon itself.
func (h *trayHost) click() {
	h.t.Helper()
	if err := h.bus.Object(string(h.item), "/StatusNotifierItem").Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		h.t.Fatal(err)
	}
}

// seen and unseen wait for the window to be on the screen, or not.
func (s *stage) seen() {
	s.t.Helper()
	s.screen.await("the window on the screen", func() bool { return s.screen.window(s.cmd.Process.Pid) != "" })
}

func (s *stage) unseen() {
	s.t.Helper()
	s.screen.await("the window out of sight", func() bool {
		out, err := s.screen.command("xdotool", "search", "--onlyvisible", "--name", "Wherry").Output()
		return err != nil && strings.TrimSpace(string(out)) == ""
	})
}

func (n notices) await(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-n:
		if got != want {
			t.Errorf("a notification says %q, not %q", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("the notification %q did not come", want)
	}
}

func closesIntoTheTray(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	s.limited()
	shown, bus, env := startNotices(s.screen)
	tray := startTray(t, bus)
	s.startWith([]string{env, "WHERRY_PASSWORD=" + s.server.Password}, "--tls", "off", s.address("ftp"))
	s.awaitConnected()
	tray.awaitItem(s.screen)
	content := s.sendBig()

	s.screen.key("alt+F4")
	s.comes("the window goes into the tray", "hidden", func(fact) bool { return true })
	s.unseen()
	shown.await(t, "Wherry is in the tray: Transfers go on there. Its menu shows the window again, and quits.")
	s.screen.await("the state in the menu", func() bool {
		lines := tray.texts()
		return strings.HasPrefix(lines[0], "1 transfer, ") && slices.Equal(lines[1:], []string{"-", "Show Window", "Hold the Whole Queue", "Speed Limit", "-", "Quit"})
	})
	// The hold by the menu, and the end of it.
	tray.choose("Hold the Whole Queue")
	s.screen.await("the hold in the menu", func() bool { return tray.texts()[0] == "1 transfer, on hold" })
	tray.choose("Speed Limit")
	tray.choose("Hold the Whole Queue")
	shown.await(t, "The queue is done: 1 file was transferred.")
	if got, err := os.ReadFile(filepath.Join(s.server.Dir, "big.bin")); err != nil || string(got) != string(content) {
		t.Errorf("what arrived is %s (%v)", digest(got), err)
	}
	s.screen.await("the end in the menu", func() bool { return tray.texts()[0] == "Nothing to transfer" })

	tray.choose("Show Window")
	s.comes("the window is shown", "raised", func(fact) bool { return true })
	s.seen()
	s.rowOf("right", "big.bin")
	s.picture("shown")

	// A click shows it too, and so does a second start.
	s.screen.key("alt+F4")
	s.comes("the window goes into the tray", "hidden", func(fact) bool { return true })
	s.unseen()
	tray.click()
	s.seen()
	s.screen.key("alt+F4")
	s.comes("the window goes into the tray", "hidden", func(fact) bool { return true })
	s.unseen()
	s.shell()
	s.seen()

	// Where the tray goes, its window comes back, and closing ends the program.
	s.screen.key("alt+F4")
	s.comes("the window goes into the tray", "hidden", func(fact) bool { return true })
	s.unseen()
	if _, err := bus.ReleaseName(trayWatcher); err != nil {
		t.Fatal(err)
	}
	s.seen()
	s.picture("the-tray-is-gone")
	s.screen.key("alt+F4")
	s.comes("the end", "closed", func(fact) bool { return true })
	<-s.ended
}

func quitsFromTheTray(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	s.put("letter-0.txt", []byte("another one"))
	shown, bus, env := startNotices(s.screen)
	tray := startTray(t, bus)
	s.startWith([]string{env, "WHERRY_PASSWORD=" + s.server.Password}, limit(), "--tls", "off", s.address("ftp"))
	s.awaitConnected()
	tray.awaitItem(s.screen)
	s.sendBig()
	s.screen.key("alt+F4")
	s.unseen()
	shown.await(t, "Wherry is in the tray: Transfers go on there. Its menu shows the window again, and quits.")
	// A question that nobody can see is told.
	s.shell("--tls", "off", "--exists", "ask", "queue", "add", "put", filepath.Join(s.home, "letter-0.txt"), s.address("ftp")+s.server.Home)
	shown.await(t, "Wherry has a question: It waits in the window, which is in the tray.")
	s.screen.await("the question in the menu", func() bool { return tray.texts()[0] == "2 transfers, a question waits" })
	tray.choose("Quit")
	s.seen()
	s.asked("2 transfers are not finished")
	s.answer("Quit")
	s.comes("the end", "closed", func(fact) bool { return true })
	<-s.ended
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
}

// A desktop that starts all its programs at once may have its tray last.
func takesALateTray(t *testing.T, binary string) {
	s := newDesk(t, binary)
	shown, bus, env := startNotices(s.screen)
	s.startWith([]string{env})
	tray := startTray(t, bus)
	tray.awaitItem(s.screen)
	s.screen.key("alt+F4")
	s.comes("the window goes into the tray", "hidden", func(fact) bool { return true })
	s.unseen()
	shown.await(t, "Wherry is in the tray: Transfers go on there. Its menu shows the window again, and quits.")
	tray.choose("Show Window")
	s.seen()
	if _, err := bus.ReleaseName(trayWatcher); err != nil {
		t.Fatal(err)
	}
	tray = startTray(t, bus)
	tray.awaitItem(s.screen)
	tray.click()
	tray.choose("Quit")
	s.comes("the end", "closed", func(fact) bool { return true })
	<-s.ended
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the exit code is %d", code)
	}
}

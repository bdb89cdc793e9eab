//go:build linux && !headless

package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"wherry/sync/ftptest"
	"wherry/ui/settings"
)

// inhibitor is a desktop's portal, which tells what it is asked.
type inhibitor struct {
	bus   *dbus.Conn
	asked chan string
}

const inhibitRequest = dbus.ObjectPath("/org/freedesktop/portal/desktop/request/1_1/t")

// Inhibit and Close are called over the bus.
func (i inhibitor) Inhibit(string, uint32, map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	i.asked <- "awake"
	return inhibitRequest, nil
}

func (i inhibitor) Close() *dbus.Error {
	i.asked <- "may sleep"
	return nil
}

func startInhibitor(t *testing.T, bus *dbus.Conn) chan string {
	t.Helper()
	i := inhibitor{bus, make(chan string, 16)}
	if err := bus.Export(i, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit"); err != nil {
		t.Fatal(err)
	}
	if err := bus.Export(i, inhibitRequest, "org.freedesktop.portal.Request"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return i.asked
}

// keep writes settings as a person made them at an earlier time.
func (s *stage) keep(change func(*settings.Settings)) {
	s.screen.t.Helper()
	f, _, err := settings.Open(s.config)
	if err != nil {
		s.screen.t.Fatal(err)
	}
	if err := f.Change(change); err != nil {
		s.screen.t.Fatal(err)
	}
}

// commandAfterTheQueue looks at the command, which lets the computer sleep
// again before it begins, and at the log.
func commandAfterTheQueue(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	said := filepath.Join(t.TempDir(), "said")
	s.keep(func(kept *settings.Settings) {
		kept.After, kept.AfterCommand = settings.AfterRuns, "echo $WHERRY_DONE done, $WHERRY_PASSWORD >> "+said+"; echo it is over; exit 3"
		kept.ExistsUp, kept.KeepMode = "overwrite", true
		kept.LimitUp, kept.LimitsOn = slowly, true
	})
	s.put("letter-2.txt", []byte("the old one"))
	if err := os.Chmod(filepath.Join(s.home, "letter-2.txt"), 0o640); err != nil {
		t.Fatal(err)
	}
	_, bus, env := startNotices(s.screen)
	asked := startInhibitor(t, bus)
	s.big()
	s.startWith([]string{env, "SHELL=/bin/sh", "WHERRY_PASSWORD=" + s.server.Password}, "--tls", "off", s.address("ftp"))
	s.awaitConnected()
	s.sendBig() // long enough to be seen moving
	s.hurry()
	s.comes("what the command said", "command", func(f fact) bool { return f.Text == "it is over" })
	for _, want := range []string{"awake", "may sleep"} {
		select {
		case got := <-asked:
			if got != want {
				t.Errorf("the desktop was asked for %q, not %q", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("the desktop was not asked for %q", want)
		}
	}
	s.asked("The command after the queue failed", "exit status 3", "it is over")
	s.picture("failed")
	s.answer("OK")
	s.askedNothing()

	// Once for each end of work, and with no password in it.
	s.choose("left", "letter-2.txt")
	s.screen.key("ctrl+Return")
	s.comes("the second time", "command", func(fact) bool { return true })
	if got, err := os.ReadFile(said); err != nil || string(got) != "1 done,\n1 done,\n" {
		t.Errorf("the command wrote %q (%v)", got, err)
	}
	// What panes copy follows the settings.
	s.sameFile("letter-2.txt")
	if info, err := os.Stat(filepath.Join(s.server.Dir, "letter-2.txt")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the copy has %v (%v)", info, err)
	}
	log, err := os.ReadFile(filepath.Join(s.screen.pictures, "transcript.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(log), "the command after the queue says: it is over"); n != 2 {
		t.Errorf("the log has what it said %d times", n)
	}
}

func quitAfterTheQueue(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.keep(func(kept *settings.Settings) {
		kept.After, kept.LimitUp, kept.LimitsOn = settings.AfterQuits, slowly, true
	})
	s.big()
	_, bus, env := startNotices(s.screen)
	tray := startTray(t, bus)
	s.startWith([]string{env, "WHERRY_PASSWORD=" + s.server.Password}, "--tls", "off", s.address("ftp"))
	s.awaitConnected()
	tray.awaitItem(s.screen)
	s.choose("left", "letter-0.txt")
	s.screen.key("ctrl+Return")
	s.asked("The queue is done", "Wherry quits in ")
	s.picture("quits-soon")
	s.screen.key("Return") // the safe answer
	s.askedNothing()
	// New work ends it, and the end of that begins it anew.
	s.choose("left", "letter-1.txt")
	s.screen.key("ctrl+Return")
	s.asked("Wherry quits in ")
	s.shell("--tls", "off", "queue", "add", "put", filepath.Join(s.home, "big.bin"), s.address("ftp")+s.server.Home)
	s.askedNothing()
	s.is("the new work is on its way", "queue", func(f fact) bool { return f.Count["active"] == 1 })
	s.hurry()
	s.awaitDone(3)
	s.asked("Wherry quits in ")

	// The tray ends it too.
	s.screen.key("alt+F4")
	s.unseen()
	s.screen.await("the end that is near", func() bool { return tray.texts()[0] == "The queue is done, Wherry quits soon" })
	tray.choose("Do Not Quit")
	s.screen.await("that it is not", func() bool { return tray.texts()[0] == "Nothing to transfer" })
	tray.choose("Quit")
	s.comes("the end", "closed", func(fact) bool { return true })
	<-s.ended
}

// speedLimit switches a limit that was set, by its key, while a file moves.
func speedLimit(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	s.limited()
	s.startConnected()
	s.sendBig()
	s.picture("limited")
	if before := s.partSize(); before > bigSize/2 {
		t.Errorf("%d bytes arrived in spite of the limit", before)
	}
	s.hurry()
	s.awaitDone(1)
	s.sameFile("big.bin")
	s.picture("not-limited")
	f, _, err := settings.Open(s.config)
	if err != nil {
		t.Fatal(err)
	}
	if f.Load().LimitsOn {
		t.Error("the next start limits again")
	}
	s.screen.key("ctrl+comma")
	s.asked("Settings")
	s.picture("settings")
	s.screen.key("Escape")
	s.askedNothing()
}

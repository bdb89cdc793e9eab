//go:build linux && !headless

package ui

import (
	"bufio"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"wherry/sync/ftptest"
)

// notices is a desktop's service that shows notifications, on a bus of the
// test's own. It keeps their titles and texts.
type notices chan string

// Notify is called over the bus.
func (n notices) Notify(_ string, _ uint32, _, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n <- title + ": " + text
	return 1, nil
}

// startNotices starts the service, and returns its bus and the variable that
// leads to it.
func startNotices(d *screen) (n notices, bus *dbus.Conn, env string) {
	d.t.Helper()
	needs(d.t, "dbus-daemon")
	c := d.command("dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:path="+filepath.Join(d.t.TempDir(), "bus"))
	c.Env = append(c.Env, "XDG_DATA_DIRS="+d.t.TempDir(), "XDG_DATA_HOME="+d.t.TempDir()) // no keychain of this computer
	out, err := c.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.start(c)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		d.t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	bus, err = dbus.Connect(address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = bus.Close() })
	n = make(notices, 16)
	if err := bus.Export(n, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		d.t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		d.t.Fatal(err)
	}
	return n, bus, "DBUS_SESSION_BUS_ADDRESS=" + address
}

func finishIsTold(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.big()
	shown, _, env := startNotices(s.screen)
	s.startWith([]string{env, "WHERRY_PASSWORD=" + s.server.Password}, "--limit", "400k", "--tls", "off", s.address("ftp"))
	s.awaitConnected()

	// In front nothing has to be told.
	s.click(s.rowOf("left", "letter-0.txt"))
	s.ctrlClick(s.rowOf("left", "letter-1.txt"))
	s.awaitSelected("left", 2)
	s.screen.key("ctrl+Return")
	s.comes("the end of two", "finished", func(f fact) bool { return f.Text == "2 files were transferred." })

	s.sendBig()
	pid := s.cmd.Process.Pid
	s.screen.x("windowminimize", s.screen.window(pid))
	s.screen.await("the window out of sight", func() bool { return s.screen.window(pid) == "" })
	shown.await(t, "The queue is done: 1 file was transferred.")
}

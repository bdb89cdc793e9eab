//go:build linux

package desktop

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// portal is a desktop's portal. It tells what it is asked, and when that is
// taken back.
type portal struct {
	bus   *dbus.Conn
	asked chan string
}

func (p portal) Inhibit(_ string, flags uint32, options map[string]dbus.Variant, from dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	reason, _ := options["reason"].Value().(string)
	handle := dbus.ObjectPath("/org/freedesktop/portal/desktop/request/1_1/t")
	_ = p.bus.Export(request{p.asked}, handle, "org.freedesktop.portal.Request")
	if flags != 4 {
		reason += ", and more than suspend"
	}
	p.asked <- reason
	return handle, nil
}

type request struct{ asked chan string }

func (r request) Close() *dbus.Error { r.asked <- "closed"; return nil }

// logind gives out a pipe's end as a lock, as the real one does.
type logind struct {
	asked chan string
	lock  dbus.UnixFD
}

func (l logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- strings.Join([]string{what, who, why, mode}, "|")
	return l.lock, nil
}

func serve(t *testing.T, address, name string, path dbus.ObjectPath, what func(*dbus.Conn) (object any, iface string)) {
	t.Helper()
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	object, iface := what(bus)
	if err := bus.Export(object, path, iface); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

func servePortal(t *testing.T, address string) chan string {
	t.Helper()
	asked := make(chan string, 4)
	serve(t, address, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", func(bus *dbus.Conn) (any, string) {
		return portal{bus, asked}, "org.freedesktop.portal.Inhibit"
	})
	return asked
}

func TestPortalKeepsAwakeUntilReleased(t *testing.T) {
	asked := servePortal(t, startBus(t))
	release, err := StayAwake(t.Context(), "Files are being transferred")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != "Files are being transferred" {
		t.Errorf("the portal was asked %q", got)
	}
	release()
	if got := <-asked; got != "closed" {
		t.Errorf("after the release came %q", got)
	}
	release() // a second time is nothing
}

func TestLogindKeepsAwakeWhereThereIsNoPortal(t *testing.T) {
	for outcome, session := range map[string]func(t *testing.T){
		"the desktop has no portal": func(t *testing.T) { startBus(t) },
		"there is no session bus": func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
		},
	} {
		for end, cancelled := range map[string]bool{"released": false, "the program ends": true} {
			t.Run(outcome+", "+end, func(t *testing.T) {
				session(t)
				system, _ := runBus(t)
				t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", system)
				held, lock, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer held.Close()
				l := logind{make(chan string, 1), dbus.UnixFD(lock.Fd())}
				serve(t, system, "org.freedesktop.login1", "/org/freedesktop/login1", func(*dbus.Conn) (any, string) {
					return l, "org.freedesktop.login1.Manager"
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				release, err := StayAwake(ctx, "Files move")
				if err != nil {
					t.Fatal(err)
				}
				if got := <-l.asked; got != "sleep:idle|Wherry|Files move|block" {
					t.Errorf("logind was asked %q", got)
				}
				_ = lock.Close() // ours; the other one holds
				if cancelled {
					cancel()
				} else {
					release()
				}
				if _, err := held.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("the lock is held on: %v", err)
				}
				release()
			})
		}
	}
}

func TestNobodyKeepsAwakeIsAnError(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	startBus(t)
	if _, err := StayAwake(t.Context(), "Files move"); err == nil {
		t.Error("somebody kept the computer awake")
	}
}

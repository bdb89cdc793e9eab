//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// HasBus says whether Notify has a message bus to speak over on this system;
// where not, Fyne's own way is the one.
const HasBus = true

// errNoBus is a session without a message bus, such as one over ssh.
var errNoBus = errors.New("the session has no message bus")

// Notify shows a notification (Desktop Notifications Specification 1.2). app is
// the program's ID, as in its desktop file. title and text are plain; text must
// hold no markup, which some services read. It takes Limit at most. An error
// means that nobody shows it.
func Notify(ctx context.Context, app, title, text string) error {
	address := busAddress(os.Getenv)
	if address == "" {
		return errNoBus
	}
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer bus.Close()
	const name = "org.freedesktop.Notifications"
	return bus.Object(name, "/org/freedesktop/Notifications").CallWithContext(ctx, name+".Notify", 0,
		"Wherry", uint32(0), app, title, text, []string{},
		map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(app)}, int32(-1)).Err
}

// busAddress is where the session's bus is, "" for none. Nothing is started.
func busAddress(environ func(string) string) string {
	if named := environ("DBUS_SESSION_BUS_ADDRESS"); named != "" {
		if strings.HasPrefix(named, "autolaunch:") || strings.HasPrefix(named, "disabled:") {
			return ""
		}
		return named
	}
	if dir := environ("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			return "unix:path=" + dbus.EscapeBusAddressValue(filepath.Join(dir, "bus"))
		}
	}
	return ""
}

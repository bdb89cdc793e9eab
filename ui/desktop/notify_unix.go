//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"
)

// HasBus says whether Notify has a message bus to speak over on this system;
// where not, Fyne's own way is the one.
const HasBus = true

// Notify shows a notification (Desktop Notifications Specification 1.2). app is
// the program's ID, as in its desktop file. title and text are plain; text must
// hold no markup, which some services read. It takes Limit at most. An error
// means that nobody shows it.
func Notify(ctx context.Context, app, title, text string) error {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	bus, err := dial(ctx, busAddress(os.Getenv), Limit)
	if err != nil {
		return err
	}
	defer bus.Close()
	const name = "org.freedesktop.Notifications"
	return bus.Object(name, "/org/freedesktop/Notifications").CallWithContext(ctx, name+".Notify", 0,
		"Wherry", uint32(0), app, title, text, []string{},
		map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(app)}, int32(-1)).Err
}

//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// Where hosts of a tray make themselves known (StatusNotifierItem, by KDE; the
// freedesktop specification of it never left its draft).
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// Tray tells whether somebody shows the icons of programs. A plain GNOME, and
// most window managers alone, have nobody, and a window that was hidden there
// could never be shown again.
type Tray struct {
	bus    *dbus.Conn
	news   chan *dbus.Signal
	hosted bool
}

// quick is the limit of the question that the window waits for.
const quick = time.Second

// OpenTray asks who shows icons now. It takes two seconds at most, and as a rule
// some milliseconds; the answer is no where it takes longer. The error means
// that there is no bus to ask over.
func OpenTray(ctx context.Context) (*Tray, error) {
	bus, err := dial(ctx, busAddress(os.Getenv), quick)
	if err != nil {
		return nil, err
	}
	t := &Tray{bus: bus, news: make(chan *dbus.Signal, 16)}
	bus.Signal(t.news) // before the question, so that no change is missed
	limited, cancel := context.WithTimeout(ctx, quick)
	defer cancel()
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchObjectPath(watcherPath)},
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
	} {
		if err := bus.AddMatchSignalContext(limited, match...); err != nil {
			return nil, closing(bus, err)
		}
	}
	t.hosted = t.ask(limited)
	return t, nil
}

func closing(bus *dbus.Conn, err error) error {
	_ = bus.Close()
	return err
}

// Hosted is the answer to OpenTray's question.
func (t *Tray) Hosted() bool { return t.hosted }

// Watch calls changed whenever that becomes otherwise, until ctx ends, or the
// bus; the icon goes with the bus, and the last call says so.
func (t *Tray) Watch(ctx context.Context, changed func(hosted bool)) {
	hosted := t.hosted
	tell := func(now bool) {
		if now != hosted {
			hosted = now
			changed(now)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-t.news:
			if !open {
				if ctx.Err() == nil {
					tell(false)
				}
				return
			}
		}
		limited, cancel := context.WithTimeout(ctx, Limit)
		now := t.ask(limited)
		cancel()
		if ctx.Err() == nil {
			tell(now)
		}
	}
}

// Close ends Watch.
func (t *Tray) Close() error { return t.bus.Close() }

func (t *Tray) ask(ctx context.Context) bool {
	var answer dbus.Variant
	// The watcher is not started for the question: without a host it would be
	// of no use.
	if err := t.bus.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcherName, "IsStatusNotifierHostRegistered").Store(&answer); err != nil {
		return false
	}
	hosted, _ := answer.Value().(bool)
	return hosted
}

//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/godbus/dbus/v5"
)

// CanStayAwake says whether StayAwake has somebody to ask on this system.
const CanStayAwake = true

// StayAwake keeps the computer from falling asleep by itself, until release is
// called or ctx ends; release returns once that was asked for. The portal of the
// desktop is asked first (org.freedesktop.portal.Inhibit, suspend alone), since
// it is the one that works in a sandbox, and then logind (block of sleep and
// idle), which is there without a desktop too. reason is shown to people who ask
// what keeps the computer awake. Each of the two takes Limit at most. An error
// means that neither did it.
func StayAwake(ctx context.Context, reason string) (release func(), err error) {
	release, err = askPortal(ctx, reason)
	if err == nil {
		return release, nil
	}
	release, err2 := askLogind(ctx, reason)
	if err2 == nil {
		return release, nil
	}
	return nil, errors.Join(err, err2)
}

func askPortal(ctx context.Context, reason string) (func(), error) {
	bus, err := dial(ctx, busAddress(os.Getenv), Limit)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	const (
		name    = "org.freedesktop.portal.Desktop"
		suspend = uint32(4)
	)
	var handle dbus.ObjectPath
	if err := bus.Object(name, "/org/freedesktop/portal/desktop").CallWithContext(limited, "org.freedesktop.portal.Inhibit.Inhibit", 0,
		"", suspend, map[string]dbus.Variant{"reason": dbus.MakeVariant(reason)}).Store(&handle); err != nil {
		return nil, closing(bus, err)
	}
	return sync.OnceFunc(func() {
		// The portal ends it with the connection too; this says it in so many
		// words, and waits for nobody.
		_ = bus.Object(name, handle).CallWithContext(ctx, "org.freedesktop.portal.Request.Close", dbus.FlagNoReplyExpected).Err
		_ = bus.Close()
	}), nil
}

func askLogind(ctx context.Context, reason string) (func(), error) {
	address := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS")
	if address == "" {
		address = "unix:path=/var/run/dbus/system_bus_socket"
	}
	bus, err := dial(ctx, address, Limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bus.Close() }() // the lock is the file that is answered
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	var lock dbus.UnixFD
	if err := bus.Object("org.freedesktop.login1", "/org/freedesktop/login1").CallWithContext(limited, "org.freedesktop.login1.Manager.Inhibit", 0,
		"sleep:idle", "Wherry", reason, "block").Store(&lock); err != nil {
		return nil, err
	}
	held := os.NewFile(uintptr(lock), "sleep lock")
	release := sync.OnceFunc(func() { _ = held.Close() })
	stop := context.AfterFunc(ctx, release)
	return func() {
		stop()
		release()
	}, nil
}

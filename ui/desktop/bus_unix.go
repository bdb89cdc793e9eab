//go:build linux || freebsd || openbsd || netbsd

package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// errNoBus is a session without a message bus, such as one over ssh.
var errNoBus = errors.New("the session has no message bus")

// dial connects to a bus until ctx ends or the connection is closed. It takes
// limit at most. Nothing is started where address is "".
func dial(ctx context.Context, address string, limit time.Duration) (*dbus.Conn, error) {
	if address == "" {
		return nil, errNoBus
	}
	ctx, cancel := context.WithCancel(ctx)
	late := time.AfterFunc(limit, cancel)
	defer late.Stop()
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	context.AfterFunc(bus.Context(), cancel)
	return bus, nil
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

//go:build !darwin && !windows

package vault

import (
	"fmt"
	"os"
)

// NoBus says why there is no session bus, "" where one is named. It looks
// where the D-Bus library would look before it runs dbus-launch, which leaves a
// stray daemon behind for each process.
func NoBus() string {
	switch os.Getenv("DBUS_SESSION_BUS_ADDRESS") {
	case "", "autolaunch:", "disabled:":
	default:
		return ""
	}
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err == nil {
		return ""
	}
	return "there is no keychain here, as no desktop session runs (DBUS_SESSION_BUS_ADDRESS is not set)"
}

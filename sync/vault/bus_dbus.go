//go:build !darwin && !windows

package vault

import (
	"fmt"
	"os"
)

// noBus looks before the call where the D-Bus library would look. Where there
// is no bus the library would run dbus-launch, which leaves a stray daemon
// behind for each call.
func noBus() string {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && address != "autolaunch:" {
		return ""
	}
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err == nil {
		return ""
	}
	return "there is no keychain here, as no desktop session runs (DBUS_SESSION_BUS_ADDRESS is not set)"
}

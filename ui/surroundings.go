//go:build !headless

package ui

import (
	"os"
	"path/filepath"
	"runtime"

	"wherry/sync/engine"
	"wherry/sync/vault"
)

// surroundings settles what Fyne reads from the environment, before it starts:
//   - where there is no session bus, the library below it would start one with
//     every window, and nobody would end it;
//   - with a folder named for all of Wherry's files, Fyne's belong there too;
//   - a trial's folder is removed at the end, while Fyne still watches its own
//     files: it would make them anew, and draw in a window that is gone. We need
//     none of them, so a trial has none.
func surroundings(dirs engine.Dirs, trial bool) error {
	set := map[string]string{}
	if vault.NoBus() != "" {
		set["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
	}
	if runtime.GOOS == "linux" && dirs.Config == dirs.State {
		set["XDG_CONFIG_HOME"] = dirs.Config
		set["XDG_CACHE_HOME"] = filepath.Join(dirs.Config, "cache")
		if trial {
			set["XDG_CONFIG_HOME"] = os.DevNull // where no folder can be made
		}
	}
	for name, value := range set {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

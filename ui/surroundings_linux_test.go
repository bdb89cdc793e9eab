//go:build !headless

package ui

import (
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/engine"
	"wherry/sync/vault"
)

func TestSurroundings(t *testing.T) {
	mine := t.TempDir()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	none := "disabled:"
	if vault.NoBus() == "" {
		none = "autolaunch:" // the library finds the one that runs
	}
	for outcome, tc := range map[string]struct {
		bus  string
		dirs engine.Dirs
		demo bool
		want map[string]string
	}{
		"a bus that is named is used": {
			"unix:path=/run/some/bus",
			engine.Dirs{Config: mine, State: filepath.Join(mine, "state")},
			false,
			map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/some/bus", "XDG_CONFIG_HOME": "/before", "XDG_CACHE_HOME": "/before"},
		},
		"one folder for everything holds the toolkit's files too": {
			"unix:path=/run/some/bus",
			engine.Dirs{Config: mine, State: mine},
			false,
			map[string]string{"XDG_CONFIG_HOME": mine, "XDG_CACHE_HOME": filepath.Join(mine, "cache")},
		},
		"a trial leaves none of the toolkit's files": {
			"unix:path=/run/some/bus",
			engine.Dirs{Config: mine, State: mine},
			true,
			map[string]string{"XDG_CONFIG_HOME": os.DevNull, "XDG_CACHE_HOME": filepath.Join(mine, "cache")},
		},
		"no bus is started": {
			"autolaunch:",
			engine.Dirs{Config: mine, State: filepath.Join(mine, "state")},
			false,
			map[string]string{"DBUS_SESSION_BUS_ADDRESS": none},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", tc.bus)
			t.Setenv("XDG_CONFIG_HOME", "/before")
			t.Setenv("XDG_CACHE_HOME", "/before")
			if err := surroundings(tc.dirs, tc.demo); err != nil {
				t.Fatal(err)
			}
			for name, want := range tc.want {
				if got := os.Getenv(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

package engine

import (
	"os"
	"path/filepath"
	"runtime"

	"wherry/sync/vfs"
)

// Dirs are the folders that Wherry keeps its own files in.
type Dirs struct {
	Config string // sites.json, trust.json, settings.json
	State  string // queue.db, learned.json
}

// DirsAt returns the folders for a person who named one (`--config`,
// WHERRY_HOME): everything lies in it. With "" they are the system's usual
// places: XDG_CONFIG_HOME and XDG_STATE_HOME on Linux, the one application
// folder elsewhere. Nothing is made yet. It fails with KindNotFound where the
// system names no home.
func DirsAt(named string) (Dirs, error) {
	if named != "" {
		abs, err := filepath.Abs(named)
		if err != nil {
			return Dirs{}, &vfs.Error{Op: "find the configuration folder", Path: named, Kind: vfs.KindNotFound, Err: err}
		}
		return Dirs{Config: abs, State: abs}, nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return Dirs{}, &vfs.Error{Op: "find the configuration folder", Kind: vfs.KindNotFound, Err: err}
	}
	d := Dirs{Config: filepath.Join(base, "wherry"), State: filepath.Join(base, "wherry")}
	if runtime.GOOS == "linux" {
		state := os.Getenv("XDG_STATE_HOME")
		if !filepath.IsAbs(state) { // the XDG specification ignores relative ones
			home, err := os.UserHomeDir()
			if err != nil {
				return Dirs{}, &vfs.Error{Op: "find the state folder", Kind: vfs.KindNotFound, Err: err}
			}
			state = filepath.Join(home, ".local", "state")
		}
		d.State = filepath.Join(state, "wherry")
	}
	return d, nil
}

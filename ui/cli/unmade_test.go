package cli

import (
	"path/filepath"
	"runtime"
	"testing"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestAFolderThatIsThereIsNotCalledMissing where the system only makes none in it.
func TestAFolderThatIsThereIsNotCalledMissing(t *testing.T) {
	fs := memfs.New()
	for path, want := range map[string]vfs.Kind{"/new": vfs.KindPermission, "/nowhere/new": vfs.KindNotFound} {
		p := vfs.MustParse(path)
		err := unmade(t.Context(), fs, p, &vfs.Error{Op: "mkdir", Path: path, Kind: vfs.KindNotFound})
		if vfs.KindOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// TestAMissingFolderOfThisComputerIsMadeHere, and not by a command for servers.
func TestAMissingFolderOfThisComputerIsMadeHere(t *testing.T) {
	h := shopHome(t)
	dir := filepath.Join(t.TempDir(), "above")
	h.fails(exitFailed, []string{dir + `" does not exist`, "here `mkdir -p` does"}, "get", "shop:/a", filepath.Join(dir, "x")+"/")
	if runtime.GOOS == "linux" {
		h.fails(exitFailed, []string{`no folder can be made in /proc`}, "get", "shop:/a", "/proc/xx/")
	}
}

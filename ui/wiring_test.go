//go:build !headless

package ui

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"wherry/sync/engine"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/vault"
	"wherry/ui/loop"
)

// What another process adds is in the window within a second: as many samples
// as are taken in that time see it.
func TestTransferAddedByAnotherProcessIsSeenWithinASecond(t *testing.T) {
	dir := t.TempDir()
	start := func() *engine.Engine {
		e, err := engine.Start(t.Context(), engine.Config{Dirs: engine.Dirs{Config: dir, State: dir}, Vault: vault.Memory()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		return e
	}
	window, shell := &shell{engine: start()}, start()
	if n := window.sample().queue.Unfinished(); n != 0 {
		t.Fatalf("%d transfers are there before", n)
	}
	name := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(name, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := localfs.FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	target, err := localfs.FromOS(name + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shell.Enqueue(t.Context(), queue.Request{Source: queue.Place{Path: source}, Target: queue.Place{Path: target}}); err != nil {
		t.Fatal(err)
	}
	// The last one of them needs time to be painted.
	for range time.Second/loop.Period - 1 {
		if window.sample().queue.Count[queue.Waiting] == 1 {
			return
		}
	}
	t.Error("the transfer is not seen")
}

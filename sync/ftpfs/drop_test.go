package ftpfs

import (
	"io"
	"net/netip"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestDrop: connections over a network that is gone end at once, whatever they
// are at, and the site goes on with new ones.
func TestDrop(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"RETR": ftptest.InTurn(ftptest.Flow{At: 100, Hold: release}.Serve),
		"MKD":  ftptest.Silence,
	}})
	if _, err := f.List(t.Context(), vfs.MustParse("/dir")); err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), vfs.MustParse("/dir/file"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	stands := f.Status().Sessions
	f.Drop(func(local netip.Addr) bool { return local == netip.MustParseAddr("127.0.0.1") })
	if got := f.Status().Sessions; got != stands {
		t.Fatalf("%d of %d connections stand after none was to go", got, stands)
	}
	ended := make(chan error, 2)
	go func() { _, err := io.Copy(io.Discard, r); ended <- err }()
	go func() { ended <- f.Mkdir(t.Context(), vfs.MustParse("/new")) }()
	if err := s.Await(t.Context(), "MKD", 1); err != nil {
		t.Fatal(err)
	}
	f.Drop(nil)
	for range 2 {
		if err := await(t, "the end of what was in progress", ended); vfs.KindOf(err) != vfs.KindLost {
			t.Errorf("error %v", err)
		}
	}
	_ = r.Close() // broken off
	if _, err := f.List(t.Context(), vfs.MustParse("/dir")); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

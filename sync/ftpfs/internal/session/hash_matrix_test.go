package session

import (
	"bytes"
	"slices"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestHashOfProFTPD compares with our own digests, by HASH and by each command
// of its own, for names that could be taken for something else.
func TestHashOfProFTPD(t *testing.T) {
	t.Parallel()
	srv := ftptest.Start(t, ftptest.ProFTPD, ftptest.Options{Digest: true})
	f := connect(t, srv, site.ModePassive, site.TLSOff)
	content := noise(100_000)
	for _, name := range []string{"plain", "two words", "a 1 2", "5d41402abc4b2a76b9719d911017c592", "Ünï"} {
		f.put(name, content)
	}
	for _, way := range []string{"HASH", "a command of its own"} {
		if way != "HASH" {
			f.must(f.s.Close())
			f.reopen()
			f.s.unlearn("HASH")
		}
		offered := f.s.Facts().Features.Hashes
		for _, by := range vfs.HashNames() {
			if !slices.Contains(offered, by) {
				t.Errorf("%s: no %s in %v", way, by, offered)
				continue
			}
			sum := by.New()
			_, _ = sum.Write(content) // a hash takes everything
			for _, name := range []string{"plain", "two words", "a 1 2", "5d41402abc4b2a76b9719d911017c592", "Ünï"} {
				got, err := f.s.Hash(f.ctx, f.path(name), by)
				f.must(err)
				if !bytes.Equal(got, sum.Sum(nil)) {
					t.Errorf("%s: %s of %s is %x, want %x", way, by, name, got, sum.Sum(nil))
				}
			}
		}
	}
	_, err := f.s.Hash(f.ctx, f.path("none"), vfs.SHA256)
	f.kind("a digest of nothing", err, vfs.KindNotFound)
	f.must(srv.MkdirAll("folder"))
	_, err = f.s.Hash(f.ctx, f.path("folder"), vfs.SHA256)
	f.kind("a digest of a folder", err, vfs.KindIsDir)
	f.same("afterwards", f.download("plain", 0), content)
}

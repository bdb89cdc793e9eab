package localfs_test

import (
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
)

// BenchmarkConfine is what each transfer pays for being held to its folder.
func BenchmarkConfine(b *testing.B) {
	f := localfs.New()
	dir, err := localfs.FromOS(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		held, err := f.Confine(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := held.Features(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := held.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHashOfASmallFile is what each transfer pays to a server that tells
// digests.
func BenchmarkHashOfASmallFile(b *testing.B) {
	f := localfs.New()
	name := filepath.Join(b.TempDir(), "small")
	if err := os.WriteFile(name, []byte("small"), 0o600); err != nil {
		b.Fatal(err)
	}
	p, err := localfs.FromOS(name)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Hash(b.Context(), p, vfs.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

package localfs_test

import (
	"testing"

	"wherry/sync/localfs"
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

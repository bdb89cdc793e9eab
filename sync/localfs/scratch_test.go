//go:build !windows

package localfs_test

import (
	"bytes"
	"os"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
)

// TestScratchHasNoName: what is written is read again, and the folder shows
// nothing of it at any time, confined or not.
func TestScratchHasNoName(t *testing.T) {
	for outcome, confined := range map[string]bool{"in the whole": false, "in one folder": true} {
		t.Run(outcome, func(t *testing.T) {
			whole, dir, name := place(t)
			var f vfs.FS = whole
			if confined {
				var err error
				if f, err = whole.Confine(dir); err != nil {
					t.Fatal(err)
				}
				defer f.Close()
			}
			s, err := f.(vfs.Scratcher).Scratch(t.Context(), dir, 2<<20)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Write([]byte("0123456789")); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, 4)
			if _, err := s.ReadAt(got, 3); err != nil || !bytes.Equal(got, []byte("3456")) {
				t.Errorf("read %q: %v", got, err)
			}
			if left, err := os.ReadDir(name); err != nil || len(left) != 0 {
				t.Errorf("the folder shows %v: %v", left, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if _, err := s.ReadAt(got, 0); vfs.KindOf(err) != vfs.KindCancelled {
				t.Errorf("read after Close: %v", err)
			}
		})
	}
}

// TestScratchEndsWithItsFileSystem, and is refused where there is no folder.
func TestScratchEndsWithItsFileSystem(t *testing.T) {
	_, dir, _ := place(t)
	f := localfs.New()
	s, err := f.Scratch(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := dir.Join("missing")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Scratch(t.Context(), missing, 0); vfs.KindOf(err) != vfs.KindNotFound {
		t.Errorf("in a missing folder: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte("x")); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("write after the end: %v", err)
	}
}

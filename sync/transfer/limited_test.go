package transfer_test

import (
	"context"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestALimitCanComeAndGo while a file moves: Wait is called for no more and no
// less than what moves while Limited says so.
func TestALimitCanComeAndGo(t *testing.T) {
	const size = 10 * transfer.WaitMost
	for outcome, tc := range map[string]struct {
		limited func(asked int) bool // nil for no Limited
		least   int                  // bytes that are waited for
		most    int
	}{
		"always without a word of it": {nil, size, size + 1},
		"always":                      {func(int) bool { return true }, size, size + 1},
		"never":                       {func(int) bool { return false }, 0, 0},
		"from the second slice on":    {func(asked int) bool { return asked > 1 }, 1, size - transfer.WaitMost + 1},
		"for the first slice alone":   {func(asked int) bool { return asked == 1 }, transfer.WaitMost, transfer.WaitMost},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := memfs.New()
			f.Put("/a", strings.Repeat("x", size), day(1))
			asked, waited := 0, 0
			job := transfer.Job{
				Source: transfer.File{FS: f, Path: vfs.MustParse("/a")}, Target: transfer.File{FS: f, Path: vfs.MustParse("/b")}, Exists: transfer.Overwrite,
				Wait: func(_ context.Context, n int) error { waited += n; return nil },
			}
			if tc.limited != nil {
				job.Limited = func() bool { asked++; return tc.limited(asked) }
			}
			if _, err := transfer.Run(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			if waited < tc.least || waited > tc.most {
				t.Errorf("waited for %d bytes, want %d to %d", waited, tc.least, tc.most)
			}
		})
	}
}

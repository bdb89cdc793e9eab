package ftpfs

import (
	"errors"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestReplacesIsLearned: that a server does not rename onto a file is known from
// the first refusal on that says so, for all sessions.
func TestReplacesIsLearned(t *testing.T) {
	for outcome, tc := range map[string]struct {
		reply    string
		onto     string
		replaces bool
	}{
		"a file that exists": {"550 File exists", "/b", false},
		"a folder":           {"550 File exists", "/dir", true},
		"missing rights":     {"550 Permission denied", "/b", true},
		"anything else":      {"550 Failed", "/b", true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			_, f := scriptWith(t, ftptest.Plan{
				Files: map[string]string{"/a": "a", "/b": "b", "/dir/": ""},
				Verbs: map[string]ftptest.Handler{"RNTO": ftptest.Reply(tc.reply)},
			}, func(*Config) {})
			if can, err := f.Features(t.Context()); err != nil || !can.Replaces {
				t.Fatal(can.Replaces, err)
			}
			var told *vfs.Error
			err := f.Rename(t.Context(), vfs.MustParse("/a"), vfs.MustParse(tc.onto), true)
			if vfs.KindOf(err) != vfs.KindExists || !errors.As(err, &told) || told.Path != tc.onto {
				t.Error(err)
			}
			f.Drop(nil)
			for range 2 {
				if can, err := f.Features(t.Context()); err != nil || can.Replaces != tc.replaces {
					t.Error(can.Replaces, err)
				}
				if _, err := f.List(t.Context(), vfs.Root()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

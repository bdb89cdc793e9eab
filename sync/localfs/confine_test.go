//go:build !windows

package localfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
	"wherry/sync/vfs/vfstest"
)

// held returns a file system held to the folder "in" of a fresh place, and
// beside it a folder "out" that must stay as it is.
func held(t *testing.T) (f vfs.FS, dir vfs.Path, name string) {
	t.Helper()
	whole, top, at := place(t)
	for _, sub := range []string{"in", "out"} {
		if err := os.Mkdir(filepath.Join(at, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	f, err := whole.Confine(join(t, top, "in"))
	if err != nil {
		t.Fatal(err)
	}
	return f, join(t, top, "in"), at
}

func TestConformanceOfAPart(t *testing.T) {
	vfstest.Run(t, func(t *testing.T) (vfs.FS, vfs.Path) {
		dir := pathOf(t, t.TempDir())
		whole := localfs.New()
		t.Cleanup(func() { _ = whole.Close() })
		f, err := whole.Confine(dir)
		if err != nil {
			t.Fatal(err)
		}
		return f, dir
	}, vfstest.Options{
		Held: true,
		Link: func(t *testing.T, target string, at vfs.Path) {
			if err := os.Symlink(target, localfs.ToOS(at)); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func TestTheRootOfTheMachineHoldsEverything(t *testing.T) {
	whole, dir, name := place(t)
	plant(t, name, "file", "x")
	if err := os.Symlink(filepath.Join(name, "file"), filepath.Join(name, "absolute")); err != nil {
		t.Fatal(err)
	}
	f, err := whole.Confine(vfs.Root())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if r, err := f.Open(t.Context(), join(t, dir, "absolute"), 0); err != nil {
		t.Error(err)
	} else if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestAFileTakesNoNameInAFolderThatWasMovedAway: it would be called done and
// not stand where it was to go.
func TestAFileTakesNoNameInAFolderThatWasMovedAway(t *testing.T) {
	for outcome, tc := range map[string]struct {
		happen func(in string) error
		want   vfs.Kind // KindOther: it takes its name
	}{
		"nothing happened":         {func(string) error { return nil }, vfs.KindOther},
		"it was moved away":        {func(in string) error { return os.Rename(in, in+"2") }, vfs.KindChanged},
		"another stands there now": {func(in string) error { return errors.Join(os.Rename(in, in+"2"), os.Mkdir(in, 0o700)) }, vfs.KindChanged},
		"a link leads to it now":   {func(in string) error { return errors.Join(os.Rename(in, in+"2"), os.Symlink(in+"2", in)) }, vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, name := held(t)
			in := filepath.Join(name, "in")
			plant(t, in, "part", "x")
			if err := tc.happen(in); err != nil {
				t.Fatal(err)
			}
			err := f.Rename(t.Context(), join(t, dir, "part"), join(t, dir, "file"), false)
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

// TestAFolderSwappedForALinkLeadsNowhere: while one goroutine makes, writes,
// renames and removes in "in/sub", another swaps "sub" for a link to "out" and
// back. Both are bounded by counts, and whatever falls together, "out" stays
// as it is.
func TestAFolderSwappedForALinkLeadsNowhere(t *testing.T) {
	const rounds = 400
	f, dir, name := held(t)
	plant(t, filepath.Join(name, "out"), "victim", "precious")
	sub, aside, link := filepath.Join(name, "in", "sub"), filepath.Join(name, "in", "aside"), filepath.Join(name, "in", "link")
	for _, err := range []error{os.Mkdir(sub, 0o700), os.Symlink("../out", link)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var swapper sync.WaitGroup
	stop := make(chan struct{})
	swapper.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := errors.Join(os.Rename(sub, aside), os.Rename(link, sub), os.Rename(sub, link), os.Rename(aside, sub)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	at := func(elem string) vfs.Path { return join(t, join(t, dir, "sub"), elem) }
	kinds := map[vfs.Kind]int{}
	for round := 0; round < rounds || kinds[vfs.KindOutside] == 0 && round < 100*rounds; round++ {
		w, err := f.Create(t.Context(), at("part"), 0)
		if err == nil {
			_, err = w.Write([]byte("hostile"))
			err = errors.Join(err, w.Commit())
		}
		for _, err := range []error{
			err,
			f.Rename(t.Context(), at("part"), at("victim"), true),
			f.Mkdir(t.Context(), at("folder")),
			f.SetMode(t.Context(), at("victim"), 0o777),
			f.Remove(t.Context(), at("victim")),
			f.RemoveDir(t.Context(), at("folder")),
		} {
			kinds[vfs.KindOf(err)]++
		}
	}
	close(stop)
	swapper.Wait()
	entries, err := os.ReadDir(filepath.Join(name, "out"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "victim" {
		t.Fatalf("outside there is %v: %v", entries, err)
	}
	if got, err := os.ReadFile(filepath.Join(name, "out", "victim")); err != nil || string(got) != "precious" {
		t.Errorf("the file outside holds %q: %v", got, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file outside has mode %v: %v", info.Mode(), err)
	}
	if kinds[vfs.KindOutside] == 0 {
		t.Errorf("no call has met the link: %v", kinds)
	}
}

// TestALinkThatComesMeanwhileIsNeverWrittenThrough is the same for the last
// element: the link comes between every look and the step.
func TestALinkThatComesMeanwhileIsNeverWrittenThrough(t *testing.T) {
	for outcome, target := range map[string]string{"outside": "../out/victim", "inside": "victim"} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, name := held(t)
			for _, where := range []string{"out", "in"} {
				plant(t, filepath.Join(name, where), "victim", "precious")
			}
			part, away := filepath.Join(name, "in", "part"), filepath.Join(name, "in", "away")
			if err := os.Symlink(target, away); err != nil {
				t.Fatal(err)
			}
			var swapper sync.WaitGroup
			stop := make(chan struct{})
			swapper.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if err := errors.Join(os.Rename(away, part), os.Rename(part, away)); err != nil {
						t.Error(err)
						return
					}
				}
			})
			// Behind eight bytes, so that no file is made that the swapper
			// would take for its link.
			met := 0
			for round := 0; round < 3000 || met == 0 && round < 300_000; round++ {
				w, err := f.Create(t.Context(), join(t, dir, "part"), 8)
				switch {
				case err == nil:
					t.Error("the link was written through")
					_ = w.Abort()
				case vfs.KindOf(err) == vfs.KindExists:
					met++
				}
			}
			close(stop)
			swapper.Wait()
			if met == 0 {
				t.Error("no call has met the link")
			}
		})
	}
}

// TestRemovingATreeFollowsNoLinkThatCameMeanwhile: the folder is swapped for a
// link after it was listed.
func TestRemovingATreeFollowsNoLinkThatCameMeanwhile(t *testing.T) {
	whole, top, name := place(t)
	for _, sub := range []string{"tree/sub", "out"} {
		if err := os.MkdirAll(filepath.Join(name, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	plant(t, filepath.Join(name, "tree", "sub"), "a", "x")
	plant(t, filepath.Join(name, "tree", "sub"), "b", "x")
	plant(t, filepath.Join(name, "out"), "a", "precious")
	plant(t, filepath.Join(name, "out"), "b", "precious")
	sub := filepath.Join(name, "tree", "sub")
	swapped := false
	err := vfs.RemoveAll(t.Context(), whole, join(t, top, "tree"), vfs.Entry{Type: vfs.TypeDir}, func(vfs.Path) {
		if swapped {
			return
		}
		swapped = true
		if err := errors.Join(os.RemoveAll(sub), os.Symlink(filepath.Join(name, "out"), sub)); err != nil {
			t.Error(err)
		}
	})
	if !swapped || vfs.KindOf(err) != vfs.KindOutside && vfs.KindOf(err) != vfs.KindNotFound {
		t.Errorf("error %v, want outside", err)
	}
	for _, kept := range []string{"a", "b"} {
		if got, err := os.ReadFile(filepath.Join(name, "out", kept)); err != nil || string(got) != "precious" {
			t.Errorf("%s outside: %q, %v", kept, got, err)
		}
	}
}

func TestAPathOutsideIsNamedAndSaysSo(t *testing.T) {
	f, dir, name := held(t)
	if err := os.Symlink("../out", filepath.Join(name, "in", "link")); err != nil {
		t.Fatal(err)
	}
	err := f.Mkdir(t.Context(), join(t, join(t, dir, "link"), "new"))
	var e *vfs.Error
	if !errors.As(err, &e) || e.Kind != vfs.KindOutside || !strings.Contains(e.Path, "/in/link/new") || !strings.Contains(e.Reply, "link") {
		t.Errorf("error %v", err)
	}
}

func TestWhatFoldsIsFoundOutInTheFolderItself(t *testing.T) {
	for outcome, names := range map[string][]string{
		"an empty folder": nil, "names without letters": {"1", "2"}, "a name": {"Name"}, "both cases": {"name", "NAME"},
		"a name that is not UTF-8": {"\xe4"},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, _, at := held(t)
			for _, name := range names {
				plant(t, filepath.Join(at, "in"), name, "x")
			}
			can, err := f.Features(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			// What this disk does is seen by trying it beside.
			plant(t, at, "probe", "x")
			_, err = os.Stat(filepath.Join(at, "PROBE"))
			if folds := err == nil; can.FoldsCase != folds && outcome == "a name" {
				t.Errorf("folds case: %v, want %v", can.FoldsCase, folds)
			}
		})
	}
}

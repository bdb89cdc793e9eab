package transfer_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wherry/sync/localfs"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// localPair sends a real file, which changes in place as real files do.
func localPair(t *testing.T, content string) (p *pair, name string) {
	t.Helper()
	p = newPair(t, "")
	here := localfs.New()
	t.Cleanup(func() { _ = here.Close() })
	name = filepath.Join(t.TempDir(), "file.txt")
	rewrite(t, name, content)
	if err := os.Chtimes(name, day(10), day(10)); err != nil {
		t.Fatal(err)
	}
	from, err := localfs.FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	p.job.Source = transfer.File{FS: here, Path: from}
	return p, name
}

// rewrite keeps the file and changes what is in it.
func rewrite(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Error(err)
	}
}

// moments of a transfer at which its source can change.
const (
	afterLook   = "between the look and the opening"
	halfWay     = "half-way"
	afterAll    = "behind the last byte"
	nowAndAgain = "at every attempt"
)

// disturb makes change happen once, at the moment named, or at each attempt.
func disturb(p *pair, moment string, change func()) {
	happened := false
	once := func() {
		if !happened || moment == nowAndAgain {
			happened = true
			change()
		}
	}
	switch moment {
	case afterLook:
		before := p.job.OnStart
		p.job.OnStart = func(id transfer.Identity, target vfs.Path) error {
			once()
			return before(id, target)
		}
	case halfWay, nowAndAgain:
		asked := 0
		p.job.Wait = func(context.Context, int) error {
			if asked++; asked == 2 || moment == nowAndAgain {
				once()
			}
			return nil
		}
	case afterAll:
		p.to.SetHook(func(_ context.Context, c memfs.Call) error {
			if c.Op == memfs.OpCommit {
				once()
			}
			return nil
		})
	}
}

func TestAFileThatChangesIsNoticedAndArrivesOnceItRests(t *testing.T) {
	content, other := random(300_000, 51), random(300_000, 52)
	for outcome, change := range map[string]struct {
		do   func(t *testing.T, name string)
		then string
	}{
		"grown": {func(t *testing.T, name string) { rewrite(t, name, content+"a line more") }, content + "a line more"},
		"grown by as much again": {
			func(t *testing.T, name string) { rewrite(t, name, content+other) }, content + other,
		},
		"shrunk":          {func(t *testing.T, name string) { rewrite(t, name, content[:90_000]) }, content[:90_000]},
		"emptied":         {func(t *testing.T, name string) { rewrite(t, name, "") }, ""},
		"other, as large": {func(t *testing.T, name string) { rewrite(t, name, other) }, other},
		"touched only": {
			func(t *testing.T, name string) {
				if err := os.Chtimes(name, day(11), day(11)); err != nil {
					t.Error(err)
				}
			}, content,
		},
		"replaced by another": {
			func(t *testing.T, name string) {
				rewrite(t, name+".new", other)
				if err := os.Rename(name+".new", name); err != nil {
					t.Error(err)
				}
			}, other,
		},
	} {
		for _, moment := range []string{afterLook, halfWay, afterAll} {
			t.Run(outcome+" "+moment, func(t *testing.T) {
				p, name := localPair(t, content)
				p.to.Put(targetName, "old", day(1))
				disturb(p, moment, func() { change.do(t, name) })
				p.mustFail(vfs.KindChanged)
				p.wantFiles(map[string]string{targetName: "old"})
				p.mustBeDone()
				p.wantFiles(map[string]string{targetName: change.then})
			})
		}
	}
}

func TestAFileThatNeverRestsNeverArrives(t *testing.T) {
	content := random(300_000, 53)
	p, name := localPair(t, content)
	disturb(p, nowAndAgain, func() {
		content += "a line more\n"
		rewrite(t, name, content)
	})
	for range 4 {
		p.mustFail(vfs.KindChanged)
		p.wantFiles(map[string]string{})
	}
}

func TestOddFilesHereArriveAsTheyAre(t *testing.T) {
	const hole = 3 << 20
	for outcome, tc := range map[string]struct {
		make func(name string) error
		want string
		kind vfs.Kind // of the failure; KindOther for none
	}{
		"an empty one": {func(name string) error { return os.Truncate(name, 0) }, "", vfs.KindOther},
		"a hole alone": {func(name string) error { return os.Truncate(name, hole) }, "first" + string(make([]byte, hole-5)), vfs.KindOther},
		"a hole between": {func(name string) error {
			file, err := os.OpenFile(name, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = file.WriteAt([]byte("last"), hole)
			return err
		}, "first" + string(make([]byte, hole-5)) + "last", vfs.KindOther},
		"one from before 1970": {func(name string) error {
			long := time.Date(1961, 4, 12, 6, 7, 0, 0, time.UTC)
			return os.Chtimes(name, long, long)
		}, "first", vfs.KindOther},
		"one that went away": {os.Remove, "", vfs.KindNotFound},
	} {
		t.Run(outcome, func(t *testing.T) {
			p, name := localPair(t, "first")
			if err := tc.make(name); err != nil {
				t.Fatal(err)
			}
			if tc.kind != vfs.KindOther {
				p.mustFail(tc.kind)
				p.wantFiles(map[string]string{})
				return
			}
			p.mustBeDone()
			p.wantFiles(map[string]string{targetName: tc.want})
		})
	}
}

func TestAnUnreadableSourceLeavesNothing(t *testing.T) {
	content := random(300_000, 54)
	for outcome, fault := range map[string]memfs.Fault{
		"it may not be opened":          {Op: memfs.OpOpen, Kind: vfs.KindPermission},
		"it may not be looked at":       {Op: memfs.OpStat, Kind: vfs.KindPermission},
		"reading is refused half-way":   {Op: memfs.OpRead, Bytes: 150_000, Kind: vfs.KindPermission},
		"a permission goes at the last": {Op: memfs.OpClose, Kind: vfs.KindPermission},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.from.Inject(fault)
			p.mustFail(vfs.KindPermission)
			p.wantFiles(map[string]string{})
		})
	}
}

//go:build !windows

package transfer_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestAPartIsReadByNobodyWhoCouldNotReadTheFile: at no moment of the way may more
// people read what comes than the file that it replaces, or will be, lets.
func TestAPartIsReadByNobodyWhoCouldNotReadTheFile(t *testing.T) {
	const size, stands = 500_000, 200_000
	umasked := fs.FileMode(0) // as any new file, by the person's umask
	for outcome, tc := range map[string]struct {
		old, part  fs.FileMode // 0 for none
		made       bool        // the part is of this source
		source     fs.FileMode // kept, 0 for not
		while, end fs.FileMode
		moved      int64
	}{
		"nothing is replaced":                           {0, 0, false, 0, umasked, umasked, size},
		"a private file is replaced":                    {0o600, 0, false, 0, 0o600, 0o600, size},
		"one that its group may read":                   {0o640, 0, false, 0, 0o600, 0o640, size},
		"one that all may read":                         {0o644, 0, false, 0, 0o600, 0o644, size},
		"one that nobody may write":                     {0o444, 0, false, 0, 0o600, 0o444, size},
		"a private source is kept":                      {0, 0, false, 0o600, 0o600, 0o600, size},
		"a private source is kept over a public file":   {0o644, 0, false, 0o600, 0o600, 0o600, size},
		"a public source is kept over a private file":   {0o600, 0, false, 0o755, 0o600, 0o755, size},
		"a wide part is gone on with":                   {0o600, 0o666, true, 0, 0o600, 0o600, size - stands},
		"a wide part of something else is in the way":   {0o600, 0o666, false, 0, 0o600, 0o600, size},
		"a narrow part, and nothing is replaced now":    {0, 0o600, true, 0, umasked, umasked, size - stands},
		"a narrow part of something else is in the way": {0, 0o600, false, 0, umasked, umasked, size},
		"a part that nobody may write is begun anew":    {0, 0o444, false, 0, umasked, umasked, size},
	} {
		t.Run(outcome, func(t *testing.T) {
			p, dir := toDisk(t, random(size, 41))
			usual, fileName, part := modeOfNew(t, dir), filepath.Join(dir, "file.txt"), filepath.Join(dir, "file.txt"+transfer.Suffix)
			var before *os.File
			if tc.old != 0 {
				plantMode(t, fileName, oldContent, tc.old)
			}
			if tc.part != 0 {
				plantMode(t, part, random(size, 41)[:stands], tc.part)
				before = opened(t, part)
			}
			if tc.made {
				p.made = &transfer.Identity{Size: size, ModTime: day(10)}
			}
			if tc.source != 0 {
				p.job.KeepMode = true
				if err := p.from.SetMode(t.Context(), source, tc.source); err != nil {
					t.Fatal(err)
				}
			}
			looks := 0
			p.from.SetHook(func(_ context.Context, c memfs.Call) error {
				info, err := os.Stat(part)
				if c.Op != memfs.OpRead || err != nil {
					return nil
				}
				if info.Size() > stands {
					looks++
					if want := either(tc.while, usual); info.Mode().Perm() != want {
						t.Errorf("the part has %v behind %d bytes, want %v", info.Mode(), info.Size(), want)
					}
				}
				return nil
			})
			if result := p.mustBeDone(); result.Bytes != tc.moved || looks == 0 {
				t.Errorf("%d bytes moved, want %d; %d looks", result.Bytes, tc.moved, looks)
			}
			if info, err := os.Stat(fileName); err != nil || info.Mode().Perm() != either(tc.end, usual) {
				t.Errorf("the file has %v in the end, want %v: %v", info.Mode(), either(tc.end, usual), err)
			}
			if before == nil || tc.made {
				return
			}
			if seen, err := io.ReadAll(before); err != nil || string(seen) != random(size, 41)[:stands] {
				t.Errorf("who had the part open before has seen %d bytes: %v", len(seen), err)
			}
		})
	}
}

// toDisk is a pair whose target is a folder of this computer.
func toDisk(t *testing.T, content string) (*pair, string) {
	t.Helper()
	p, dir, here := newPair(t, content), t.TempDir(), localfs.New()
	t.Cleanup(func() {
		if err := here.Close(); err != nil {
			t.Error(err)
		}
	})
	at, err := localfs.FromOS(filepath.Join(dir, "file.txt"))
	if err != nil {
		t.Fatal(err)
	}
	p.from.SetChunk(50_000)
	p.job.Target = transfer.File{FS: here, Path: at}
	p.told = target // so that no name counts as chosen
	return p, dir
}

func plantMode(t *testing.T, name, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// modeOfNew is what the umask leaves of a new file's permissions.
func modeOfNew(t *testing.T, dir string) fs.FileMode {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(dir, "probe"), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func either(mode, usual fs.FileMode) fs.FileMode {
	if mode == 0 {
		return usual
	}
	return mode
}

// TestAnotherGroupGetsNoMoreThanAll: the new file may belong to another group than
// the one that it replaces, and its people are not those who could read that.
func TestAnotherGroupGetsNoMoreThanAll(t *testing.T) {
	for outcome, tc := range map[string]struct {
		group     string // of the new file
		old, want fs.FileMode
	}{
		"the same group keeps what it had": {"staff", 0o640, 0o640},
		"another one gets nothing":         {"users", 0o660, 0o600},
		"another one gets what all have":   {"users", 0o664, 0o644},
		"one that nobody tells is let be":  {"", 0o640, 0o640},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "the new content")
			p.to.Put(targetName, oldContent, day(1))
			if err := p.to.SetMode(t.Context(), target, tc.old); err != nil {
				t.Fatal(err)
			}
			p.job.Target.FS = groupFS{p.to, map[string]string{targetName: "staff", partName: tc.group}}
			p.mustBeDone()
			if e, err := p.to.Stat(t.Context(), target); err != nil || e.Mode.Perm() != tc.want {
				t.Errorf("mode %v, want %v: %v", e.Mode, tc.want, err)
			}
		})
	}
}

// groupFS tells the groups of files.
type groupFS struct {
	vfs.FS
	groups map[string]string
}

func (f groupFS) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := f.FS.Stat(ctx, p)
	e.Group = f.groups[p.String()]
	return e, err
}

// TestAnOldGroupThatNobodyTellsTakesNothing: with one side's group alone nothing is
// known of whose people they are.
func TestAnOldGroupThatNobodyTellsTakesNothing(t *testing.T) {
	p := newPair(t, "the new content")
	p.to.Put(targetName, oldContent, day(1))
	if err := p.to.SetMode(t.Context(), target, 0o640); err != nil {
		t.Fatal(err)
	}
	p.job.Target.FS = groupFS{p.to, map[string]string{partName: "users"}}
	p.mustBeDone()
	if e, err := p.to.Stat(t.Context(), target); err != nil || e.Mode.Perm() != 0o640 {
		t.Errorf("mode %v: %v", e.Mode, err)
	}
}

package localfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
)

const mebi = 1 << 20

// blocks is what a file takes on the disk, in bytes.
func blocks(t *testing.T, name string) int64 {
	t.Helper()
	var stat unix.Stat_t
	if err := unix.Stat(name, &stat); err != nil {
		t.Fatal(err)
	}
	return stat.Blocks * 512
}

// reserves tells whether the disk under dir can set room aside.
func reserves(t *testing.T, dir string) bool {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "probe"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	err = unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, mebi)
	return !errors.Is(err, unix.EOPNOTSUPP) && blocks(t, file.Name()) >= mebi
}

// freeSpace is what anybody can still write under dir, in bytes.
func freeSpace(t *testing.T, dir string) int64 {
	t.Helper()
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	return int64(disk.Bfree) * disk.Bsize
}

func TestRoomIsSetAsideAndTheSizeStaysTrue(t *testing.T) {
	for outcome, tc := range map[string]struct {
		old, size, write int64
		set              bool // room is set aside until the end
		end              func(vfs.Writer) error
	}{
		"a whole file keeps it":               {0, 8 * mebi, 8 * mebi, true, vfs.Writer.Commit},
		"a part gives the rest back":          {0, 8 * mebi, mebi, true, vfs.Writer.Abort},
		"one without a byte gives all back":   {0, 8 * mebi, 0, true, vfs.Writer.Abort},
		"a part goes on into it":              {3 * mebi, 8 * mebi, 5 * mebi, true, vfs.Writer.Commit},
		"a committed shorter file gives back": {0, 8 * mebi, mebi, true, vfs.Writer.Commit},
		"a small file is let be":              {0, mebi - 1, 0, false, vfs.Writer.Abort},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, root := place(t)
			name := filepath.Join(root, "file")
			able := reserves(t, root)
			if err := os.WriteFile(name, make([]byte, tc.old), 0o600); err != nil {
				t.Fatal(err)
			}
			w, err := f.Create(t.Context(), join(t, dir, "file"), tc.old)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.(vfs.Reserver).Reserve(tc.size); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(name); err != nil || info.Size() != tc.old {
				t.Errorf("%d bytes long before a byte was written, want %d: %v", info.Size(), tc.old, err)
			}
			if got := blocks(t, name); able && (got >= tc.size) != tc.set {
				t.Errorf("%d bytes set aside for %d", got, tc.size)
			}
			if _, err := w.Write(make([]byte, tc.write)); err != nil {
				t.Fatal(err)
			}
			if err := tc.end(w); err != nil {
				t.Fatal(err)
			}
			long := tc.old + tc.write
			if info, err := os.Stat(name); err != nil || info.Size() != long {
				t.Errorf("%d bytes long in the end, want %d: %v", info.Size(), long, err)
			}
			if got := blocks(t, name); got > long+mebi/2 {
				t.Errorf("%d bytes are still set aside for %d", got, long)
			}
		})
	}
}

func TestTooLittleRoomIsToldBeforeAnyIsTaken(t *testing.T) {
	for outcome, size := range map[string]func(free int64) int64{
		"a gigabyte too little":        func(free int64) int64 { return free + 1<<30 },
		"more than any disk":           func(int64) int64 { return 1 << 62 },
		"a size that is nearly no sum": func(int64) int64 { return 1<<63 - 1 },
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, root := place(t)
			if !reserves(t, root) {
				return // such a disk cannot tell, and what is written finds it full
			}
			w, err := f.Create(t.Context(), join(t, dir, "file"), 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.(vfs.Reserver).Reserve(size(freeSpace(t, root))); vfs.KindOf(err) != vfs.KindNoSpace {
				t.Errorf("%v, want no_space", err)
			}
			if got := blocks(t, filepath.Join(root, "file")); got > mebi {
				t.Errorf("%d bytes were taken", got)
			}
			if err := w.Abort(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNoScratchWithoutRoom: it is refused before any is taken, and not left open.
func TestNoScratchWithoutRoom(t *testing.T) {
	f, dir, root := place(t)
	if !reserves(t, root) {
		return // such a disk cannot tell, and what is written finds it full
	}
	opened := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	before := opened()
	if _, err := f.Scratch(t.Context(), dir, 1<<62); vfs.KindOf(err) != vfs.KindNoSpace {
		t.Errorf("%v, want no_space", err)
	}
	if after := opened(); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

func TestClosingTheFileSystemGivesRoomBack(t *testing.T) {
	f := localfs.New()
	root := t.TempDir()
	dir, err := vfs.Parse(root)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Create(t.Context(), join(t, dir, "file"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.(vfs.Reserver).Reserve(8 * mebi); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := blocks(t, filepath.Join(root, "file")); got != 0 {
		t.Errorf("%d bytes are still set aside", got)
	}
	if err := w.(vfs.Reserver).Reserve(8 * mebi); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("%v, want cancelled", err)
	}
}

func TestHolesOfAPartAreLeftHoles(t *testing.T) {
	f, dir, root := place(t)
	name := filepath.Join(root, "file")
	able := reserves(t, root)
	const hole = 50 << 30
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, hole); err != nil {
		t.Fatal(err)
	}
	w, err := f.Create(t.Context(), join(t, dir, "file"), hole)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.(vfs.Reserver).Reserve(hole + 8*mebi); err != nil {
		t.Fatal(err)
	}
	if got := blocks(t, name); got > 9*mebi || able && got < 8*mebi {
		t.Errorf("%d bytes are set aside, want room for what is missing", got)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
}

package crash

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// file is one file to be copied.
type file struct {
	name    string // below the tree's top, with slashes
	content []byte
	when    time.Time
	old     []byte // what stood under the target's name before; nil for nothing
}

// way is one direction: a tree here or at the server, and where it goes.
type way struct {
	from, to string           // folders of this machine, also of the server's
	files    map[string]*file // by the name that a person is shown
	// intact are those whose whole content was seen under the final name.
	intact map[string]bool
}

// oddNames are what file names can be and protocols trip over.
var oddNames = []string{
	"two words", " leading", "-dash", "ümläut", "日本", "[a]*?", `quo"te'`, "back\\slash", "semi;colon", "percent%20", "#hash", "~", "a -> b", "caf\xe9", "...", ".hidden",
}

// nameOf spreads the files over folders, a third of them deep.
func nameOf(top string, i int) string {
	name := fmt.Sprintf("file-%04d", i)
	if i%12 == 0 {
		name += " " + oddNames[i/12%len(oddNames)]
	}
	if i%48 == 7 {
		name = oddNames[i/48%len(oddNames)] + fmt.Sprint(i)
	}
	dir := fmt.Sprintf("%s/d%d", top, i%5)
	if i%3 == 0 {
		dir += "/ä b/c"
	}
	return dir + "/" + name
}

// sizeOf is mostly small, sometimes nothing, and now and then so large that a
// kill falls into it.
func sizeOf(dice *rand.Rand, i int) int {
	switch {
	case i%40 == 3:
		return 0
	case i%60 == 10:
		return 1<<20 + dice.IntN(3<<20)
	case i%7 == 0:
		return dice.IntN(120_000)
	}
	return dice.IntN(6_000)
}

// noise is content in which no part can be taken for another.
func noise(dice *rand.Rand, n int) []byte {
	all := make([]byte, n+8)
	for i := 0; i < n; i += 8 {
		bits := dice.Uint64()
		for j := range 8 {
			all[i+j] = byte(bits >> (8 * j))
		}
	}
	return all[:n]
}

// plan makes n files in the folders tops; every ninth replaces an older one.
func plan(dice *rand.Rand, from, to string, n int, tops []string) *way {
	w := &way{from: from, to: to, files: map[string]*file{}, intact: map[string]bool{}}
	for i := range n {
		f := &file{
			name:    nameOf(tops[i%len(tops)], i),
			content: noise(dice, sizeOf(dice, i)),
			when:    time.Unix(1_600_000_000+int64(i)*61_111, 0),
		}
		if i%9 == 4 {
			f.old = noise(dice, len(f.content)+1+dice.IntN(2_000))
		}
		w.files[vfs.Readable(f.name)] = f
	}
	return w
}

// lay puts the sources and the old targets there.
func (w *way) lay(t *testing.T, source, target func(name string, content []byte) error) {
	t.Helper()
	for _, f := range w.files {
		err := source(f.name, f.content)
		if err == nil {
			err = os.Chtimes(filepath.Join(w.from, f.name), f.when, f.when)
		}
		if err == nil && f.old != nil {
			err = target(f.name, f.old)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// look checks what is promised at every moment: under each target's name
// stands the old file, the new one or none, whole, and nothing stands there
// that nobody asked for but parts of files that are not whole yet. It returns
// how many parts there are.
func (w *way) look(t *testing.T) (parts int) {
	t.Helper()
	w.each(t, func(name string, info fs.FileInfo) {
		final, isPart := strings.CutSuffix(name, transfer.Suffix)
		shown := vfs.Readable(final)
		f := w.files[shown]
		switch {
		case f == nil:
			t.Errorf("nobody asked for %q", name)
		case isPart:
			parts++
		case f.old != nil && info.Size() == int64(len(f.old)):
			if w.intact[shown] {
				t.Errorf("%q is the old one again", name)
			}
		case info.Size() != int64(len(f.content)):
			t.Errorf("%q has %d bytes, neither the %d of the new file nor those of the old one", name, info.Size(), len(f.content))
		case !w.intact[shown]:
			w.intact[shown] = w.same(t, f)
		}
	})
	return parts
}

// same compares content and time of a target with its source's.
func (w *way) same(t *testing.T, f *file) bool {
	t.Helper()
	target := filepath.Join(w.to, filepath.FromSlash(f.name))
	got, err := os.ReadFile(target)
	if err != nil {
		t.Error(err)
		return false
	}
	if !bytes.Equal(got, f.content) {
		t.Errorf("%q has another content", f.name)
		return false
	}
	info, err := os.Stat(target)
	if err != nil || !info.ModTime().Equal(f.when) {
		t.Errorf("%q is of %v, want %v (%v)", f.name, info.ModTime(), f.when, err)
	}
	return true
}

// whole compares the two sides byte by byte once everything has ended.
func (w *way) whole(t *testing.T) {
	t.Helper()
	there := map[string]bool{}
	w.each(t, func(name string, _ fs.FileInfo) {
		there[name] = true
		if strings.HasSuffix(name, transfer.Suffix) {
			t.Errorf("%q was left", name)
		}
	})
	for _, f := range w.files {
		if there[f.name] {
			w.same(t, f)
		} else {
			t.Errorf("%q did not arrive", f.name)
		}
		if got, err := os.ReadFile(filepath.Join(w.from, f.name)); err != nil || !bytes.Equal(got, f.content) {
			t.Errorf("the source %q is not what it was: %v", f.name, err)
		}
	}
	if len(there) != len(w.files) {
		t.Errorf("%d files stand at the target, %d were asked for", len(there), len(w.files))
	}
}

// each visits the files at the target, with slashes and without its top. A
// part may take its name meanwhile: the server still works for a program that
// was killed.
func (w *way) each(t *testing.T, do func(name string, info fs.FileInfo)) {
	t.Helper()
	err := filepath.WalkDir(w.to, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(w.to, file)
		if err == nil {
			do(filepath.ToSlash(name), info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writer makes files below a folder of this computer.
func writer(top string) func(string, []byte) error {
	return func(name string, content []byte) error {
		file := filepath.Join(top, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644))
	}
}

// under makes files below a folder of the server's.
func under(write func(string, []byte) error, top string) func(string, []byte) error {
	return func(name string, content []byte) error { return write(path.Join(top, name), content) }
}

// tops names folders of the first level.
func tops(letter string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(letter, i)
	}
	return slices.Clip(names)
}

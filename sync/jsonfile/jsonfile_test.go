package jsonfile

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type note struct {
	Text string `json:"text"`
	Size int    `json:"size,omitempty"`
}

func open(t *testing.T, name string) (*File[[]note], []string) {
	t.Helper()
	f, notices, err := Open[[]note](name, "notes", 1)
	if err != nil {
		t.Fatal(err)
	}
	return f, notices
}

func add(f *File[[]note], text string) error {
	return f.Update(func(n *[]note) error {
		*n = append(*n, note{Text: text})
		return nil
	})
}

func texts(t *testing.T, f *File[[]note]) string {
	t.Helper()
	notes, err := f.View()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range notes {
		out = append(out, n.Text)
	}
	return strings.Join(out, " ")
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWrittenForPeople(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deep", "er", "notes.json")
	f, notices := open(t, name)
	if err := add(f, "a & b"); err != nil || notices != nil {
		t.Fatal(err, notices)
	}
	want := "{\n  \"version\": 1,\n  \"notes\": [\n    {\n      \"text\": \"a & b\"\n    }\n  ]\n}\n"
	if diff := cmp.Diff(want, get(t, name)); diff != "" {
		t.Error(diff)
	}
	for of, mode := range map[string]os.FileMode{name: 0o600, filepath.Dir(name): 0o700} {
		if info, err := os.Stat(of); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", of, info.Mode(), err)
		}
	}
	if _, err := os.Stat(name + ".tmp"); err == nil {
		t.Error("the temporary file stays")
	}
	again, _ := open(t, name)
	if got := texts(t, again); got != "a & b" {
		t.Errorf("read back %q", got)
	}
}

func TestAnotherWritersChangesAreSeenAndKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notes.json")
	one, _ := open(t, name)
	two, _ := open(t, name)
	for i, f := range []*File[[]note]{one, two, one} {
		if err := add(f, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := texts(t, one), texts(t, two); a != "0 1 2" || b != "0 1 2" {
		t.Fatalf("%q and %q", a, b)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, two); got != "" {
		t.Fatalf("a removed file still shows %q", got)
	}
}

// TestProcesses runs itself several times: no change of one process may be
// lost to another.
func TestProcesses(t *testing.T) {
	const processes, changes = 4, 25
	if name := os.Getenv("JSONFILE_TEST_WRITER"); name != "" {
		f, _ := open(t, name)
		for range changes {
			if err := add(f, "x"); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	name := filepath.Join(t.TempDir(), "notes.json")
	var wait sync.WaitGroup
	for range processes {
		wait.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestProcesses$")
			c.Env = append(os.Environ(), "JSONFILE_TEST_WRITER="+name)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wait.Wait()
	f, _ := open(t, name)
	if got := len(strings.Fields(texts(t, f))); got != processes*changes {
		t.Fatalf("%d changes of %d are left", got, processes*changes)
	}
}

func TestDamagedIsSetAside(t *testing.T) {
	for outcome, content := range map[string]string{
		"empty, as after a power cut": "",
		"cut":                         `{"version": 1, "notes": [{"text": "a"`,
		"NULs":                        "\x00\x00\x00\x00",
		"text behind the end":         `{"version": 1, "notes": []} x`,
		"another kind of JSON":        `[1, 2]`,
		"no version":                  `{"notes": []}`,
		"another type":                `{"version": 1, "notes": [{"text": 7}]}`,
	} {
		t.Run(outcome, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "notes.json")
			put(t, name+".bad", "of last time")
			put(t, name, content)
			f, notices := open(t, name)
			if len(notices) != 1 || !strings.Contains(notices[0], "notes.json.bad2") {
				t.Fatalf("notices %q", notices)
			}
			if get(t, name+".bad") != "of last time" || get(t, name+".bad2") != content {
				t.Error("what was set aside is not what stood there")
			}
			if err := add(f, "new"); err != nil || texts(t, f) != "new" {
				t.Errorf("the new document: %v", err)
			}
		})
	}
}

func TestDamagedWhileOpenIsLeftToThePerson(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notes.json")
	f, _ := open(t, name)
	if err := add(f, "good"); err != nil {
		t.Fatal(err)
	}
	put(t, name, "{ oops")
	notes, err := f.View()
	if !errors.Is(err, ErrDamaged) || len(notes) != 1 {
		t.Errorf("View: %v, %v", notes, err)
	}
	if err := add(f, "more"); !errors.Is(err, ErrDamaged) {
		t.Errorf("Update: %v", err)
	}
	if get(t, name) != "{ oops" {
		t.Error("the person's file was changed")
	}
}

func TestOfANewerVersionIsReadAndNeverWritten(t *testing.T) {
	for outcome, content := range map[string]string{
		"higher version":      `{"version": 2, "notes": [{"text": "a"}]}`,
		"unknown field":       `{"version": 1, "notes": [{"text": "a", "colour": "red"}]}`,
		"unknown field above": `{"version": 1, "notes": [{"text": "a"}], "pens": 3}`,
	} {
		t.Run(outcome, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "notes.json")
			put(t, name, content)
			f, notices := open(t, name)
			if len(notices) != 1 || texts(t, f) != "a" {
				t.Errorf("notices %q, content %q", notices, texts(t, f))
			}
			if err := add(f, "b"); !errors.Is(err, ErrReadOnly) {
				t.Errorf("Update: %v", err)
			}
			if get(t, name) != content {
				t.Error("the file was changed")
			}
		})
	}
}

func TestAFailedChangeChangesNothing(t *testing.T) {
	no := errors.New("no")
	for outcome, name := range map[string]string{
		"in a file": filepath.Join(t.TempDir(), "notes.json"),
		"in memory": "",
	} {
		t.Run(outcome, func(t *testing.T) {
			f, _ := open(t, name)
			if err := add(f, "a"); err != nil {
				t.Fatal(err)
			}
			err := f.Update(func(n *[]note) error {
				(*n)[0].Text = "spoiled"
				return no
			})
			if !errors.Is(err, no) || texts(t, f) != "a" {
				t.Errorf("%v, %q", err, texts(t, f))
			}
		})
	}
}

func TestALinkedFileStaysALink(t *testing.T) {
	real := filepath.Join(t.TempDir(), "real.json")
	link := filepath.Join(t.TempDir(), "notes.json")
	put(t, real, `{"version": 1, "notes": []}`)
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	f, _ := open(t, link)
	if err := add(f, "a"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if !strings.Contains(get(t, real), `"a"`) {
		t.Error("the file behind the link has not changed")
	}
}

func TestACrashsLeftoverIsNoObstacle(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notes.json")
	put(t, name+".tmp", "half")
	put(t, name+".lock", "")
	f, notices := open(t, name)
	if err := add(f, "a"); err != nil || notices != nil {
		t.Fatal(err, notices)
	}
	if left, _ := filepath.Glob(name + ".tmp*"); left != nil {
		t.Errorf("left: %q", left)
	}
}

func TestAFailedWriteLeavesTheOldDocument(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notes.json")
	f, _ := open(t, name)
	if err := add(f, "a"); err != nil {
		t.Fatal(err)
	}
	// A folder of the temporary name cannot be opened for writing, and with
	// something in it not be removed, also by root.
	if err := os.MkdirAll(filepath.Join(name+".tmp", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := add(f, "b"); err == nil {
		t.Fatal("no error")
	}
	if got := texts(t, f); got != "a" {
		t.Errorf("now %q", got)
	}
}

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		`{"version":1,"notes":[{"text":"a"}]}`, `{"version":9,"notes":3}`, `{}`, `null`, "[]", `{"version":1e3}`,
		`{"version":1,"notes":null}`, `{"Version":1,"NOTES":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		name := filepath.Join(t.TempDir(), "notes.json")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		file, _, err := Open[[]note](name, "notes", 1)
		if err != nil {
			t.Fatal(err)
		}
		err = add(file, "end")
		switch left := get(t, name); {
		case errors.Is(err, ErrReadOnly) && left == string(content):
		case err != nil:
			t.Fatalf("%v, and the file is %q", err, left)
		}
		_, notices, again := Open[[]note](name, "notes", 1)
		if again != nil || (len(notices) > 0) != errors.Is(err, ErrReadOnly) {
			t.Fatalf("what was just written reads as %v, %q", again, notices)
		}
	})
}

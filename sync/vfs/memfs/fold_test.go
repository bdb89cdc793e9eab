package memfs_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestFoldedNamesAreOneName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		caseless, formless bool
		have, other        string
		same               bool
	}{
		"case is one":              {true, false, "/d/Name", "/d/nAME", true},
		"case is two":              {false, true, "/d/Name", "/d/nAME", false},
		"forms are one":            {false, true, "/d/caf\u00e9", "/d/cafe\u0301", true},
		"forms are two":            {true, false, "/d/caf\u00e9", "/d/cafe\u0301", false},
		"folders on the way too":   {true, false, "/Dir/name", "/dIR/name", true},
		"both at a time are one":   {true, true, "/d/CAF\u00c9", "/d/cafe\u0301", true},
		"another name is another":  {true, true, "/d/a", "/d/b", false},
		"nothing is folded at all": {false, false, "/d/a", "/d/A", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := memfs.New()
			f.Limit(func(can *vfs.Features) { can.FoldsCase, can.FoldsForm = tc.caseless, tc.formless })
			f.Put(tc.have, "x", time.Unix(0, 0))
			if _, same := f.Get(tc.other); same != tc.same {
				t.Fatalf("%q is found by %q: %v, want %v", tc.have, tc.other, same, tc.same)
			}
			if !tc.same {
				return
			}
			at := vfs.MustParse(tc.other)
			if err := f.Mkdir(t.Context(), at); vfs.KindOf(err) != vfs.KindExists {
				t.Errorf("making a folder of the other name: %v, want exists", err)
			}
			if err := write(t, f, at, "new"); err != nil {
				t.Fatal(err)
			}
			if names := slices.Collect(maps.Keys(f.Files())); !slices.Equal(names, []string{tc.have}) {
				t.Errorf("files %q, want the old spelling alone", names)
			}
			if err := f.Remove(t.Context(), at); err != nil || len(f.Files()) != 0 {
				t.Errorf("%q is left: %v", f.Files(), err)
			}
		})
	}
}

func TestAFoldedNameIsRespelledByRenaming(t *testing.T) {
	f := memfs.New()
	f.Limit(func(can *vfs.Features) { can.FoldsCase = true })
	f.Put("/d/name", "x", time.Unix(0, 0))
	if err := f.Rename(t.Context(), vfs.MustParse("/d/name"), vfs.MustParse("/d/NAME"), false); err != nil {
		t.Fatal(err)
	}
	if names := slices.Collect(maps.Keys(f.Files())); !slices.Equal(names, []string{"/d/NAME"}) {
		t.Errorf("files %q", names)
	}
}

func TestTextModeChangesLineEnds(t *testing.T) {
	const unix, dos = "a\nb\n", "a\r\nb\r\n"
	for outcome, tc := range map[string]struct {
		op         memfs.Op
		ends       memfs.LineEnds
		have, want string
	}{
		"read with returns":     {memfs.OpRead, memfs.ToCRLF, unix, dos},
		"read without returns":  {memfs.OpRead, memfs.ToLF, dos, unix},
		"write with returns":    {memfs.OpWrite, memfs.ToCRLF, unix, dos},
		"write without returns": {memfs.OpWrite, memfs.ToLF, dos, unix},
		"a lone return stays":   {memfs.OpWrite, memfs.ToLF, "a\rb\r", "a\rb\r"},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, p := planted()
			f.Put(name, tc.have, time.Unix(0, 0))
			f.Inject(memfs.Fault{Op: tc.op, LineEnds: tc.ends})
			var got string
			var err error
			if tc.op == memfs.OpRead {
				got, err = read(t, f, p)
			} else {
				// In two writes, parted inside of a line end.
				err = writeBits(t, f, p, tc.have)
				got, _ = f.Get(name)
			}
			if err != nil || got != tc.want {
				t.Fatalf("%q, want %q: %v", got, tc.want, err)
			}
			if err := write(t, f, p, tc.have); err != nil {
				t.Fatal(err)
			}
			if got, err := read(t, f, p); err != nil || got != tc.have {
				t.Errorf("the next file is %q, want %q: %v", got, tc.have, err)
			}
		})
	}
}

// writeBits writes a byte at a time.
func writeBits(t *testing.T, f *memfs.FS, p vfs.Path, text string) error {
	t.Helper()
	w, err := f.Create(t.Context(), p, 0)
	if err != nil {
		return err
	}
	for i := range len(text) {
		if _, err := w.Write([]byte{text[i]}); err != nil {
			return err
		}
	}
	return w.Commit()
}

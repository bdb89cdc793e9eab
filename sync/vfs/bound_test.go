package vfs

import (
	"context"
	"strconv"
	"testing"
)

// forked shows two folders and a file in every folder, twelve deep, and
// removes nothing as a file.
type forked struct{ FS }

func (forked) List(_ context.Context, dir Path) ([]Entry, error) {
	if len(dir.Elems()) >= 12 {
		return nil, nil
	}
	return []Entry{{Name: "a", Type: TypeDir}, {Name: "b", Type: TypeDir}, {Name: "c" + strconv.Itoa(len(dir.Elems())), Type: TypeFile}}, nil
}

func (forked) Remove(context.Context, Path) error { return &Error{Op: "remove", Kind: KindIsDir} }

func TestATreeWithoutEndIsLeftAfterSoManyEntries(t *testing.T) {
	visited := 0
	w := walker{f: forked{}, bound: bound{op: "walk", left: 1000}, visit: func(_ Path, _ Entry, leaving bool) error {
		if !leaving {
			visited++
		}
		return nil
	}}
	if err := w.walk(t.Context(), Root(), 1); KindOf(err) != KindProtocol {
		t.Errorf("walk: %v, want protocol", err)
	}
	if visited > 1000 {
		t.Errorf("%d entries were visited, want 1000 at most", visited)
	}
	r := remover{f: forked{}, removed: func(Path) {}, bound: bound{op: "remove", left: 20}}
	if err := r.remove(t.Context(), MustParse("/t"), Entry{Type: TypeDir}, 1); KindOf(err) != KindProtocol {
		t.Errorf("remove: %v, want protocol", err)
	}
}

// confiner counts what it was held to, and removes everything.
type confiner struct {
	FS
	held []Path
}

func (c *confiner) Confine(root Path) (FS, error) {
	c.held = append(c.held, root)
	return c, nil
}

func (*confiner) Remove(context.Context, Path) error { return nil }
func (*confiner) Close() error                       { return nil }

// TestOnlyAFoldersRemovalIsHeld: for a file there is no way that could be
// exchanged, and where it lies may be a folder that can be written and not
// read.
func TestOnlyAFoldersRemovalIsHeld(t *testing.T) {
	f := &confiner{}
	for _, typ := range []Type{TypeFile, TypeLink, TypeOther, TypeUnknown, TypeDir} {
		if err := RemoveAll(t.Context(), f, MustParse("/a/b"), Entry{Type: typ}, func(Path) {}); err != nil {
			t.Fatal(err)
		}
		want := 0
		if typ == TypeDir {
			want = 1
		}
		if len(f.held) != want {
			t.Errorf("%v: held to %v", typ, f.held)
		}
	}
}

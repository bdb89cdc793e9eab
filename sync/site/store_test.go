package site

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/jsonfile"
	"wherry/sync/vfs"
)

func full() Site {
	return Site{
		ID: NewID(), Name: "Shop", Folder: "Clients/Acme", Host: "ftp.example.org", Port: 2121, TLS: TLSExplicit,
		User: "anna", Mode: ModeActive, RemoteDir: "/var/www", LocalDir: "/home/anna/www",
		Bookmarks:   []Bookmark{{Name: "Logs", RemoteDir: "/var/log", LocalDir: "/tmp"}},
		Connections: 8, PortFrom: 50000, PortTo: 50100, ExternalIP: "203.0.113.7", Encoding: "windows-1252",
		Notes: "ask Jo\nfirst", Quick: false, LimitUp: 500_000, LimitDown: 2_000_000, Replace: ReplaceDelete,
	}
}

func store(t *testing.T, file string) *Store {
	t.Helper()
	s, notices, err := OpenStore(file)
	if err != nil || len(notices) > 0 {
		t.Fatal(err, notices)
	}
	return s
}

func TestStoreKeepsEveryField(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sites.json")
	want := full()
	if err := store(t, file).Put(want); err != nil {
		t.Fatal(err)
	}
	got, ok := store(t, file).Get(want.ID)
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Fatal(ok, diff)
	}
}

func TestStoreHandsOutCopies(t *testing.T) {
	s, mine := store(t, ""), full()
	if err := s.Put(mine); err != nil {
		t.Fatal(err)
	}
	mine.Bookmarks[0].Name = "spoiled"
	s.List()[0].Bookmarks[0].Name = "spoiled"
	if got, _ := s.Get(mine.ID); got.Bookmarks[0].Name != "Logs" {
		t.Fatal("a caller's change reached the store")
	}
}

func TestStoreReplacesAndRemoves(t *testing.T) {
	s, one := store(t, filepath.Join(t.TempDir(), "s.json")), full()
	for _, host := range []string{"a.example", "b.example"} {
		one.Host = host
		if err := s.Put(one); err != nil {
			t.Fatal(err)
		}
	}
	if all := s.List(); len(all) != 1 || all[0].Host != "b.example" {
		t.Fatalf("%+v", all)
	}
	for range 2 {
		if err := s.Remove(one.ID); err != nil || len(s.List()) != 0 {
			t.Fatal(err, s.List())
		}
	}
}

func TestStoreFindsByName(t *testing.T) {
	s := store(t, "")
	ids := map[ID]string{}
	put := func(folder, name string, quick bool) {
		one := Site{ID: NewID(), Folder: folder, Name: name, Host: "h", Quick: quick}
		ids[one.ID] = FullName(one)
		if err := s.Put(one); err != nil {
			t.Fatal(err)
		}
	}
	put("", "shop", false)
	put("old", "shop", false)
	put("a", "wiki", false)
	put("b", "mail", false)
	put("c", "mail", false)
	put("", "quick", true)
	for name, want := range map[string]string{
		"shop": "shop", "old/shop": "old/shop", "wiki": "a/wiki", "c/mail": "c/mail",
		"mail": "", "quick": "", "": "", "none": "",
	} {
		got, ok := s.ByName(name)
		if ids[got.ID] != want || ok != (want != "") {
			t.Errorf("ByName(%q) = %q, %v; want %q", name, ids[got.ID], ok, want)
		}
	}
}

func TestStoreRefuses(t *testing.T) {
	s, taken := store(t, ""), full()
	if err := s.Put(taken); err != nil {
		t.Fatal(err)
	}
	for outcome, tc := range map[string]struct {
		change func(*Site)
		want   vfs.Kind
	}{
		"a name taken": {func(x *Site) {}, vfs.KindExists},
		"no ID":        {func(x *Site) { x.ID = "" }, vfs.KindBadName},
		"no name":      {func(x *Site) { x.Name = "" }, vfs.KindBadName},
		"a bad field":  {func(x *Site) { x.Host = "a b" }, vfs.KindBadName},
	} {
		t.Run(outcome, func(t *testing.T) {
			one := full()
			tc.change(&one)
			if err := s.Put(one); vfs.KindOf(err) != tc.want {
				t.Fatal(err)
			}
			if all := s.List(); len(all) != 1 || all[0].ID != taken.ID {
				t.Fatalf("%+v", all)
			}
		})
	}
	quick := full()
	quick.Quick = true
	if err := s.Put(quick); err != nil {
		t.Fatalf("a quick connection must not need a name of its own: %v", err)
	}
}

func TestStoreLeavesEntriesItCannotUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sites.json")
	content := `{"version": 1, "sites": [
		{"id": "1", "name": "good", "host": "h", "tls": "", "user": "", "mode": ""},
		{"id": "2", "name": "evil", "host": "h\r\nDELE x", "tls": "", "user": "", "mode": ""},
		{"id": "1", "name": "twin", "host": "h", "tls": "", "user": "", "mode": ""},
		{"id": "", "name": "nobody", "host": "h", "tls": "banana", "user": "", "mode": ""}]}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s, notices, err := OpenStore(file)
	if err != nil || len(notices) != 3 {
		t.Fatal(err, notices)
	}
	if err := s.Put(full()); err != nil {
		t.Fatal(err)
	}
	if all := s.List(); len(all) != 2 || all[0].Name != "good" {
		t.Errorf("%+v", all)
	}
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"good", "evil", "twin", "nobody", "Shop"} {
		if !strings.Contains(string(after), name) {
			t.Errorf("%s is gone from the file", name)
		}
	}
}

func TestStoreOfANewerVersionIsUnsupported(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sites.json")
	if err := os.WriteFile(file, []byte(`{"version": 99, "sites": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, notices, err := OpenStore(file)
	if err != nil || len(notices) != 1 {
		t.Fatal(err, notices)
	}
	if err := s.Put(full()); vfs.KindOf(err) != vfs.KindUnsupported {
		t.Fatal(err)
	}
}

// TestAFailureNamesTheFile: a person must know which disk or folder it is about.
func TestAFailureNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sites.json")
	for want, cause := range map[vfs.Kind]error{
		vfs.KindNoSpace:     syscall.ENOSPC,
		vfs.KindPermission:  syscall.EROFS,
		vfs.KindUnsupported: jsonfile.ErrReadOnly,
	} {
		var e *vfs.Error
		if err := storeError("save site", file, fmt.Errorf("write: %w", cause)); !errors.As(err, &e) || e.Kind != want || e.Path != file {
			t.Errorf("%v became %v", cause, err)
		}
	}
}

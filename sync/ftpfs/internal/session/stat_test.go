package session

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// since returns the verbs of the commands that were sent after the first n.
func (r *rig) since(n int) string {
	var verbs []string
	for _, c := range r.Commands()[n:] {
		verbs = append(verbs, c.Verb)
	}
	return strings.Join(verbs, " ")
}

// TestStatWithoutMLST: a file costs two short commands, asked together, however
// many lie beside it; the folder above is listed for the rest alone.
func TestStatWithoutMLST(t *testing.T) {
	for outcome, tc := range map[string]struct {
		plan ftptest.Plan
		name string
		want vfs.Type // TypeUnknown for KindNotFound
		sent string   // "" is not asked for
	}{
		"a file by SIZE and MDTM":            {ftptest.Plan{}, "/dir/file", vfs.TypeFile, "SIZE MDTM"},
		"a file without MDTM":                {ftptest.Plan{Without: []string{"MDTM"}}, "/dir/file", vfs.TypeFile, "SIZE"},
		"a folder by the one above":          {ftptest.Plan{}, "/dir", vfs.TypeDir, "SIZE MDTM CWD EPSV LIST"},
		"what is not there":                  {ftptest.Plan{}, "/dir/none", vfs.TypeUnknown, "SIZE MDTM CWD EPSV LIST"},
		"without SIZE by the folder above":   {ftptest.Plan{Without: []string{"SIZE"}}, "/dir/file", vfs.TypeFile, "CWD EPSV LIST MDTM"},
		"a folder where SIZE is told of all": {ftptest.Plan{Verbs: verb("SIZE", ftptest.Reply("213 4096"))}, "/dir", vfs.TypeDir, ""},
		"SIZE in FEAT and unknown":           {ftptest.Plan{Verbs: verb("SIZE", ftptest.Reply("502 No"))}, "/dir/file", vfs.TypeFile, "CWD EPSV LIST MDTM"},
		"MLST in FEAT and unknown":           {ftptest.Plan{Verbs: verb("MLST", ftptest.Reply("500 What"))}, "/dir/file", vfs.TypeFile, "MLST SIZE SIZE MDTM"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan := tc.plan
			plan.Files = map[string]string{"/dir/file": "12345"}
			if plan.Verbs["MLST"] == nil {
				plan.Without = append(plan.Without, "MLST", "MLSD")
			}
			r := script(t, plan)
			s := r.open()
			before := len(r.Commands())
			e, err := s.Stat(t.Context(), vfs.MustParse(tc.name))
			if sent := r.since(before); tc.sent != "" && sent != tc.sent {
				t.Errorf("sent %s, want %s", sent, tc.sent)
			}
			if tc.want == vfs.TypeUnknown {
				r.wants(err, vfs.KindNotFound)
				return
			}
			r.must(err)
			if e.Type != tc.want || e.Name != vfs.MustParse(tc.name).Base() {
				t.Errorf("%+v", e)
			}
			if e.Type == vfs.TypeFile && (e.Size != 5 || e.ModTime.IsZero()) && !strings.HasSuffix(tc.sent, "SIZE") {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestMLSDRefused: named by FEAT and refused all the same; LIST is used from
// then on where it shows more.
func TestMLSDRefused(t *testing.T) {
	files := map[string]string{"/dir/file": "12345", "/empty/": ""}
	for outcome, tc := range map[string]struct {
		reply string
		dir   string
		want  vfs.Kind // KindOther for a listing of one
		again int      // MLSDs after a second listing of /dir
	}{
		"unknown, so LIST":                {"500 What", "/dir", vfs.KindOther, 1},
		"not implemented, so LIST":        {"502 No", "/dir", vfs.KindOther, 1},
		"forbidden, so LIST":              {"550 Permission denied", "/dir", vfs.KindOther, 1},
		"unclear, so LIST":                {"550 Cannot", "/dir", vfs.KindOther, 1},
		"forbidden, and LIST has nothing": {"550 Permission denied", "/empty", vfs.KindPermission, 2},
		"missing is missing":              {"550 No such directory", "/dir", vfs.KindNotFound, 2},
		"forbidden, and not there either": {"550 Permission denied", "/none", vfs.KindPermission, 2},
		"another refusal stays so":        {"451 Local error", "/dir", vfs.KindBusy, 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb("MLSD", ftptest.Reply(tc.reply)), Files: files})
			s := r.open()
			entries, err := s.List(t.Context(), vfs.MustParse(tc.dir))
			if tc.want == vfs.KindOther {
				r.must(err)
				if len(entries) != 1 || entries[0].Name != "file" || entries[0].Size != 5 {
					t.Errorf("%+v", entries)
				}
			} else {
				r.wants(err, tc.want)
			}
			_, _ = s.List(t.Context(), vfs.MustParse("/dir"))
			if n := r.Count("MLSD"); n != tc.again {
				t.Errorf("MLSD was sent %d times", n)
			}
			r.works(s)
		})
	}
}

// TestMLSDForbidden is the same by the real servers' settings.
func TestMLSDForbidden(t *testing.T) {
	opt := ftptest.Options{Deny: []string{"MLSD"}}
	for _, kind := range ftptest.Kinds() {
		if kind == ftptest.VSFTPD || kind.Cannot(opt) != "" {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, opt)
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.put("folder/file", []byte("12345"))
			for range 2 {
				entries, err := f.s.List(f.ctx, f.path("folder"))
				f.must(err)
				if len(entries) != 1 || entries[0].Name != "file" {
					t.Errorf("%+v", entries)
				}
			}
			e, err := f.s.Stat(f.ctx, f.path("folder"))
			f.must(err)
			if e.Type != vfs.TypeDir {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestStatBySTAT: vsftpd has no MLST, and tells of one name all the same.
func TestStatBySTAT(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	f := connect(t, srv, site.ModePassive, site.TLSOff)
	f.put("folder/inner", []byte("x"))
	when := time.Date(2015, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, name := range []string{"a file", ".hidden", "-la", "semi;colon", "[a]*?", "{a,b}"} {
		f.put(name, []byte("12345"))
		disk := filepath.Join(srv.Dir, name)
		f.must(os.Chmod(disk, 0o640))
		f.must(os.Chtimes(disk, when, when))
	}
	for name, target := range map[string]string{"to file": "a file", "to folder": "folder", "to nothing": "nowhere", ".to nothing": "nowhere", "to itself": "to itself", "through a file": "a file/x"} {
		f.must(os.Symlink(target, filepath.Join(srv.Dir, name)))
	}
	file := vfs.Entry{Type: vfs.TypeFile, Size: 5, HasMode: true, Mode: 0o640}
	link := vfs.Entry{Type: vfs.TypeLink}
	for name, tc := range map[string]struct {
		want  vfs.Entry
		lists bool
	}{
		"a file": {file, false}, ".hidden": {file, false}, "-la": {file, false}, "semi;colon": {file, false},
		"[a]*?":  {vfs.Entry{Type: vfs.TypeFile, Size: 5}, false},
		"{a,b}":  {vfs.Entry{Type: vfs.TypeFile, Size: 5}, false},
		"folder": {vfs.Entry{Type: vfs.TypeDir, HasMode: true, Mode: 0o755}, true},
		"none":   {vfs.Entry{}, false}, ".none": {vfs.Entry{}, false}, "no[ne]": {vfs.Entry{}, true},
		"to file": {link, false}, "to nothing": {link, false}, ".to nothing": {link, false},
		"to itself": {link, false}, "through a file": {link, false},
		"to folder": {vfs.Entry{Type: vfs.TypeLink, TargetType: vfs.TypeDir}, true},
	} {
		_, err := f.s.List(f.ctx, f.dir) // the session stands there now
		f.must(err)
		before := f.lists()
		e, err := f.s.Stat(f.ctx, f.path(name))
		if lists := f.lists() > before; lists != tc.lists {
			t.Errorf("%s: a folder was listed: %v", name, lists)
		}
		if tc.want.Type == vfs.TypeUnknown {
			f.kind(name, err, vfs.KindNotFound)
			continue
		}
		f.must(err)
		if e.Type == vfs.TypeFile && (!e.ModTime.Equal(when) || e.Accuracy != time.Second) {
			t.Errorf("%s: time %v to %v", name, e.ModTime, e.Accuracy)
		}
		got := vfs.Entry{Type: e.Type, HasMode: e.HasMode, Mode: e.Mode.Perm(), TargetType: e.TargetType}
		if e.Type == vfs.TypeFile {
			got.Size = e.Size
		}
		if e.Type == vfs.TypeLink {
			got.HasMode, got.Mode = false, fs.FileMode(0)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || e.Name != name {
			t.Errorf("%s: named %q: %s", name, e.Name, diff)
		}
	}
}

// TestSTATIsDenied: an administrator of vsftpd may do so, and what STAT would tell
// is looked up in the folder.
func TestSTATIsDenied(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{Deny: []string{"STAT"}})
	f := connect(t, srv, site.ModePassive, site.TLSOff)
	f.put("folder/inner", []byte("x"))
	f.put("file", []byte("12345"))
	link := filepath.Join(srv.Dir, "link")
	f.must(os.Symlink("nowhere", link))
	for name, want := range map[string]vfs.Type{"file": vfs.TypeFile, "folder": vfs.TypeDir, "link": vfs.TypeLink} {
		if e, err := f.s.Stat(f.ctx, f.path(name)); err != nil || e.Type != want || e.Type == vfs.TypeFile && e.Size != 5 {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	_, err := f.s.Stat(f.ctx, f.path("none"))
	f.kind("none", err, vfs.KindNotFound)
	f.finishes("a link to nothing", link, false)
	f.finishes("nothing", filepath.Join(srv.Dir, "new"), false)
	f.must(f.s.Close())
	f.reopen() // it has not asked by STAT yet
	f.finishes("a link to nothing, at first", link, false)
}

// lists counts the listings asked for.
func (f *fixture) lists() int {
	n := 0
	lines, _ := f.trace.Since(0)
	for _, l := range lines {
		if verb, _, _ := strings.Cut(l.Text, " "); l.Dir == trace.Sent && (verb == "LIST" || verb == "MLSD") {
			n++
		}
	}
	return n
}

package cli

import (
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/demo"
	"wherry/sync/ftptest"
)

// at is where a test server is, as the start of a TARGET without a
// password.
func at(scheme, user, host string, port int, home string) string {
	return fmt.Sprintf("%s://%s@%s%s", scheme, user, net.JoinHostPort(host, strconv.Itoa(port)), strings.TrimSuffix(home, "/"))
}

// tree is every file below dir with its content, folders with "dir".
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			all[filepath.ToSlash(rel)] = "dir"
			return nil
		}
		content, err := os.ReadFile(name)
		all[filepath.ToSlash(rel)] = "file " + string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func plant(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var samples = map[string]string{
	"plain.txt":                       "hello\n",
	"empty":                           "",
	"-dash [x] *.txt":                 "odd",
	"ünï cödé 'quoted' \"x\".txt":     "utf-8",
	"sub/deep/er/file.bin":            strings.Repeat("0123456789", 100_000),
	"sub/a#b %41 & c?.txt":            "escapes",
	strings.Repeat("long", 40) + ".x": "160 bytes of name",
}

// wants is what tree must find of samples.
func wants(under string) map[string]string {
	all := map[string]string{}
	for name, content := range samples {
		name = under + name
		all[name] = "file " + content
		for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
			all[filepath.ToSlash(dir)] = "dir"
		}
	}
	return all
}

// journey is the same work over any server: files go up, are seen, moved,
// changed, come back, and go.
func journeyOver(t *testing.T, h *home, base, realDir string, flags ...string) {
	t.Helper()
	here := t.TempDir()
	plant(t, filepath.Join(here, "up"), samples)
	do := func(args ...string) result { t.Helper(); return h.ok(append(flags, args...)...) }

	do("mkdir", "-p", base+"/in/here")
	do("put", filepath.Join(here, "up"), base+"/in/here")
	if diff := cmp.Diff(wants("up/"), tree(t, filepath.Join(realDir, "in", "here"))); diff != "" {
		t.Errorf("what arrived at the server: %s", diff)
	}

	var names []string
	for _, row := range lines(t, do("ls", "--json", base+"/in/here/up").out) {
		names = append(names, row["name"].(string))
		if row["name"] == "plain.txt" && (row["size"] != 6.0 || row["type"] != "file") {
			t.Errorf("plain.txt is listed as %v", row)
		}
	}
	if len(names) != 6 || !slices.IsSorted(names) {
		t.Errorf("listed: %q", names)
	}
	if out := do("ls", base+"/in/here/up/plain.txt").out; !strings.HasSuffix(out, "  plain.txt\n") || strings.Count(out, "\n") != 1 {
		t.Errorf("ls of a file: %q", out)
	}

	do("get", base+"/in/here/up", filepath.Join(here, "down"), "--connections", "2")
	if diff := cmp.Diff(wants(""), tree(t, filepath.Join(here, "down"))); diff != "" {
		t.Errorf("what came back: %s", diff)
	}

	do("mv", base+"/in/here/up/plain.txt", base+"/in/here/renamed.txt")
	do("mv", base+"/in/here/renamed.txt", base+"/in/here/up/sub")
	h.fails(exitFailed, []string{"already exists", "--exists"}, append(flags, "mv", base+"/in/here/up/empty", base+"/in/here/up/sub/renamed.txt")...)
	do("chmod", "640", base+"/in/here/up/sub/renamed.txt")
	if info, err := os.Stat(filepath.Join(realDir, "in/here/up/sub/renamed.txt")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("after chmod: %v, %v", info, err)
	}

	many := filepath.Join(here, "many")
	do("get", base+"/in/here/up/*.txt", many+"/")
	if got := len(tree(t, many)); got != 2 {
		t.Errorf("*.txt brought %d files", got)
	}
	h.fails(exitFailed, []string{"is a folder", "rm -r"}, append(flags, "rm", base+"/in/here/up/empty", base+"/in")...)
	do("rm", "-r", base+"/in")
	if left := tree(t, realDir); left["in"] != "" {
		t.Errorf("still there: %v", left)
	}
	h.fails(exitFailed, []string{"does not exist"}, append(flags, "ls", base+"/in")...)
	missing := []string{`The folder "`, `/in/deep" does not exist`, "wherry mkdir -p"}
	h.fails(exitFailed, missing, append(flags, "put", filepath.Join(here, "up", "plain.txt"), base+"/in/deep/plain.txt")...)
	h.fails(exitFailed, missing, append(flags, "mkdir", base+"/in/deep/er")...)
}

func TestEverythingOverARealServer(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind  ftptest.Kind
		opt   ftptest.Options
		flags []string
	}{
		"vsftpd with TLS":              {ftptest.VSFTPD, ftptest.Options{RequireTLS: true}, nil},
		"vsftpd in clear, active":      {ftptest.VSFTPD, ftptest.Options{}, []string{"--tls", "off", "--mode", "active"}},
		"ProFTPD with TLS, active":     {ftptest.ProFTPD, ftptest.Options{RequireTLS: true}, []string{"--mode", "active"}},
		"Pure-FTPd in clear":           {ftptest.PureFTPd, ftptest.Options{}, []string{"--tls", "off"}},
		"pyftpdlib, implicit, passive": {ftptest.PyFTPD, ftptest.Options{Implicit: true}, []string{"--tls", "implicit", "--mode", "passive"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Start(t, tc.kind, tc.opt)
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			journeyOver(t, h, at("ftp", s.User, s.Host, s.Port, s.Home), s.Dir, append(tc.flags, "--ca", s.CAFile)...)
		})
	}
}

func TestEverythingOverTheDemoServer(t *testing.T) {
	s, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	h := newHome(t, s.Password())
	t.Setenv("WHERRY_PASSWORD", s.Password())
	site := s.Site()
	journeyOver(t, h, at("ftp", site.User, site.Host, site.EffectivePort(), ""), s.Dir(), "--tls", "off")
}

// TestWhereCopiesArrive compares with what cp -r would have made.
func TestWhereCopiesArrive(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/f": "1", "/d/e/g": "2", "/x.txt": "3", "/y.txt": "4"}})
	base := at("ftp", s.User, s.Host, s.Port, "")
	for outcome, tc := range map[string]struct {
		from string
		to   string
		want map[string]string
	}{
		"a file into a folder that is there":       {base + "/x.txt", "there", map[string]string{"there": "dir", "there/x.txt": "file 3"}},
		"a file to a new name":                     {base + "/x.txt", "new", map[string]string{"there": "dir", "new": "file 3"}},
		"a file into a new folder":                 {base + "/x.txt", "new/", map[string]string{"there": "dir", "new": "dir", "new/x.txt": "file 3"}},
		"two files into a new folder":              {base + "/x.txt " + base + "/y.txt", "new", map[string]string{"there": "dir", "new": "dir", "new/x.txt": "file 3", "new/y.txt": "file 4"}},
		"a folder into one that is there":          {base + "/d", "there", map[string]string{"there": "dir", "there/d": "dir", "there/d/f": "file 1", "there/d/e": "dir", "there/d/e/g": "file 2"}},
		"a folder with a slash, all the same":      {base + "/d/", "there", map[string]string{"there": "dir", "there/d": "dir", "there/d/f": "file 1", "there/d/e": "dir", "there/d/e/g": "file 2"}},
		"the content of a folder":                  {base + "/d/.", "there", map[string]string{"there": "dir", "there/f": "file 1", "there/e": "dir", "there/e/g": "file 2"}},
		"the content of one to a new name":         {base + "/d/.", "new", map[string]string{"there": "dir", "new": "dir", "new/f": "file 1", "new/e": "dir", "new/e/g": "file 2"}},
		"a folder to a new name":                   {base + "/d", "new", map[string]string{"there": "dir", "new": "dir", "new/f": "file 1", "new/e": "dir", "new/e/g": "file 2"}},
		"the content of the login folder":          {base, "there", map[string]string{"there": "dir", "there/x.txt": "file 3", "there/y.txt": "file 4", "there/d": "dir", "there/d/f": "file 1", "there/d/e": "dir", "there/d/e/g": "file 2"}},
		"what a pattern matches":                   {base + "/?.txt", "there", map[string]string{"there": "dir", "there/x.txt": "file 3", "there/y.txt": "file 4"}},
		"a pattern of one match is a name as ever": {base + "/x*", "new", map[string]string{"there": "dir", "new": "file 3"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			dir := t.TempDir()
			plant(t, dir, map[string]string{"there/keep": ""})
			if err := os.Remove(filepath.Join(dir, "there/keep")); err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(dir, tc.to)
			if strings.HasSuffix(tc.to, "/") {
				to += "/"
			}
			h.ok(append(append([]string{"get", "--tls", "off"}, strings.Fields(tc.from)...), to)...)
			if diff := cmp.Diff(tc.want, tree(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPutNamesAsCpDoes(t *testing.T) {
	for outcome, tc := range map[string]struct {
		args []string
		want []string
	}{
		"to a new name":              {[]string{"a.txt", "/new.txt"}, []string{"/new.txt"}},
		"into the top":               {[]string{"a.txt", "/"}, []string{"/a.txt"}},
		"into the login folder":      {[]string{"a.txt", ""}, []string{"/a.txt"}},
		"into a new folder":          {[]string{"a.txt", "/new/"}, []string{"/new/a.txt"}},
		"the content of . ":          {[]string{".", "/in"}, []string{"/in/a.txt", "/in/d/b.txt"}},
		"a name that looks like one": {[]string{"ftp.example.org", "/in"}, []string{"/in/ftp.example.org"}},
		"a folder with its name":     {[]string{"d/", "/in"}, []string{"/in/d/b.txt"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/in/": ""}})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			dir := t.TempDir()
			plant(t, dir, map[string]string{"a.txt": "a", "d/b.txt": "b"})
			if tc.args[0] == "ftp.example.org" {
				plant(t, dir, map[string]string{"ftp.example.org": "x"})
			}
			t.Chdir(dir)
			tc.args[1] = at("ftp", s.User, s.Host, s.Port, "") + tc.args[1]
			h.ok(append([]string{"put", "--tls", "off"}, tc.args...)...)
			for _, name := range tc.want {
				if _, ok := s.Get(name); !ok {
					t.Errorf("%s did not arrive; / holds %q, /in %q", name, s.Names("/"), s.Names("/in"))
				}
			}
		})
	}
}

func TestWhatExistsIsKeptAndSaid(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a.txt": "new content"}})
	base := at("ftp", s.User, s.Host, s.Port, "")
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	for outcome, tc := range map[string]struct {
		rule, want string
		code       int
		event      string
	}{
		"by default":   {"", "old", exitFailed, "skipped"},
		"when asked":   {"skip", "old", exitOK, "skipped"},
		"unless asked": {"overwrite", "new content", exitOK, "done"},
		"as an answer": {"ask", "old", exitFailed, "asking"},
	} {
		t.Run(outcome, func(t *testing.T) {
			plant(t, dir, map[string]string{"a.txt": "old"})
			args := []string{"get", "--json", "--tls", "off", base + "/a.txt", dir}
			if tc.rule != "" {
				args = append(args, "--exists", tc.rule)
			}
			r := h.run(args...)
			if got := tree(t, dir)["a.txt"]; r.code != tc.code || got != "file "+tc.want {
				t.Errorf("exit %d with %q: %s%s", r.code, got, r.out, r.err)
			}
			rows := lines(t, r.out)
			if !slices.ContainsFunc(rows, func(row map[string]any) bool { return row["event"] == tc.event }) {
				t.Errorf("no event %s in %s", tc.event, r.out)
			}
		})
	}
}

func TestTransfersAsJSON(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a": "12345", "/d/b": ""}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	base := at("ftp", s.User, s.Host, s.Port, "")
	rows := lines(t, h.ok("--json", "get", base+"/d", dir, "--tls", "off").out)
	var done []map[string]any
	for _, row := range rows {
		if row["event"] == "done" {
			done = append(done, row)
		}
	}
	slices.SortFunc(done, func(a, b map[string]any) int { return strings.Compare(a["source"].(string), b["source"].(string)) })
	for _, row := range done {
		delete(row, "id")
	}
	want := []map[string]any{
		{"event": "done", "source": base + "/d/a", "target": filepath.Join(dir, "d", "a"), "bytes": 5.0, "size": 5.0, "verified": "size"},
		{"event": "done", "source": base + "/d/b", "target": filepath.Join(dir, "d", "b"), "bytes": 0.0, "size": 0.0, "verified": "size"},
	}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Error(diff)
	}
	summary := rows[len(rows)-1]
	delete(summary, "seconds")
	if diff := cmp.Diff(map[string]any{"event": "summary", "files_done": 2.0, "files_failed": 0.0, "files_skipped": 0.0, "files_left": 0.0, "paused": 0.0, "asking": 0.0, "waiting": 0.0, "later": 0.0, "bytes": 5.0}, summary); diff != "" {
		t.Error(diff)
	}
}

func TestPasswordsFromEveryPlace(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "s3cret@tide/1", Files: map[string]string{"/a": "1"}})
	base := at("ftp", s.User, s.Host, s.Port, "/")
	for outcome, tc := range map[string]func(t *testing.T, h *home) []string{
		"in the environment": func(t *testing.T, _ *home) []string {
			t.Setenv("WHERRY_PASSWORD", s.Password)
			return []string{"ls", base}
		},
		"on standard input": func(_ *testing.T, h *home) []string {
			h.stdin = s.Password + "\r\n"
			return []string{"ls", "--password-stdin", base}
		},
		"in the address, with a notice": func(*testing.T, *home) []string {
			return []string{"ls", strings.Replace(base, "@", ":"+url.PathEscape(s.Password)+"@", 1)}
		},
		"in the keychain": func(t *testing.T, h *home) []string {
			h.ok("sites", "add", "shop", base, "--tls", "off")
			h.stdin = s.Password
			h.ok("sites", "password", "shop", "--password-stdin")
			return []string{"ls", "shop:/"}
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := newHome(t, s.Password, url.PathEscape(s.Password))
			r := h.ok(append(tc(t, h), "--tls", "off")...)
			if !strings.HasSuffix(r.out, " a\n") {
				t.Errorf("listed %q", r.out)
			}
			if noticed := strings.Contains(r.err, "shell's history"); noticed != strings.HasPrefix(outcome, "in the address") {
				t.Errorf("notice: %q", r.err)
			}
		})
	}
}

func TestTheQueueKeepsWhatWasAdded(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a": "12345", "/d/b": "678"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	base := at("ftp", s.User, s.Host, s.Port, "")
	plant(t, dir, map[string]string{"up.txt": "up"})
	h.ok("sites", "add", "shop", base, "--tls", "off")
	if r := h.ok("queue", "add", "get", "shop:/d", dir); !strings.Contains(r.err, "Added 1 row") {
		t.Error(r.err)
	}
	added := lines(t, h.ok("--json", "queue", "add", "put", filepath.Join(dir, "up.txt"), base, "--tls", "off").out)
	if len(added) != 1 || added[0]["event"] != "added" || added[0]["target"] != base+"/up.txt" {
		t.Errorf("added: %v", added)
	}
	if _, err := os.Stat(filepath.Join(dir, "d")); err == nil {
		t.Error("adding transferred it")
	}
	h.ok("queue", "pause", "--all")
	listed := lines(t, h.ok("queue", "list", "--json").out)
	if len(listed) != 2 || listed[0]["state"] != "paused" || listed[0]["source"] != "shop:/d" {
		t.Errorf("listed: %v", listed)
	}
	h.ok("queue", "resume", "--all")
	h.ok("queue", "run")
	if diff := cmp.Diff(map[string]string{"up.txt": "file up", "d": "dir", "d/a": "file 12345", "d/b": "file 678"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	if got, _ := s.Get("/up.txt"); string(got) != "up" {
		t.Errorf("uploaded %q", got)
	}
	if out := h.ok("queue", "list", "--all").out; strings.Count(out, "done") != 4 {
		t.Errorf("after the run:\n%s", out)
	}
	h.ok("queue", "clear")
	if out := h.ok("queue", "list", "--all").out; out != "" {
		t.Errorf("after clear:\n%s", out)
	}
}

// leftovers fails the test where a transfer left a part, or anything at all.
func leftovers(t *testing.T, dir string) {
	t.Helper()
	for name := range tree(t, dir) {
		t.Errorf("%s was left", name)
	}
}

func TestTheTopIsNeverRemoved(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/f": "1", "/x": "2"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	base := at("ftp", s.User, s.Host, s.Port, "")
	h.ok("sites", "add", "shop", base+"/d", "--tls", "off")
	for outcome, target := range map[string]string{
		"the top": base + "/", "the login folder": base, "a site's start folder, not named": "shop:",
	} {
		t.Run(outcome, func(t *testing.T) {
			h.fails(exitUsage, []string{"top folder"}, "rm", "-r", "--tls", "off", target)
		})
	}
	if !slices.Equal(s.Names("/"), []string{"d", "x"}) {
		t.Errorf("left: %q", s.Names("/"))
	}
}

func TestTheLoginFolderGivesItsContent(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/d/f": "1", "/x": "2"},
		Verbs: map[string]ftptest.Handler{"PWD": ftptest.Reply(`257 "/d" is the current folder`)},
	})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	h.ok("get", "--tls", "off", at("ftp", s.User, s.Host, s.Port, ""), dir)
	if diff := cmp.Diff(map[string]string{"f": "file 1"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// unseenHome has the site shop, which is away until back is called, and its
// server, with the folders /in and /in/d. Its password is known to nobody.
func unseenHome(t *testing.T) (h *home, s *ftptest.Scripted, back func()) {
	t.Helper()
	s = ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/in/d/old": "old", "/e": "file e"}, User: "anna", Password: "spinnaker"})
	h = newHome(t, s.Password)
	h.ok("sites", "add", "shop", "ftp://anna@"+closedPort, "--tls", "off")
	return h, s, func() {
		h.ok("sites", "edit", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
		t.Setenv("WHERRY_PASSWORD", s.Password)
	}
}

// TestWhatOnlyTheServerKnowsNeedsIt, and its password, which is said.
func TestWhatOnlyTheServerKnowsNeedsIt(t *testing.T) {
	h, s, _ := unseenHome(t)
	h.ok("sites", "add", "lacking", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	dir := t.TempDir()
	const why = " means is known to the server alone: to add that, it has to answer, and the password is needed."
	h.fails(exitConnect, []string{"shop:/in/*" + why}, "queue", "add", "get", "shop:/in/*", dir)
	h.fails(exitLogin, []string{"lacking:/in/*" + why, "No password is known"}, "queue", "add", "get", "lacking:/in/*", dir)
	h.fails(exitLogin, []string{"lacking:" + why}, "queue", "add", "put", dir, "lacking:")
	if r := h.fails(exitLogin, nil, "get", "lacking:/in/*", dir); strings.Contains(r.err, why) {
		t.Errorf("get says %q", r.err)
	}
}

// TestTheQueueTakesUploadsForAServerThatIsAway, and they arrive where they would
// have, had it been there.
func TestTheQueueTakesUploadsForAServerThatIsAway(t *testing.T) {
	for outcome, tc := range map[string]struct {
		sources []string
		target  string
		want    map[string]string // beside /in/d/old
	}{
		"a file goes into a folder that is there":     {[]string{"f"}, "/in", map[string]string{"/in/f": "file f"}},
		"as the name of nothing":                      {[]string{"f"}, "/in/new", map[string]string{"/in/new": "file f"}},
		"to a folder with a slash":                    {[]string{"f"}, "/in/", map[string]string{"/in/f": "file f"}},
		"into one that is made":                       {[]string{"f"}, "/late/", map[string]string{"/late/f": "file f"}},
		"several make theirs":                         {[]string{"f", "g"}, "/late", map[string]string{"/late/f": "file f", "/late/g": "file g"}},
		"to the top":                                  {[]string{"f"}, "/", map[string]string{"/f": "file f"}},
		"over a file":                                 {[]string{"f"}, "/e", map[string]string{"/e": "file f"}},
		"a folder goes into one":                      {[]string{"d"}, "/in", map[string]string{"/in/d/x": "file x"}},
		"a folder goes as a new name":                 {[]string{"d"}, "/in/new", map[string]string{"/in/new/x": "file x"}},
		"a folder goes into one that is made":         {[]string{"d"}, "/late/", map[string]string{"/late/d/x": "file x"}},
		"the content of a folder goes into that name": {[]string{"d/."}, "/in/new", map[string]string{"/in/new/x": "file x"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, s, back := unseenHome(t)
			dir := t.TempDir()
			for name, content := range map[string]string{"f": "file f", "g": "file g", "d/x": "file x"} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"queue", "add", "put", "--exists", "overwrite"}
			for _, name := range tc.sources {
				args = append(args, dir+"/"+name)
			}
			h.ok(append(args, "shop:"+tc.target)...)
			back()
			h.ok("queue", "run")
			want := map[string]string{"/in/d/old": "old", "/e": "file e"}
			maps.Copy(want, tc.want)
			got := map[string]string{}
			for _, name := range []string{"/e", "/f", "/in/d/old", "/in/f", "/in/new", "/in/d/x", "/in/new/x", "/late/f", "/late/g", "/late/d/x"} {
				if content, ok := s.Get(name); ok && !strings.HasSuffix(name, "/new") || string(content) != "" {
					got[name] = string(content)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if got := slices.Compact(strings.Fields(statesOf(t, h))); !slices.Equal(got, []string{"done"}) {
				t.Errorf("the rows are %s", got)
			}
		})
	}
}

// TestNothingIsMadeOnTheServerBeforeItsTime, nor is it asked for anything.
func TestNothingIsMadeOnTheServerBeforeItsTime(t *testing.T) {
	h, s, back := unseenHome(t)
	back()
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("f"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.ok("queue", "add", "put", name, "shop:/late/", "--at", "in 3h")
	if n := s.Count("USER"); n != 0 {
		t.Errorf("there were %d logins", n)
	}
	if row := lines(t, h.ok("queue", "list", "--json").out)[0]; row["target"] != "shop:/late/f" || row["size"] != 1.0 {
		t.Errorf("the row is %v", row)
	}
}

// TestTheQueueTakesDownloadsFromAServerThatIsAway as they are typed, where only
// the server can tell what is meant not.
func TestTheQueueTakesDownloadsFromAServerThatIsAway(t *testing.T) {
	h, _, back := unseenHome(t)
	dir := t.TempDir()
	for _, arg := range []string{"shop:", "shop:/in/*"} {
		h.fails(exitConnect, []string{"does not accept connections"}, "queue", "add", "get", arg, dir)
	}
	r := h.ok("queue", "add", "get", "shop:/e", "shop:/in", "shop:/gone", dir)
	says(t, r, "does not accept connections", "taken as it is written", "Added 3 rows.")
	if n := strings.Count(r.err, "taken as it is written"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
	back()
	h.fails(exitFailed, []string{`"/gone" does not exist`}, "queue", "run")
	if diff := cmp.Diff(map[string]string{"e": "file e", "in": "dir", "in/d": "dir", "in/d/old": "old"}, content(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// content lists what is below a folder, and what is in it.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err != nil || name == dir {
			return err
		}
		at, err := filepath.Rel(dir, name)
		if all[at] = "dir"; err == nil && info.Mode().IsRegular() {
			var text []byte
			text, err = os.ReadFile(name)
			all[at] = string(text)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return all
}

// TestAddingNeedsNoPassword: it is for whoever does the work.
func TestAddingNeedsNoPassword(t *testing.T) {
	h, s, back := unseenHome(t)
	back()
	t.Setenv("WHERRY_PASSWORD", "")
	dir := t.TempDir()
	says(t, h.ok("queue", "add", "get", "shop:/e", dir), "No password is known", "Added 1 row.")
	t.Setenv("WHERRY_PASSWORD", "not-it")
	h.fails(exitLogin, nil, "queue", "add", "get", "shop:/e", dir)
	if n := s.Count("PASS"); n != 1 {
		t.Errorf("a wrong password was sent %d times", n)
	}
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("queue", "run")
	if got, err := os.ReadFile(filepath.Join(dir, "e")); err != nil || string(got) != "file e" {
		t.Errorf("there is %q, %v", got, err)
	}
}

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// linkedHome has the site shop, and a folder f here with the file a and links of
// those names.
func linkedHome(t *testing.T, links map[string]string) (h *home, s *ftptest.Scripted, dir string) {
	t.Helper()
	s = ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker"})
	h = newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	dir = t.TempDir()
	err := errors.Join(os.Mkdir(filepath.Join(dir, "f"), 0o700), os.WriteFile(filepath.Join(dir, "f", "a"), []byte("1"), 0o600))
	for name, target := range links {
		err = errors.Join(err, os.Symlink(target, filepath.Join(dir, "f", name)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return h, s, dir
}

// TestALinkThatIsLeftOutFailsNoJob of every night: it is said, and counted.
func TestALinkThatIsLeftOutFailsNoJob(t *testing.T) {
	for outcome, tc := range map[string]struct {
		flags, run []string
		says       string
	}{
		"is said":                   {nil, nil, "up: a link to a folder is not followed."},
		"in silence":                {[]string{"-q"}, nil, ""},
		"of the queue":              {[]string{"queue", "add"}, []string{"queue", "run"}, "up: a link to a folder is not followed."},
		"of the queue, in silence":  {[]string{"-q", "queue", "add"}, []string{"queue", "run", "-q"}, ""},
		"and is an event of --json": {[]string{"--json"}, nil, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, s, dir := linkedHome(t, map[string]string{"up": "."})
			r := h.ok(append(tc.flags, "put", filepath.Join(dir, "f"), "shop:/")...)
			if tc.run != nil {
				r = h.ok(tc.run...)
			}
			if !strings.Contains(r.err, tc.says) || tc.says == "" && r.err != "" {
				t.Errorf("says %q, want %q", r.err, tc.says)
			}
			if slices.Contains(tc.flags, "--json") && !strings.Contains(r.out, `"event":"skipped"`) {
				t.Errorf("without the event:\n%s", r.out)
			}
			if diff := cmp.Diff([]string{"a"}, s.Names("/f")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestALinkToNothingIsCalledThat, and not a name that was mistyped.
func TestALinkToNothingIsCalledThat(t *testing.T) {
	for outcome, target := range map[string]string{"it is missing": "gone", "it is the link itself": "dead"} {
		t.Run(outcome, func(t *testing.T) {
			h, _, dir := linkedHome(t, map[string]string{"dead": target})
			for _, r := range []result{
				h.run("put", filepath.Join(dir, "f"), "shop:/", "--exists", "skip"),
				h.run("put", filepath.Join(dir, "f", "dead"), "shop:/"),
				h.run("put", "--json", filepath.Join(dir, "f", "dead"), "shop:/"),
			} {
				text := strings.ReplaceAll(r.err+r.out, `\"`, `"`)
				if r.code != exitFailed || !strings.Contains(text, `dead" is a link that leads to nothing.`) || strings.Contains(text, "pelling") {
					t.Errorf("exit %d:\n%s", r.code, text)
				}
			}
		})
	}
}

// TestALinkOfAServerThatLeadsToNothing fails as what vsftpd calls it, and nobody is
// told to check his spelling of what he has not typed.
func TestALinkOfAServerThatLeadsToNothing(t *testing.T) {
	s := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	plant(t, s.Dir, map[string]string{"f/a": "1"})
	if err := os.Symlink("gone", filepath.Join(s.Dir, "f", "dead")); err != nil {
		t.Fatal(err)
	}
	base, dir := at("ftp", s.User, s.Host, s.Port, s.Home), t.TempDir()
	r := h.fails(exitFailed, []string{"f/dead failed", "Its folder's listing named it"}, "get", "--tls", "off", base+"/f", dir)
	if strings.Contains(r.err, "pelling") {
		t.Errorf("says\n%s", r.err)
	}
	h.fails(exitFailed, []string{"Check the spelling"}, "get", "--tls", "off", base+"/f/dead", dir)
}

// TestPartsBesideOthersAreLeftOut: `put *` meets them as a pattern does.
func TestPartsBesideOthersAreLeftOut(t *testing.T) {
	const part = "b" + ".wherry-part"
	for outcome, tc := range map[string]struct {
		names []string
		want  []string
		says  string
	}{
		"beside a file":     {[]string{"a", part, "c"}, []string{"a", "c"}, part + " was left out: it is not whole"},
		"alone":             {[]string{part}, []string{part}, ""},
		"with its like":     {[]string{part, "d.wherry-part"}, []string{part, "d.wherry-part"}, ""},
		"but not a folder":  {[]string{"a", "sub.wherry-part"}, []string{"a", "sub.wherry-part"}, ""},
		"beside none there": {[]string{"a", "c"}, []string{"a", "c"}, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, s, dir := linkedHome(t, nil)
			args := []string{"put", "-q"} // told all the same: a person, or the shell for one, has named it
			for _, name := range tc.names {
				path := filepath.Join(dir, name)
				err := os.WriteFile(path, []byte("1"), 0o600)
				if strings.HasPrefix(name, "sub") {
					err = errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
				}
				if err != nil {
					t.Fatal(err)
				}
				args = append(args, path)
			}
			r := h.ok(append(args, "shop:/in/")...)
			if !strings.Contains(r.err, tc.says) || tc.says == "" && r.err != "" {
				t.Errorf("says %q, want %q", r.err, tc.says)
			}
			got := s.Names("/in")
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMvLeavesWhatIsThereWhereThatIsAskedFor, which is no failure then.
func TestMvLeavesWhatIsThereWhereThatIsAskedFor(t *testing.T) {
	for outcome, tc := range map[string]struct {
		flags []string
		code  int
		says  string
		left  []string
	}{
		"skip":      {[]string{"--exists", "skip"}, exitOK, "skipped shop:/a: /b exists.", []string{"a", "b", "c", "d"}},
		"overwrite": {[]string{"--exists", "overwrite"}, exitOK, "", []string{"b", "c", "d"}},
		"not said":  {nil, exitFailed, `"/b" already exists`, []string{"a", "b", "c", "d"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := shopHome(t)
			h.fails(tc.code, []string{tc.says}, append(tc.flags, "mv", "shop:/a", "shop:/b")...)
			var got []string
			for _, row := range lines(t, h.ok("ls", "shop:/", "--json").out) {
				got = append(got, row["name"].(string))
			}
			if diff := cmp.Diff(tc.left, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMvIntoItselfIsCalledThat, which servers call by many names.
func TestMvIntoItselfIsCalledThat(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/sub/a": "1"}, User: "anna", Password: "spinnaker"})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	h.fails(exitUsage, []string{"shop:/d cannot be moved into itself."}, "mv", "shop:/d", "shop:/d/sub")
	h.ok("mv", "shop:/d/sub", "shop:/d/sub2")
}

// TestUsageIsSaidToScriptsInWords, as to people.
func TestUsageIsSaidToScriptsInWords(t *testing.T) {
	r := newHome(t).fails(exitUsage, nil, "put", "--json", t.TempDir(), "nosuch:/")
	row := lines(t, r.out)[0]
	if row["kind"] != "usage" || !strings.HasPrefix(row["message"].(string), "No site is saved as nosuch.") {
		t.Errorf("says %v", row)
	}
}

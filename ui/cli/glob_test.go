package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// TestAPatternLeavesOutWhatIsNotWhole: somebody may be writing to it. It is told,
// and had by its name.
func TestAPatternLeavesOutWhatIsNotWhole(t *testing.T) {
	const part = "b.bin.wherry-part"
	for outcome, tc := range map[string]struct {
		pattern string
		want    []string
		says    string
		code    int
	}{
		"of several":                 {"/d/*", []string{"a.bin", "c.bin"}, part + " was left out", exitOK},
		"of those of one beginning":  {"/d/b*", nil, part + " was left out", exitFailed},
		"named":                      {"/d/" + part, []string{part}, "", exitOK},
		"named by a pattern":         {"/d/*.wherry-part", []string{part}, "", exitOK},
		"nothing to leave out":       {"/d/[ac]*", []string{"a.bin", "c.bin"}, "", exitOK},
		"in a folder that is copied": {"/d", []string{"d"}, part + ": it is not whole yet", exitOK},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a.bin": "1", "/d/" + part: "2", "/d/c.bin": "3"}})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
			dir := t.TempDir()
			r := h.fails(tc.code, []string{tc.says}, "get", "shop:"+tc.pattern, dir)
			if tc.says == "" && strings.Contains(r.err, "left out") {
				t.Errorf("it says\n%s", r.err)
			}
			var got []string
			entries, err := os.ReadDir(dir)
			for _, e := range entries {
				got = append(got, e.Name())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s%v", diff, err)
			}
			if _, err := os.Stat(filepath.Join(dir, "d", part)); err == nil {
				t.Error("it came with its folder")
			}
			if strings.HasSuffix(tc.pattern, "part") {
				return
			}
			if h.run("rm", "shop:"+tc.pattern); !slices.Contains(s.Names("/d"), part) {
				t.Errorf("something was done with it: %q", s.Names("/d"))
			}
			if list := h.run("ls", "shop:/d/*"); !strings.Contains(list.out, part) {
				t.Errorf("it is not listed:\n%s", list.out)
			}
		})
	}
}

// TestALinkIsRemovedItself and not what it leads to, also where a folder is named
// for what it holds.
func TestALinkIsRemovedItself(t *testing.T) {
	s := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	plant(t, s.Dir, map[string]string{"kept/a": "1"})
	base := at("ftp", s.User, s.Host, s.Port, s.Home)
	for _, arg := range []string{"/link", "/lin*"} {
		if err := os.Symlink("kept", filepath.Join(s.Dir, "link")); err != nil {
			t.Fatal(err)
		}
		h.ok("rm", "--tls", "off", base+arg)
		if _, err := os.Lstat(filepath.Join(s.Dir, "link")); err == nil {
			t.Errorf("%s: the link is there still", arg)
		}
		if diff := cmp.Diff(map[string]string{"kept": "dir", "kept/a": "file 1"}, tree(t, s.Dir)); diff != "" {
			t.Errorf("%s: %s", arg, diff)
		}
	}
}

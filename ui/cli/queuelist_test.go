package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mixedHome has a queue of two done rows (1, 2), a failed one (3) and two that
// wait, of which 5 is a folder that nobody has read.
func mixedHome(t *testing.T) *home {
	t.Helper()
	h := shopHome(t)
	for _, name := range []string{"/a", "/b"} {
		h.ok("queue", "add", "get", "shop:"+name, t.TempDir())
		h.ok("queue", "run")
	}
	gone := filepath.Join(t.TempDir(), "gone")
	if err := os.WriteFile(gone, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.ok("queue", "add", "put", gone, "shop:/")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if r := h.run("queue", "run", "--retries", "0"); r.code != exitFailed {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	h.ok("queue", "add", "get", "shop:/c", t.TempDir())
	h.ok("queue", "add", "put", t.TempDir(), "shop:/")
	return h
}

// TestTheListShowsWhatMatters: a person sees what is left and what failed, and
// is told what is not shown; a script gets every row.
func TestTheListShowsWhatMatters(t *testing.T) {
	h := mixedHome(t)
	for outcome, tc := range map[string]struct {
		args string
		want string // the rows, in order
		says []string
	}{
		"what is left and what failed":    {"", "3 4 5", []string{"2 rows are not listed that are done or skipped; --done or --all"}},
		"the first of them":               {"--limit 2", "3 4", []string{"1 more row of these is left out; --limit 0"}},
		"all of them":                     {"--limit 0", "3 4 5", nil},
		"every row":                       {"--all", "1 2 3 4 5", nil},
		"the first rows of all":           {"--all --limit 1", "1", []string{"4 more rows of these are left out"}},
		"what failed":                     {"--failed", "3", nil},
		"what is left":                    {"--left", "4 5", nil},
		"what is done":                    {"--done --limit 1", "2", []string{"1 more row"}},
		"states by name":                  {"--state done,failed", "1 2 3", nil},
		"states by name, said one by one": {"--state done --state waiting", "1 2 4 5", nil},
		"a search is in all states":       {"--find /A", "1", nil},
		"a script gets every row":         {"--json", "1 2 3 4 5", nil},
		"a script gets all at 0":          {"--json --limit 0", "1 2 3 4 5", nil},
		"a script gets as many as asked":  {"--json --limit 3", "1 2 3", nil},
		"a script chooses":                {"--json --left", "4 5", nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			h.t = t
			r := h.ok(append([]string{"queue", "list"}, strings.Fields(tc.args)...)...)
			var got []string
			if strings.Contains(tc.args, "--json") {
				for _, row := range lines(t, r.out) {
					got = append(got, fmt.Sprint(row["id"]))
				}
			} else {
				for line := range strings.Lines(r.out) {
					if line[0] != ' ' {
						got = append(got, strings.Fields(line)[0])
					}
				}
			}
			if text := strings.Join(got, " "); text != tc.want {
				t.Errorf("lists %s, want %s:\n%s", text, tc.want, r.out)
			}
			for _, part := range tc.says {
				if !strings.Contains(r.err, part) {
					t.Errorf("does not say %q:\n%s", part, r.err)
				}
			}
			if len(tc.says) == 0 && strings.Contains(r.err, "left out") {
				t.Errorf("says\n%s", r.err)
			}
		})
	}
}

// TestAFolderThatNobodyReadHasNoSize yet: nobody knows its entries.
func TestAFolderThatNobodyReadHasNoSize(t *testing.T) {
	h := mixedHome(t)
	if row := lines(t, h.ok("queue", "list", "--json", "--left").out)[1]; row["type"] != "dir" || row["size"] != nil {
		t.Errorf("the folder is %v", row)
	}
	if out := h.ok("queue", "list").out; strings.Contains(out, "0 entries") {
		t.Errorf("the list is\n%s", out)
	}
}

func TestTheListSaysWhatItTakes(t *testing.T) {
	h := shopHome(t)
	for args, says := range map[string]string{
		"--limit -1":     "0 for all",
		"--state lost":   "waiting asking",
		"--state ''":     "waiting asking",
		"--left --all":   "choose one of",
		"--done --state": "argument",
	} {
		h.fails(exitUsage, []string{says}, append([]string{"queue", "list"}, strings.Fields(args)...)...)
	}
}

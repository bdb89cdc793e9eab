package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestASkipByTheChosenRuleIsNoFailure and is told in words, now and in the list.
func TestASkipByTheChosenRuleIsNoFailure(t *testing.T) {
	for rule, want := range map[string]string{
		"newer": "the target is newer",
		"skip":  "the target is there already",
	} {
		t.Run(rule, func(t *testing.T) {
			h, _ := askingHome(t)
			h.ok("queue", "answer", "--all", rule)
			for _, r := range []result{h.ok("queue", "run"), h.ok("queue", "list", "--all"), h.ok("queue", "list", "--state", "skipped", "--json")} {
				text := r.out + r.err
				if !strings.Contains(text, want) || strings.Contains(text, "went wrong") || strings.Contains(text, "--exists overwrite, newer") {
					t.Errorf("does not say %q, or says too much:\n%s", want, text)
				}
			}
			for _, row := range lines(t, h.ok("queue", "list", "--all", "--json").out) {
				if kind, ok := row["kind"]; ok {
					t.Errorf("what was skipped by rule has the kind %v of a failure", kind)
				}
			}
		})
	}
}

// TestWhatCannotBeResumedIsSaid in words that help, under --quiet too. It is against
// the wish of who asked for that, and no script is to take it for done.
func TestWhatCannotBeResumedIsSaid(t *testing.T) {
	for outcome, tc := range map[string]struct {
		code               int
		holds, says, aloud string // aloud is without --quiet
	}{
		"the target is longer": {exitFailed, "here before", "a: the target has other contents, so it cannot be resumed, and stays as it is. --exists overwrite or rename copies it", "has other contents"},
		"both are as long":     {exitOK, "x", "", "was not compared"},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, dir := shopHome(t), t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a"), []byte(tc.holds), 0o600); err != nil {
				t.Fatal(err)
			}
			r := h.fails(tc.code, nil, "get", "-q", "--exists", "resume", "shop:/a", dir)
			if !strings.Contains(r.err, tc.says) || (r.err == "") != (tc.says == "") {
				t.Errorf("says %q, want %q", r.err, tc.says)
			}
			r = h.fails(tc.code, nil, "get", "--exists", "resume", "shop:/a", dir)
			if !strings.Contains(r.err, tc.aloud) || !strings.Contains(r.out, "1 skipped") {
				t.Errorf("says %q, %q", r.err, r.out)
			}
		})
	}
}

// TestWhatIsTheSameIsCounted and not told file by file.
func TestWhatIsTheSameIsCounted(t *testing.T) {
	h, dir := shopHome(t), t.TempDir()
	h.ok("get", "shop:/a", dir)
	r := h.ok("get", "--exists", "different", "shop:/a", dir)
	if r.err != "" || !strings.Contains(r.out, "1 skipped") {
		t.Errorf("says %q, %q", r.err, r.out)
	}
}

// TestWhatCouldNotBeResumedIsAddedAgain, as the words for it advise.
func TestWhatCouldNotBeResumedIsAddedAgain(t *testing.T) {
	h, dir := askingHome(t)
	h.ok("queue", "answer", "--all", "resume")
	h.fails(exitFailed, []string{"Adding it again with --exists overwrite"}, "queue", "run")
	h.ok("queue", "add", "get", "shop:/a", dir, "--exists", "overwrite")
	h.ok("queue", "run")
	if got, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(got) != "1" {
		t.Errorf("a holds %q, %v", got, err)
	}
}

// TestHowToCopyWhatExistsIsSaidOnce: there may be 100,000 files of that.
func TestHowToCopyWhatExistsIsSaidOnce(t *testing.T) {
	h, dir := shopHome(t), t.TempDir()
	h.ok("get", "shop:/a", "shop:/b", "shop:/c", dir)
	r := h.fails(exitFailed, nil, "get", "shop:/a", "shop:/b", "shop:/c", dir)
	if strings.Count(r.err, "wherry: skipped shop:/") != 3 || strings.Count(r.err, "--exists overwrite") != 1 {
		t.Errorf("says\n%s", r.err)
	}
}

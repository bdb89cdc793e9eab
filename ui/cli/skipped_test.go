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
		"newer":  "the target is newer",
		"resume": "the target has other contents",
		"skip":   "the target is there already",
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
		})
	}
}

// TestWhatCannotBeResumedIsSaid in words that help, under --quiet too.
func TestWhatCannotBeResumedIsSaid(t *testing.T) {
	for outcome, tc := range map[string]struct {
		holds, says, aloud string // aloud is without --quiet
	}{
		"the target is longer": {"here before", "a: the target has other contents, so it cannot be resumed, and stays as it is. --exists overwrite or rename copies it", "has other contents"},
		"both are as long":     {"x", "", "was not compared"},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, dir := shopHome(t), t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a"), []byte(tc.holds), 0o600); err != nil {
				t.Fatal(err)
			}
			r := h.ok("get", "-q", "--exists", "resume", "shop:/a", dir)
			if !strings.Contains(r.err, tc.says) || (r.err == "") != (tc.says == "") {
				t.Errorf("says %q, want %q", r.err, tc.says)
			}
			r = h.ok("get", "--exists", "resume", "shop:/a", dir)
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
	h.fails(exitOK, []string{"Adding it again with --exists overwrite"}, "queue", "run")
	h.ok("queue", "add", "get", "shop:/a", dir, "--exists", "overwrite")
	h.ok("queue", "run")
	if got, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(got) != "1" {
		t.Errorf("a holds %q, %v", got, err)
	}
}

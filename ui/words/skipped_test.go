package words_test

import (
	"strings"
	"testing"

	"wherry/ui/words"
)

func TestASkipIsToldInWords(t *testing.T) {
	for outcome, tc := range map[string]struct {
		reason, want string
		byRule       bool
	}{
		"by the rule to skip":        {"skip", "is there already", true},
		"the target is newer":        {"newer", "the target is newer", true},
		"nobody tells its time":      {"undated", "a time is not known", true},
		"both are alike":             {"same", "is the same", true},
		"resume found other bytes":   {"different", "has other contents", true},
		"resume found one as long":   {"long", "was not compared", true},
		"resume cannot be done":      {"resume", "cannot be resumed", true},
		"for what the source is":     {"a link to a folder is not followed", "a link to a folder is not followed", false},
		"no control of the terminal": {"a\x1b[2Jb", "a", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			why, byRule := words.Skipped(tc.reason)
			if !strings.Contains(why, tc.want) || byRule != tc.byRule || strings.ContainsRune(why, 0x1b) {
				t.Errorf("%q, %v", why, byRule)
			}
		})
	}
}

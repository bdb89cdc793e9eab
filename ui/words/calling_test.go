package words_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
	"wherry/ui/words"
)

func TestCalling(t *testing.T) {
	long := "/" + strings.Repeat("a long folder/", 40) + "x"
	for name, c := range map[string]struct {
		kind    vfs.Kind
		path    string
		message string
		want    string
	}{
		"a sentence that leads with the path begins with what happened": {
			vfs.KindPermission, "/a/b", "create /a/b: permission denied: 550 No way.", `Permission denied: the server answered "550 No way."`,
		},
		"one about the path names its part in the copy": {vfs.KindNotFound, "/a/b", "", "The target does not exist."},
		"one that names it later, too":                  {vfs.KindNoSpace, "/a/b", "", "There is no space left for the target."},
		"a path that is too long to be shown whole":     {vfs.KindExists, long, "", "The target already exists."},
		"a host stays": {vfs.KindTimeout, "ftp.example.org", "", "ftp.example.org did not answer in time."},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.path
			if !strings.HasPrefix(path, "/") {
				path = "/other"
			}
			got := words.OfKind(c.kind, c.path, c.message, words.Window).Calling(path, "the target").Title
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALongTextEndsWithAWord(t *testing.T) {
	features := strings.Repeat("X-EXTENSION-NUMBER-7, ", 40)
	if got := words.Safe(features); !strings.HasSuffix(got, "NUMBER-7…") {
		t.Errorf("it ends with %q", got[len(got)-30:])
	}
	if got := words.Safe(strings.Repeat("ä", 400)); len(got) < 290 {
		t.Errorf("one without blanks keeps only %d bytes", len(got))
	}
	reply := vfs.Error{Path: "/a", Kind: vfs.KindOther, Reply: "550 " + features}
	if got := words.Of(&reply, words.Window).Title; !strings.HasSuffix(got, `NUMBER-7…"`) {
		t.Errorf("the sentence ends with %q", got[len(got)-30:])
	}
}

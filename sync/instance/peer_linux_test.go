package instance

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolderWithALongNameIsClaimedToo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	_, told := first(t, dir, nil)
	if _, err := Claim(t.Context(), dir, []byte("hello")); !errors.Is(err, ErrTold) {
		t.Fatal(err)
	}
	if got := <-told; got != "hello" {
		t.Errorf("told %q", got)
	}
}

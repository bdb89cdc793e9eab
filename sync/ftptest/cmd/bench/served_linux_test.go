package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatusIsReadBehindAnyName(t *testing.T) {
	const rest = " 7 7 7 0 -1 4194560 118 0 0 0 3 5 20 40 20 0 1 0 12 0 0"
	for outcome, tc := range map[string]struct {
		text string
		want status
		bad  bool
	}{
		"a plain name":                    {text: "9 (vsftpd) S" + rest, want: status{'S', 7, 68}},
		"a name with brackets and blanks": {text: "9 (a) b) (c) Z" + rest, want: status{'Z', 7, 68}},
		"cut off":                         {text: "9 (vsftpd) S 7 7", bad: true},
		"empty":                           {text: "", bad: true},
		"no number":                       {text: "9 (vsftpd) S x" + rest[2:], bad: true},
	} {
		got, err := parseStatus([]byte(tc.text))
		if (err != nil) != tc.bad {
			t.Errorf("%s: %v", outcome, err)
		}
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(status{})); err == nil && diff != "" {
			t.Errorf("%s: %s", outcome, diff)
		}
	}
}

func TestOnlyWhatBeganBelowIsTheServers(t *testing.T) {
	all := map[int]status{1: {parent: 0}, 10: {parent: 1}, 20: {parent: 10}, 30: {parent: 20}, 40: {parent: 1}, 50: {parent: 60}, 60: {parent: 50}}
	for id, want := range map[int]bool{20: true, 30: true, 10: false, 40: false, 50: false} {
		if got := below(all, id, 10); got != want {
			t.Errorf("process %d: %v", id, got)
		}
	}
}

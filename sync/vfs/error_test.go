package vfs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

func TestKindOf(t *testing.T) {
	inner := &vfs.Error{Op: "open", Kind: vfs.KindNotFound}
	for outcome, tc := range map[string]struct {
		err  error
		want vfs.Kind
	}{
		"nil":                     {nil, vfs.KindOther},
		"an unknown error":        {errors.New("x"), vfs.KindOther},
		"its own":                 {inner, vfs.KindNotFound},
		"wrapped":                 {fmt.Errorf("while: %w", inner), vfs.KindNotFound},
		"joined":                  {errors.Join(errors.New("x"), inner), vfs.KindNotFound},
		"the outer one counts":    {&vfs.Error{Kind: vfs.KindLost, Err: inner}, vfs.KindLost},
		"a cancelled context":     {context.Canceled, vfs.KindCancelled},
		"a passed deadline":       {fmt.Errorf("x: %w", context.DeadlineExceeded), vfs.KindTimeout},
		"a kind before a context": {&vfs.Error{Kind: vfs.KindLost, Err: context.Canceled}, vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := vfs.KindOf(tc.err); got != tc.want {
				t.Fatalf("%v, want %v", got, tc.want)
			}
		})
	}
}

func TestKindWordsComeBack(t *testing.T) {
	seen := map[string]vfs.Kind{}
	for k := vfs.KindOther; k <= vfs.KindOutside; k++ {
		word := k.String()
		if other, taken := seen[word]; taken || word == "" {
			t.Errorf("kinds %d and %d have the word %q", k, other, word)
		}
		seen[word] = k
		if vfs.ParseKind(word) != k {
			t.Errorf("%q is read as %v", word, vfs.ParseKind(word))
		}
	}
	if vfs.ParseKind("never heard of") != vfs.KindOther || vfs.Kind(200).String() != "other" {
		t.Error("what is unknown is not other")
	}
}

func TestTemporaryIsWhatWaitingCanHelp(t *testing.T) {
	for _, k := range []vfs.Kind{vfs.KindTimeout, vfs.KindLost, vfs.KindRefused, vfs.KindBusy, vfs.KindSize, vfs.KindHash, vfs.KindHost, vfs.KindNoData, vfs.KindChanged} {
		if !k.Temporary() {
			t.Errorf("%v is not tried again", k)
		}
	}
	for _, k := range []vfs.Kind{vfs.KindOther, vfs.KindNotFound, vfs.KindPermission, vfs.KindNoSpace, vfs.KindCancelled, vfs.KindLogin, vfs.KindCert, vfs.KindTLS, vfs.KindBadName, vfs.KindOutside} {
		if k.Temporary() {
			t.Errorf("%v is tried again by itself", k)
		}
	}
}

func TestErrorIsOneSafeLine(t *testing.T) {
	raw := "a\x1b[2J\r\nb"
	for outcome, tc := range map[string]struct {
		err  *vfs.Error
		want string
	}{
		"all that is known": {
			&vfs.Error{Op: "open", Path: "/a b", Kind: vfs.KindPermission, Reply: "550 no", Err: errors.New("cause")},
			"open /a b: permission: 550 no: cause",
		},
		"only what and how":     {&vfs.Error{Op: "close", Kind: vfs.KindLost}, "close: connection_lost"},
		"a hostile path":        {&vfs.Error{Op: "open", Path: raw}, `open a\u{001b}[2J\u{000d}\u{000a}b: other`},
		"a hostile reply":       {&vfs.Error{Op: "open", Reply: raw}, `open: other: a\u{001b}[2J\u{000d}\u{000a}b`},
		"a hostile cause":       {&vfs.Error{Op: "open", Err: &fs.PathError{Op: "x", Path: raw, Err: fs.ErrExist}}, `open: other: x a\u{001b}[2J\u{000d}\u{000a}b: file already exists`},
		"a cause of our own":    {&vfs.Error{Op: "open", Err: &vfs.Error{Op: "stat", Path: raw}}, `open: other: stat a\u{001b}[2J\u{000d}\u{000a}b: other`},
		"a wrapped one besides": {&vfs.Error{Op: "open", Err: fmt.Errorf("%s: %w", raw, &vfs.Error{Op: "stat"})}, `open: other: a\u{001b}[2J\u{000d}\u{000a}b: stat: other`},
	} {
		t.Run(outcome, func(t *testing.T) {
			got := tc.err.Error()
			if got != tc.want {
				t.Fatalf("%q, want %q", got, tc.want)
			}
			if strings.ContainsAny(got, "\x1b\r\n") {
				t.Fatalf("%q steers a terminal", got)
			}
			if tc.err.Err != nil && !errors.Is(tc.err, tc.err.Err) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestTypesAndFolders(t *testing.T) {
	for typ, word := range map[vfs.Type]string{
		vfs.TypeFile: "file", vfs.TypeDir: "dir", vfs.TypeLink: "link", vfs.TypeOther: "other", vfs.TypeUnknown: "other",
	} {
		if typ.String() != word {
			t.Errorf("%d is %q, want %q", typ, typ, word)
		}
	}
	for outcome, tc := range map[string]struct {
		e    vfs.Entry
		want bool
	}{
		"a folder":         {vfs.Entry{Type: vfs.TypeDir}, true},
		"a linked folder":  {vfs.Entry{Type: vfs.TypeLink, TargetType: vfs.TypeDir}, true},
		"a linked file":    {vfs.Entry{Type: vfs.TypeLink, TargetType: vfs.TypeFile}, false},
		"a link elsewhere": {vfs.Entry{Type: vfs.TypeLink}, false},
		"a file":           {vfs.Entry{Type: vfs.TypeFile, TargetType: vfs.TypeDir}, false},
	} {
		if tc.e.IsDir() != tc.want {
			t.Errorf("%s: %v, want %v", outcome, !tc.want, tc.want)
		}
	}
}

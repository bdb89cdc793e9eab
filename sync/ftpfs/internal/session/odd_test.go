package session

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// everything uses all that a pane and a transfer use, and proves what comes of
// it.
func (r *rig) everything(s *Session) {
	r.t.Helper()
	ctx := r.t.Context()
	r.must(write(ctx, s, "/d/up", "content"))
	got, err := read(ctx, s, "/d/up")
	r.must(err)
	entries, err := s.List(ctx, vfs.MustParse("/d"))
	r.must(err)
	if got != "content" || len(entries) != 1 || entries[0].Name != "up" || entries[0].Size != 7 {
		r.t.Fatalf("read %q, listed %+v", got, entries)
	}
	e, err := s.Stat(ctx, vfs.MustParse("/d/up"))
	r.must(err)
	if e.Type != vfs.TypeFile || e.Size != 7 {
		r.t.Fatalf("%+v", e)
	}
	_, err = s.Stat(ctx, vfs.MustParse("/d/none"))
	r.wants(err, vfs.KindNotFound)
	if kind := vfs.KindOf(s.SetTime(ctx, vfs.MustParse("/d/up"), time.Unix(1e9, 0))); kind != vfs.KindOther && kind != vfs.KindUnsupported {
		r.t.Fatalf("the time: %v", kind)
	}
	r.must(s.Rename(ctx, vfs.MustParse("/d/up"), vfs.MustParse("/d/renamed")))
	r.must(s.Mkdir(ctx, vfs.MustParse("/d/e")))
	r.must(s.RemoveDir(ctx, vfs.MustParse("/d/e")))
	r.must(s.Remove(ctx, vfs.MustParse("/d/renamed")))
	if r.Sessions() != 1 {
		r.t.Errorf("%d sessions", r.Sessions())
	}
}

// TestOldServers: whatever an old server does not know, the rest works.
func TestOldServers(t *testing.T) {
	all := []string{"FEAT", "SIZE", "MDTM", "MFMT", "REST", "EPSV", "EPRT", "OPTS", "SYST", "MLST", "MLSD", "SITE", "STAT"}
	cases := map[string][]string{"all of it": all}
	for _, verb := range all {
		cases["no "+verb] = []string{verb}
	}
	for outcome, without := range cases {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Without: without, Files: map[string]string{"/d/": "", "/f": "0123456789"}})
			s := r.open()
			r.everything(s)
			// A resumed download is refused clearly, or works.
			from, err := s.Read(t.Context(), vfs.MustParse("/f"), 4)
			if err == nil {
				var rest bytes.Buffer
				_, copied := io.Copy(&rest, from)
				r.must(errors.Join(copied, from.Close()))
				if rest.String() != "456789" {
					t.Errorf("read %q", rest.String())
				}
				return
			}
			r.wants(err, vfs.KindUnsupported)
			if f := s.Facts(); f.REST || f.Features.ResumeRead || f.Features.ResumeWrite {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestFEATThatLies: each word of it may be untrue, by each code for that. The
// work is done all the same where there is another way, and Facts no longer say
// so.
func TestFEATThatLies(t *testing.T) {
	for _, code := range []string{"500 What?", "502 Not here", "504 Not so"} {
		for _, word := range []string{"SIZE", "MDTM", "MFMT", "REST", "EPSV", "EPRT", "OPTS", "MLST", "MLSD", "SYST"} {
			t.Run(word+" "+code, func(t *testing.T) {
				t.Parallel()
				r := script(t, ftptest.Plan{Verbs: verb(word, ftptest.Reply(code)), Files: map[string]string{"/d/": "", "/f": "0123456789"}})
				s := r.open()
				r.everything(s)
				_, err := s.Read(t.Context(), vfs.MustParse("/f"), 4)
				if word == "REST" {
					r.wants(err, vfs.KindUnsupported)
				} else if err != nil {
					t.Error(err)
				}
				f := s.Facts()
				named := map[string]bool{"SIZE": f.SIZE, "MFMT": f.MFMT, "REST": f.REST, "MLST": f.MLSD, "MLSD": f.MLSD}
				if named[word] {
					t.Errorf("%s is still believed in", word)
				}
			})
		}
	}
}

// TestOddPWD: the folder is found where it can be, and the root is a home too.
func TestOddPWD(t *testing.T) {
	for outcome, tc := range map[string]struct{ reply, want string }{
		"no quotes":                  {"257 /home/a", "/home/a"},
		"no quotes, words behind":    {"257 /home/a is the current folder", "/home/a"},
		"no quotes, spaces within":   {"257 /home/b c is current", "/home/b c"},
		"no quotes, nowhere":         {"257 /else is the current folder", "/"},
		"no quotes, many words":      {"257 /x" + strings.Repeat(" y", 100), "/"},
		"words before the quotes":    {`257 The folder is "/home/a" now`, "/home/a"},
		"several lines":              {"257-Here\n257 \"/home/a\" it is", "/home/a"},
		"text alone":                 {"257 you know where", "/"},
		"nothing":                    {"257", "/"},
		"another code":               {`250 "/home/a"`, "/"},
		"refused":                    {"502 No", "/"},
		"a control character":        {"257 \"/home/\x01\"", "/home/\x01"},
		"a Windows folder":           {`257 "C:\home"`, "/"},
		"quotes within":              {`257 "/home/say ""ahoy""" is it`, `/home/say "ahoy"`},
		"an end that never comes":    {`257 "/home/a`, "/"},
		"more quotes behind the end": {`257 "/home/a" is "it"`, "/home/a"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb("PWD", ftptest.Reply(tc.reply)), Files: map[string]string{"/home/a/": "", "/home/b c/": "", "/d/": ""}})
			s := r.open()
			if home := s.Facts().Home.String(); home != tc.want {
				t.Errorf("home is %q", home)
			}
			r.everything(s)
		})
	}
}

package session

import (
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestPRET: a distributed server is told what comes, before it names a port.
func TestPRET(t *testing.T) {
	ok := ftptest.Reply("200 OK, planning for that")
	get := func(r *rig, s *Session) error { _, err := read(r.t.Context(), s, "/f"); return err }
	for outcome, tc := range map[string]struct {
		feat     []string
		greeting string
		verbs    map[string]ftptest.Handler
		do       func(r *rig, s *Session) error
		want     vfs.Kind
		sent     string
	}{
		"a download": {[]string{"PRET"}, "", verb("PRET", ok), get, vfs.KindOther, "PRET RETR /f, EPSV, RETR /f"},
		"an upload": {[]string{"PRET"}, "", verb("PRET", ok), func(r *rig, s *Session) error {
			return write(r.t.Context(), s, "/up", "x")
		}, vfs.KindOther, "PRET STOR /up, EPSV, STOR /up"},
		"behind an offset": {[]string{"PRET", "SIZE"}, "", verb("PRET", ok), func(r *rig, s *Session) error {
			w, err := s.Write(r.t.Context(), vfs.MustParse("/f"), 1)
			if err != nil {
				return err
			}
			return w.Commit()
		}, vfs.KindOther, "SIZE /f, PRET APPE /f, EPSV, APPE /f"},
		"a listing by LIST": {[]string{"PRET"}, "", verb("PRET", ok), func(r *rig, s *Session) error {
			_, err := s.List(r.t.Context(), vfs.Root())
			return err
		}, vfs.KindOther, "CWD /, PRET LIST, EPSV, LIST"},
		"a listing by MLSD": {[]string{"PRET", "MLST type*;size*;modify*;UNIX.mode*;"}, "", verb("PRET", ok), func(r *rig, s *Session) error {
			_, err := s.List(r.t.Context(), vfs.Root())
			return err
		}, vfs.KindOther, "PRET MLSD /, EPSV, MLSD /"},
		"each way to a port anew": {
			[]string{"PRET"},
			"",
			map[string]ftptest.Handler{"PRET": ok, "RETR": ftptest.InTurn(ftptest.Reply("425 Not there"))},
			get, vfs.KindOther,
			"PRET RETR /f, EPSV, RETR /f, PRET RETR /f, PASV, RETR /f",
		},
		"a file that is not there": {[]string{"PRET"}, "", verb("PRET", ftptest.Reply("550 No such file")), get, vfs.KindNotFound, "PRET RETR /f"},
		"named and unknown":        {[]string{"PRET"}, "", verb("PRET", ftptest.Reply("500 What")), get, vfs.KindOther, "PRET RETR /f, EPSV, RETR /f"},
		"not named":                {[]string{"TVFS"}, "", verb("PRET", ok), get, vfs.KindOther, "EPSV, RETR /f"},
		"Pure-FTPd needs none":     {[]string{"PRET"}, "220 Welcome to Pure-FTPd", verb("PRET", ok), get, vfs.KindOther, "EPSV, RETR /f"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{"FEAT": feat(tc.feat...)}, Files: map[string]string{"/f": "x"}}
			if tc.greeting != "" {
				plan.Greeting = ftptest.Reply(tc.greeting)
			}
			for v, h := range tc.verbs {
				plan.Verbs[v] = h
			}
			r := script(t, plan)
			s := r.open()
			n := len(r.Commands())
			r.wants(tc.do(r, s), tc.want)
			var sent []string
			for _, c := range r.Commands()[n:] {
				sent = append(sent, c.String())
			}
			if got := strings.Join(sent, ", "); got != tc.sent {
				t.Errorf("sent %s", got)
			}
			if outcome == "named and unknown" {
				r.must(get(r, s))
				if r.Count("PRET") != 1 {
					t.Errorf("%d PRET", r.Count("PRET"))
				}
			}
		})
	}
}

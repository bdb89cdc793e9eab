package session

import (
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestSmallServers: answers that are not quite the standard's, and what they
// mean all the same.
func TestSmallServers(t *testing.T) {
	f, d := vfs.MustParse("/f"), vfs.MustParse("/d")
	done := func(text string) ftptest.Handler { return ftptest.InTurn(ftptest.Reply(text)) }
	stat := func(s *Session) error {
		e, err := s.Stat(t.Context(), f)
		if err == nil && (e.Size != 5 || e.Type != vfs.TypeFile) {
			t.Errorf("%+v", e)
		}
		return err
	}
	rename := func(s *Session) error { return s.Rename(t.Context(), f, vfs.MustParse("/g")) }
	for outcome, tc := range map[string]struct {
		verb string
		h    ftptest.Handler
		do   func(*Session) error
		want vfs.Kind
	}{
		"250 for MKD":                     {"MKD", done("250 Made"), func(s *Session) error { return s.Mkdir(t.Context(), d) }, vfs.KindOther},
		"200 for DELE":                    {"DELE", done("200 Gone"), func(s *Session) error { return s.Remove(t.Context(), f) }, vfs.KindOther},
		"200 for RMD":                     {"RMD", done("200 Gone"), func(s *Session) error { return s.RemoveDir(t.Context(), d) }, vfs.KindOther},
		"200 for RNTO":                    {"RNTO", done("200 Renamed"), rename, vfs.KindOther},
		"300 is no end":                   {"DELE", done("300 Are you sure?"), func(s *Session) error { return s.Remove(t.Context(), f) }, vfs.KindProtocol},
		"a refused RNFR is about the old": {"RNFR", done("550 Permission denied"), rename, vfs.KindPermission},
		"a refused RNTO is about the new": {"RNTO", done("550 Permission denied"), rename, vfs.KindExists},
		"MLST of one line":                {"MLST", ftptest.Reply("250 Here it is"), stat, vfs.KindOther},
		"MLST without a fact":             {"MLST", ftptest.Reply("250-\n\n250 "), stat, vfs.KindOther},
		"MLST of the top, unreadable":     {"MLST", ftptest.Reply("250 Here it is"), func(s *Session) error { _, err := s.Stat(t.Context(), vfs.Root()); return err }, vfs.KindOther},
		"a size in words":                 {"SIZE", ftptest.Reply("213 many"), nil, vfs.KindOther},
		"a size below nothing":            {"SIZE", ftptest.Reply("213 -5"), nil, vfs.KindOther},
		"a size beyond numbers":           {"SIZE", ftptest.Reply("213 99999999999999999999"), nil, vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb(tc.verb, tc.h), Files: map[string]string{"/f": "12345", "/g": "other"}})
			s := r.open()
			if tc.do != nil {
				r.wants(tc.do(s), tc.want)
			}
			r.works(s)
		})
	}
}

// TestNoRoomAtTYPE is no room, and no fault of the type.
func TestNoRoomAtTYPE(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("TYPE", ftptest.Reply("421 Service not available"))})
	_, err := Open(t.Context(), r.conf)
	r.wants(err, vfs.KindBusy)
}

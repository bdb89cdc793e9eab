package session

import (
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestUnclearMLST: what is not there is told from what a server could not say at
// the moment.
func TestUnclearMLST(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answers []ftptest.Handler // the server's own follows
		name    string
		want    vfs.Kind
		asked   int
	}{
		"not there":                       {nil, "/none", vfs.KindNotFound, 1},
		"not there, as Pure-FTPd says it": {[]ftptest.Handler{ftptest.Reply("550 Can't check for file existence")}, "/f", vfs.KindNotFound, 1},
		"later, by 450":                   {[]ftptest.Handler{ftptest.Reply("450 Try again later")}, "/f", vfs.KindBusy, 1},
		"later, by 451":                   {[]ftptest.Handler{ftptest.Reply("451 Local error")}, "/f", vfs.KindBusy, 1},
		"450 that says why":               {[]ftptest.Handler{ftptest.Reply("450 /f: No such file or directory")}, "/f", vfs.KindNotFound, 1},
		"550 of the moment":               {[]ftptest.Handler{ftptest.Reply("550 Failed")}, "/f", vfs.KindOther, 2},
		"550 twice":                       {[]ftptest.Handler{ftptest.Reply("550 Failed"), ftptest.Reply("550 Failed")}, "/f", vfs.KindNotFound, 2},
		"550, then later":                 {[]ftptest.Handler{ftptest.Reply("550 Failed"), ftptest.Reply("450 Busy")}, "/f", vfs.KindBusy, 2},
		"the right is missing":            {[]ftptest.Handler{ftptest.Reply("550 Permission denied")}, "/f", vfs.KindPermission, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{
				Files: map[string]string{"/f": "content"},
				Verbs: verb("MLST", ftptest.InTurn(append(tc.answers, ftptest.Default)...)),
			})
			s := r.open()
			_, err := s.Stat(t.Context(), vfs.MustParse(tc.name))
			r.wants(err, tc.want)
			if n := r.Count("MLST"); n != tc.asked {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

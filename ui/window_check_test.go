//go:build linux && !headless

package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// blockedPassiveIsFound: a server whose passive ports are closed is shown all
// the same, which is said once; the check shows why, and its button settles
// it.
func blockedPassiveIsFound(t *testing.T, binary string) {
	const n = 1013 // below those that the system gives away, to tests beside this one
	server := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/www/index.html": "hello", "/readme.txt": "read me"},
		Verbs: map[string]ftptest.Handler{
			"EPSV": func(c *ftptest.Conn, _ string) { c.Say("229 Entering Extended Passive Mode (|||%d|)", n) },
			"PASV": func(c *ftptest.Conn, _ string) { c.Say("227 Entering Passive Mode (127,0,0,1,%d,%d)", n>>8, n&255) },
		},
	})
	s := newDesk(t, binary)
	s.startWith([]string{"WHERRY_PASSWORD=" + server.Password}, "--tls", "off", fmt.Sprintf("ftp://%s@%s:%d", server.User, server.Host, server.Port))
	s.rowOf("right", "readme.txt")
	s.is("the status says what changed, and names the mode", "status", func(f fact) bool {
		return strings.Contains(f.Text, "Data connections now use active mode") && strings.Contains(f.Text, "Active mode (EPRT, auto)")
	})
	s.picture("announced")
	s.is("the pane has the keys", "focus", func(f fact) bool { return f.Text == "right" })
	s.screen.key("ctrl+t")
	s.asked("Active works. Passive does not", "Passive data: refused", "Active data: works", fmt.Sprint(n))
	s.picture("check")
	s.answer("Use Active for This Site")
	s.askedNothing()
	s.is("active is what is used now", "status", func(f fact) bool { return strings.Contains(f.Text, "Active mode (EPRT, chosen)") })
	s.rowOf("right", "readme.txt")
	s.picture("settled")
}

// checkLeavesNothing: writing is tested only when that was ticked, and no file
// stays; the window goes on as before.
func checkLeavesNothing(t *testing.T, binary string) {
	s := newStage(t, binary, ftptest.Options{})
	s.put("readme.txt", []byte("read me"))
	s.startConnected()
	s.rowOf("right", "readme.txt")
	s.screen.key("ctrl+t")
	f := s.asked("Passive works", "Upload: not made", "Listing: passed")
	s.picture("read-only")
	tick := ""
	for label := range f.Controls {
		if strings.HasPrefix(label, "Also test writing") {
			tick = label
		}
	}
	if !strings.Contains(tick, s.server.Home) {
		t.Errorf("the tick %q does not name the folder", tick)
	}
	s.answer(tick)
	s.answer("Try Again")
	s.asked("Passive works", "Upload: passed", "Download: passed", "Delete: passed")
	s.picture("written")
	s.onServer("readme.txt")
	s.screen.key("Escape")
	s.askedNothing()
	s.is("the pane has the keys again", "focus", func(f fact) bool { return f.Text == "right" })
	if f := s.is("the right pane", "paneright", func(fact) bool { return true }); !slices.Equal(f.Rows, []string{"readme.txt"}) {
		t.Errorf("the pane shows %q", f.Rows)
	}
}

package cli

import (
	"testing"

	"wherry/sync/ftptest"
)

// TestFlagsCountForASavedSiteToo saves a site that cannot be reached as it
// stands and reaches it by flags for one command; what is saved stays.
func TestFlagsCountForASavedSiteToo(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""))
	h.fails(exitUnsafe, nil, "ls", "shop:/")
	h.ok("ls", "--tls", "off", "shop:/")
	h.ok("get", "--tls", "off", "shop:/a", t.TempDir())
	h.fails(exitUnsafe, nil, "ls", "shop:/")
}

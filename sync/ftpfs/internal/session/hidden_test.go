package session

import (
	"io"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// flow sends content as a listing.
func flow(content string) ftptest.Flow {
	return ftptest.Flow{Content: func() io.Reader { return strings.NewReader(content) }}
}

// TestHiddenNames: "LIST -a" is sent where the site asks for it, and given up
// where a server takes it for a name.
func TestHiddenNames(t *testing.T) {
	const (
		plain = "-rw-r--r-- 1 s c 1 Feb 29  2024 seen\r\n"
		all   = "-rw-r--r-- 1 s c 1 Feb 29  2024 .hidden\r\n" + plain
		other = "-rw-r--r-- 1 s c 1 Feb 29  2024 elsewhere\r\n"
	)
	option := func(c *ftptest.Conn, arg string) {
		if content := plain; arg == "-a" {
			flow(all).Serve(c, "")
		} else {
			flow(content).Serve(c, "")
		}
	}
	for outcome, tc := range map[string]struct {
		hidden bool
		with   ftptest.Handler // answers "LIST -a"
		shown  string          // answers LIST
		want   string
		sent   string // the arguments of three listings
	}{
		"an option":                   {true, option, plain, ".hidden seen", "-a,,-a,-a"},
		"not asked for":               {false, option, plain, "seen", ",,"},
		"a name that is not there":    {true, ftptest.Reply("550 -a: No such file"), plain, "seen", "-a,,,"},
		"a pattern of nothing":        {true, flow("").Serve, plain, "seen", "-a,,,"},
		"a folder of that name":       {true, flow(other).Serve, plain, "seen", "-a,,,"},
		"a word of the listing":       {true, flow("ls: -a: No such file or directory\r\n").Serve, plain, "seen", "-a,,,"},
		"bad grammar":                 {true, ftptest.Reply("501 Syntax"), plain, "seen", "-a,,,"},
		"an empty folder says little": {true, flow("").Serve, "", "", "-a,,-a,,-a,"},
		"only hidden ones":            {true, option, "", ".hidden seen", "-a,,-a,-a"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Without: []string{"MLST", "MDTM"}, Verbs: map[string]ftptest.Handler{
				"LIST -A": tc.with, "LIST": flow(tc.shown).Serve,
			}})
			r.conf.Site.Hidden = tc.hidden
			s := r.open()
			for range 3 {
				entries, err := s.List(t.Context(), vfs.Root())
				r.must(err)
				var names []string
				for _, e := range entries {
					names = append(names, e.Name)
				}
				if got := strings.Join(names, " "); got != tc.want {
					t.Errorf("listed %q", got)
				}
			}
			var sent []string
			for _, c := range r.Commands() {
				if c.Verb == "LIST" {
					sent = append(sent, c.Arg)
				}
			}
			if got := strings.Join(sent, ","); got != tc.sent {
				t.Errorf("sent %q", got)
			}
		})
	}
}

// TestHiddenFailure: a listing that fails in both ways fails.
func TestHiddenFailure(t *testing.T) {
	for outcome, tc := range map[string]struct {
		h    ftptest.Handler
		want vfs.Kind
	}{
		"refused":    {ftptest.Reply("550 Permission denied"), vfs.KindPermission},
		"unreadable": {flow("what is this\r\n").Serve, vfs.KindUnreadable},
		"lost":       {ftptest.Drop, vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{Without: []string{"MLST"}, Verbs: verb("LIST", tc.h)})
			r.conf.Site.Hidden = true
			_, err := r.open().List(t.Context(), vfs.Root())
			r.wants(err, tc.want)
		})
	}
}

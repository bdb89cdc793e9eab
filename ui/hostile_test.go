//go:build !headless

package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"wherry/sync/ftpfs"
	"wherry/sync/site"
)

func TestHostileTextsAreEscapedInTheWindow(t *testing.T) {
	test.NewTempApp(t)
	bar := newStatusBar(later(new(func())), nil)
	for _, text := range []string{"escape \x1b[2J", "bidi \u202egpj.exe", "isolate \u2066x", "bell\a", "line\rfeed"} {
		one := site.Site{ID: "id", Host: text, User: text, Name: text}
		bar.setConnection(connection{site: one, connected: true, status: ftpfs.Status{Server: text, Host: text}})
		unnamed := one
		unnamed.Name = ""
		way := &ftpfs.Switch{
			To: ftpfs.EPRT, At: time.Unix(1, 0),
			Why: []ftpfs.Attempt{{Rung: ftpfs.EPSV, Outcome: ftpfs.NotKnown, Reply: "502 " + text}},
		}
		for where, shown := range map[string]string{
			"the status bar":        bar.secured.Text() + bar.mode.Text(),
			"a title":               siteTitle(one),
			"an unnamed title":      siteTitle(unnamed),
			"a change of mode":      newChange(map[site.ID]time.Time{}, change{"id", way}),
			"a recent address":      recentTitle("ftp://" + text + "/"),
			"who a password is for": passwordTitle(one),
		} {
			if strings.ContainsAny(shown, "\x1b\u202e\u2066\a\r") {
				t.Errorf("%s shows %q", where, shown)
			}
		}
	}
}

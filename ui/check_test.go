//go:build !headless

package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"wherry/sync/ftpfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func TestRemediesOfAFailure(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind vfs.Kind
		site site.Site
		want []string
	}{
		"passive is forced and blocked: active, or look":      {vfs.KindNoData, site.Site{Mode: site.ModePassive}, []string{"Use Active Mode", "Check Connection"}},
		"active is forced and blocked: passive, or look":      {vfs.KindNoData, site.Site{Mode: site.ModeActive}, []string{"Use Passive Mode", "Check Connection"}},
		"both were tried: look":                               {vfs.KindNoData, site.Site{Mode: site.ModeAuto}, []string{"Check Connection"}},
		"no encryption: in clear, or look":                    {vfs.KindTLS, site.Site{}, []string{"Connect in Clear", "Check Connection"}},
		"no encryption wanted, and trouble with it: look":     {vfs.KindTLS, site.Site{TLS: site.TLSOff}, []string{"Check Connection"}},
		"nobody answers: look":                                {vfs.KindTimeout, site.Site{}, []string{"Check Connection"}},
		"no such host: look":                                  {vfs.KindHost, site.Site{}, []string{"Check Connection"}},
		"the connection broke: look":                          {vfs.KindLost, site.Site{}, []string{"Check Connection"}},
		"the password is wrong: a check would only repeat it": {vfs.KindLogin, site.Site{}, nil},
		"no right to read a folder: the connection is fine":   {vfs.KindPermission, site.Site{}, nil},
		"the person cancelled: nothing":                       {vfs.KindCancelled, site.Site{}, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			var got []string
			for _, a := range remediesOf(tc.kind, tc.site, func(func(*site.Site)) {}, func() {}) {
				got = append(got, a.Title)
			}
			if !slices.Equal(got, tc.want) || len(got) > 2 {
				t.Errorf("offered are %q", got)
			}
		})
	}
}

func TestRemediesChangeTheSite(t *testing.T) {
	for title, tc := range map[string]struct {
		kind vfs.Kind
		from site.Site
		want site.Site
	}{
		"Use Active Mode":  {vfs.KindNoData, site.Site{Mode: site.ModePassive}, site.Site{Mode: site.ModeActive}},
		"Use Passive Mode": {vfs.KindNoData, site.Site{Mode: site.ModeActive}, site.Site{Mode: site.ModePassive}},
		"Connect in Clear": {vfs.KindTLS, site.Site{TLS: site.TLSExplicit}, site.Site{TLS: site.TLSOff}},
	} {
		t.Run(title, func(t *testing.T) {
			got := tc.from
			for _, a := range remediesOf(tc.kind, tc.from, func(change func(*site.Site)) { change(&got) }, nil) {
				if a.Title == title {
					a.Run()
				}
			}
			if got.Mode != tc.want.Mode || got.TLS != tc.want.TLS {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestCheckIsOfWhatWasToBeConnected(t *testing.T) {
	known := site.Site{ID: "q1", Host: "ftp.example.org", Port: 2121, User: "anna", TLS: site.TLSExplicit}
	for outcome, tc := range map[string]struct {
		change func(*site.Site)
		want   bool
	}{
		"the same, typed":         {func(one *site.Site) { one.ID = "" }, true},
		"the same, by its number": {func(one *site.Site) { one.Host, one.Mode = "edited.example.org", site.ModeActive }, true},
		"its mode was chosen":     {func(one *site.Site) { one.ID, one.Mode = "", site.ModeActive }, true},
		"another port":            {func(one *site.Site) { one.ID, one.Port = "", 0 }, false},
		"another user":            {func(one *site.Site) { one.ID, one.User = "", "ben" }, false},
		"another encryption":      {func(one *site.Site) { one.ID, one.TLS = "", site.TLSOff }, false},
		"another kept site there": {func(one *site.Site) { one.ID = "q2" }, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			wanted := known
			tc.change(&wanted)
			if got := isOf(wanted, known); got != tc.want {
				t.Errorf("taken for the known one: %v", got)
			}
		})
	}
}

func TestChangeOfModeIsSaidOnce(t *testing.T) {
	first := &ftpfs.Switch{To: ftpfs.EPRT, At: time.Unix(100, 0), Why: []ftpfs.Attempt{{Rung: ftpfs.EPSV, Outcome: ftpfs.Silent}}}
	later := &ftpfs.Switch{From: ftpfs.EPRT, To: ftpfs.EPSV, At: time.Unix(200, 0)}
	said := map[site.ID]time.Time{}
	for i, tc := range []struct {
		c    change
		want string
	}{
		{change{}, ""},
		{change{"shop", nil}, ""},
		{change{"shop", first}, "active"},
		{change{"shop", first}, ""},
		{change{"bank", first}, "active"},
		{change{"shop", later}, "passive"},
		{change{"shop", first}, ""}, // an older one of a connection that was made before
	} {
		if got := newChange(said, tc.c); (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%d: said %q, want %q", i, got, tc.want)
		}
	}
}

// later keeps what a status bar wants to have done later.
func later(due *func()) func(time.Duration, func()) func() {
	return func(_ time.Duration, do func()) func() {
		*due = do
		return func() {}
	}
}

func TestAnnouncementIsStillThereAfterATip(t *testing.T) {
	test.NewTempApp(t)
	var due func()
	s := newStatusBar(later(&due), nil)
	s.announce("Data connections now use active mode")
	s.say("A question is open")
	if due(); s.message.Text() == "A question is open" {
		t.Error("what was said in passing stays")
	}
	s.say("Refresh")
	s.say("")
	if got := s.message.Text(); got != "Data connections now use active mode" {
		t.Errorf("the bar says %q", got)
	}
	s.takeBack("an earlier one")
	if s.message.Text() == "" {
		t.Error("an earlier one took it back")
	}
	s.takeBack("Data connections now use active mode")
	if got := s.message.Text(); got != "" {
		t.Errorf("taken back, and %q stays", got)
	}
}

func TestContentsAreCompared(t *testing.T) {
	for kept, want := range map[string]transfer.Verify{
		"": transfer.VerifyOffered, "off": transfer.VerifyOff, "offered": transfer.VerifyOffered,
		"always": transfer.VerifyAlways, "of a later version": transfer.VerifyOffered,
	} {
		var v verifying
		v.set(kept)
		if got := v.get(); got != want {
			t.Errorf("kept %q: %q", kept, got)
		}
	}
	var unset verifying
	if unset.get() != transfer.VerifyOffered {
		t.Error("nothing kept is not the default")
	}
}

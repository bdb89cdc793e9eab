package doctorview

import (
	"errors"
	"strings"
	"testing"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

func ended(r doctor.Report) *Model {
	m := &Model{}
	m.Begin(r.Site)
	m.End(r, nil)
	return m
}

func failedAt(id doctor.StepID, kind vfs.Kind) doctor.Report {
	s := site.Site{Host: "ftp.example.org", Mode: site.ModeAuto}
	var steps []doctor.Step
	for _, before := range order {
		if before == id {
			break
		}
		steps = append(steps, doctor.Step{ID: before, Status: doctor.Passed})
	}
	return doctor.Partial(s, append(steps, doctor.Step{ID: id, Status: doctor.Failed, Err: &vfs.Error{Op: "check", Path: s.Host, Kind: kind}}))
}

func TestPictureShows(t *testing.T) {
	works := Lane{Tone: Good, Made: true}
	for outcome, tc := range map[string]struct {
		report          doctor.Report
		passive, active Lane // Tone, Stop, Made, Here, There where they are set
		wall            string
	}{
		"both modes working": {
			found(site.ModeAuto, passiveWorks, activeWorks),
			Lane{Tone: Good, Made: true, Here: "port 50815", There: "port 40112"},
			Lane{Tone: Good, Made: true, Here: "port 50001", There: "port 20"},
			"Router",
		},
		"passive stopped at the server": {
			found(site.ModeAuto, passiveSilent, activeWorks), Lane{Tone: Bad, Made: true, Stop: AtServer}, works, "Router",
		},
		"active stopped at the router": {
			found(site.ModeAuto, passiveWorks, activeSilent), works, Lane{Tone: Bad, Made: true, Stop: AtWall, Here: "port 50001"}, "Router",
		},
		"active refused by the server, which does not even try": {
			found(site.ModeAuto, passiveWorks, portRefused), works, Lane{Tone: Bad, Stop: AtServer, Here: "port 50002"}, "Router",
		},
		"active turned off at the server": {
			found(site.ModeAuto, passiveWorks, portUnknown), works, Lane{Tone: Bad, Stop: AtServer}, "Router",
		},
		"active not possible through a proxy": {
			func() doctor.Report {
				r := found(site.ModeAuto, passiveWorks, proxied)
				r.Proxy = "proxy.example.org:1080"
				return r
			}(), works, Lane{}, "Proxy",
		},
		"nothing of data where the login was refused": {
			failedAt(doctor.Login, vfs.KindLogin), Lane{}, Lane{}, "Firewall, router",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := ended(tc.report).Picture()
			for i, want := range []Lane{tc.passive, tc.active} {
				got := p.Lanes[i+1]
				if got.Tone != want.Tone || got.Stop != want.Stop || got.Made != want.Made ||
					want.Here != "" && got.Here != want.Here || want.There != "" && got.There != want.There {
					t.Errorf("%s is %+v, want %+v", got.Name, got, want)
				}
				if got.Tone == Bad && (got.Note == "" || got.Result == "not tried") {
					t.Errorf("%s is stopped without a word: %+v", got.Name, got)
				}
			}
			if !p.Lanes[1].ToServer || p.Lanes[2].ToServer {
				t.Error("who calls whom is wrong")
			}
			if p.Wall.Title != tc.wall {
				t.Errorf("between them stands %q", p.Wall.Title)
			}
			checkScene(t, Layout(p, 700, flat))
		})
	}
}

func TestControlConnectionStoppedAt(t *testing.T) {
	for outcome, tc := range map[string]struct {
		report doctor.Report
		stop   Stop
		made   bool
		result string
	}{
		"the name":             {failedAt(doctor.Resolve, vfs.KindHost), AtUs, false, "no such host"},
		"the way":              {failedAt(doctor.Connect, vfs.KindTimeout), AtWall, true, "no answer"},
		"the server's port":    {failedAt(doctor.Connect, vfs.KindRefused), AtServer, true, "refused"},
		"what is no server":    {failedAt(doctor.Greeting, vfs.KindNotFTP), AtServer, true, "no FTP server"},
		"the encryption":       {failedAt(doctor.TLS, vfs.KindTLS), AtServer, true, "not secured"},
		"the login":            {failedAt(doctor.Login, vfs.KindLogin), AtServer, true, "login refused"},
		"nothing, but our own": {failedAt(doctor.Resolve, vfs.KindCancelled), Nowhere, false, "cancelled"},
	} {
		t.Run(outcome, func(t *testing.T) {
			l := ended(tc.report).Picture().Lanes[0]
			if l.Stop != tc.stop || l.Made != tc.made || l.Result != tc.result {
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestStepsComeLive(t *testing.T) {
	r := found(site.ModeAuto, passiveWorks, pasvWorks, activeSilent, portRefused)
	m := &Model{}
	m.Begin(r.Site)
	rows := m.Rows()
	if len(rows) != len(order) || rows[0].Tone != Busy || rows[1].Made {
		t.Fatalf("at the beginning: %+v", rows[:2])
	}
	var last float32
	for _, s := range r.Steps {
		m.Take(s)
		if m.Progress() <= last {
			t.Errorf("%s: no progress", s.ID)
		}
		last = m.Progress()
		if got := len(m.Rows()); got != len(order) {
			t.Fatalf("%d rows after %s: the list jumps", got, s.ID)
		}
		if s.ID == doctor.EPSV && m.Picture().Lanes[1].Tone != Good {
			t.Error("the picture does not show yet that passive works")
		}
	}
	if m.Rows()[8].ID != doctor.EPRT || !m.Rows()[8].Open {
		t.Error("the first failure does not unfold")
	}
	m.Toggle(doctor.List)
	m.End(r, nil)
	for _, row := range m.Rows() {
		if row.Open != (row.ID == doctor.List) {
			t.Errorf("%s open %v: what the person chose is not kept", row.ID, row.Open)
		}
	}
}

func TestOneReasonIsSaidOnce(t *testing.T) {
	said := map[string]int{}
	for _, row := range ended(found(site.ModeAuto, passiveWorks, activeWorks)).Rows() {
		if row.Tone == Quiet {
			said[row.Seen]++
			if len(row.Details) == 0 {
				t.Errorf("%s does not unfold", row.ID)
			}
		}
	}
	for text, n := range said {
		if text != "" && n > 1 {
			t.Errorf("%d times: %q", n, text)
		}
	}
	if said[""] != 4 {
		t.Errorf("said are %v", said)
	}
}

func TestVerdictAndOffer(t *testing.T) {
	left := found(site.ModeAuto, passiveWorks, activeWorks)
	left.Steps[len(left.Steps)-3] = doctor.Step{ID: doctor.Delete, Status: doctor.Failed, Err: &vfs.Error{Op: "delete", Kind: vfs.KindPermission}}
	for outcome, tc := range map[string]struct {
		report doctor.Report
		tone   Tone
		offer  site.Mode
	}{
		"both work: nothing to offer":                {found(site.ModeAuto, passiveWorks, activeWorks), Good, ""},
		"passive is used anyway":                     {found(site.ModeAuto, passiveWorks, activeSilent), Good, ""},
		"active saves the wait":                      {found(site.ModeAuto, passiveSilent, activeWorks), Good, site.ModeActive},
		"passive is forced, active works":            {found(site.ModePassive, passiveSilent, activeWorks), Bad, site.ModeActive},
		"active is forced, passive works":            {found(site.ModeActive, passiveWorks, activeSilent), Bad, site.ModePassive},
		"neither works":                              {found(site.ModeAuto, passiveSilent, activeSilent), Bad, ""},
		"a file could not be deleted":                {left, Caution, ""},
		"the login is refused":                       {failedAt(doctor.Login, vfs.KindLogin), Bad, ""},
		"the person cancelled, which is not trouble": {failedAt(doctor.Connect, vfs.KindCancelled), Quiet, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			m := ended(tc.report)
			v := m.Verdict()
			if v.Tone != tc.tone || v.Title == "" {
				t.Errorf("the verdict is %+v", v)
			}
			if got := m.Offer(); got != tc.offer {
				t.Errorf("offers %q", got)
			}
		})
	}
	m := &Model{}
	m.Begin(site.Site{Host: "h"})
	if m.Offer() != "" || m.Verdict().Tone != Busy {
		t.Error("a check that goes on has a verdict")
	}
	m.Stop()
	if !strings.Contains(m.Verdict().Title, "Cancelling") {
		t.Errorf("cancelled: %q", m.Verdict().Title)
	}
	m.End(doctor.Report{}, &vfs.Error{Op: "check", Path: "h", Kind: vfs.KindBadName, Err: errors.New("no")})
	if _, ok := m.Report(); ok || m.Verdict().Tone != Bad {
		t.Error("a check that could not be made has a report")
	}
}

// hostile is what a server may say and a person may have been made to type.
const hostile = "a\x1b[31mb\u202ec\rd\u0000e"

func TestNothingHostileReachesTheScreen(t *testing.T) {
	r := found(site.ModeAuto,
		ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.NotKnown, Reply: "502 " + hostile},
		ftpfs.Attempt{Rung: ftpfs.PORT, Outcome: ftpfs.NotAllowed, Reply: "500 " + hostile})
	r.Site.Host, r.Proxy = hostile, hostile
	m := ended(r)
	v, p := m.Verdict(), m.Picture()
	texts := []string{v.Title, v.Remedy, p.Us.Line, p.Wall.Line, p.Server.Line, p.Server.Second}
	for _, l := range p.Lanes {
		texts = append(texts, l.Note, l.Here, l.There, l.Result)
	}
	for _, row := range m.Rows() {
		texts = append(texts, row.Name, row.Seen)
		for _, d := range row.Details {
			texts = append(texts, d.Text)
		}
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "\x1b\u202e\r\x00") {
			t.Errorf("shown as it came: %q", text)
		}
	}
}

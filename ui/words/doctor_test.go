package words_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// The two ends of the tests: a computer behind a router, a server in the
// world.
const (
	us     = "192.168.1.7:50814"
	public = "198.51.100.7:50814"
	them   = "203.0.113.5:21"
)

var (
	viaEPSV  = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.Worked, From: at("192.168.1.7:50815"), To: at("203.0.113.5:40112")}
	viaEPRT  = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.Worked, From: at("203.0.113.5:20"), To: at("192.168.1.7:50001")}
	silent   = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.Silent, To: at("203.0.113.5:40112"), Took: 6 * time.Second}
	rejected = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.Rejected, To: at("203.0.113.5:40112")}
	noEPSV   = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.NotKnown, Reply: "502 Not here"}
	noneLeft = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.NotKnown, Reply: "425 Address already in use"}
	noCall   = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.NoCall, Advertised: at("192.168.1.7:50001"), Took: 6 * time.Second}
	cannot   = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.CannotCall, Reply: "425 Connection refused", Advertised: at("192.168.1.7:50001")}
	illegal  = ftpfs.Attempt{Rung: ftpfs.PORT, Outcome: ftpfs.NotAllowed, Reply: "500 Illegal PORT command.", Advertised: at("192.168.1.7:50001")}
	// The address named is the one that the site calls its router's.
	elsewhere = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.NoCall, Advertised: at("198.51.100.9:50001"), Took: 6 * time.Second}
	notSeen   = ftpfs.Attempt{
		Rung: ftpfs.PORT, Outcome: ftpfs.NotAllowed, Advertised: at("198.51.100.9:50001"),
		Reply: "500 I won't open a connection to 198.51.100.9 (only to 203.0.113.77)",
	}
	noEPRT  = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.NotKnown, Reply: "502 Not here"}
	proxied = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.Impossible}
	noTLS   = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.TLSFailed, Reply: "522 No"}
)

// reportOf is a check that got as far as data connections.
func reportOf(tune func(*doctor.Report), attempts ...ftpfs.Attempt) doctor.Report {
	r := doctor.Report{
		Site:  site.Site{Host: "ftp.example.org", Mode: site.ModeAuto},
		Began: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Took: 3 * time.Second,
		Local: at(us), Peer: at(them),
	}
	ids := map[ftpfs.Rung]doctor.StepID{ftpfs.EPSV: doctor.EPSV, ftpfs.PASV: doctor.PASV, ftpfs.EPRT: doctor.EPRT, ftpfs.PORT: doctor.PORT}
	for _, a := range attempts {
		s := doctor.Step{ID: ids[a.Rung], Status: doctor.Passed, Attempt: &a}
		switch {
		case a.Outcome == ftpfs.Impossible:
			s.Status = doctor.NotPossible
		case a.Outcome != ftpfs.Worked:
			s.Status, s.Err = doctor.Failed, &vfs.Error{Kind: vfs.KindNoData}
		}
		r.Steps = append(r.Steps, s)
	}
	r.Passive, r.Active = doctor.WayOf(site.ModePassive, attempts), doctor.WayOf(site.ModeActive, attempts)
	if tune != nil {
		tune(&r)
	}
	return r
}

func failedAt(id doctor.StepID, err error) doctor.Report {
	return doctor.Report{
		Site:  site.Site{Host: "ftp.example.org"},
		Steps: []doctor.Step{{ID: id, Status: doctor.Failed, Err: err}},
	}
}

func forced(m site.Mode) func(*doctor.Report) {
	return func(r *doctor.Report) { r.Site.Mode = m }
}

func TestVerdictSays(t *testing.T) {
	for outcome, tc := range map[string]struct {
		report doctor.Report
		title  string
		do     []string // parts of the remedy
		not    string   // must not stand there
	}{
		"that both work": {
			reportOf(nil, viaEPSV, viaEPRT), "Passive works, and active works too.", []string{"Nothing needs to be changed"}, "",
		},
		"passive alone, the private address": {
			reportOf(nil, viaEPSV, cannot),
			`Passive works. Active does not: your computer has the private address 192.168.1.7 and the server could not connect back ("425 Connection refused").`,
			[]string{"Nothing needs to be changed"},
			"",
		},
		"passive alone, no NAT": {
			reportOf(func(r *doctor.Report) { r.Local = at(public) }, viaEPSV, noCall),
			"Passive works. Active does not: the server did not connect back to 192.168.1.7:50001 within 6 s.", nil, "private",
		},
		"passive alone, the address is refused": {
			reportOf(nil, viaEPSV, illegal),

			`Passive works. Active does not: your computer has the private address 192.168.1.7 and the server refuses to connect to it ("500 Illegal PORT command.").`,
			nil, "",
		},
		"passive alone, active is turned off": {
			reportOf(nil, viaEPSV, noEPRT), `Passive works. Active does not: the server does not allow EPRT ("502 Not here").`, nil, "",
		},
		"active alone": {
			reportOf(nil, silent, viaEPRT),
			"Active works. Passive does not: nobody answered at 203.0.113.5:40112 within 6 s.",
			[]string{"--mode active"},
			"",
		},
		"the other mode, passive forced, and no port free": {
			reportOf(forced(site.ModePassive), noneLeft, viaEPRT),
			`Passive is what this site uses, and it does not work: the server could not do EPSV just then ("425 Address already in use"). Active works.`,
			[]string{"--mode active"},
			"allow",
		},
		"the other mode, passive forced": {
			reportOf(forced(site.ModePassive), silent, viaEPRT),
			"Passive is what this site uses, and it does not work: nobody answered at 203.0.113.5:40112 within 6 s. Active works.",
			[]string{"--mode active", "may not let its passive ports through", "40112"},
			"",
		},
		"the other mode, active forced": {
			reportOf(forced(site.ModeActive), viaEPSV, noCall),
			"Active is what this site uses, and it does not work: your computer has the private address 192.168.1.7 and the server did not connect back within 6 s. Passive works.",
			[]string{"--mode passive", "--external-ip", "forward a range"},
			"",
		},
		"neither, ports dropped": {
			reportOf(nil, silent, noCall),
			"The login works, but no data connection does, in neither mode. Passive: nobody answered at 203.0.113.5:40112 within 6 s; " +
				"active: your computer has the private address 192.168.1.7 and the server did not connect back within 6 s.",
			[]string{"Passive is the one to mend first", "firewall may not let its passive ports through", "it named port 40112"},
			"",
		},
		"neither, ports refused": {
			reportOf(nil, rejected, cannot), "The login works, but no data connection does, in neither mode.",
			[]string{"may be closed by its firewall", "router", "40112"},
			"",
		},
		"neither, the server wants active": {
			reportOf(func(r *doctor.Report) {
				r.Site.PortFrom, r.Site.PortTo, r.Site.ExternalIP = 6000, 6010, "198.51.100.9"
			}, noEPSV, noCall),
			"The login works, but no data connection does, in neither mode.",
			[]string{"active mode only", "6000-6010", "192.168.1.7"},
			"helper",
		},
		"neither, and the external address did not help": {
			reportOf(func(r *doctor.Report) { r.Site.Mode = site.ModeActive; r.Site.ExternalIP = "198.51.100.9" }, silent, elsewhere),
			"active: the server did not connect back to 198.51.100.9:50001 within 6 s.",
			nil, "private address",
		},
		"an external address that the server does not see": {
			reportOf(forced(site.ModeActive), viaEPSV, notSeen),
			"the server refuses to connect to 198.51.100.9:50001",
			[]string{"The external address that was given, 198.51.100.9, may be wrong: the server sees you come from 203.0.113.77.", "--external-ip"},
			"--port-range",
		},
		"an external address without a router": {
			reportOf(func(r *doctor.Report) { r.Local = at(public); r.Site.Mode = site.ModeActive }, viaEPSV, elsewhere),
			"the server did not connect back to 198.51.100.9:50001",
			[]string{"may be wrong: the server sees you come from 198.51.100.7."},
			"forward a range",
		},
		"active forced through a proxy": {
			reportOf(func(r *doctor.Report) { r.Proxy = "proxy:1080"; r.Site.Mode = site.ModeActive }, viaEPSV, proxied),
			"through a proxy nobody can connect back. Passive works.",
			[]string{"Use --mode passive"},
			"auto",
		},
		"what TLS hides from a router": {
			reportOf(func(r *doctor.Report) { r.Encrypted = true; r.Site.Mode = site.ModeActive }, viaEPSV, noCall),
			"Active is what this site uses",
			[]string{"cannot see the PORT command in an encrypted connection"},
			"",
		},
		"data that cannot be encrypted": {
			reportOf(nil, noTLS, cannot), "could not be encrypted", []string{"set up for TLS"}, "",
		},
		"a proxy that lets passive through": {
			reportOf(func(r *doctor.Report) { r.Proxy = "proxy:1080" }, viaEPSV, proxied),
			"Passive works. Active does not: through a proxy nobody can connect back.",
			[]string{"only passive mode can work"},
			"private",
		},
		"a proxy that does not": {
			reportOf(func(r *doctor.Report) { r.Proxy = "proxy:1080" }, silent, proxied),
			"The login works, but no data connection does: nobody answered",
			[]string{"The proxy may allow connections to few ports"},
			"",
		},
		"an unknown host": {
			failedAt(doctor.Resolve, &vfs.Error{Path: "ftp.example.org", Kind: vfs.KindHost}),
			"There is no host with the name ftp.example.org.",
			[]string{"spelling"},
			"",
		},
		"a host that does not answer": {
			failedAt(doctor.Connect, &vfs.Error{Path: "ftp.example.org", Kind: vfs.KindTimeout}),
			"ftp.example.org did not answer in time.",
			[]string{"firewall", "another network"},
			"",
		},
		"a login that was refused": {
			failedAt(doctor.Login, &vfs.Error{Kind: vfs.KindLogin, Reply: "530 Login incorrect"}),
			`ftp.example.org did not accept the user name and password: the server answered "530 Login incorrect".`,
			[]string{"Check both"},
			"",
		},
		"that it was cancelled": {
			failedAt(doctor.EPSV, &vfs.Error{Kind: vfs.KindCancelled}), "The check was cancelled before it was done.", nil, "",
		},
		"what failed although data flow": {
			reportOf(func(r *doctor.Report) {
				r.Steps = append(r.Steps, doctor.Step{ID: doctor.Upload, Status: doctor.Failed, Err: &vfs.Error{Path: "/x", Kind: vfs.KindPermission}})
			}, viaEPSV, viaEPRT),
			"Passive works, and active works too. But this did not work: upload.",
			[]string{"may not write in that folder"},
			"",
		},
		"a connection that did not hold": {
			reportOf(func(r *doctor.Report) {
				r.Steps = append(r.Steps, doctor.Step{ID: doctor.EPSV, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindLost}})
			}),
			"The login works, and then the connection did not hold. The connection to ftp.example.org broke.", nil, "",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			got := words.VerdictFor(tc.report, words.CommandLine)
			contains(t, got.Title, tc.title)
			for _, part := range tc.do {
				contains(t, got.Remedy, part)
			}
			if tc.not != "" && strings.Contains(got.String(), tc.not) {
				t.Errorf("%q speaks of %q", got, tc.not)
			}
			window := words.Verdict(tc.report)
			if strings.Contains(window.String(), "--") || strings.Contains(window.String(), "`wherry") {
				t.Errorf("the window speaks of the command line: %s", window)
			}
			if text := words.ReportText(tc.report); !strings.Contains(text, window.Title) {
				t.Errorf("the report lacks the verdict:\n%s", text)
			}
		})
	}
}

func TestStepSays(t *testing.T) {
	facts := func(pairs ...string) (all []doctor.Fact) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, doctor.Fact{Name: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	private := ftpfs.Attempt{Rung: ftpfs.PASV, Outcome: ftpfs.Worked, Advertised: at("10.0.0.5:40112"), To: at("203.0.113.5:40112")}
	stranger := viaEPRT
	stranger.Stranger = at("198.18.0.1:4444")
	for outcome, tc := range map[string]struct {
		step  doctor.Step
		tune  func(*doctor.Report)
		seen  string
		means string
		do    string
	}{
		"a private address in 227": {
			doctor.Step{ID: doctor.PASV, Status: doctor.Passed, Attempt: &private},
			nil, "connected to 203.0.113.5:40112",
			"names its private address 10.0.0.5: it is behind a router and not told so. Wherry uses 203.0.113.5", "",
		},
		"a stranger at the door": {
			doctor.Step{ID: doctor.EPRT, Status: doctor.Passed, Attempt: &stranger},
			nil, "the server connected to 192.168.1.7:50001 from 203.0.113.5:20",
			"Somebody else, 198.18.0.1:4444, called", "",
		},
		"an address that is refused, behind NAT": {
			doctor.Step{ID: doctor.PORT, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindNoData}, Attempt: &illegal},
			nil,
			"refuses to connect to 192.168.1.7:50001", "500 Illegal PORT command", "--port-range 50000-50100 --external-ip",
		},
		"PASV over IPv6": {
			doctor.Step{ID: doctor.PASV, Status: doctor.NotPossible, Attempt: &ftpfs.Attempt{Rung: ftpfs.PASV, Outcome: ftpfs.Impossible}},
			nil,
			"", "PASV is for IPv4 only, and this connection is IPv6.", "",
		},
		"nothing written unasked": {
			doctor.Step{ID: doctor.Upload, Status: doctor.NotAllowed}, nil, "", "would write", "--write",
		},
		"no encryption, wanted so": {
			doctor.Step{ID: doctor.TLS, Status: doctor.NotPossible},
			func(r *doctor.Report) { r.Site.TLS = site.TLSOff },
			"", "can be read on the way", "",
		},
		"no encryption to be had": {
			doctor.Step{ID: doctor.TLS, Status: doctor.NotPossible}, nil, "", "offers no encryption", "",
		},
		"encryption left unused": {
			doctor.Step{ID: doctor.Features, Status: doctor.Passed, Facts: facts(doctor.FactFeatures, "UTF8, AUTH TLS")},
			func(r *doctor.Report) { r.Site.TLS = site.TLSOff }, "UTF8", "offers encryption, and this site does not use it", "--tls",
		},
		"an accepted certificate that has expired": {
			doctor.Step{ID: doctor.TLS, Status: doctor.Passed, Facts: facts(doctor.FactVersion, "TLS 1.3", doctor.FactUntil, "2020-01-01",
				doctor.FactTrust, doctor.TrustPerson, doctor.FactProblem, "expired")},
			nil,
			"TLS 1.3, until 2020-01-01, accepted by you", "expired on 2020-01-01", "renew",
		},
		"a certificate of an authority that was named": {
			doctor.Step{ID: doctor.TLS, Status: doctor.Passed, Facts: facts(doctor.FactVersion, "TLS 1.3", doctor.FactTrust, doctor.TrustNamed)},
			nil, "TLS 1.3, signed by an authority that you named", "", "",
		},
		"sessions that are not resumed": {
			doctor.Step{ID: doctor.Reuse, Status: doctor.Passed, Facts: facts(doctor.FactResumed, "0", doctor.FactSecured, "4")}, nil, "0 of 4", "does not resume", "",
		},
		"one of two addresses": {
			doctor.Step{ID: doctor.Connect, Status: doctor.Passed, Facts: facts(doctor.FactAddress, "a:21", doctor.FactAnswer, "answered", doctor.FactWaited, "2", doctor.FactAddress, "b:21", doctor.FactAnswer, "refused",
				doctor.FactAddress, "c:21", doctor.FactAnswer, "none", doctor.FactWaited, "6000")},
			nil,
			"a:21 answered in 2 ms, b:21 refused, c:21 no answer within 6.0 s", "Not every address", "",
		},
		"a download that was changed": {
			doctor.Step{ID: doctor.Download, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindHash, Reply: "other bytes"}},
			nil, "",
			"not what was sent: other bytes.", "line ends",
		},
		"resuming that does not work": {
			doctor.Step{ID: doctor.Resume, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindUnsupported, Reply: "502 No REST"}},
			nil, "",
			"cannot go on where it stopped", "begins such files again",
		},
		"what was left behind": {
			doctor.Step{ID: doctor.Delete, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindPermission}, Facts: facts(doctor.FactLeft, "/wherry-check-1.tmp")},
			nil,
			"left behind: /wherry-check-1.tmp", "could not be removed: /wherry-check-1.tmp", "by hand",
		},
		"a clock that is behind": {
			doctor.Step{ID: doctor.Clock, Status: doctor.Passed, Facts: facts(doctor.FactOffset, "-2h0m0s")}, nil, "2 h behind", "two clocks differ", "Set the clock",
		},
		"a clock that is right": {
			doctor.Step{ID: doctor.Clock, Status: doctor.Passed, Facts: facts(doctor.FactOffset, "0s")}, nil, "the same as here", "", "",
		},
		"names in another encoding": {
			doctor.Step{ID: doctor.Encoding, Status: doctor.Passed, Facts: facts(doctor.FactUTF8, "not offered", doctor.FactOddNames, "3", doctor.FactEntries, "9", doctor.FactExample, `caf\xe9`)},
			nil, `UTF-8 not offered, not UTF-8: 3 of 9, such as caf\xe9`, "not UTF-8", "--encoding",
		},
		"a cancelled step": {
			doctor.Step{ID: doctor.Upload, Status: doctor.Failed, Err: &vfs.Error{Kind: vfs.KindCancelled}}, nil, "", "cancelled here", "",
		},
		"an untried step": {
			doctor.Step{ID: doctor.Upload, Status: doctor.NotPossible},
			func(r *doctor.Report) { r.Passive.Works, r.Active.Works = false, false },
			"", "no data connection works", "",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := reportOf(tc.tune, viaEPSV, viaEPRT)
			got := words.Step(tc.step, r, words.CommandLine)
			if got.Name == "" {
				t.Error("it has no name")
			}
			contains(t, got.Seen, tc.seen)
			contains(t, got.Means, tc.means)
			contains(t, got.Do, tc.do)
			if tc.means == "" && got.Means != "" || tc.do == "" && got.Do != "" {
				t.Errorf("too much is said: %+v", got)
			}
			if w := words.Step(tc.step, r, words.Window); strings.Contains(w.Do+w.Means, "--") {
				t.Errorf("the window speaks of flags: %+v", w)
			}
		})
	}
}

func TestBlockedSays(t *testing.T) {
	for outcome, tc := range map[string]struct {
		blocked     ftpfs.Blocked
		title, line string
		window      string
	}{
		"both modes": {
			ftpfs.Blocked{Mode: site.ModeAuto, Attempts: []ftpfs.Attempt{silent, noCall}},
			"came about. Passive: nobody answered at 203.0.113.5:40112 within 6 s; active: your computer has the private address 192.168.1.7",
			"wherry doctor", "Check connection",
		},
		"the other mode, where passive is forced": {
			ftpfs.Blocked{Mode: site.ModePassive, Attempts: []ftpfs.Attempt{rejected}}, "Passive: 203.0.113.5:40112 refused the connection.", "--mode active", "active",
		},
		"the other mode, where active is forced": {
			ftpfs.Blocked{Mode: site.ModeActive, Attempts: []ftpfs.Attempt{illegal}, TLS: true}, "500 Illegal PORT command.", "--mode passive", "encrypted connection",
		},
		"passive alone, where active is forced through a proxy": {
			ftpfs.Blocked{Mode: site.ModeActive, Attempts: []ftpfs.Attempt{proxied}, Proxy: true}, "", "Use --mode passive, or connect without the proxy", "Choose passive",
		},
		"no active mode through a proxy": {
			ftpfs.Blocked{Mode: site.ModePassive, Attempts: []ftpfs.Attempt{silent}, Proxy: true}, "Passive: nobody answered", "passive ports", "Check connection",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			tc.blocked.Local, tc.blocked.Peer = at(us), at(them)
			line, window := words.Blocked(&tc.blocked, words.CommandLine), words.Blocked(&tc.blocked, words.Window)
			contains(t, line.Title, tc.title)
			contains(t, line.Remedy, tc.line)
			contains(t, window.Remedy, tc.window)
			if tc.blocked.Proxy && strings.Contains(line.Remedy+window.Remedy, "auto") {
				t.Errorf("through a proxy auto tries no more than passive: %s", line.Remedy)
			}
			if strings.Contains(window.Remedy, "--") {
				t.Errorf("the window speaks of flags: %s", window.Remedy)
			}
			err := &vfs.Error{Op: "list", Path: "/www", Kind: vfs.KindNoData, Reply: "EPSV: no", Err: &tc.blocked}
			of := words.Of(err, words.CommandLine)
			contains(t, of.Title, `"/www": connected, but no data connection could be made. `)
			if of.Remedy != line.Remedy {
				t.Errorf("Of says %q", of.Remedy)
			}
		})
	}
}

func TestSwitchedSays(t *testing.T) {
	for want, s := range map[string]ftpfs.Switch{
		"Data connections now use active mode (EPRT). Passive does not work here: nobody answered at 203.0.113.5:40112 within 6 s.": {
			To: ftpfs.EPRT, Why: []ftpfs.Attempt{silent},
		},
		`Data connections now use PASV: the server does not allow EPSV ("502 Not here").`:                       {From: ftpfs.EPSV, To: ftpfs.PASV, Why: []ftpfs.Attempt{noEPSV}},
		`Data connections now use PASV: the server could not do EPSV just then ("425 Address already in use").`: {From: ftpfs.EPSV, To: ftpfs.PASV, Why: []ftpfs.Attempt{noneLeft}},
		"Data connections now use passive mode (EPSV).":                                                         {From: ftpfs.PORT, To: ftpfs.EPSV},
	} {
		if got := words.Switched(s); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestPictureShows(t *testing.T) {
	want := strings.Join([]string{
		"  your computer                                   server",
		"  192.168.1.7                                     203.0.113.5",
		"  :50814 ---------- control, encrypted ---------> :21     works",
		"  :50815 ------------ passive (EPSV) -----------> :40112  works",
		"  :50001       X----- active (EPRT) -------------         BLOCKED",
		"",
	}, "\n")
	got := words.Picture(reportOf(func(r *doctor.Report) { r.Encrypted = true }, viaEPSV, noCall))
	if got != want {
		t.Errorf("%s", cmp.Diff(want, got))
	}
}

// TestPictureThroughAProxy shows the server's port, not the proxy's.
func TestPictureThroughAProxy(t *testing.T) {
	got := words.Picture(reportOf(func(r *doctor.Report) { r.Proxy, r.Peer = "192.168.1.2:1080", at("192.168.1.2:1080") }, viaEPSV, proxied))
	contains(t, got, "control ---------------> :21 ")
	contains(t, got, "ftp.example.org")
	if strings.Contains(got, "1080") {
		t.Errorf("the proxy's port stands for the server's:\n%s", got)
	}
}

func TestProxiesAreNamed(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind  vfs.Kind
		reply string
		title string
		do    string
	}{
		"one that cannot be reached": {vfs.KindRefused, "", "The proxy p:1080 could not be reached.", "--proxy none"},
		"one that wants a password":  {vfs.KindProxyLogin, "user or password refused", "did not accept the user name and password: user or password refused.", "sites password SITE --proxy"},
		"one that refuses":           {vfs.KindRefused, "403 Forbidden", "The proxy p:1080 did not connect to ftp.example.org: 403 Forbidden.", "few ports"},
		"none at all":                {vfs.KindProtocol, "it does not speak SOCKS5", "is not a proxy of the kind that was named", "socks5://"},
	} {
		t.Run(outcome, func(t *testing.T) {
			err := &vfs.Error{Path: "ftp.example.org", Kind: tc.kind, Reply: tc.reply, Err: &doctor.ProxyError{Address: "p:1080", Reply: tc.reply, Err: errors.New("x")}}
			w := words.Of(err, words.CommandLine)
			contains(t, w.Title, tc.title)
			contains(t, w.Remedy, tc.do)
			if strings.Contains(words.Of(err, words.Window).Remedy, "--") {
				t.Error("the window speaks of flags")
			}
		})
	}
}

package netns

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// The rules, of nft(8). A server's passive ports begin at 50000.
const (
	passiveClosed    = "tcp dport 50000-50099 reject with tcp reset"
	passiveForbidden = "tcp dport 50000-50099 reject with icmpx admin-prohibited"
	passiveDropped   = "tcp dport 50000-50099 drop"
	callsDropped     = "ct state new tcp flags syn drop"
	callsRejected    = "ct state new tcp flags syn reject with tcp reset"
)

func rules(at ftptest.Place, rules ...string) func(*ftptest.Network) error {
	return func(n *ftptest.Network) error { return n.Firewall(at, rules...) }
}

// nothing gets through, in either direction.
func nothing(n *ftptest.Network) error {
	return errors.Join(n.Firewall(ftptest.AtRouter, passiveDropped), n.Firewall(ftptest.AtClient, callsDropped))
}

// firewall is a row: what is in the way, and what a person sees.
type firewall struct {
	nat    bool
	before func(*ftptest.Network) error
	opt    ftptest.Options
	site   func(*site.Site, *ftptest.Network) // nil: auto, in clear
	// via is the way that works, by the command; "" means that nothing does,
	// and that the first click says so with KindNoData.
	via string
	// silent is how many waits at a firewall that says nothing may be on the
	// way: 6 s, and 2 s for a second one of the same direction.
	silent int
	never  []string // commands that must not be sent
	says   []string // in the error
	// found is what may have become of the attempts that failed.
	found []ftpfs.Outcome
	kinds []ftptest.Kind // nil: all that can
}

// two are enough where servers do not differ: one that dials when it is told
// the address, and one that dials when it is told the file.
func two() []ftptest.Kind { return []ftptest.Kind{ftptest.VSFTPD, ftptest.PyFTPD} }

var (
	forced = func(m site.Mode) func(*site.Site, *ftptest.Network) {
		return func(s *site.Site, _ *ftptest.Network) { s.Mode = m }
	}
	encrypted = func(s *site.Site, _ *ftptest.Network) { s.TLS = site.TLSExplicit }
)

func firewalls() map[string]firewall {
	return map[string]firewall{
		"nothing in the way":        {via: "EPSV", never: []string{"PASV", "EPRT", "PORT"}},
		"a router that translates":  {nat: true, via: "EPSV", never: []string{"PASV", "EPRT", "PORT"}},
		"passive ports closed":      {before: rules(ftptest.AtRouter, passiveClosed), via: "EPRT"},
		"passive ports prohibited":  {before: rules(ftptest.AtRouter, passiveForbidden), via: "EPRT", kinds: two()},
		"passive ports black-holed": {before: rules(ftptest.AtRouter, passiveDropped), via: "EPRT", silent: 2},
		"passive ports closed, TLS": {
			before: rules(ftptest.AtRouter, passiveClosed), opt: ftptest.Options{RequireTLS: true}, site: encrypted, via: "EPRT", kinds: two(),
		},
		"passive ports black-holed, TLS": {
			before: rules(ftptest.AtRouter, passiveDropped), opt: ftptest.Options{RequireTLS: true}, site: encrypted,
			via: "EPRT", silent: 2,
		},
		"passive ports black-holed, IPv6": {
			before: rules(ftptest.AtRouter, passiveDropped), opt: ftptest.Options{IPv6: true}, via: "EPRT", silent: 1,
			never: []string{"PASV", "PORT"}, kinds: two(),
		},
		"EPSV refused": {opt: ftptest.Options{NoEPSV: true}, via: "PASV", never: []string{"EPRT", "PORT"}},
		"a private address in 227": {
			nat: true, opt: ftptest.Options{NoEPSV: true, Advertise: "10.20.30.40"}, via: "PASV", never: []string{"EPRT", "PORT"},
		},
		"a private address in 227, TLS": {
			nat: true, opt: ftptest.Options{NoEPSV: true, Advertise: "10.20.30.40", RequireTLS: true}, site: encrypted,
			via: "PASV", never: []string{"EPRT", "PORT"},
		},
		"only active is allowed":       {opt: ftptest.Options{NoPassive: true}, via: "EPRT"},
		"EPRT refused, passive closed": {opt: ftptest.Options{Deny: []string{"EPRT"}}, before: rules(ftptest.AtRouter, passiveClosed), via: "PORT"},
		"active behind NAT": {
			nat: true, site: forced(site.ModeActive), never: []string{"EPSV", "PASV"}, says: []string{"EPRT", "PORT"},
			found: []ftpfs.Outcome{ftpfs.NotAllowed, ftpfs.CannotCall},
		},
		"active behind NAT, the port not forwarded": {
			nat: true, never: []string{"EPSV", "PASV"}, found: []ftpfs.Outcome{ftpfs.CannotCall}, kinds: two(),
			site: func(s *site.Site, n *ftptest.Network) { s.Mode, s.ExternalIP = site.ModeActive, n.Router },
		},
		"active behind NAT, the port black-holed": {
			nat: true, never: []string{"EPSV", "PASV"}, silent: 2, found: []ftpfs.Outcome{ftpfs.NoCall, ftpfs.NoReply},
			before: rules(ftptest.AtRouter, "ip daddr 203.0.113.1 "+callsDropped),
			site:   func(s *site.Site, n *ftptest.Network) { s.Mode, s.ExternalIP = site.ModeActive, n.Router },
		},
		"active behind NAT, the port forwarded": {
			nat: true, via: "EPRT", never: []string{"EPSV", "PASV"},
			before: func(n *ftptest.Network) error { return n.ForwardPorts(40100, 40120) },
			site: func(s *site.Site, n *ftptest.Network) {
				s.Mode, s.ExternalIP = site.ModeActive, n.Router
				s.PortFrom, s.PortTo = 40100, 40120
			},
		},
		"active behind NAT, the port forwarded, our address told by the server": {
			nat: true, via: "EPRT", never: []string{"EPSV", "PASV"},
			before: func(n *ftptest.Network) error { return n.ForwardPorts(40100, 40120) },
			site: func(s *site.Site, _ *ftptest.Network) {
				s.Mode, s.PortFrom, s.PortTo = site.ModeActive, 40100, 40120
			},
			kinds: []ftptest.Kind{ftptest.PureFTPd},
		},
		"only active is allowed, behind NAT": {
			nat: true, opt: ftptest.Options{NoPassive: true}, says: []string{"EPSV", "PASV", "EPRT", "PORT"},
			found: []ftpfs.Outcome{ftpfs.NotKnown, ftpfs.NotAllowed, ftpfs.CannotCall},
		},
		"active calls dropped by our firewall": {
			before: rules(ftptest.AtClient, callsDropped), site: forced(site.ModeActive), silent: 2,
			never: []string{"EPSV", "PASV"}, says: []string{"EPRT"}, found: []ftpfs.Outcome{ftpfs.NoCall, ftpfs.NoReply},
		},
		"active calls rejected by our firewall": {
			before: rules(ftptest.AtClient, callsRejected), site: forced(site.ModeActive),
			never: []string{"EPSV", "PASV"}, says: []string{"EPRT"}, found: []ftpfs.Outcome{ftpfs.CannotCall},
		},
		"passive forced and black-holed": {
			before: rules(ftptest.AtRouter, passiveDropped), site: forced(site.ModePassive), silent: 2,
			never: []string{"EPRT", "PORT"}, says: []string{"EPSV"}, found: []ftpfs.Outcome{ftpfs.Silent},
		},
		"nothing gets through": {
			before: nothing,
			silent: 4, says: []string{"EPSV", "PASV", "EPRT"},
			found: []ftpfs.Outcome{ftpfs.Silent, ftpfs.NoCall, ftpfs.NoReply},
		},
	}
}

// TestFirewalls is the table of the ways in which data connections are
// stopped, with what a person finds after the first click.
func TestFirewalls(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	table := newTable(t, "what is in the way, server", "way", "list s", "put s", "get s")
	for outcome, f := range firewalls() {
		for _, kind := range ftptest.Kinds() {
			if kind.Cannot(f.opt) != "" || f.kinds != nil && !slices.Contains(f.kinds, kind) {
				continue
			}
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{NAT: f.nat, Kind: kind, Options: f.opt, Before: f.before}
				table.add(stage.Play(t, f.play))
			})
		}
	}
}

// play is the client's side.
func (f firewall) play(t *testing.T, scene *ftptest.Scene) {
	where := scene.Server.Site(site.ModeAuto, site.TLSOff)
	if f.site != nil {
		f.site(&where, scene.Net)
	}
	d := sit(t, scene, where)
	if f.via == "" {
		f.fails(d)
	} else {
		f.works(d)
	}
	for _, verb := range f.never {
		if n := d.sent(verb); n > 0 {
			t.Errorf("%s was sent %d times", verb, n)
		}
	}
}

func (f firewall) works(d *desk) {
	seconds, err := d.works()
	if err != nil {
		d.t.Error(err)
	}
	via := d.fs.Status().Via
	if via != f.via {
		d.t.Errorf("via %s, want %s", via, f.via)
	}
	d.row(via, seconds)
	d.patient(f.silent)
	d.announced(f.via)
	for _, a := range d.first {
		if advertised := d.server.Options.Advertise; a.Rung == ftpfs.PASV && advertised != "" && a.Advertised.Addr().String() != advertised {
			d.t.Errorf("PASV is told to have named %v", a.Advertised)
		}
	}
}

// announced checks that a way other than the first in order is told, once,
// with what failed before it.
func (d *desk) announced(via string) {
	d.t.Helper()
	change := d.fs.Status().Switch
	switch {
	case d.where.Mode != site.ModeAuto:
	case via == "EPSV" && change != nil:
		d.t.Errorf("a switch from %s to %s is told", change.From, change.To)
	case via != "EPSV" && change == nil:
		d.t.Errorf("the switch to %s is not told", via)
	case via != "EPSV" && (change.To.String() != via || len(change.Why) == 0):
		d.t.Errorf("told is a switch to %s because of %s", change.To, outcomes(change.Why))
	}
	if change == nil {
		return
	}
	for _, a := range change.Why {
		if a.Outcome == ftpfs.Worked {
			d.t.Errorf("told as failed: %s", outcomes(change.Why))
		}
	}
}

func (f firewall) fails(d *desk) {
	began := time.Now()
	err := d.list()
	seconds := took{list: time.Since(began)}
	var blocked *ftpfs.Blocked
	if vfs.KindOf(err) != vfs.KindNoData || !errors.As(err, &blocked) {
		d.t.Errorf("kind %v, Blocked %v: %v", vfs.KindOf(err), blocked != nil, err)
		return
	}
	d.row("none: "+outcomes(blocked.Attempts), seconds)
	for _, word := range f.says {
		if !strings.Contains(err.Error(), word) {
			d.t.Errorf("%q is not said in: %v", word, err)
		}
	}
	d.first = blocked.Attempts
	d.patient(f.silent)
	f.explains(d, blocked)
}

// explains checks what a person is told about the failure.
func (f firewall) explains(d *desk, b *ftpfs.Blocked) {
	if b.BehindNAT() != f.nat || b.Local.Addr().String() != d.net.Client || b.Peer.Addr().String() != d.net.Server {
		d.t.Errorf("behind NAT %v, local %v, peer %v", b.BehindNAT(), b.Local, b.Peer)
	}
	if len(b.Left) > 0 {
		d.t.Errorf("%v were not tried", b.Left)
	}
	for _, a := range b.Attempts {
		told := d.net.Client
		if d.where.ExternalIP != "" {
			told = d.where.ExternalIP
		}
		switch {
		case !slices.Contains(f.found, a.Outcome):
			d.t.Errorf("%s %s, want one of %q", a.Rung, a.Outcome, f.found)
		case a.Rung.Mode() == site.ModeActive && a.Advertised.Addr().String() != told && a.Advertised.Addr().String() != d.net.Router:
			d.t.Errorf("%s named %v, want %s", a.Rung, a.Advertised, told)
		case a.Outcome == ftpfs.Silent && a.To.Addr().String() != d.net.Server:
			d.t.Errorf("%s went to %v", a.Rung, a.To)
		case a.Took <= 0:
			d.t.Errorf("%s took no time", a.Rung)
		}
	}
}

// patient checks how often the first click waited.
func (d *desk) patient(silent int) {
	d.t.Helper()
	if n := silences(d.first); n > silent || len(d.first) == 0 {
		d.t.Errorf("%d waits for an answer that never came, want %d at most: %s", n, silent, outcomes(d.first))
	}
}

// silences counts the attempts that waited for an answer that never came.
func silences(attempts []ftpfs.Attempt) int {
	count := 0
	for _, a := range attempts {
		switch a.Outcome {
		case ftpfs.Silent, ftpfs.NoCall, ftpfs.NoReply:
			count++
		}
	}
	return count
}

// outcomes are attempts in short, in order.
func outcomes(attempts []ftpfs.Attempt) string {
	var words []string
	for _, a := range attempts {
		words = append(words, a.Rung.String()+" "+string(a.Outcome))
	}
	return strings.Join(words, ", ")
}

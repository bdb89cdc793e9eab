package netns

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
	// way to the first success; each is 6 s by itself.
	silent int
	never  []string // commands that must not be sent
	says   []string // in the error
	kinds  []ftptest.Kind
}

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
		"passive ports prohibited":  {before: rules(ftptest.AtRouter, passiveForbidden), via: "EPRT"},
		"passive ports black-holed": {before: rules(ftptest.AtRouter, passiveDropped), via: "EPRT", silent: 1},
		"passive ports closed, TLS": {
			before: rules(ftptest.AtRouter, passiveClosed), opt: ftptest.Options{RequireTLS: true}, site: encrypted, via: "EPRT",
		},
		"passive ports black-holed, TLS": {
			before: rules(ftptest.AtRouter, passiveDropped), opt: ftptest.Options{RequireTLS: true}, site: encrypted,
			via: "EPRT", silent: 1,
		},
		"passive ports black-holed, IPv6": {
			before: rules(ftptest.AtRouter, passiveDropped), opt: ftptest.Options{IPv6: true}, via: "EPRT", silent: 1,
			never: []string{"PASV", "PORT"},
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
		},
		"active behind NAT, the port not forwarded": {
			nat: true, never: []string{"EPSV", "PASV"},
			site: func(s *site.Site, n *ftptest.Network) { s.Mode, s.ExternalIP = site.ModeActive, n.Router },
		},
		"active behind NAT, the port black-holed": {
			nat: true, never: []string{"EPSV", "PASV"}, silent: 2,
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
		"only active is allowed, behind NAT": {
			nat: true, opt: ftptest.Options{NoPassive: true}, says: []string{"EPSV", "PASV", "EPRT", "PORT"},
		},
		"active calls dropped by our firewall": {
			before: rules(ftptest.AtClient, callsDropped), site: forced(site.ModeActive), silent: 2,
			never: []string{"EPSV", "PASV"}, says: []string{"EPRT"},
		},
		"active calls rejected by our firewall": {
			before: rules(ftptest.AtClient, callsRejected), site: forced(site.ModeActive),
			never: []string{"EPSV", "PASV"}, says: []string{"EPRT"},
		},
		"passive forced and black-holed": {
			before: rules(ftptest.AtRouter, passiveDropped), site: forced(site.ModePassive), silent: 2,
			never: []string{"EPRT", "PORT"}, says: []string{"EPSV"},
		},
		"nothing gets through": {
			before: func(n *ftptest.Network) error {
				return errors.Join(n.Firewall(ftptest.AtRouter, passiveDropped), n.Firewall(ftptest.AtClient, callsDropped))
			},
			silent: 2, says: []string{"EPSV", "EPRT"},
		},
	}
}

// TestFirewalls is the table of the ways in which data connections are
// stopped, with what a person finds after the first click.
func TestFirewalls(t *testing.T) {
	ftptest.NeedNetworks(t)
	var mu sync.Mutex
	var table []string
	t.Cleanup(func() { tell(t, table) })
	for outcome, f := range firewalls() {
		for _, kind := range ftptest.Kinds() {
			if kind.Cannot(f.opt) != "" || f.kinds != nil && !slices.Contains(f.kinds, kind) {
				continue
			}
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{NAT: f.nat, Kind: kind, Options: f.opt, Before: f.before}
				client := stage.Play(t, f.play)
				mu.Lock()
				defer mu.Unlock()
				table = append(table, rows(client)...)
			})
		}
	}
}

// tell prints the rows that the clients have printed, as one table.
func tell(t *testing.T, table []string) {
	if len(table) == 0 {
		return
	}
	slices.Sort(table)
	t.Log("| what is in the way, server | way | list s | put s | get s |")
	t.Log("|---|---|---|---|---|")
	for _, row := range table {
		t.Log(row)
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
	if n := d.waits(); n > f.silent {
		d.t.Errorf("it waited %d times for an answer that never came, want %d at most", n, f.silent)
	}
	row(d.t, via, seconds)
}

func (f firewall) fails(d *desk) {
	began := time.Now()
	err := d.list()
	row(d.t, "none", took{list: time.Since(began)})
	if vfs.KindOf(err) != vfs.KindNoData {
		d.t.Errorf("kind %v: %v", vfs.KindOf(err), err)
		return
	}
	for _, word := range f.says {
		if !strings.Contains(err.Error(), word) {
			d.t.Errorf("%q is not said in: %v", word, err)
		}
	}
	if n := d.waits(); n > f.silent {
		d.t.Errorf("it waited %d times for an answer that never came, want %d at most", n, f.silent)
	}
}

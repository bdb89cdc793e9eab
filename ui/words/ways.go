package words

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
)

// ground is what the words about a data connection depend on beside its own
// attempts.
type ground struct {
	local, peer netip.AddrPort
	tls, proxy  bool
	nat         bool   // our address is private, the server's public
	ports       string // the port range the site listens on, "" for any
}

// groundOf takes it from a report.
func groundOf(r doctor.Report) ground {
	g := ground{
		local: r.Local, peer: r.Peer, tls: r.Encrypted, proxy: r.Proxy != "", nat: r.BehindNAT() && r.Proxy == "",
	}
	if r.Site.PortFrom != 0 {
		g.ports = fmt.Sprintf("%d-%d", r.Site.PortFrom, r.Site.PortTo)
	}
	return g
}

// clause tells what became of one attempt, as a part of a sentence.
func (g ground) clause(a ftpfs.Attempt) string {
	active := a.Rung.Mode() == site.ModeActive
	g.nat = g.nat && !g.given(a)
	switch a.Outcome {
	case ftpfs.Worked:
		if active {
			return "the server connected to " + place(a.To, "this computer") + from(a.From)
		}
		return "connected to " + place(a.To, "the port that the server named")
	case ftpfs.NotKnown:
		if ofTheMoment(a) {
			return "the server could not do " + a.Rung.String() + " just then"
		}
		return "the server does not allow " + a.Rung.String()
	case ftpfs.NotAllowed:
		if g.nat {
			return "your computer has the private address " + g.local.Addr().String() + " and the server refuses to connect to it"
		}
		return "the server refuses to connect to " + place(a.Advertised, "this computer")
	case ftpfs.Silent:
		return "nobody answered at " + place(a.To, "the port that the server named") + within(a.Took)
	case ftpfs.Rejected:
		return place(a.To, "the port that the server named") + " refused the connection"
	case ftpfs.NoCall:
		if g.nat {
			return "your computer has the private address " + g.local.Addr().String() + " and the server did not connect back" + within(a.Took)
		}
		return "the server did not connect back to " + place(a.Advertised, "this computer") + within(a.Took)
	case ftpfs.CannotCall:
		if g.nat {
			return "your computer has the private address " + g.local.Addr().String() + " and the server could not connect back"
		}
		return "the server could not connect back to " + place(a.Advertised, "this computer")
	case ftpfs.NoReply:
		return "the server did not answer " + a.Rung.String() + within(a.Took)
	case ftpfs.NoPort:
		return "this computer had no free port to listen on"
	case ftpfs.TLSFailed:
		return "it came about, but could not be encrypted"
	case ftpfs.OddReply:
		return "the server's answer to " + a.Rung.String() + " could not be understood"
	}
	return g.impossible(a.Rung)
}

// ofTheMoment tells a refusal that may be none the next time (4xx, RFC 959, 4.2.1),
// as where all ports are taken.
func ofTheMoment(a ftpfs.Attempt) bool {
	return a.Outcome == ftpfs.NotKnown && strings.HasPrefix(a.Reply, "4")
}

func (g ground) impossible(r ftpfs.Rung) string {
	if g.proxy && r.Mode() == site.ModeActive {
		return "through a proxy nobody can connect back"
	}
	return r.String() + " is for IPv4 only, and this connection is IPv6"
}

// place names an end of a connection.
func place(a netip.AddrPort, unknown string) string {
	if !a.IsValid() || a.Port() == 0 {
		return unknown
	}
	return a.String()
}

func from(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return " from " + a.String()
}

// within tells a wait that was long enough to be felt.
func within(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return " within " + strconv.Itoa(int(d.Round(time.Second)/time.Second)) + " s"
}

// cause is clause with the server's own words where they say more.
func (g ground) cause(a ftpfs.Attempt) string {
	text := g.clause(a)
	switch a.Outcome {
	case ftpfs.NotKnown, ftpfs.NotAllowed, ftpfs.CannotCall, ftpfs.OddReply, ftpfs.TLSFailed:
		if a.Reply != "" {
			text += ` ("` + Safe(a.Reply) + `")`
		}
	}
	return text
}

// Switched tells a change of how data connections are made, in one line.
func Switched(s ftpfs.Switch) string {
	g := ground{}
	mode := s.To.Mode()
	why := doctor.WayOf(other(mode), s.Why)
	if why.Tried {
		return fmt.Sprintf("Data connections now use %s mode (%s). %s does not work here: %s.", mode, s.To, capital(string(other(mode))), g.cause(why.Best))
	}
	if why = doctor.WayOf(mode, s.Why); why.Tried {
		return fmt.Sprintf("Data connections now use %s: %s.", s.To, g.cause(why.Best))
	}
	return fmt.Sprintf("Data connections now use %s mode (%s).", mode, s.To)
}

func other(m site.Mode) site.Mode {
	if m == site.ModeActive {
		return site.ModePassive
	}
	return site.ModeActive
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// noData begins the title of Blocked.
const noData = "Connected, but no data connection came about"

// Blocked tells that no data connection came about: what was seen in each mode
// that was tried, and what helps.
func Blocked(b *ftpfs.Blocked, face Face) Words {
	g := ground{local: b.Local, peer: b.Peer, tls: b.TLS, proxy: b.Proxy, nat: b.BehindNAT() && !b.Proxy}
	return Words{
		Title:  noData + g.blocked(b),
		Remedy: g.remedy(b, face),
	}
}

// blocked lists what was seen, mode by mode, and ends the sentence.
func (g ground) blocked(b *ftpfs.Blocked) string {
	var seen []string
	for _, mode := range []site.Mode{site.ModePassive, site.ModeActive} {
		if w := doctor.WayOf(mode, b.Attempts); w.Best.Rung != ftpfs.NoRung && !w.Works {
			seen = append(seen, string(mode)+": "+g.cause(w.Best))
		}
	}
	if len(seen) == 0 {
		return "."
	}
	return ". " + capital(strings.Join(seen, "; ")) + "."
}

// remedy offers the mode that was not tried, else what the finding suggests.
func (g ground) remedy(b *ftpfs.Blocked, face Face) string {
	passive, active := doctor.WayOf(site.ModePassive, b.Attempts), doctor.WayOf(site.ModeActive, b.Attempts)
	switch {
	case b.Mode == site.ModePassive && !b.Proxy:
		return join(offer(site.ModeActive, face), g.help(passive.Best, face))
	case b.Mode == site.ModeActive && b.Proxy:
		return g.help(active.Best, face)
	case b.Mode == site.ModeActive:
		return join(offer(site.ModePassive, face), g.help(active.Best, face))
	}
	check := byFace(face, "`wherry doctor` shows each step.", "\"Check connection\" shows each step.")
	return join(g.help(passive.Best, face), "", check)
}

// offer names the other mode.
func offer(m site.Mode, face Face) string {
	return byFace(face,
		fmt.Sprintf("Try the other way with --mode %s, or --mode auto, which tries both.", m),
		fmt.Sprintf("Choose %s as the transfer mode in the Site menu, or auto, which tries both.", m))
}

func join(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " ")
}

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
	external    string // the address of the router, where the site names it
}

// groundOf takes it from a report.
func groundOf(r doctor.Report) ground {
	g := ground{
		local: r.Local, peer: r.Peer, tls: r.Encrypted, proxy: r.Proxy != "", nat: r.BehindNAT() && r.Proxy == "",
		external: r.Site.ExternalIP,
	}
	if r.Site.PortFrom != 0 {
		g.ports = fmt.Sprintf("%d-%d", r.Site.PortFrom, r.Site.PortTo)
	}
	return g
}

// clause tells what became of one attempt, as a part of a sentence.
func (g ground) clause(a ftpfs.Attempt) string {
	active := a.Rung.Mode() == site.ModeActive
	switch a.Outcome {
	case ftpfs.Worked:
		if active {
			return "the server connected to " + place(a.To, "this computer") + from(a.From)
		}
		return "connected to " + place(a.To, "the port that the server named")
	case ftpfs.NotKnown:
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

// meaning explains an attempt that failed, in one or two sentences.
func (g ground) meaning(a ftpfs.Attempt) string {
	said := ""
	if a.Reply != "" {
		said = sentence("The server answered", `"`+Safe(a.Reply)+`"`)
		said = strings.Replace(said, "answered: ", "answered ", 1)
	}
	here := "Your computer has the private address " + g.local.Addr().String()
	switch a.Outcome {
	case ftpfs.Silent:
		return "Something on the way drops the connection."
	case ftpfs.Rejected:
		if strings.HasPrefix(a.Reply, "2") {
			said = "" // the answer that named the port
		}
		return join("The server's side turned the connection down at once.", said)
	case ftpfs.NoCall:
		if g.nat {
			return here + ", to which no way leads from outside but through your router."
		}
		return "Something on the way drops the server's connection."
	case ftpfs.CannotCall:
		if g.nat {
			return join(here+", to which no way leads from outside but through your router.", said)
		}
		return join("The server tried, and was turned down.", said)
	case ftpfs.NotAllowed:
		if g.nat {
			return join(here+", and the server connects only to the address it sees you come from, which is your router's.", said)
		}
		return join("The server connects only to the address it sees you come from.", said)
	case ftpfs.NotKnown:
		return join("It is turned off, or the server does not know it.", said)
	case ftpfs.NoReply:
		if a.Rung.Mode() == site.ModeActive {
			return "Some servers connect before they answer, so a firewall that drops their connection looks like this."
		}
		return "The answer did not arrive, and this connection is lost."
	case ftpfs.TLSFailed:
		return join("A connection that cannot be encrypted is not used.", said)
	}
	return said
}

// help says what may be done about an attempt that failed, "" for nothing.
func (g ground) help(a ftpfs.Attempt, face Face) string {
	switch a.Outcome {
	case ftpfs.Worked:
		return ""
	case ftpfs.TLSFailed:
		return "Ask whoever runs the server whether its data connections are set up for TLS; the log shows what was said."
	case ftpfs.OddReply, ftpfs.NoReply:
		if a.Rung.Mode() == site.ModeActive && a.Outcome == ftpfs.NoReply {
			return g.helpActive(face) // some servers call before they answer
		}
		return "A firewall on the way may have changed or swallowed the answer. Ask whoever runs the server, and show them the log."
	}
	if a.Rung.Mode() == site.ModeActive {
		switch a.Outcome {
		case ftpfs.NoPort:
			return "Choose a larger port range, or end what uses these ports."
		case ftpfs.NotKnown:
			return ""
		case ftpfs.NotAllowed:
			if !g.nat {
				return "A router on the way may change your address" +
					byFace(face, "; --external-ip names the one that the server sees.", "; the site's external address is to be the one that the server sees.")
			}
		case ftpfs.Impossible:
			if g.proxy {
				return "Use passive mode, or connect without the proxy."
			}
			return ""
		}
		return g.helpActive(face)
	}
	switch a.Outcome {
	case ftpfs.Silent:
		return "The server's firewall may not let its passive ports through" + portSeen(a) + ". Ask whoever runs the server to open its passive port range. " +
			"A firewall on your side that lets only a few ports out looks the same."
	case ftpfs.Rejected:
		return "The server's passive ports may be closed by its firewall, or not be forwarded to it by its router" + portSeen(a) +
			". Ask whoever runs the server to open its passive port range."
	case ftpfs.NotKnown:
		return "Ask whoever runs the server to allow passive mode, or use active."
	}
	return ""
}

func portSeen(a ftpfs.Attempt) string {
	if a.To.Port() == 0 {
		return ""
	}
	return " (it named port " + strconv.Itoa(int(a.To.Port())) + ")"
}

// helpActive says how a server can be let in.
func (g ground) helpActive(face Face) string {
	if g.proxy {
		return "Use passive mode, or connect without the proxy."
	}
	if !g.nat {
		text := "A firewall on this computer or in your network may keep out connections from outside. Let it allow them from the server"
		if g.ports != "" {
			return text + " to the ports " + g.ports + "."
		}
		return text + byFace(face, "; --port-range A-B keeps them to a few ports.", "; the site's port range keeps them to a few ports.")
	}
	ports, here := g.ports, g.local.Addr().String()
	if ports == "" {
		ports = "50000-50100"
	}
	text := ""
	switch {
	case g.external != "" && g.ports != "":
		text = "The router at " + g.external + " may not forward the ports " + ports + " to " + here + ", or a firewall keeps them closed."
	case face == Window:
		text = "Active mode works behind a router only where that forwards ports to this computer: forward a range, such as " + ports + ", to " + here +
			", and enter the range and your public address in the site's settings."
	default:
		text = "Active mode works behind a router only where that forwards ports to this computer: forward a range, such as " + ports + ", to " + here +
			", and add --port-range " + ports + " --external-ip with your public address."
	}
	if g.tls {
		text += " An FTP helper in the router is of no use here: it cannot see the PORT command in an encrypted connection."
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

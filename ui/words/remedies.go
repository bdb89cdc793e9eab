package words

import (
	"net/netip"
	"strconv"
	"strings"

	"wherry/sync/ftpfs"
	"wherry/sync/site"
)

// meaning explains an attempt that failed, in one or two sentences.
func (g ground) meaning(a ftpfs.Attempt) string {
	said := answered(a.Reply)
	g.nat = g.nat && !g.given(a)
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
		if ofTheMoment(a) {
			return said
		}
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

// answered repeats a reply in a sentence, "" for none.
func answered(reply string) string {
	if reply == "" {
		return ""
	}
	return strings.Replace(sentence("The server answered", `"`+Safe(reply)+`"`), "answered: ", "answered ", 1)
}

// help says what may be done about an attempt that failed, "" for nothing.
func (g ground) help(a ftpfs.Attempt, face Face) string {
	active := a.Rung.Mode() == site.ModeActive
	switch {
	case a.Outcome == ftpfs.TLSFailed:
		return "Ask whoever runs the server whether its data connections are set up for TLS; the log shows what was said."
	case a.Outcome == ftpfs.OddReply, a.Outcome == ftpfs.NoReply && !active: // some servers call before they answer
		return "A firewall on the way may have changed or swallowed the answer. Ask whoever runs the server, and show them the log."
	case active:
		return g.helpActiveOne(a, face)
	}
	return helpPassive(a)
}

func (g ground) helpActiveOne(a ftpfs.Attempt, face Face) string {
	switch {
	case a.Outcome == ftpfs.Worked, a.Outcome == ftpfs.NotKnown, a.Outcome == ftpfs.Impossible && !g.proxy:
		return ""
	case a.Outcome == ftpfs.NoPort:
		return "Choose a larger port range, or end what uses these ports."
	case g.given(a) && (a.Outcome == ftpfs.NotAllowed || a.Outcome == ftpfs.NoCall || a.Outcome == ftpfs.CannotCall):
		return g.wrongAddress(a, face)
	case a.Outcome == ftpfs.NotAllowed && !g.nat:
		return "A router on the way may change your address" +
			byFace(face, "; --external-ip names the one that the server sees.", "; the site's external address is to be the one that the server sees.")
	}
	return g.helpActive(face)
}

// given says whether the address named to the server was not our own, but the
// external one of the site.
func (g ground) given(a ftpfs.Attempt) bool {
	return a.Rung.Mode() == site.ModeActive && a.Advertised.IsValid() && g.local.IsValid() && a.Advertised.Addr() != g.local.Addr().Unmap()
}

// wrongAddress doubts an external address that did not help, and what must
// stand beside it.
func (g ground) wrongAddress(a ftpfs.Attempt, face Face) string {
	text := "The external address that was given, " + a.Advertised.Addr().String() + ", may be wrong"
	if seen := g.seenAs(a); seen != "" {
		text += ": the server sees you come from " + seen
	}
	text += byFace(face, ". Mend it or leave out --external-ip", ". Mend it in the site's settings, or take it out")
	ports, here := g.ports, g.local.Addr().String()
	switch {
	case a.Outcome == ftpfs.NotAllowed:
		return text + "."
	case ports == "" && g.nat:
		return text + byFace(face, "; a router also needs a range of ports to forward to "+here+", named by --port-range.",
			"; a router also needs a range of ports to forward to "+here+", entered in the site's settings.")
	case ports == "":
		return text + "."
	}
	return text + ". If it is right, the router may not forward the ports " + ports + " to " + here + ", or a firewall keeps them closed."
}

// seenAs is the address that the server sees, where its reply names one, or
// where nothing between the two changes ours; "" where that is not known.
func (g ground) seenAs(a ftpfs.Attempt) string {
	for _, word := range strings.FieldsFunc(a.Reply, func(r rune) bool { return !strings.ContainsRune("0123456789.", r) }) {
		if ip, err := netip.ParseAddr(strings.Trim(word, ".")); err == nil && ip.Is4() && ip != a.Advertised.Addr() {
			return ip.String()
		}
	}
	if g.nat {
		return ""
	}
	return g.local.Addr().Unmap().String()
}

func helpPassive(a ftpfs.Attempt) string {
	switch a.Outcome {
	case ftpfs.Silent:
		return "The server's firewall may not let its passive ports through" + portSeen(a) + ". Ask whoever runs the server to open its passive port range. " +
			"A firewall on your side that lets only a few ports out looks the same."
	case ftpfs.Rejected:
		return "The server's passive ports may be closed by its firewall, or not be forwarded to it by its router" + portSeen(a) +
			". Ask whoever runs the server to open its passive port range."
	case ftpfs.NotKnown:
		if ofTheMoment(a) {
			return fewPorts
		}
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
		return byFace(face, "Use --mode passive, or connect without the proxy (--proxy none).", "Choose passive as the transfer mode, or connect without the proxy.")
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

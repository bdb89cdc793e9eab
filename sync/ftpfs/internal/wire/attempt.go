package wire

import (
	"net/netip"
	"strings"
	"time"

	"wherry/sync/site"
)

// Outcome is what became of one attempt to get a data connection.
type Outcome string

// The outcomes. What each means for a person, and what helps, is said in
// ui/words.
const (
	Worked     Outcome = "worked"
	NotKnown   Outcome = "command_refused" // the server does not know, forbids or cannot now do the command
	NotAllowed Outcome = "address_refused" // the server will not connect to the address we named (500, 501 of PORT)
	Silent     Outcome = "no_answer"       // passive: nobody answered at the port, packets are dropped
	Rejected   Outcome = "rejected"        // passive: the port refused us at once, or the server our connection (425)
	NoCall     Outcome = "no_call"         // active: the server did not connect to us in time
	CannotCall Outcome = "cannot_call"     // active: the server says that it could not (425)
	NoReply    Outcome = "no_reply"        // the server did not even answer the command
	NoPort     Outcome = "no_port"         // active: we have no free port to listen on
	Impossible Outcome = "not_possible"    // not on this network: IPv6 has no PASV, a proxy no active mode
	TLSFailed  Outcome = "tls_failed"      // it stood, but could not be secured
	OddReply   Outcome = "odd_reply"       // the answer could not be read
)

// Attempt is one try to get a data connection, as it was seen. It holds no
// secret.
type Attempt struct {
	Rung    Rung
	Outcome Outcome
	// Reply is the server's answer that mattered, with its code; "" for none.
	Reply string
	// Advertised is the address named in the command or reply: by the server
	// in 227 (229 names only a port, with the control peer's address), by us
	// in PORT and EPRT.
	Advertised netip.AddrPort
	// From and To are the two ends as really used or tried: passive from us
	// to the server, active from the server to us. An end that was never
	// known is invalid. Through a proxy From is our end towards it, and of To
	// only the port is known where the site has a name.
	From, To netip.AddrPort
	// Stranger is who called in active mode without being the control peer;
	// invalid for nobody.
	Stranger netip.AddrPort
	Took     time.Duration // from the command to the outcome
}

// Blocked is the cause (vfs.Error.Err) of KindNoData: every way that was
// allowed failed, or some did and the session is lost to them. Nothing took
// effect of the operation, an upload included.
type Blocked struct {
	Mode     site.Mode // what the site allows
	Attempts []Attempt // in order
	// Left are the ways not tried yet because the server is stuck in one of
	// the others (its own connect may take it minutes). A fresh session of
	// the same Learned goes on with them: take one at once and repeat the
	// operation. Empty where nothing is left.
	Left []Rung
	// Local and Peer are the ends of the control connection; through a proxy
	// Peer is the proxy.
	Local, Peer netip.AddrPort
	TLS         bool // the control connection is encrypted
	Proxy       bool // the control connection runs through a proxy
}

// Error is the outcomes in a line for logs; vfs.Error.Reply tells more of each.
func (b *Blocked) Error() string {
	words := make([]string, 0, len(b.Attempts))
	for _, a := range b.Attempts {
		words = append(words, a.Rung.String()+" "+string(a.Outcome))
	}
	return "tried " + strings.Join(words, ", ")
}

// BehindNAT says that our address is a private one (RFC 1918, 4193, 6598)
// while the server's is public: then it can reach us only where a router
// forwards the port.
func (b *Blocked) BehindNAT() bool { return !b.Proxy && BehindNAT(b.Local.Addr(), b.Peer.Addr()) }

// BehindNAT says that local is private and peer is public.
func BehindNAT(local, peer netip.Addr) bool {
	return local.IsValid() && private(local) && peer.IsValid() && !private(peer)
}

// private also holds for the shared addresses of carriers (RFC 6598).
func private(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrier.Contains(a)
}

var (
	carrier  = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	reserved = netip.MustParsePrefix("240.0.0.0/4")   // RFC 1112
	nowhere  = netip.MustParsePrefix("0.0.0.0/8")     // RFC 791
)

// public says that a is an IPv4 address by which the world can reach somebody.
func public(a netip.Addr) bool {
	return a.Is4() && a.IsGlobalUnicast() && !private(a) && !reserved.Contains(a) && !nowhere.Contains(a)
}

// Switch is a change of how data connections are made, to be told once.
type Switch struct {
	From, To Rung      // From is NoRung where nothing had worked before
	Why      []Attempt // what failed on the way
	At       time.Time
}

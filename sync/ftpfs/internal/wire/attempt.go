package wire

import (
	"net/netip"
	"time"

	"wherry/sync/site"
)

// Outcome is what became of one attempt to get a data connection.
type Outcome string

// The outcomes. What each means for a person, and what helps, is said in
// ui/words.
const (
	Worked     Outcome = "worked"
	NotKnown   Outcome = "command_refused" // 500, 502: the server does not know or forbids the command
	NotAllowed Outcome = "address_refused" // the server will not connect to the address we named (500, 501 of PORT)
	Silent     Outcome = "no_answer"       // passive: nobody answered at the port, packets are dropped
	Rejected   Outcome = "rejected"        // passive: the port refused us at once
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
	// known is invalid.
	From, To netip.AddrPort
	// Stranger is who called in active mode without being the control peer;
	// invalid for nobody.
	Stranger netip.AddrPort
	Took     time.Duration
}

// Blocked is the cause (vfs.Error.Err) of KindNoData: every way that was
// allowed failed.
type Blocked struct {
	Mode     site.Mode // what the site allows
	Attempts []Attempt // in order
	// Local and Peer are the ends of the control connection.
	Local, Peer netip.AddrPort
	TLS         bool // the control connection is encrypted
	Proxy       bool // the control connection runs through a proxy
}

// Error is a line for logs.
func (b *Blocked) Error() string {
	line := "no data connection"
	for _, a := range b.Attempts {
		line += "; " + a.Rung.String() + ": " + string(a.Outcome)
		if a.Reply != "" {
			line += " (" + a.Reply + ")"
		}
	}
	return line
}

// BehindNAT says that our address is a private one (RFC 1918, 4193, 6598)
// while the server's is public: then it can reach us only where a router
// forwards the port.
func (b *Blocked) BehindNAT() bool { return BehindNAT(b.Local.Addr(), b.Peer.Addr()) }

// BehindNAT says that local is private and peer is public.
func BehindNAT(local, peer netip.Addr) bool {
	return private(local) && peer.IsValid() && !private(peer)
}

// private also holds for the shared addresses of carriers (RFC 6598).
func private(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrier.Contains(a)
}

var carrier = netip.MustParsePrefix("100.64.0.0/10")

// Switch is a change of how data connections are made, to be told once.
type Switch struct {
	From, To Rung      // From is NoRung where nothing had worked before
	Why      []Attempt // what failed on the way
	At       time.Time
}

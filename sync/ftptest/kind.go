package ftptest

import (
	"crypto/tls"
	"fmt"
)

// Kind names a server program.
type Kind string

// The programs. Each has habits of its own, which is why all four are tried.
const (
	VSFTPD   Kind = "vsftpd"   // no MLSD, numeric owners, insists on resumed TLS sessions
	ProFTPD  Kind = "proftpd"  // many facts in MLSD, refuses by <Limit>
	PureFTPd Kind = "pureftpd" // 421 rather than 530, own words in most replies
	PyFTPD   Kind = "pyftpd"   // pyftpdlib: asynchronous, dials at EPRT time
)

// Kinds returns all programs, in the order of the tables in test output.
func Kinds() []Kind { return []Kind{VSFTPD, ProFTPD, PureFTPd, PyFTPD} }

// Options are what a test may ask of a real server. The zero value is a plain
// server on 127.0.0.1 with every command and both transfer modes.
type Options struct {
	TLS        bool   // AUTH TLS is offered
	RequireTLS bool   // and login and data in clear are refused; implies TLS
	Implicit   bool   // TLS from the first byte; implies TLS
	MinTLS     uint16 // tls.VersionTLS13 refuses older; 0 = 1.2
	MaxTLS     uint16 // tls.VersionTLS12 or tls.VersionTLS13; 0 = the best

	IPv6      bool // listens on [::1] alone
	NoPassive bool // PASV and EPSV are refused
	NoActive  bool // PORT and EPRT are refused
	NoEPSV    bool // EPSV alone is refused, as behind an old firewall
	// Deny names commands that are refused; what a server then answers is
	// its own matter (500, 502 or 550).
	Deny []string
	// PassivePorts is the inclusive range of passive ports; zero = a free
	// range of 126.
	PassivePorts [2]int
	// Anonymous lets "anonymous" read Dir beside the account.
	Anonymous bool
	// PerAddress is how many control connections one address may have; 0 =
	// 200. Above it vsftpd, Pure-FTPd and pyftpdlib say 421 in the greeting
	// and ProFTPD 530 to PASS.
	PerAddress int
	// Advertise is the address that PASV names instead of the server's own,
	// as a server behind NAT does that was told the wrong one, or none.
	Advertise string
	// Digest gives ProFTPD its mod_digest: HASH, XCRC, XMD5, XSHA1, XSHA256
	// and XSHA512.
	Digest bool

	// Keeps has ProFTPD refuse to write to a file that stands, and to rename onto
	// one, which is what it does unless it is told otherwise (AllowOverwrite).
	Keeps bool

	// Netns is the network namespace to run in and Host the address to listen
	// on there; the control port is 21 then, and the passive range of 100
	// begins at 50000. Set by Stage. "": this namespace, loopback.
	Netns, Host string
}

// secure says whether TLS is there in any form.
func (o Options) secure() bool { return o.TLS || o.RequireTLS || o.Implicit }

func (o Options) perAddress() int {
	if o.PerAddress > 0 {
		return o.PerAddress
	}
	return 200
}

// denied is every command that the options refuse by name.
func (o Options) denied() []string {
	denied := append([]string(nil), o.Deny...)
	if o.NoEPSV {
		denied = append(denied, "EPSV")
	}
	if o.NoPassive {
		denied = append(denied, "PASV", "EPSV")
	}
	if o.NoActive {
		denied = append(denied, "PORT", "EPRT")
	}
	return denied
}

// Cannot says in words why this program cannot be run so, "" when it can.
// Tables of tests leave such rows out; Start fails on them.
func (k Kind) Cannot(o Options) string {
	switch {
	case k == PureFTPd && o.Implicit:
		return "Debian's Pure-FTPd is built without implicit TLS"
	case k == PureFTPd && len(o.denied()) > 0:
		return "Pure-FTPd cannot refuse single commands"
	case k != ProFTPD && o.Digest:
		return "only ProFTPD computes digests"
	case k == PureFTPd && o.Anonymous:
		return "Pure-FTPd takes anonymous logins only with a system account named ftp"
	case (k == ProFTPD || k == VSFTPD) && o.Anonymous && !isRoot():
		return "this server takes anonymous logins only when root starts it"
	case o.MinTLS > tls.VersionTLS12 && o.MaxTLS == tls.VersionTLS12:
		return "no TLS version is left"
	}
	return ""
}

// opensslConf bounds the protocol for any program on OpenSSL: vsftpd 3.0.3
// and Pure-FTPd have no settings of their own for TLS 1.3 (config(5ssl)).
func opensslConf(o Options) string {
	name := map[uint16]string{0: "TLSv1.2", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}
	highest := o.MaxTLS
	if highest == 0 {
		highest = tls.VersionTLS13
	}
	return fmt.Sprintf("openssl_conf = conf\n[conf]\nssl_conf = ssl\n[ssl]\nsystem_default = bounds\n"+
		"[bounds]\nMinProtocol = %s\nMaxProtocol = %s\n", name[o.MinTLS], name[highest])
}

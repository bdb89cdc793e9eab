package session

import (
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Facts describe the server and the connection for people and for the pool.
// Its slices and pointers are never changed once handed out.
type Facts struct {
	// Home is the login folder.
	Home vfs.Path
	// Server is the first line of the greeting, System the answer to SYST.
	Server, System string
	// TLSVersion is "TLS 1.3" and the like, "" in clear.
	TLSVersion string
	// Certificate is the server's own, without its chain; nil in clear.
	Certificate *x509.Certificate
	// Local and Peer are the ends of the control connection; through a proxy
	// Peer is the proxy's.
	Local, Peer netip.AddrPort
	// Proxied says that the control connection runs through a proxy.
	Proxied bool
	// Mode is what data connections use now, or what the site forces; "" in
	// auto before the first one. Via is the command: EPSV, PASV, EPRT, PORT.
	Mode site.Mode
	Via  string
	// Attempts are the tries for a data connection of the present or last
	// operation, in order.
	Attempts []wire.Attempt
	// Switch is the newest change of how data connections are made; nil
	// where nothing changed.
	Switch *wire.Switch
	// Feat are the lines of the answer to FEAT, trimmed; nil where the server
	// does not know it.
	Feat []string
	// What FEAT names, as far as it has not turned out to be untrue.
	MLSD, MFMT, MDTM, SIZE, REST bool
	// Encoding is the WHATWG's name of the encoding of file names: the
	// site's, or "utf-8" where the server offers it; "" where nobody says.
	Encoding string
	// ClockOffset is the server's clock in listings minus UTC, in steps of a
	// quarter of an hour, where ClockKnown.
	ClockOffset time.Duration
	ClockKnown  bool
	// ResumedData counts data connections that resumed the TLS session.
	ResumedData int
	// Features are the session's as a file system.
	Features vfs.Features
}

// Facts may be called from any goroutine and is cheap.
func (s *Session) Facts() Facts {
	s.mu.Lock()
	f := s.facts
	s.mu.Unlock()
	now := s.ctl.Facts()
	f.TLSVersion, f.ResumedData = now.TLSVersion, now.Resumed
	f.Local, f.Peer = s.ctl.Ends()
	f.Proxied = s.ctl.Proxied()
	f.Attempts = s.ctl.Attempts()
	if change, told := s.conf.Learned.Switch(); told {
		f.Switch = &change
	}
	f.Mode, f.Via = now.Rung.Mode(), now.Rung.String()
	if m := s.conf.Site.Mode; f.Mode != m && (m == site.ModePassive || m == site.ModeActive) {
		f.Mode, f.Via = m, "" // what was remembered is of the other mode
	}
	return f
}

// describe fills in the facts after the login, and again when something has
// turned out not to be so.
func (s *Session) describe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.facts
	first, _, _ := strings.Cut(s.ctl.Greeting(), "; ")
	f.Server = strings.Trim(first, "- ")
	f.MLSD, f.MFMT = s.supports("MLST"), s.supports("MFMT")
	f.MDTM, f.SIZE, f.REST = s.supports("MDTM"), s.supports("SIZE"), s.supports("REST")
	f.Encoding = s.names.label
	if f.Encoding == "" && s.supports("UTF8") {
		f.Encoding = utf8Label
	}
	windows := strings.Contains(strings.ToUpper(f.System), "WINDOWS")
	f.Features = vfs.Features{
		Home:        f.Home,
		SetTime:     f.MFMT || s.writesMDTM(),
		SetMode:     true, // SITE CHMOD is in no FEAT; all four servers have it
		ResumeRead:  f.REST,
		ResumeWrite: f.REST,
		// RNTO is rename(2) on Unix, and MoveFile without replacing on
		// Windows.
		Replaces:  !windows && !s.keeps,
		FoldsCase: windows,
		TimeStep:  time.Second,
		Hashes:    slices.Clip(s.hashes()),
	}
}

// writesMDTM says whether MDTM with a time sets it: a habit of vsftpd
// (mdtm_write). Elsewhere the time would be taken for a file name.
func (s *Session) writesMDTM() bool {
	return s.supports("MDTM") && s.isVSFTPD()
}

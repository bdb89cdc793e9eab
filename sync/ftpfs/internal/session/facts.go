package session

import (
	"strings"
	"time"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Facts describe the server and the connection for people and for the pool.
type Facts struct {
	// Home is the login folder.
	Home vfs.Path
	// Server is the first line of the greeting, System the answer to SYST.
	Server, System string
	// TLSVersion is "TLS 1.3" and the like, "" in clear.
	TLSVersion string
	// Mode is what data connections use now, or what the site forces; "" in
	// auto before the first one. Via is the command: EPSV, PASV, EPRT, PORT.
	Mode site.Mode
	Via  string
	// What FEAT names.
	MLSD, MFMT, MDTM, SIZE, REST bool
	// ResumedData counts data connections that resumed the TLS session.
	ResumedData int
	// Features are the session's as a file system.
	Features vfs.Features
}

// Facts may be called from any goroutine and is cheap.
func (s *Session) Facts() Facts {
	f, now := s.facts, s.ctl.Facts()
	f.TLSVersion, f.ResumedData = now.TLSVersion, now.Resumed
	f.Mode, f.Via = now.Rung.Mode(), now.Rung.String()
	if m := s.conf.Site.Mode; f.Mode == "" && (m == site.ModePassive || m == site.ModeActive) {
		f.Mode = m
	}
	return f
}

// describe fills in the fixed facts after the login.
func (s *Session) describe() {
	f := &s.facts
	first, _, _ := strings.Cut(s.ctl.Greeting(), "; ")
	f.Server = strings.Trim(first, "- ")
	f.MLSD, f.MFMT = s.supports("MLST"), s.supports("MFMT")
	f.MDTM, f.SIZE, f.REST = s.supports("MDTM"), s.supports("SIZE"), s.supports("REST")
	f.Features = vfs.Features{
		Home:        f.Home,
		SetTime:     f.MFMT || s.writesMDTM(),
		SetMode:     true, // SITE CHMOD is in no FEAT; all four servers have it
		ResumeRead:  f.REST,
		ResumeWrite: f.REST,
		// RNTO is rename(2) on Unix, and MoveFile without replacing on
		// Windows.
		Replaces:  !strings.Contains(strings.ToUpper(f.System), "WINDOWS"),
		FoldsCase: strings.Contains(strings.ToUpper(f.System), "WINDOWS"),
		TimeStep:  time.Second,
	}
}

// writesMDTM says whether MDTM with a time sets it: a habit of vsftpd
// (mdtm_write). Elsewhere the time would be taken for a file name.
func (s *Session) writesMDTM() bool {
	return s.supports("MDTM") && s.isVSFTPD()
}

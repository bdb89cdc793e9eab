// Package doctor tries every step of a connection to one server and tells what
// it found.
//
// It exists because FTP fails in more places than other protocols do, and
// because "timed out" helps nobody: a person needs to know which of the two
// connections was stopped, where, and what to do about it. The doctor looks
// and reports facts; words for people are made from them in ui/words, and the
// picture of them in ui/doctorview.
package doctor

import (
	"net/netip"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Attempt is one try to get a data connection; see package wire.
type Attempt = wire.Attempt

// ProxyError is the cause of a failure that is the proxy's; see package wire.
type ProxyError = wire.ProxyError

// StepID names a step for JSON and for ui/words.
type StepID string

// The steps in the order in which they are tried. A step that needs an
// earlier one is NotPossible when that one failed.
const (
	Resolve  StepID = "resolve"  // the name's addresses, both families
	Connect  StepID = "connect"  // TCP to each address
	Greeting StepID = "greeting" // 220
	TLS      StepID = "tls"      // version, certificate, trust
	Login    StepID = "login"
	Features StepID = "features" // FEAT, SYST
	EPSV     StepID = "epsv"     // passive, RFC 2428
	PASV     StepID = "pasv"     // passive, RFC 959
	EPRT     StepID = "eprt"     // active, RFC 2428
	PORT     StepID = "port"     // active, RFC 959
	Reuse    StepID = "tls_data" // data connections: encrypted, same certificate, session resumed
	List     StepID = "list"
	Upload   StepID = "upload" // these five in a temporary name, if the person allows writing
	Download StepID = "download"
	Resume   StepID = "resume"
	Rename   StepID = "rename"
	Delete   StepID = "delete"
	Clock    StepID = "clock"    // the server's clock against ours
	Encoding StepID = "encoding" // of file names
)

// Status of a step.
type Status string

// The statuses.
const (
	Passed      Status = "passed"
	Failed      Status = "failed"
	NotPossible Status = "not_possible" // the step before it failed, or it does not apply here
	NotAllowed  Status = "not_allowed"  // it would write, and the person did not allow that
)

// Fact is one thing that was seen, to be shown as it is: a name from a fixed
// set (see the constants) and its value, readable, bounded and without secrets.
// A step may hold several of one name.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// The names of facts.
const (
	FactAddress     = "address"      // an address of the host; in Connect the next two are about it
	FactAnswer      = "answer"       // AnswerYes, AnswerNone, AnswerRefused or AnswerUnreachable
	FactWaited      = "milliseconds" // until the answer, or in vain
	FactProxy       = "proxy"        // host and port in between
	FactGreeting    = "greeting"     // the server's first words
	FactVersion     = "tls"          // "TLS 1.3"
	FactCipher      = "cipher"       // the cipher suite's name
	FactSubject     = "subject"      // whose certificate it says it is
	FactIssuer      = "issuer"       // who vouches for it
	FactUntil       = "until"        // the last day of its validity
	FactNames       = "names"        // the hosts it was made for
	FactFingerprint = "fingerprint"  // SHA256:HEX
	FactChain       = "chain"        // a further certificate that the server showed
	FactProblem     = "problem"      // a trust.Reason
	FactTrust       = "trust"        // TrustSystem, TrustNamed, TrustPerson or TrustNobody
	FactUser        = "user"
	FactHome        = "home"   // the login folder
	FactLocal       = "local"  // our end of the control connection
	FactPeer        = "peer"   // the other end: the server's, or the proxy's
	FactSystem      = "system" // the answer to SYST
	FactFeatures    = "features"
	FactReply       = "reply"  // what the server said
	FactFolder      = "folder" // what was listed or written to
	FactEntries     = "entries"
	FactBytes       = "bytes"
	FactResumed     = "resumed" // data connections that resumed the TLS session
	FactSecured     = "secured" // of so many
	FactFile        = "file"    // the temporary file
	FactLeft        = "left"    // a temporary file that could not be removed
	FactOffset      = "offset"  // the server's clock minus ours
	FactAccuracy    = "accuracy"
	FactZone        = "zone"      // listing times minus UTC
	FactUTF8        = "utf8"      // "offered" or "not offered"
	FactEncoding    = "encoding"  // in use
	FactOddNames    = "odd_names" // so many of FactEntries
	FactExample     = "example"   // one of the odd names, escaped
	FactStranger    = "stranger"
)

// The values of FactAnswer.
const (
	AnswerYes         = "answered"
	AnswerNone        = "none"
	AnswerRefused     = "refused"
	AnswerUnreachable = "unreachable"
)

// The values of FactTrust.
const (
	TrustSystem = "system" // the system's authorities vouch for it
	TrustNamed  = "named"  // not these, but authorities that were named beside them (Config.Roots)
	TrustPerson = "person" // a person accepted it, or named its fingerprint
	TrustNobody = "nobody"
)

// Step is what one step showed.
type Step struct {
	ID     StepID
	Status Status
	Took   time.Duration
	Facts  []Fact
	// Err is why it failed, a *vfs.Error; nil otherwise.
	Err error
	// Attempt is the data connection of EPSV, PASV, EPRT and PORT.
	Attempt *Attempt
}

// Kind returns the kind of the step's failure.
func (s Step) Kind() vfs.Kind { return vfs.KindOf(s.Err) }

// Fact returns the value of the first fact of that name, "" for none.
func (s Step) Fact(name string) string {
	for _, f := range s.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// All returns the values of every fact of that name.
func (s Step) All(name string) []string {
	var all []string
	for _, f := range s.Facts {
		if f.Name == name {
			all = append(all, f.Value)
		}
	}
	return all
}

// Way is one mode of data connections, as a picture shows it.
type Way struct {
	Mode site.Mode // ModePassive or ModeActive
	// Tried is false where no attempt could be made.
	Tried, Works bool
	// Best is the attempt that worked, else the one that tells most.
	Best Attempt
}

// Report is a whole check.
type Report struct {
	Site  site.Site // as checked
	Began time.Time
	Took  time.Duration
	Steps []Step
	// Local and Peer are the ends of the control connection; invalid where
	// there was none.
	Local, Peer netip.AddrPort
	// Encrypted tells whether the control connection is.
	Encrypted bool
	// Proxy is the host and port in between, "" for none.
	Proxy           string
	Passive, Active Way
}

// Partial is what the first steps of a check show, for a face that tells each
// as it comes.
func Partial(s site.Site, steps []Step) Report {
	r := Report{Site: s, Steps: steps}
	var attempts []Attempt
	for _, one := range steps {
		if one.Attempt != nil {
			attempts = append(attempts, *one.Attempt)
		}
		switch one.ID {
		case Resolve:
			r.Proxy = one.Fact(FactProxy)
		case TLS:
			r.Encrypted = one.Fact(FactVersion) != "" && one.Status == Passed
		case Login: // both are left invalid where the step has none
			r.Local, _ = netip.ParseAddrPort(one.Fact(FactLocal))
			r.Peer, _ = netip.ParseAddrPort(one.Fact(FactPeer))
		}
	}
	r.Passive, r.Active = WayOf(site.ModePassive, attempts), WayOf(site.ModeActive, attempts)
	return r
}

// Step returns the step of that ID, and whether it is in the report.
func (r Report) Step(id StepID) (Step, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// Allows says whether the site's mode allows that one.
func (r Report) Allows(m site.Mode) bool {
	forced := r.Site.Mode == site.ModePassive || r.Site.Mode == site.ModeActive
	return !forced || r.Site.Mode == m
}

// Works says whether a data connection came about in a mode that the site
// allows: then files can be transferred.
func (r Report) Works() bool {
	return r.Passive.Works && r.Allows(site.ModePassive) || r.Active.Works && r.Allows(site.ModeActive)
}

// Stopped returns the step that ended the check before data connections could
// be tried: the first failure up to the login, or wherever it was cancelled.
func (r Report) Stopped() (Step, bool) {
	for _, s := range r.Steps {
		if s.Status != Failed {
			continue
		}
		switch s.ID {
		case Resolve, Connect, Greeting, TLS, Login:
			return s, true
		}
		if s.Kind() == vfs.KindCancelled || s.Kind() == vfs.KindLogin || s.Kind() == vfs.KindProxyLogin {
			return s, true
		}
	}
	return Step{}, false
}

// Missed returns the steps that failed although data connections work, in
// order: the listing of the folder that was named, and what was to be written.
func (r Report) Missed() []Step {
	var all []Step
	for _, s := range r.Steps {
		switch s.ID {
		case List, Upload, Download, Resume, Rename, Delete:
			if s.Status == Failed {
				all = append(all, s)
			}
		}
	}
	return all
}

// Blocked returns what was tried for data connections in the modes the site
// allows, as the cause of a vfs.KindNoData.
func (r Report) Blocked() *wire.Blocked {
	b := &wire.Blocked{Mode: r.Site.Mode, Local: r.Local, Peer: r.Peer, TLS: r.Encrypted, Proxy: r.Proxy != ""}
	for _, s := range r.Steps {
		if s.Attempt != nil && r.Allows(s.Attempt.Rung.Mode()) {
			b.Attempts = append(b.Attempts, *s.Attempt)
		}
	}
	return b
}

// BehindNAT says that our address is private while the server's is public.
func (r Report) BehindNAT() bool { return wire.BehindNAT(r.Local.Addr(), r.Peer.Addr()) }

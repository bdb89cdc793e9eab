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
// set ("address", "certificate", "server") and its value, readable and without
// secrets.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

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

// Step returns the step of that ID, and whether it is in the report.
func (r Report) Step(id StepID) (Step, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// BehindNAT says that our address is private while the server's is public.
func (r Report) BehindNAT() bool { return wire.BehindNAT(r.Local.Addr(), r.Peer.Addr()) }

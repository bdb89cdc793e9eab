package doctorview

import (
	"net/netip"
	"strconv"
	"strings"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// Stop is where a connection was stopped.
type Stop uint8

// The places, from left to right.
const (
	Nowhere  Stop = iota // it went through, or was not tried
	AtUs                 // at this computer
	AtWall               // on the way, by a firewall or router
	AtServer             // at the server, or its own firewall
)

// Node is one column of the picture.
type Node struct{ Title, Line, Second string }

// Lane is one connection of the picture.
type Lane struct {
	Name    string
	Caption string // what such a connection is, in one line
	Result  string // what became of it, in a word or two
	Note    string // what was seen of a failure; "" for none
	Tone    Tone
	// ToServer is the direction: who calls and who is called.
	ToServer    bool
	Here, There string // the ends
	Stop        Stop
	// Made is false where nobody even tried to connect: then no more than the
	// way is shown that it would have taken.
	Made bool
}

// Picture is what the picture shows.
type Picture struct {
	Us, Wall, Server Node
	// Through draws what stands between as something that passes connections
	// on, and not as a wall: a proxy.
	Through bool
	Lanes   []Lane
}

// Picture returns it as far as it is known.
func (m *Model) Picture() Picture {
	r := m.soFar()
	p := Picture{
		Us:     Node{Title: "This computer", Line: address(r.Local)},
		Wall:   Node{Title: "Firewall, router"},
		Server: Node{Title: "Server", Line: words.Safe(m.site.Host)},
	}
	switch peer := address(r.Peer); {
	case r.Proxy != "":
		p.Wall, p.Through = Node{Title: "Proxy", Line: words.Safe(r.Proxy)}, true
	case r.BehindNAT():
		p.Wall = Node{Title: "Router", Line: "private | public"}
		p.Us.Second, p.Server.Second = "a private address", peer
	case peer != p.Server.Line:
		p.Server.Second = peer
	}
	now := m.current()
	p.Lanes = []Lane{
		m.control(r),
		m.data(r, r.Passive, site.ModePassive, now == doctor.EPSV || now == doctor.PASV),
		m.data(r, r.Active, site.ModeActive, now == doctor.EPRT || now == doctor.PORT),
	}
	return p
}

// control is the connection for commands.
func (m *Model) control(r doctor.Report) Lane {
	l := Lane{
		Name: "Control", Caption: "This computer connects to the server and sends commands.", ToServer: true,
		Here: "any port", There: "port " + strconv.Itoa(m.site.EffectivePort()), Result: "not tried", Made: true,
	}
	if r.Local.Port() != 0 {
		l.Here = port(r.Local)
	}
	passed := func(id doctor.StepID) bool {
		s, ok := r.Step(id)
		return ok && s.Status == doctor.Passed
	}
	stopped, failed := r.Stopped()
	switch {
	case passed(doctor.Login) || !failed && passed(doctor.Greeting) && !m.running:
		l.Tone, l.Result = Good, "works, encrypted"
		if !r.Encrypted {
			l.Tone, l.Result = Caution, "works, not encrypted"
		}
	case failed && stopped.Kind() == vfs.KindCancelled:
		l.Made = passed(doctor.Connect)
		l.Result = "cancelled"
	case failed: // the verdict says why
		l.Tone = Bad
		l.Result, l.Stop, l.Made = stoppedBy(stopped)
	case m.running:
		l.Tone, l.Result = Busy, "connecting"
	default:
		l.Made = false
	}
	return l
}

// stoppedBy tells what ended a control connection, where, and whether it had
// been tried.
func stoppedBy(s doctor.Step) (result string, at Stop, made bool) {
	switch s.ID {
	case doctor.Resolve:
		return "no such host", AtUs, false
	case doctor.Connect:
		if s.Kind() == vfs.KindRefused {
			return "refused", AtServer, true
		}
		return "no answer", AtWall, true
	case doctor.Greeting:
		return "no FTP server", AtServer, true
	case doctor.TLS:
		return "not secured", AtServer, true
	}
	return "login refused", AtServer, true
}

// captions say what a mode means.
var captions = map[site.Mode]string{
	site.ModePassive: "This computer connects to a port that the server names.",
	site.ModeActive:  "The server connects back to a port of this computer.",
}

// data is the connection for files and listings in one mode.
func (m *Model) data(r doctor.Report, w doctor.Way, mode site.Mode, now bool) Lane {
	l := Lane{
		Name: "Passive data", Caption: captions[mode], ToServer: mode == site.ModePassive,
		Here: "any port", There: "any port", Result: "not tried",
	}
	a := w.Best
	here, there := a.From, a.To
	if mode == site.ModeActive {
		l.Name = "Active data"
		if here, there = a.To, a.From; !here.IsValid() {
			here = a.Advertised
		}
	}
	if here.Port() != 0 {
		l.Here = port(here)
	}
	if there.Port() != 0 {
		l.There = port(there)
	}
	switch {
	case w.Works:
		l.Tone, l.Made, l.Result = Good, true, "works ("+a.Rung.String()+")"
	case now:
		l.Tone, l.Result = Busy, "trying"
	case a.Rung == ftpfs.NoRung:
		if m.running {
			l.Result = "to be tried"
		}
	default:
		l.Result, l.Stop, l.Made = stoppedWay(a)
		if l.Stop != Nowhere {
			l.Tone = Bad
		}
		l.Note = m.seen(r, a)
	}
	return l
}

// stoppedWay tells what became of an attempt that failed, where it was
// stopped, and whether anybody tried to connect.
func stoppedWay(a ftpfs.Attempt) (result string, at Stop, made bool) {
	active := a.Rung.Mode() == site.ModeActive
	switch a.Outcome {
	case ftpfs.Impossible:
		return "not possible", Nowhere, false
	case ftpfs.NotKnown:
		return "not allowed by the server", AtServer, false
	case ftpfs.NotAllowed:
		return "refused by the server", AtServer, false
	case ftpfs.NoPort:
		return "no free port here", AtUs, false
	case ftpfs.TLSFailed:
		return "not encrypted", AtServer, true
	case ftpfs.OddReply:
		return "answer not understood", AtServer, false
	case ftpfs.Rejected:
		return "refused", AtServer, true
	case ftpfs.Silent:
		return "blocked", AtServer, true
	case ftpfs.NoReply:
		if !active {
			return "no answer", AtServer, false
		}
	}
	return "blocked", AtWall, true
}

// seen is what was seen of an attempt.
func (m *Model) seen(r doctor.Report, a ftpfs.Attempt) string {
	for _, s := range r.Steps {
		if s.Attempt != nil && s.Attempt.Rung == a.Rung {
			w := words.Step(s, r, words.Window)
			if w.Seen != "" {
				return sentence(w.Seen)
			}
			return w.Means
		}
	}
	return ""
}

// sentence gives a clause a capital and a full stop.
func sentence(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		s = string(s[0]-'a'+'A') + s[1:]
	}
	if strings.HasSuffix(s, "…") {
		return s
	}
	return strings.TrimSuffix(s, ".") + "."
}

func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.Addr().Unmap().String()
}

func port(a netip.AddrPort) string {
	if a.Port() == 0 {
		return ""
	}
	return "port " + strconv.Itoa(int(a.Port()))
}

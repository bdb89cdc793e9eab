package words

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// StepWords tell one step of a check.
type StepWords struct {
	// Name of the step, in a few words.
	Name string
	// Seen is what was found, on one line; "" where nothing was.
	Seen string
	// Means is what that means for the person, one or two sentences; "" where
	// the name says it all.
	Means string
	// Do is what helps; "" where nothing is to be done.
	Do string
}

var stepNames = map[doctor.StepID]string{
	doctor.Resolve: "Host name", doctor.Connect: "Connection", doctor.Greeting: "FTP server", doctor.TLS: "Encryption",
	doctor.Login: "Login", doctor.Features: "What the server can", doctor.EPSV: "Passive (EPSV)", doctor.PASV: "Passive (PASV)",
	doctor.EPRT: "Active (EPRT)", doctor.PORT: "Active (PORT)", doctor.Reuse: "Encrypted data", doctor.List: "Listing",
	doctor.Upload: "Upload", doctor.Download: "Download", doctor.Resume: "Resume", doctor.Rename: "Rename", doctor.Delete: "Delete",
	doctor.Clock: "Clock", doctor.Encoding: "File names",
}

// Step tells one step of r.
func Step(s doctor.Step, r doctor.Report, face Face) StepWords {
	w := StepWords{Name: stepNames[s.ID]}
	switch {
	case s.Status == doctor.NotAllowed:
		w.Means = "It would write to the server, which was not allowed."
		w.Do = byFace(face, "Use --write to allow small temporary files.", "Allow writing to try it with small temporary files.")
		return w
	case s.Attempt != nil:
		return attempted(w, s, r, face)
	}
	w.Seen = seen(s)
	switch s.Status {
	case doctor.Failed:
		return failed(w, s, r, face)
	case doctor.NotPossible:
		w.Means = impossible(s, r)
	default:
		w.Means, w.Do = passed(s, r, face)
	}
	return w
}

// factOf is the value of the facts of one name, which are readable already.
func factOf(s doctor.Step, name string) string {
	return cut(withoutLogin(strings.Join(s.All(name), ", ")))
}

// part is one piece of the line of facts of a step: the value of a fact with
// words around it.
type part struct{ before, fact, behind string }

// parts are the facts that a step's line shows, in order.
var parts = map[doctor.StepID][]part{
	doctor.Resolve:  {{"", doctor.FactAddress, ""}, {"proxy ", doctor.FactProxy, ""}},
	doctor.Connect:  {{"", doctor.FactAddress, ""}, {"proxy ", doctor.FactProxy, ""}},
	doctor.Greeting: {{"", doctor.FactGreeting, ""}, {"", doctor.FactReply, ""}},
	doctor.TLS: {
		{"", doctor.FactVersion, ""},
		{"certificate of ", doctor.FactSubject, ""},
		{"issued by ", doctor.FactIssuer, ""},
		{"until ", doctor.FactUntil, ""},
		{"", doctor.FactTrust, ""},
	},
	doctor.Login:    {{"as ", doctor.FactUser, ""}, {"in ", doctor.FactHome, ""}},
	doctor.Features: {{"", doctor.FactSystem, ""}, {"", doctor.FactFeatures, ""}},
	doctor.Reuse:    {{"TLS session resumed on ", doctor.FactResumed, ""}},
	doctor.List:     {{"", doctor.FactEntries, " entries"}, {"in ", doctor.FactFolder, ""}},
	doctor.Upload:   {{"", doctor.FactBytes, " bytes"}, {"", doctor.FactFile, ""}},
	doctor.Download: {{"", doctor.FactBytes, " bytes"}},
	doctor.Resume:   {{"", doctor.FactFile, ""}},
	doctor.Rename:   {{"", doctor.FactFile, ""}},
	doctor.Delete:   {{"left behind: ", doctor.FactLeft, ""}},
	doctor.Clock:    {{"", doctor.FactOffset, ""}},
	doctor.Encoding: {
		{"names in ", doctor.FactEncoding, ""},
		{"UTF-8 ", doctor.FactUTF8, ""},
		{"not UTF-8: ", doctor.FactOddNames, ""},
		{"such as ", doctor.FactExample, ""},
	},
}

// seen is the line of facts of a step.
func seen(s doctor.Step) string {
	var all []string
	for _, p := range parts[s.ID] {
		value := factOf(s, p.fact)
		switch p.fact {
		case doctor.FactAddress:
			value = cut(strings.Join(addresses(s), ", "))
		case doctor.FactResumed, doctor.FactOddNames:
			if all := cmp.Or(s.Fact(doctor.FactSecured), s.Fact(doctor.FactEntries)); value != "" && all != "" {
				value += " of " + all
			}
		case doctor.FactTrust:
			value = trustWords[value]
		case doctor.FactOffset:
			value = clock(s)
		case doctor.FactEntries:
			if value == "1" {
				p.behind = " entry"
			}
		case doctor.FactUTF8:
			if s.Fact(doctor.FactEncoding) != "" {
				continue // which says it
			}
		}
		if value != "" {
			all = append(all, p.before+value+p.behind)
		}
	}
	return strings.Join(all, ", ")
}

// addresses are those of a host, each with how it answered where that was seen.
func addresses(s doctor.Step) (all []string) {
	for i, f := range s.Facts {
		if f.Name != doctor.FactAddress {
			continue
		}
		text, waited := f.Value, ""
		if i+2 < len(s.Facts) && s.Facts[i+2].Name == doctor.FactWaited {
			ms, _ := strconv.Atoi(s.Facts[i+2].Value) // our own number
			waited = Took(time.Duration(ms) * time.Millisecond)
		}
		if i+1 < len(s.Facts) && s.Facts[i+1].Name == doctor.FactAnswer {
			switch s.Facts[i+1].Value {
			case doctor.AnswerYes:
				text += " answered in " + waited
			case doctor.AnswerNone:
				text += " no answer within " + waited
			case doctor.AnswerRefused:
				text += " refused"
			default:
				text += " not reachable"
			}
		}
		all = append(all, text)
	}
	return all
}

var trustWords = map[string]string{
	doctor.TrustSystem: "trusted by this computer", doctor.TrustNamed: "signed by an authority that you named", doctor.TrustPerson: "accepted by you", doctor.TrustNobody: "not trusted",
}

// clock tells how far the two clocks are apart.
func clock(s doctor.Step) string {
	off, err := time.ParseDuration(s.Fact(doctor.FactOffset))
	switch {
	case err != nil:
		return ""
	case off == 0:
		return "the same as here"
	case off > 0:
		return Duration(off) + " ahead"
	}
	return Duration(-off) + " behind"
}

// failed tells a step that went wrong. Most of it is known from the Kind.
func failed(w StepWords, s doctor.Step, r doctor.Report, face Face) StepWords {
	e := Of(named(s.Err, r.Site.Host), face)
	w.Means, w.Do = e.Title, e.Remedy
	kind := s.Kind()
	if kind == vfs.KindCancelled {
		w.Means, w.Do = "The check was cancelled here.", ""
	}
	switch s.ID {
	case doctor.Upload, doctor.Rename, doctor.Resume:
		if kind == vfs.KindPermission {
			w.Do = "This login may not write in that folder: check another folder, or ask whoever runs the server for the right."
		}
	}
	switch {
	case s.ID == doctor.Download && (kind == vfs.KindHash || kind == vfs.KindSize):
		w.Means = "What came back is not what was sent: " + reason(s.Err)
		w.Do = "The server, or something on the way, changes files, perhaps their line ends. Ask whoever runs the server; do not trust transfers until it is mended."
	case s.ID == doctor.Resume && kind != vfs.KindCancelled:
		w.Means = "A transfer that breaks off cannot go on where it stopped: " + reason(s.Err)
		w.Do = "Nothing is lost by that: Wherry begins such files again."
	case s.ID == doctor.Delete && s.Fact(doctor.FactLeft) != "":
		w.Means = "These temporary files of the check could not be removed: " + factOf(s, doctor.FactLeft) + "."
		w.Do = "Delete them by hand."
	}
	return w
}

// reason is why err came, ended like a sentence.
func reason(err error) string {
	var e *vfs.Error
	if asFault(err, &e) {
		if why := because(e); why != "" {
			return strings.TrimPrefix(sentence("", why), ": ")
		}
	}
	return "the server did not do what it was asked."
}

func asFault(err error, e **vfs.Error) bool { return errors.As(err, e) }

// impossible says why a step was not made.
func impossible(s doctor.Step, r doctor.Report) string {
	_, stopped := r.Stopped()
	switch {
	case s.Fact(doctor.FactProxy) != "":
		return "The proxy does that; it cannot be seen from here."
	case s.ID == doctor.TLS && !stopped && r.Site.TLS == site.TLSOff:
		return "This site is set to no encryption: user name, password and files can be read on the way."
	case s.ID == doctor.TLS && !stopped:
		return "The server offers no encryption. This anonymous connection goes on in clear; it has no secret."
	case s.ID == doctor.Reuse && !stopped && !r.Encrypted:
		return "This connection is not encrypted."
	case stopped:
		return "Not tried: an earlier step failed."
	case s.ID == doctor.Delete && r.Works():
		return "Nothing had been made that could be deleted."
	case s.ID == doctor.Clock:
		return "The server does not tell the time of the file."
	case !r.Works() && (r.Passive.Works || r.Active.Works):
		return "Not tried: no data connection works in the mode that this site uses."
	case !r.Works():
		return "Not tried: no data connection works."
	}
	return "Not tried: an earlier step failed."
}

// passed says what is worth knowing of a step that went well.
func passed(s doctor.Step, r doctor.Report, face Face) (means, do string) {
	switch s.ID {
	case doctor.Connect:
		for _, answer := range s.All(doctor.FactAnswer) {
			if answer != doctor.AnswerYes {
				return "Not every address of the server answers; Wherry uses one that does.", ""
			}
		}
	case doctor.TLS:
		return passedTLS(s)
	case doctor.Features:
		if r.Site.TLS == site.TLSOff && strings.Contains(strings.ToUpper(s.Fact(doctor.FactFeatures)), "AUTH TLS") {
			return "The server offers encryption, and this site does not use it.",
				byFace(face, "Leave --tls off out, or save the site with --tls explicit.", "Choose explicit TLS in the site's settings.")
		}
	case doctor.Reuse:
		if s.Fact(doctor.FactResumed) == "0" {
			return "Data connections are encrypted and show the server's own certificate. The server does not resume the session, which costs a moment for each file.", ""
		}
	case doctor.Clock:
		off, err := time.ParseDuration(s.Fact(doctor.FactOffset))
		if err == nil && off.Abs() > time.Minute {
			return "The two clocks differ, so which of two files is newer may be told wrongly.", "Set the clock of whichever computer is wrong."
		}
	case doctor.Encoding:
		if s.Fact(doctor.FactOddNames) != "" && r.Site.Encoding == "" {
			return "Some names are not UTF-8. They are shown escaped and go back to the server as they are.",
				byFace(face, "--encoding NAME shows them readably, such as --encoding windows-1252.", "The site's encoding shows them readably.")
		}
	}
	return "", ""
}

// passedTLS warns of an accepted certificate that is past its time.
func passedTLS(s doctor.Step) (means, do string) {
	for _, p := range s.All(doctor.FactProblem) {
		if trust.Reason(p) == trust.Expired {
			return "The certificate expired on " + factOf(s, doctor.FactUntil) + ".", "Ask whoever runs the server to renew it."
		}
	}
	return "", ""
}

// attempted tells a step that tried one way to a data connection.
func attempted(w StepWords, s doctor.Step, r doctor.Report, face Face) StepWords {
	g, a := groundOf(r), *s.Attempt
	if a.Outcome != ftpfs.Impossible {
		w.Seen = ground{}.clause(a)
	}
	switch {
	case s.Status == doctor.Passed:
		w.Means = odd(a, g)
		return w
	case s.Kind() == vfs.KindCancelled:
		w.Means = "The check was cancelled here."
		return w
	case a.Outcome == ftpfs.Impossible:
		w.Means = sentence(capital(g.impossible(a.Rung)), "")
		return w
	}
	w.Means = join(g.meaning(a), odd(a, g))
	w.Do = g.help(a, face)
	return w
}

// Strange says whether a step tells more of its data connection than whether
// and how it failed: another address in 227, or somebody else who called.
func Strange(s doctor.Step, r doctor.Report) bool {
	return s.Attempt != nil && odd(*s.Attempt, groundOf(r)) != ""
}

// odd tells what was strange about an attempt, whether it worked or not.
func odd(a ftpfs.Attempt, g ground) string {
	switch {
	case a.Stranger.IsValid():
		return "Somebody else, " + a.Stranger.String() + ", called at the port that was open for the server; they were hung up on."
	case a.Rung == ftpfs.PASV && a.Advertised.IsValid() && !g.proxy && a.Advertised.Addr() != g.peer.Addr().Unmap():
		if a.Advertised.Addr().IsPrivate() {
			return "The server names its private address " + a.Advertised.Addr().String() + ": it is behind a router and not told so. Wherry uses " +
				g.peer.Addr().String() + ", where the server really is; other programs may fail."
		}
		return "The server names the address " + a.Advertised.Addr().String() + ", which is not its own. Wherry uses " + g.peer.Addr().String() + "."
	}
	return ""
}

package cli

import (
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/ui/words"
)

// stepJSON is the line of `doctor --json` about one step.
type stepJSON struct {
	Event   string        `json:"event"`  // step
	Step    doctor.StepID `json:"step"`   // resolve, connect, greeting, tls, login, ...
	Status  doctor.Status `json:"status"` // passed, failed, not_possible, not_allowed
	Seconds float64       `json:"seconds"`
	Seen    string        `json:"seen,omitempty"`
	Means   string        `json:"means,omitempty"`
	Do      string        `json:"do,omitempty"`
	Kind    string        `json:"kind,omitempty"` // of the failure
	Facts   []doctor.Fact `json:"facts"`
	Attempt *attemptJSON  `json:"attempt,omitempty"`
}

// attemptJSON is one try for a data connection; ends that were never known are
// left out.
type attemptJSON struct {
	Command    string        `json:"command"` // EPSV, PASV, EPRT, PORT
	Outcome    ftpfs.Outcome `json:"outcome"`
	Reply      string        `json:"reply,omitempty"`
	Advertised string        `json:"advertised,omitempty"`
	From       string        `json:"from,omitempty"`
	To         string        `json:"to,omitempty"`
	Stranger   string        `json:"stranger,omitempty"`
	Seconds    float64       `json:"seconds"`
}

// verdictJSON is the last line of `doctor --json`.
type verdictJSON struct {
	Event     string    `json:"event"` // verdict
	Works     bool      `json:"works"` // a data connection came about in a mode the site allows
	Mode      site.Mode `json:"mode"`  // of the site
	Passive   string    `json:"passive"`
	Active    string    `json:"active"`
	Encrypted bool      `json:"encrypted"`
	Local     string    `json:"local,omitempty"`
	Peer      string    `json:"peer,omitempty"`
	Proxy     string    `json:"proxy,omitempty"`
	Verdict   string    `json:"verdict"`
	Remedy    string    `json:"remedy"`
	Seconds   float64   `json:"seconds"`
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

func stepJSONOf(s doctor.Step, r doctor.Report) stepJSON {
	w := words.Step(s, r, words.CommandLine)
	line := stepJSON{
		Event: "step", Step: s.ID, Status: s.Status, Seconds: seconds(s.Took),
		Seen: w.Seen, Means: w.Means, Do: w.Do, Facts: append([]doctor.Fact{}, s.Facts...),
	}
	if s.Status == doctor.Failed {
		line.Kind = s.Kind().String()
	}
	if a := s.Attempt; a != nil {
		line.Attempt = &attemptJSON{
			Command: a.Rung.String(), Outcome: a.Outcome, Reply: words.Safe(a.Reply), Advertised: valid(a.Advertised),
			From: valid(a.From), To: valid(a.To), Stranger: valid(a.Stranger), Seconds: seconds(a.Took),
		}
	}
	return line
}

func verdictJSONOf(r doctor.Report, v words.Words) verdictJSON {
	return verdictJSON{
		Event: "verdict", Works: r.Works(), Mode: modeWords(r.Site.Mode), Passive: wayWord(r.Passive), Active: wayWord(r.Active),
		Encrypted: r.Encrypted, Local: valid(r.Local), Peer: valid(r.Peer), Proxy: r.Proxy,
		Verdict: v.Title, Remedy: v.Remedy, Seconds: seconds(r.Took),
	}
}

// valid is an end of a connection, "" where it is not known.
func valid(a interface {
	IsValid() bool
	String() string
},
) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func wayWord(w doctor.Way) string {
	switch {
	case w.Works:
		return "works"
	case w.Tried:
		return "failed"
	case w.Best.Outcome == ftpfs.Impossible:
		return "not_possible"
	}
	return "not_tried"
}

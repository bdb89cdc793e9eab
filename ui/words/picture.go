package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Picture draws the control connection and the data connections of both modes
// in plain characters, arrows pointing from who calls to who is called; ""
// where no connection stood. It ends in a line end.
func Picture(r doctor.Report) string {
	if !r.Local.IsValid() {
		return ""
	}
	there, address, listens := "server", r.Peer.Addr().String(), r.Peer.Port()
	if r.Proxy != "" { // which is the peer then
		there, address, listens = "server, through the proxy", Safe(r.Site.Host), uint16(r.Site.EffectivePort())
	}
	lines := []string{
		fmt.Sprintf("  %-*s %s", wide, "your computer", there),
		fmt.Sprintf("  %-*s %s", wide, r.Local.Addr(), address),
	}
	control := "control"
	if r.Encrypted {
		control = "control, encrypted"
	}
	lines = append(lines, arrow(port(r.Local.Port()), control, port(listens), true, "works"))
	for _, w := range []doctor.Way{r.Passive, r.Active} {
		lines = append(lines, way(w))
	}
	return strings.Join(lines, "\n") + "\n"
}

// wide is from the left edge of the picture to the server's column.
const wide = 47

// shaft is how long an arrow is, with its text.
const shaft = 38

func way(w doctor.Way) string {
	a, passive := w.Best, w.Mode == site.ModePassive
	label := string(w.Mode)
	if a.Rung != ftpfs.NoRung {
		label += " (" + a.Rung.String() + ")"
	}
	here, there := a.From, a.To
	if !passive {
		here, there = a.To, a.From
		if !here.IsValid() {
			here = a.Advertised
		}
	}
	result := "not tried"
	switch {
	case w.Works:
		result = "works"
	case a.Outcome == ftpfs.Impossible:
		result = "not possible"
	case w.Tried:
		result = "BLOCKED"
		if a.Outcome == ftpfs.NotKnown || a.Outcome == ftpfs.NotAllowed {
			result = "REFUSED"
		}
	}
	return arrow(port(here.Port()), label, port(there.Port()), passive, result)
}

// arrow draws one connection. One that did not come about is broken off
// before the side that was called.
func arrow(here, label, there string, toServer bool, result string) string {
	text := " " + label + " "
	left := (shaft - len(text)) / 2
	right := shaft - len(text) - left
	line := strings.Repeat("-", left) + text + strings.Repeat("-", right)
	first, last := "-", ">"
	if !toServer {
		first, last = "<", "-"
	}
	switch result {
	case "works":
	case "not tried", "not possible", "REFUSED":
		first, last = " ", " "
		line = strings.ReplaceAll(line, "-", " ")
	default:
		if toServer {
			last, line = " ", line[:shaft-6]+"X"+strings.Repeat(" ", 5)
		} else {
			first, line = " ", strings.Repeat(" ", 5)+"X"+line[6:]
		}
	}
	return fmt.Sprintf("  %-7s%s%s%s %-7s %s", here, first, line, last, there, result)
}

func port(n uint16) string {
	if n == 0 {
		return ""
	}
	return ":" + strconv.Itoa(int(n))
}

// ReportText is a whole check to be copied or sent to whoever runs the server.
// It holds no password.
func ReportText(r doctor.Report) string {
	var b strings.Builder
	v := Verdict(r)
	fmt.Fprintf(&b, "Wherry: check of %s, %s\n", Safe(r.Site.Address()), r.Began.Format("2006-01-02 15:04 -0700"))
	mode := r.Site.Mode
	if mode == "" {
		mode = site.ModeAuto
	}
	fmt.Fprintf(&b, "Transfer mode %s, took %s\n\n%s\n", mode, Took(r.Took), v.Title)
	if v.Remedy != "" {
		fmt.Fprintf(&b, "%s\n", v.Remedy)
	}
	if picture := Picture(r); picture != "" {
		fmt.Fprintf(&b, "\n%s", picture)
	}
	b.WriteString("\n")
	for _, s := range r.Steps {
		w := Step(s, r, Window)
		fmt.Fprintf(&b, "%-13s %-20s %s\n", StatusWord(s.Status), w.Name, TookOf(s))
		for _, line := range []string{w.Seen, w.Means} {
			if line != "" {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
		for _, f := range s.Facts {
			if value := cut(withoutLogin(f.Value)); !strings.Contains(w.Seen, value) {
				fmt.Fprintf(&b, "    %s: %s\n", f.Name, value)
			}
		}
		if a := s.Attempt; a != nil && a.Reply != "" {
			fmt.Fprintf(&b, "    reply: %s\n", Safe(a.Reply))
		}
		if s.Status == doctor.Failed && s.Kind() != vfs.KindOther {
			fmt.Fprintf(&b, "    kind: %s\n", s.Kind())
		}
	}
	return b.String()
}

// StatusWord is a step's status in words.
func StatusWord(s doctor.Status) string {
	switch s {
	case doctor.Passed:
		return "passed"
	case doctor.Failed:
		return "FAILED"
	case doctor.NotAllowed:
		return "not allowed"
	}
	return "not possible"
}

// Took tells how long something short took: "<1 ms", "12 ms", "6.0 s".
func Took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return Duration(d)
}

// TookOf tells how long a step took, "" for one that was not made.
func TookOf(s doctor.Step) string {
	if s.Status == doctor.NotPossible || s.Status == doctor.NotAllowed {
		return ""
	}
	return Took(s.Took)
}

package words

import (
	"strings"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Verdict sums a check up for the window: what works and what does not, in one
// or two sentences, and what to do about it, which may be nothing.
func Verdict(r doctor.Report) Words { return VerdictFor(r, Window) }

// VerdictFor is Verdict for either face.
func VerdictFor(r doctor.Report, face Face) Words {
	if s, ok := r.Stopped(); ok {
		return stopped(r, s, face)
	}
	g := groundOf(r)
	if !r.Works() {
		return noWay(r, g, face)
	}
	w := works(r, g, face)
	missed := r.Missed()
	if len(missed) == 0 {
		return w
	}
	var names []string
	for _, s := range missed {
		names = append(names, lower(stepNames[s.ID]))
	}
	told := Step(missed[0], r, face)
	w.Title += " But this did not work: " + strings.Join(names, ", ") + "."
	w.Remedy = join(told.Means, told.Do)
	return w
}

// stopped is a check that did not get as far as data connections.
func stopped(r doctor.Report, s doctor.Step, face Face) Words {
	if s.Kind() == vfs.KindCancelled {
		return Words{Title: "The check was cancelled before it was done."}
	}
	w := Of(named(s.Err, r.Site.Host), face)
	if s.ID == doctor.Connect && s.Kind() == vfs.KindTimeout {
		w.Remedy = "Check the port (21 is usual, 990 for implicit TLS). A firewall on the way may drop the connection: try from another network, such as a phone's."
	}
	if r.Proxy != "" && s.ID != doctor.Login && s.Kind() != vfs.KindProxyLogin && keychainFault(s.Err) == nil {
		w.Remedy = join("The connection runs through the proxy "+Safe(r.Proxy)+", which may be the cause.", w.Remedy)
	}
	return w
}

// named gives an error the host to speak of where it names nothing.
func named(err error, host string) error {
	var e *vfs.Error
	if !asFault(err, &e) || e.Path != "" {
		return err
	}
	with := *e
	with.Path = host
	return &with
}

// works is a check in which files can be transferred.
func works(r doctor.Report, g ground, face Face) Words {
	p, a := r.Passive, r.Active
	switch {
	case p.Works && a.Works:
		return Words{Title: "Passive works, and active works too.", Remedy: "Nothing needs to be changed."}
	case p.Works:
		w := Words{Title: "Passive works." + failing(a, g), Remedy: "Nothing needs to be changed: passive is what is used."}
		if r.Site.Mode != site.ModePassive && g.proxy {
			w.Remedy = "Nothing needs to be changed: through a proxy only passive mode can work."
		}
		return w
	}
	w := Words{Title: "Active works." + failing(p, g), Remedy: "Nothing needs to be changed: active is what is used."}
	if r.Site.Mode != site.ModeActive {
		w.Remedy = "Transfer mode auto finds that by itself. " +
			byFace(face, "With --mode active", "With active as the site's transfer mode") + " passive is not tried first."
	}
	return w
}

// failing tells of the other mode in a sentence of its own.
func failing(w doctor.Way, g ground) string {
	if w.Best.Rung == ftpfs.NoRung {
		return ""
	}
	text := capital(string(w.Mode)) + " does not: " + g.cause(w.Best)
	return " " + sentence(text, "")
}

// noWay is a check that ended without a data connection in a mode the site
// allows.
func noWay(r doctor.Report, g ground, face Face) Words {
	p, a := r.Passive, r.Active
	mode := r.Site.Mode
	forced, free := p, a
	if mode == site.ModeActive {
		forced, free = a, p
	}
	switch {
	case !p.Tried && !a.Tried:
		return untried(r, face)
	case mode != site.ModePassive && mode != site.ModeActive:
		return neither(r, g, face)
	case free.Works && g.proxy && mode == site.ModeActive:
		return Words{
			Title:  "Active is what this site uses, and it does not work: " + g.cause(forced.Best) + ". Passive works.",
			Remedy: g.help(forced.Best, face),
		}
	case free.Works:
		help := g.help(forced.Best, face)
		if forced.Best.Outcome == ftpfs.NotKnown {
			help = ""
		}
		return Words{
			Title:  capital(string(mode)) + " is what this site uses, and it does not work: " + g.cause(forced.Best) + ". " + capital(string(free.Mode)) + " works.",
			Remedy: join(swap(free.Mode, face), help),
		}
	}
	return neither(r, g, face)
}

func swap(m site.Mode, face Face) string {
	return byFace(face, "Use --mode "+string(m)+", or --mode auto, which finds it by itself.",
		"Choose "+string(m)+" as the transfer mode, or auto, which finds it by itself.")
}

// neither is the server that can be talked to, and gives nothing.
func neither(r doctor.Report, g ground, face Face) Words {
	p, a := r.Passive, r.Active
	if g.proxy {
		return Words{
			Title:  "The login works, but no data connection does: " + g.cause(p.Best) + ".",
			Remedy: join("The proxy may allow connections to few ports only; ask whoever runs it to allow the server's passive ports.", g.help(p.Best, face)),
		}
	}
	var seen []string
	for _, w := range []doctor.Way{p, a} {
		if w.Best.Rung != ftpfs.NoRung {
			seen = append(seen, string(w.Mode)+": "+g.cause(w.Best))
		}
	}
	w := Words{
		Title:  "The login works, but no data connection does, in neither mode. " + capital(strings.Join(seen, "; ")) + ".",
		Remedy: "Passive is the one to mend first. " + g.help(p.Best, face),
	}
	if p.Best.Outcome == ftpfs.NotKnown && a.Best.Outcome != ftpfs.NotKnown {
		w.Remedy = "The server allows active mode only. " + g.help(a.Best, face)
	}
	return w
}

// untried is a check in which not even a command for data connections was
// answered.
func untried(r doctor.Report, face Face) Words {
	for _, s := range r.Steps {
		if s.Status == doctor.Failed {
			w := Of(named(s.Err, r.Site.Host), face)
			w.Title = "The login works, and then the connection did not hold. " + w.Title
			return w
		}
	}
	return Words{Title: "No data connection could be tried.", Remedy: "Run the check again."}
}

func lower(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}

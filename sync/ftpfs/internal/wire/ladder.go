package wire

import (
	"slices"

	"wherry/sync/site"
)

// Rung is one way to get a data connection.
type Rung uint8

// The rungs in the order in which they are tried. EPSV and EPRT are RFC 2428
// and carry both address families; PASV and PORT are RFC 959 and IPv4 only.
// Active comes last for everybody: behind a router it works only where
// somebody forwards the ports.
const (
	NoRung Rung = iota
	EPSV
	PASV
	EPRT
	PORT
)

var rungNames = [...]string{"", "EPSV", "PASV", "EPRT", "PORT"}

// String returns the command's name, "" for none.
func (r Rung) String() string { return rungNames[r] }

// ParseRung is the inverse of String; an unknown word is NoRung.
func ParseRung(name string) Rung {
	return Rung(max(0, slices.Index(rungNames[:], name)))
}

// Mode returns who connects, "" for none.
func (r Rung) Mode() site.Mode {
	switch r {
	case EPSV, PASV:
		return site.ModePassive
	case EPRT, PORT:
		return site.ModeActive
	}
	return ""
}

// rungs orders what mode allows, what worked last first.
func rungs(mode site.Mode, learned Rung) []Rung {
	var out []Rung
	for _, r := range []Rung{EPSV, PASV, EPRT, PORT} {
		if forced := mode == site.ModePassive || mode == site.ModeActive; !forced || r.Mode() == mode {
			out = append(out, r)
		}
	}
	if i := slices.Index(out, learned); i > 0 {
		out = slices.Insert(slices.Delete(out, i, i+1), 0, learned)
	}
	return out
}

// impossible says why a rung cannot bear here whatever the server does, "" for
// none.
func (c *Control) impossible(rung Rung) string {
	switch {
	case c.proxy != nil && rung.Mode() == site.ModeActive:
		return "the server cannot connect back through a proxy"
	case !c.v4 && (rung == PASV || rung == PORT):
		return "it cannot name an IPv6 address"
	}
	return ""
}

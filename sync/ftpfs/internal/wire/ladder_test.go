package wire

import (
	"net/netip"
	"slices"
	"testing"

	"wherry/sync/site"
)

func TestRungs(t *testing.T) {
	for outcome, tc := range map[string]struct {
		mode    site.Mode
		learned Rung
		want    []Rung
	}{
		"auto tries active last":      {site.ModeAuto, NoRung, []Rung{EPSV, PASV, EPRT, PORT}},
		"nothing said is auto":        {"", NoRung, []Rung{EPSV, PASV, EPRT, PORT}},
		"passive":                     {site.ModePassive, NoRung, []Rung{EPSV, PASV}},
		"active":                      {site.ModeActive, NoRung, []Rung{EPRT, PORT}},
		"what worked comes first":     {site.ModeAuto, EPRT, []Rung{EPRT, EPSV, PASV, PORT}},
		"what worked stays first":     {site.ModeAuto, EPSV, []Rung{EPSV, PASV, EPRT, PORT}},
		"what worked is not forced":   {site.ModePassive, EPRT, []Rung{EPSV, PASV}},
		"what worked within the mode": {site.ModeActive, PORT, []Rung{PORT, EPRT}},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := rungs(tc.mode, tc.learned); !slices.Equal(got, tc.want) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestPortCommand(t *testing.T) {
	for want, tc := range map[string]struct {
		rung  Rung
		where string
	}{
		"PORT 192,0,2,7,200,10":     {PORT, "192.0.2.7:51210"},
		"EPRT |1|192.0.2.7|51210|":  {EPRT, "192.0.2.7:51210"},
		"EPRT |2|2001:db8::1|6446|": {EPRT, "[2001:db8::1]:6446"},
	} {
		if got := portCommand(tc.rung, netip.MustParseAddrPort(tc.where)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

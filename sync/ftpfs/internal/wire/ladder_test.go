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

func TestMisplaced(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verb string
		code int
		want bool
	}{
		"end of a transfer to SIZE":     {"SIZE", 226, true},
		"broken transfer to NOOP":       {"NOOP", 426, true},
		"end of a transfer to RETR":     {"RETR", 226, false},
		"file action done to RETR":      {"RETR", 250, false},
		"a port to RETR":                {"RETR", 229, true},
		"refusal of RETR":               {"RETR", 550, false},
		"ABOR may be answered by these": {"ABOR", 226, false},
		"the answer to SIZE":            {"SIZE", 213, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := misplaced(tc.verb, tc.code); got != tc.want {
				t.Error(got)
			}
		})
	}
}

func TestInStep(t *testing.T) {
	for outcome, tc := range map[string]struct {
		owed  int
		reply Reply
		want  bool
	}{
		"the reply that is due":        {1, Reply{Code: 250}, true},
		"more behind it":               {1, Reply{Code: 250, followed: true}, false},
		"a first word":                 {1, Reply{Code: 150, followed: true}, false},
		"a reply that nobody asked":    {0, Reply{Code: 250}, false},
		"a reply to something else":    {1, Reply{Code: 226}, false},
		"one of two replies that were": {2, Reply{Code: 250}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := &Control{verb: "DELE", owed: tc.owed}
			c.accept(tc.reply)
			if got := c.InStep(); got != tc.want {
				t.Error(got)
			}
		})
	}
}

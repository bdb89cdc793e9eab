package wire

import (
	"net/netip"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestExternalIsLearned: Pure-FTPd names the address under which it sees us;
// where the router forwards the port that is the one to give.
func TestExternalIsLearned(t *testing.T) {
	const outside = "203.0.113.7"
	// The server behind the router: it takes the outer address alone, and what
	// goes there arrives here.
	port := func(c *ftptest.Conn, arg string) {
		comma := strings.ReplaceAll(outside, ".", ",")
		if !strings.Contains(arg, outside) && !strings.Contains(arg, comma) {
			c.Say("500 I won't open a connection to 127.0.0.1 (only to %s)", outside)
			return
		}
		ftptest.Default(c, strings.ReplaceAll(strings.ReplaceAll(arg, outside, "127.0.0.1"), comma, "127,0,0,1"))
	}
	for outcome, tc := range map[string]struct {
		given, want string
		verbs       map[string]ftptest.Handler
	}{
		"told again with it":                {"", "EPRT address_refused, EPRT worked", verbs("EPRT", port)},
		"also by PORT":                      {"", "EPRT command_refused, PORT address_refused, PORT worked", verbs("EPRT", "500 Unknown", "PORT", port)},
		"the person's word is not replaced": {"198.51.100.1", "EPRT address_refused, PORT address_refused", verbs("EPRT", port, "PORT", port)},
		"refused again, once is enough":     {"", "EPRT address_refused, EPRT address_refused, PORT address_refused", verbs("EPRT", "500 I won't open a connection to you (only to 203.0.113.8)", "PORT", "500 I won't open a connection to you (only to 203.0.113.9)")},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{Verbs: tc.verbs})
			r.conf.Site.Mode, r.conf.Site.ExternalIP = site.ModeActive, tc.given
			c := r.login()
			err := c.list()
			if got := outcomes(c.Attempts()); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if !strings.HasSuffix(tc.want, string(Worked)) {
				wants(t, err, vfs.KindNoData)
				return
			}
			wants(t, err, vfs.KindOther)
			if got := r.conf.Learned.External(); got.String() != outside {
				t.Errorf("learned %v", got)
			}
			again := r.login()
			wants(t, again.list(), vfs.KindOther)
			if got := outcomes(again.Attempts()); strings.Contains(got, string(NotAllowed)) {
				t.Errorf("the other session had to learn it: %s", got)
			}
		})
	}
}

// TestRefusedAddressIsNoUnknownCommand: the command is tried again when
// another address is known, and the unknown one when nothing else is left.
func TestRefusedAddressIsNoUnknownCommand(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verbs("EPRT", "500 Illegal EPRT command.", "PORT", "502 Unknown")})
	r.conf.Site.Mode = site.ModeActive
	c := r.login()
	for range 2 {
		wants(t, c.list(), vfs.KindNoData)
		if got := outcomes(c.Attempts()); got != "EPRT address_refused, PORT command_refused" && got != "PORT command_refused, EPRT address_refused" {
			t.Error(got)
		}
	}
	if r.Count("EPRT") != 2 || r.Count("PORT") != 2 {
		t.Errorf("%d EPRT, %d PORT", r.Count("EPRT"), r.Count("PORT"))
	}
}

func TestExternalIn(t *testing.T) {
	const ours, server = "10.0.0.5", "198.51.100.9"
	for outcome, tc := range map[string]struct{ text, want string }{
		"as Pure-FTPd says it":       {"I won't open a connection to 10.0.0.5 (only to 203.0.113.7)", "203.0.113.7"},
		"at the end of the sentence": {"only to 203.0.113.7.", "203.0.113.7"},
		"with a port":                {"not 10.0.0.5:4001 but 203.0.113.7:4001", "203.0.113.7"},
		"said twice":                 {"203.0.113.7, that is 203.0.113.7", "203.0.113.7"},
		"two to choose from":         {"203.0.113.7 or 203.0.113.8", ""},
		"the refused one alone":      {"foreign address 10.0.0.5:4001", ""},
		"the server's own":           {"198.51.100.9 does not call you", ""},
		"a private one":              {"only to 192.168.1.9", ""},
		"a carrier's":                {"only to 100.64.0.9", ""},
		"loopback":                   {"only to 127.0.0.1", ""},
		"everybody":                  {"only to 255.255.255.255", ""},
		"a group":                    {"only to 224.0.0.1", ""},
		"nobody":                     {"only to 0.0.0.0", ""},
		"a version":                  {"Server 1.2.3 build 4.5.6.7.8", ""},
		"commas":                     {"203,0,113,7", ""},
		"nothing":                    {"Illegal PORT command.", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			got := externalIn(tc.text, netip.MustParseAddr(ours), netip.MustParseAddr(server))
			if got.IsValid() != (tc.want != "") || got.IsValid() && got.String() != tc.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func FuzzExternalIn(f *testing.F) {
	for _, seed := range []string{"only to 203.0.113.7", "1.2.3.4.5", "...", "0.0.0.0", "300.1.1.1", "203.0.113.7\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := externalIn(text, netip.MustParseAddr("192.0.2.1")); got.IsValid() && (!public(got) || !strings.Contains(text, got.String())) {
			t.Errorf("%v of %q", got, text)
		}
	})
}

func TestBehindNAT(t *testing.T) {
	for outcome, tc := range map[string]struct {
		local, peer string
		want        bool
	}{
		"a home":                    {"192.168.1.7", "203.0.113.1", true},
		"a carrier":                 {"100.64.3.4", "203.0.113.1", true},
		"the same office":           {"10.0.0.1", "10.0.0.2", false},
		"both on the internet":      {"198.51.100.1", "203.0.113.1", false},
		"IPv6 needs no translation": {"2001:db8::1", "2001:db8::2", false},
		"a mapped address":          {"::ffff:192.168.1.7", "203.0.113.1", true},
		"this computer":             {"127.0.0.1", "127.0.0.1", false},
	} {
		if got := BehindNAT(netip.MustParseAddr(tc.local), netip.MustParseAddr(tc.peer)); got != tc.want {
			t.Errorf("%s: %v", outcome, got)
		}
	}
	b := &Blocked{Proxy: true, Local: netip.MustParseAddrPort("10.0.0.1:1"), Peer: netip.MustParseAddrPort("203.0.113.1:1")}
	if b.BehindNAT() || BehindNAT(netip.Addr{}, netip.Addr{}) {
		t.Error("what is not known is behind NAT")
	}
}

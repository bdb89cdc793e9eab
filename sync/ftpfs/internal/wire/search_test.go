package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// deaf takes EPRT or PORT and never connects.
const deaf = "200 Will connect, says who"

var (
	toClosed     = fmt.Sprintf("229 Here (|||%d|)", closedPort)
	pasvToClosed = fmt.Sprintf("227 (10,1,2,3,0,%d)", closedPort)
)

// TestAttempts: what is seen is called what it is, and what works in the end
// is used.
func TestAttempts(t *testing.T) {
	const no = "500 Unknown"
	noPassive := func(more ...any) map[string]ftptest.Handler {
		return verbs(append([]any{"EPSV", no, "PASV", no}, more...)...)
	}
	for outcome, tc := range map[string]struct {
		mode  site.Mode
		verbs map[string]ftptest.Handler
		tune  func(*Config)
		want  string // the attempts
		works bool
		left  []Rung
	}{
		"all is well":                     {want: "EPSV worked", works: true},
		"a command unknown":               {verbs: verbs("EPSV", no), want: "EPSV command_refused, PASV worked", works: true},
		"a command forbidden":             {verbs: verbs("EPSV", "550 Permission denied."), want: "EPSV command_refused, PASV worked", works: true},
		"no port at the server":           {verbs: verbs("EPSV", "425 No ports left"), want: "EPSV command_refused, PASV worked", works: true},
		"an answer nobody can read":       {verbs: verbs("EPSV", "229 ) ("), want: "EPSV odd_reply, PASV worked", works: true},
		"an answer to something else":     {verbs: verbs("EPSV", "200 Sure"), want: "EPSV odd_reply, PASV worked", works: true},
		"a closed port":                   {verbs: verbs("EPSV", toClosed), want: "EPSV rejected, PASV worked", works: true},
		"our connection is not wanted":    {verbs: verbs("NLST", ftptest.InTurn(ftptest.Reply("425 Security: Bad IP connecting."))), want: "EPSV rejected, PASV worked", works: true},
		"only active":                     {verbs: noPassive(), want: "EPSV command_refused, PASV command_refused, EPRT worked", works: true},
		"EPRT for another protocol":       {verbs: noPassive("EPRT", "522 Use (2)"), want: "EPSV command_refused, PASV command_refused, EPRT command_refused, PORT worked", works: true},
		"vsftpd refuses the address":      {mode: site.ModeActive, verbs: verbs("EPRT", "500 Illegal EPRT command.", "PORT", "500 Illegal PORT command."), want: "EPRT address_refused, PORT address_refused"},
		"Pure-FTPd refuses the address":   {mode: site.ModeActive, verbs: verbs("EPRT", no, "PORT", "500 I won't open a connection to 127.0.0.1 (only to 10.1.2.3)"), want: "EPRT command_refused, PORT address_refused"},
		"pyftpdlib refuses the address":   {mode: site.ModeActive, verbs: verbs("EPRT", no, "PORT", "501 Rejected data connection to foreign address 127.0.0.1:4001."), want: "EPRT command_refused, PORT address_refused"},
		"IIS refuses the address":         {mode: site.ModeActive, verbs: verbs("EPRT", no, "PORT", "501 Server cannot accept argument."), want: "EPRT command_refused, PORT address_refused"},
		"pyftpdlib cannot connect":        {mode: site.ModeActive, verbs: verbs("EPRT", "425 Can't connect to specified address."), want: "EPRT cannot_call, PORT worked", works: true},
		"the server cannot connect":       {mode: site.ModeActive, verbs: verbs("EPRT", deaf, "NLST", ftptest.InTurn(ftptest.Reply("425 Connection refused"))), want: "EPRT cannot_call, PORT worked", works: true},
		"it says 150 and then that not":   {mode: site.ModeActive, tune: veryPatient, verbs: verbs("EPRT", deaf, "NLST", ftptest.InTurn(lateRefusal)), want: "EPRT cannot_call, PORT worked", works: true},
		"it says 150 and cannot connect":  {mode: site.ModeActive, tune: veryPatient, verbs: verbs("EPRT", deaf, "NLST", ftptest.InTurn(ftptest.Reply("150 Soon\n425 Connection refused"))), want: "EPRT cannot_call, PORT worked", works: true},
		"it hangs up on EPRT":             {mode: site.ModeActive, verbs: verbs("EPRT", ftptest.All(ftptest.Reply("421 Not through here"), ftptest.Drop)), want: "EPRT command_refused", left: []Rung{PORT}},
		"no port of ours":                 {mode: site.ModeActive, tune: portsTaken(t), want: "EPRT no_port, PORT no_port"},
		"the doctor's own order":          {tune: func(c *Config) { c.Only = []Rung{PORT, EPSV} }, want: "PORT worked", works: true},
		"the doctor's own ways alone":     {tune: func(c *Config) { c.Only = []Rung{EPSV} }, verbs: verbs("EPSV", no), want: "EPSV command_refused"},
		"the server does not answer":      {mode: site.ModeActive, tune: impatient, verbs: verbs("EPRT", ftptest.Handler(ftptest.Silence)), want: "EPRT no_answer_to_command", left: []Rung{PORT}},
		"the server does not call":        {mode: site.ModeActive, tune: impatient, verbs: verbs("EPRT", deaf, "NLST", ftptest.Handler(ftptest.Silence)), want: "EPRT no_call", left: []Rung{PORT}},
		"passive is no use, EPRT unheard": {tune: impatient, verbs: verbs("NLST", ftptest.InTurn(ftptest.Reply("425 No"), ftptest.Reply("425 No")), "EPRT", ftptest.Handler(ftptest.Silence)), want: "EPSV rejected, PASV rejected, EPRT no_answer_to_command", left: []Rung{PORT}},
		"it says 150 and does not call":   {tune: impatient, verbs: noPassive("EPRT", deaf, "NLST", "150 Soon"), want: "EPSV command_refused, PASV command_refused, EPRT no_call", left: []Rung{PORT}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs})
			r.conf.Site.Mode = tc.mode
			if tc.tune != nil {
				tc.tune(&r.conf)
			}
			c := r.login()
			err := c.list()
			want := strings.ReplaceAll(tc.want, "no_answer_to_command", string(NoReply))
			if got := outcomes(c.Attempts()); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if tc.works {
				wants(t, err, vfs.KindOther)
				return
			}
			wants(t, err, vfs.KindNoData)
			var b *Blocked
			if !errors.As(err, &b) {
				t.Fatalf("no finding in %v", err)
			}
			local, peer := c.Ends()
			if b.Local != local || b.Peer != peer || b.TLS || b.Proxy || outcomes(b.Attempts) != want || !slices.Equal(b.Left, tc.left) {
				t.Errorf("%+v", b)
			}
		})
	}
}

// TestGoodbyeAtTheOnlyWay is a goodbye: nothing tells that another session would
// not do better.
func TestGoodbyeAtTheOnlyWay(t *testing.T) {
	for text, kind := range map[string]vfs.Kind{"421 No room": vfs.KindBusy, "421 Idle timeout": vfs.KindLost} {
		r := script(t, ftptest.Plan{Verbs: verbs("PORT", ftptest.All(ftptest.Reply(text), ftptest.Drop))})
		r.conf.Only = []Rung{PORT}
		wants(t, r.login().list(), kind)
	}
}

func portsTaken(t *testing.T) func(*Config) {
	port := busyPort(t)
	return func(c *Config) { c.Site.PortFrom, c.Site.PortTo = port, port }
}

// veryPatient makes a test hang that should not come to the limit.
func veryPatient(c *Config) { c.DataTimeout = time.Hour }

// lateRefusal comes when the client is waiting for a call.
func lateRefusal(c *ftptest.Conn, _ string) {
	c.Say("150 Soon")
	waited := make(chan struct{})
	timer := time.AfterFunc(300*time.Millisecond, func() { close(waited) })
	defer timer.Stop()
	c.Hold(waited)
	c.Say("425 Connection refused")
}

func impatient(c *Config) { c.DataTimeout = 2 * time.Second }

// TestAttemptTellsTheEnds: the picture of the two connections is drawn from
// these.
func TestAttemptTellsTheEnds(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verbs("PASV", pasvToClosed)})
	c := r.login()
	here := netip.MustParseAddr("127.0.0.1")
	for outcome, tc := range map[string]struct {
		rung  Rung
		check func(Attempt) bool
	}{
		"passive: from us to the port named": {EPSV, func(a Attempt) bool {
			return a.From.Addr() == here && a.To == a.Advertised && a.To.Addr() == here && strings.HasPrefix(a.Reply, "229 ")
		}},
		"a foreign address in 227 is only told": {PASV, func(a Attempt) bool {
			return !a.From.IsValid() && a.To == netip.AddrPortFrom(here, closedPort) &&
				a.Advertised == netip.MustParseAddrPort("10.1.2.3:1") && strings.HasPrefix(a.Reply, "227 ")
		}},
		"active: from the server to our port": {EPRT, func(a Attempt) bool {
			return a.From.Addr() == here && a.From != a.To && a.To == a.Advertised && strings.HasPrefix(a.Reply, "200 ")
		}},
	} {
		c.conf.Only = []Rung{tc.rung}
		_ = c.list()
		got := c.Attempts()
		if len(got) != 1 || !tc.check(got[0]) || got[0].Took <= 0 {
			t.Errorf("%s: %+v", outcome, got)
		}
	}
}

// TestStrangerIsTold: who else called the data port.
func TestStrangerIsTold(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verbs("EPRT", func(c *ftptest.Conn, arg string) {
		fields := strings.Split(arg, "|")
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
		conn, err := dialer.Dial("tcp", net.JoinHostPort(fields[2], fields[3]))
		if err != nil {
			ftptest.Missing(t, "a second loopback address: %v", err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		ftptest.Default(c, arg)
	})})
	r.conf.Site.Mode = site.ModeActive
	c := r.login()
	wants(t, c.list(), vfs.KindOther)
	if got := c.Attempts(); len(got) != 1 || got[0].Stranger.Addr().String() != "127.0.0.9" || got[0].From.Addr().String() != "127.0.0.1" {
		t.Errorf("%+v", got)
	}
}

// TestIPv6HasTwoRungs: the old commands have no place for its addresses.
func TestIPv6HasTwoRungs(t *testing.T) {
	r := script(t, ftptest.Plan{IPv6: true, Verbs: verbs("EPSV", "500 No")})
	c := r.login()
	wants(t, c.list(), vfs.KindOther)
	if got := outcomes(c.Attempts()); got != "EPSV command_refused, PASV not_possible, EPRT worked" {
		t.Error(got)
	}
	if _, told := r.conf.Learned.Switch(); !told || r.Count("PASV") != 0 {
		t.Errorf("told %v, %d PASV", told, r.Count("PASV"))
	}
}

// TestFreshSessionGoesOn: the way that worked is dead, and the server is stuck
// in it. The next session does not walk into the same wall, and the operation
// succeeds there: an upload too.
func TestFreshSessionGoesOn(t *testing.T) {
	for outcome, tc := range map[string]struct {
		line, up string
		stuck    map[string]ftptest.Handler
		seen     Outcome
	}{
		"a listing, no call":     {"NLST", "", verbs("EPRT", deaf, "NLST", ftptest.InTurn(ftptest.Silence)), NoCall},
		"an upload, no call":     {"STOR /up", "content", verbs("EPRT", deaf, "STOR", ftptest.InTurn(ftptest.Silence)), NoCall},
		"an upload, no answer":   {"STOR /up", "content", verbs("EPRT", ftptest.Handler(ftptest.Silence)), NoReply},
		"a download, 150 before": {"RETR /f", "", verbs("EPRT", deaf, "RETR", ftptest.InTurn(ftptest.Reply("150 Soon"))), NoCall},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.stuck, Files: map[string]string{"/f": "content"}})
			impatient(&r.conf)
			r.conf.Learned.Recall(EPRT)
			_, err := r.login().transfer(t.Context(), tc.line, tc.up)
			var b *Blocked
			if wants(t, err, vfs.KindNoData); !errors.As(err, &b) || !slices.Equal(b.Left, []Rung{EPSV, PASV, PORT}) {
				t.Fatalf("%+v", b)
			}
			fresh := r.login()
			if _, err := fresh.transfer(t.Context(), tc.line, tc.up); err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("EPRT %s, EPSV worked", tc.seen)
			if got := outcomes(fresh.Attempts()); got != want || r.Count("EPRT") != 1 || r.Count("EPSV") != 1 {
				t.Errorf("%s; %d EPRT, %d EPSV", got, r.Count("EPRT"), r.Count("EPSV"))
			}
			if up, _ := r.Get("/up"); string(up) != tc.up {
				t.Errorf("stored %q", up)
			}
			s, told := r.conf.Learned.Switch()
			if !told || s.From != EPRT || s.To != EPSV || outcomes(s.Why) != "EPRT "+string(tc.seen) {
				t.Errorf("%v %+v", told, s)
			}
		})
	}
}

// TestSearchEnds: a search over several sessions tries each way once, and the
// person's next click begins anew.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	r := script(t, ftptest.Plan{Verbs: verbs("EPRT", deaf, "PORT", deaf, "NLST", ftptest.Handler(ftptest.Silence))})
	impatient(&r.conf)
	r.conf.Site.Mode = site.ModeActive
	for i, want := range []struct {
		seen string
		left []Rung
	}{
		{"EPRT no_call", []Rung{PORT}},
		{"EPRT no_call, PORT no_call", nil},
		{"EPRT no_call", []Rung{PORT}},
	} {
		err := r.login().list()
		var b *Blocked
		if !errors.As(err, &b) || outcomes(b.Attempts) != want.seen || !slices.Equal(b.Left, want.left) {
			t.Errorf("session %d: %v, %+v", i, err, b)
		}
	}
}

// TestTenSecondsAreEnough adds up the limits, at 6 s each, of the tries that
// stand before the one that works in the worst cases there are.
func TestTenSecondsAreEnough(t *testing.T) {
	const most = 9 * time.Second // a second for connecting and logging in anew
	for outcome, before := range map[string][]Attempt{
		"passive black-holed, active works": {{Rung: EPSV, Outcome: Silent}, {Rung: PASV, Outcome: Silent}},
		"learned passive is black-holed":    {{Rung: PASV, Outcome: Silent}, {Rung: EPSV, Outcome: Silent}},
		"learned active gets no call":       {{Rung: EPRT, Outcome: NoCall}},
		"learned active gets no answer":     {{Rung: PORT, Outcome: NoReply}},
		"forced active, EPRT is not passed": {{Rung: EPRT, Outcome: NoCall}, {Rung: PORT, Outcome: NoCall}},
	} {
		c := &Control{conf: Config{DataTimeout: 6 * time.Second}}
		var sum time.Duration
		for _, a := range before {
			sum += c.limit(a.Rung)
			c.tries = append(c.tries, &try{Attempt: a})
		}
		if sum > most {
			t.Errorf("%s: %v", outcome, sum)
		}
	}
}

// TestLearned is the memory of a site's sessions.
func TestLearned(t *testing.T) {
	failed := []Attempt{{Rung: EPSV, Outcome: Silent}}
	for outcome, tc := range map[string]struct {
		happens func(*Learned)
		rung    Rung
		from    Rung
		told    bool
	}{
		"nothing":                      {func(*Learned) {}, NoRung, NoRung, false},
		"the first way works":          {func(l *Learned) { l.bears(EPSV, nil) }, EPSV, NoRung, false},
		"the second way works":         {func(l *Learned) { l.bears(PASV, failed) }, PASV, NoRung, true},
		"it works again":               {func(l *Learned) { l.bears(PASV, nil); l.bears(PASV, failed) }, PASV, NoRung, false},
		"recalled goes first":          {func(l *Learned) { l.Recall(EPRT) }, EPRT, NoRung, false},
		"recalled works":               {func(l *Learned) { l.Recall(EPRT); l.bears(EPRT, nil) }, EPRT, NoRung, false},
		"recalled fails":               {func(l *Learned) { l.Recall(EPRT); l.forget(EPRT) }, NoRung, NoRung, false},
		"recalled fails, another bore": {func(l *Learned) { l.Recall(EPRT); l.forget(EPRT); l.bears(EPSV, failed) }, EPSV, EPRT, true},
		"recalled too late":            {func(l *Learned) { l.bears(EPSV, nil); l.Recall(EPRT) }, EPSV, NoRung, false},
		"what works fails for once":    {func(l *Learned) { l.bears(EPSV, nil); l.forget(EPSV); l.bears(EPSV, failed) }, EPSV, NoRung, false},
		"something else fails":         {func(l *Learned) { l.bears(EPSV, nil); l.forget(PASV) }, EPSV, NoRung, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			var l Learned
			tc.happens(&l)
			s, told := l.Switch()
			if l.Rung() != tc.rung || told != tc.told || s.From != tc.from || told && (s.To != tc.rung || s.At.IsZero()) {
				t.Errorf("%v, %v %+v", l.Rung(), told, s)
			}
		})
	}
}

func TestRungsHaveNames(t *testing.T) {
	for r := NoRung; r <= PORT; r++ {
		if ParseRung(r.String()) != r {
			t.Errorf("%d", r)
		}
	}
	if ParseRung("SPSV") != NoRung {
		t.Error("an unknown name is a rung")
	}
}

// TestRefusedForNow: a server that has no port at the moment is asked again,
// one that does not know the command is not.
func TestRefusedForNow(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verbs("EPSV", ftptest.InTurn(ftptest.Reply("425 No ports left")), "PASV", "500 Unknown")})
	r.conf.Site.Mode = site.ModePassive
	c := r.login()
	wants(t, c.list(), vfs.KindNoData)
	wants(t, c.list(), vfs.KindOther)
	if r.Count("EPSV") != 2 || r.Count("PASV") != 1 {
		t.Errorf("%d EPSV, %d PASV", r.Count("EPSV"), r.Count("PASV"))
	}
}

// TestRefusedIsAskedOnceMore: what a server has refused is left alone for as
// long as something else bears, and asked anew where nothing is left.
func TestRefusedIsAskedOnceMore(t *testing.T) {
	no := func(n int) ftptest.Handler {
		return ftptest.InTurn(slices.Repeat([]ftptest.Handler{ftptest.Reply("500 Not now")}, n)...)
	}
	late := func(text string) ftptest.Handler { return ftptest.InTurn(ftptest.Default, ftptest.Reply(text)) }
	for outcome, tc := range map[string]struct {
		mode  site.Mode
		verbs map[string]ftptest.Handler
		want  []string // the attempts of each listing
	}{
		"one after the other": {
			site.ModePassive, verbs("EPSV", no(1), "PASV", late("550 Not now")),
			[]string{"EPSV command_refused, PASV worked", "PASV command_refused, EPSV worked", "PASV command_refused, EPSV worked"},
		},
		"both at once": {
			site.ModePassive, verbs("EPSV", no(1), "PASV", no(1)),
			[]string{"EPSV command_refused, PASV command_refused", "EPSV worked"},
		},
		"for good": {
			site.ModePassive, verbs("EPSV", "500 No", "PASV", "500 No"),
			[]string{"EPSV command_refused, PASV command_refused", "EPSV command_refused, PASV command_refused"},
		},
		"when the transfer itself finds out": {
			site.ModePassive, verbs("EPSV", no(1), "NLST", late("425 Security: Bad IP connecting.")),
			[]string{"EPSV command_refused, PASV worked", "PASV rejected, EPSV worked"},
		},
		"not where another bears": {
			site.ModeAuto, verbs("EPSV", "500 No", "PASV", "500 No"),
			[]string{"EPSV command_refused, PASV command_refused, EPRT worked", "EPSV command_refused, PASV command_refused, EPRT worked"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs})
			r.conf.Site.Mode = tc.mode
			c := r.login()
			for i, want := range tc.want {
				err := c.list()
				if got := outcomes(c.Attempts()); got != want {
					t.Errorf("listing %d: %s, want %s", i, got, want)
				}
				if works := strings.Contains(want, "worked"); works != (err == nil) {
					t.Errorf("listing %d: %v", i, err)
				}
			}
			if tc.mode == site.ModeAuto && r.Count("EPSV") != 1 {
				t.Error("EPSV was asked again")
			}
		})
	}
}

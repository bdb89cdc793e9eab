package ftpfs

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/ftptest"
	"wherry/sync/learned"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// notebook is a Memory.
type notebook struct {
	mu    sync.Mutex
	memos map[string]Memo // guarded
	keeps int             // guarded
}

func (n *notebook) Recall(network string) Memo {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.memos[network]
}

func (n *notebook) Keep(network string, m Memo) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.memos == nil {
		n.memos = map[string]Memo{}
	}
	n.memos[network] = m
	n.keeps++
}

func (n *notebook) says(t *testing.T, network, via string, sessions, keeps int) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if m := n.memos[network]; m.Via != via || m.Sessions != sessions || n.keeps != keeps {
		t.Errorf("it says %+v after %d keeps; want %q, %d after %d", m, n.keeps, via, sessions, keeps)
	}
}

// home is where the fake sessions connect from: nobody's address.
var home = netip.MustParseAddrPort("203.0.113.77:40000")

const homeNetwork = "203.0.113.0/24"

// loopback is the network of servers on this machine.
const loopback = "127.0.0.0/24"

func fakeAtHome(t *testing.T, n *notebook) (*backend, *FS, *session.Learned) {
	l := &session.Learned{}
	b, f := fakeWith(t, Config{Site: site.Site{Host: "fake", Connections: 4}, Memory: n}, l)
	b.facts.Local = home
	return b, f, l
}

func TestMemoIsBelievedForAMonth(t *testing.T) {
	day := 24 * time.Hour
	for outcome, tc := range map[string]struct {
		memo  Memo
		age   time.Duration
		rung  wire.Rung
		limit int
	}{
		"of yesterday":           {Memo{Via: "EPRT", Sessions: 2}, day, EPRT, 2},
		"a week old, nearly":     {Memo{Via: "PASV", Sessions: 3}, 7*day - time.Hour, PASV, 3},
		"a limit of last week":   {Memo{Via: "PASV", Sessions: 3}, 7*day + time.Hour, PASV, 5},
		"a month old, nearly":    {Memo{Via: "PASV", Sessions: 3}, 30*day - time.Hour, PASV, 5},
		"older than a month":     {Memo{Via: "EPRT", Sessions: 2}, 30*day + time.Hour, NoRung, 5},
		"of a clock set since":   {Memo{Via: "EPRT", Sessions: 2}, -2 * day, NoRung, 5},
		"of a way nobody knows":  {Memo{Via: "SPSV"}, day, NoRung, 5},
		"of a negative limit":    {Memo{Sessions: -1}, day, NoRung, 5},
		"a limit above the site": {Memo{Sessions: 50}, day, NoRung, 5},
		"of another network":     {Memo{}, 0, NoRung, 5},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tc.memo.At = time.Now().Add(-tc.age)
				tc.memo.Told = tc.memo.At
				n := &notebook{memos: map[string]Memo{homeNetwork: tc.memo}}
				if outcome == "of another network" {
					n.memos = map[string]Memo{"192.168.1.1": {Via: "EPRT", Sessions: 2, Told: time.Now(), At: time.Now()}}
				}
				_, f, l := fakeAtHome(t, n)
				if _, err := f.List(t.Context(), somewhere); err != nil {
					t.Fatal(err)
				}
				if got := f.Status().Limit; l.Rung() != tc.rung || got != tc.limit {
					t.Errorf("rung %v, limit %d", l.Rung(), got)
				}
			})
		})
	}
}

func TestMemoryIsToldOfChangesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{}
		b, f, l := fakeAtHome(t, n)
		look := func() {
			t.Helper()
			if _, err := f.Stat(t.Context(), somewhere); err != nil {
				t.Fatal(err)
			}
		}
		look()
		n.says(t, homeNetwork, "", 0, 0) // nothing was learned
		l.Recall(EPSV)
		b.facts.Attempts = []wire.Attempt{{Rung: EPSV, Outcome: Worked}}
		for range 10_000 {
			look()
		}
		n.says(t, homeNetwork, "EPSV", 0, 1)
		b.facts.Attempts = []wire.Attempt{{Rung: EPSV, Outcome: Silent}}
		look()
		b.facts.Attempts = []wire.Attempt{{Rung: PORT, Outcome: Worked}} // long ago
		look()
		n.says(t, homeNetwork, "EPSV", 0, 1)
		<-time.After(learned.Steady + time.Hour)
		look()
		n.says(t, homeNetwork, "EPSV", 0, 1) // it was not proven again
		b.facts.Attempts = []wire.Attempt{{Rung: EPSV, Outcome: Worked}}
		look()
		look()
		n.says(t, homeNetwork, "EPSV", 0, 2)
	})
}

func TestLimitIsNotYoungerBecauseTheWayWorksStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := time.Now().Add(-6 * 24 * time.Hour)
		n := &notebook{memos: map[string]Memo{homeNetwork: {Via: "EPSV", Sessions: 2, Told: told, At: time.Now().Add(-2 * learned.Steady)}}}
		b, f, _ := fakeAtHome(t, n)
		b.facts.Attempts = []wire.Attempt{{Rung: EPSV, Outcome: Worked}}
		if _, err := f.Stat(t.Context(), somewhere); err != nil {
			t.Fatal(err)
		}
		n.says(t, homeNetwork, "EPSV", 2, 1)
		if got := n.Recall(homeNetwork); !got.Told.Equal(told) || !got.At.Equal(time.Now()) {
			t.Errorf("the memo is %+v", got)
		}
	})
}

func TestLimitIsKeptAndFallsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{}
		b, f, _ := fakeAtHome(t, n)
		first, err := f.Open(t.Context(), somewhere, 0)
		if err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		b.fail["dial"] = &vfs.Error{Op: "connect", Kind: vfs.KindBusy}
		b.mu.Unlock()
		second := make(chan error, 1)
		go func() { second <- everyCall(f)["read"](t.Context()) }()
		synctest.Wait()
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-second; err != nil {
			t.Fatal("a transfer was lost to the limit:", err)
		}
		n.says(t, homeNetwork, "", 1, 1)
		if got := n.Recall(homeNetwork).Told; !got.Equal(time.Now()) {
			t.Errorf("it was told %v", got)
		}
		b.mu.Lock()
		delete(b.fail, "dial")
		b.mu.Unlock()
		<-time.After(6 * time.Minute)
		var all []vfs.Reader
		for range 4 {
			r, err := f.Open(t.Context(), somewhere, 0)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		if _, err := f.Stat(t.Context(), somewhere); err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.Recall(homeNetwork); got.Sessions != 0 || !got.Told.IsZero() {
			t.Errorf("it bears all, and the memo says %+v", got)
		}
	})
}

// TestWayIsRememberedByTheNextRun has a server behind which passive mode does
// not work, and then active mode no more.
func TestWayIsRememberedByTheNextRun(t *testing.T) {
	n := &notebook{}
	var active atomic.Bool
	active.Store(true)
	mode := func(want bool) ftptest.Handler {
		return func(c *ftptest.Conn, arg string) {
			if active.Load() != want {
				c.Say("502 Not here")
				return
			}
			ftptest.Default(c, arg)
		}
	}
	plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"EPSV": mode(false), "PASV": mode(false), "EPRT": mode(true), "PORT": mode(true),
	}}
	for i, run := range []struct {
		outcome string
		active  bool
		asked   string // commands for data connections, in order
		via     string
	}{
		{"the ladder is climbed", true, "EPSV PASV EPRT", "EPRT"},
		{"what worked goes first", true, "EPRT", "EPRT"},
		{"and is learned anew when it fails", false, "EPRT EPSV", "EPSV"},
		{"for the run after", false, "EPSV", "EPSV"},
	} {
		active.Store(run.active)
		s, f := scriptWith(t, plan, func(c *Config) { c.Site.Mode, c.Memory = site.ModeAuto, n })
		if _, err := f.List(t.Context(), vfs.MustParse("/dir")); err != nil {
			t.Fatal(run.outcome, err)
		}
		var asked []string
		for _, c := range s.Commands() {
			if wire.ParseRung(c.Verb) != NoRung {
				asked = append(asked, c.Verb)
			}
		}
		got := f.Status()
		if strings.Join(asked, " ") != run.asked || got.Via != run.via || n.Recall(loopback).Via != run.via {
			t.Errorf("%s: asked %v, via %s, kept %+v", run.outcome, asked, got.Via, n.Recall(loopback))
		}
		if change := got.Switch; (change != nil) != (i%2 == 0) || change != nil && change.To.String() != run.via {
			t.Errorf("%s: the switch told is %+v", run.outcome, change)
		}
		if worked(got.Attempts).String() != run.via {
			t.Errorf("%s: attempts %+v", run.outcome, got.Attempts)
		}
	}
}

// TestModeThatWasAskedForIsNotTaken by who leaves it to Wherry: the other mode was
// not even tried.
func TestModeThatWasAskedForIsNotTaken(t *testing.T) {
	n := &notebook{}
	for _, run := range []struct {
		outcome string
		mode    site.Mode
		refused string
		asked   string // commands for data connections, in order
	}{
		{"active is asked for", site.ModeActive, "EPRT", "EPRT PORT"},
		{"and its way is kept for that", site.ModeActive, "EPRT", "PORT"},
		{"auto begins with passive", site.ModeAuto, "EPSV", "EPSV PASV"},
		{"and keeps what works", site.ModeAuto, "EPSV", "PASV"},
		{"passive is asked for", site.ModePassive, "EPSV", "PASV"},
		{"which auto would begin with, too", site.ModeAuto, "EPSV", "PASV"},
	} {
		plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{run.refused: ftptest.Reply("502 Not here")}}
		s, f := scriptWith(t, plan, func(c *Config) { c.Site.Mode, c.Memory = run.mode, n })
		if _, err := f.List(t.Context(), vfs.MustParse("/dir")); err != nil {
			t.Fatal(run.outcome, err)
		}
		var asked []string
		for _, c := range s.Commands() {
			if wire.ParseRung(c.Verb) != NoRung {
				asked = append(asked, c.Verb)
			}
		}
		if got := strings.Join(asked, " "); got != run.asked {
			t.Errorf("%s: asked %s, want %s", run.outcome, got, run.asked)
		}
	}
}

// TestServerThatTakesFewIsRemembered: no transfer is lost to the limit, and the
// next run does not run into it again.
func TestServerThatTakesFewIsRemembered(t *testing.T) {
	const bears = 2
	for outcome, refuse := range map[string]struct{ greeting, login string }{
		"421 in the greeting":         {greeting: "421 Too many connections from your address"},
		"530 behind the password":     {login: "530 Sorry, too many users are logged in"},
		"421 behind the password":     {login: "421 Too many users, try later"},
		"530 without a word of limit": {login: "530 Login incorrect"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			n := &notebook{}
			for run := range 2 {
				var refused atomic.Int32
				full := func(c *ftptest.Conn, words string) bool {
					if c.Number <= bears || words == "" {
						return false
					}
					refused.Add(1)
					c.Say("%s", words)
					c.Drop()
					return true
				}
				_, f := scriptWith(t, ftptest.Plan{
					Greeting: func(c *ftptest.Conn, arg string) {
						if !full(c, refuse.greeting) {
							c.Say("220 Ready")
						}
					},
					Verbs: map[string]ftptest.Handler{"PASS": func(c *ftptest.Conn, arg string) {
						if !full(c, refuse.login) {
							ftptest.Default(c, arg)
						}
					}},
				}, func(c *Config) { c.Site.Connections, c.Memory = 5, n })
				group, ctx := errgroup.WithContext(t.Context())
				for i := range 8 {
					group.Go(func() error { return roundTrip(ctx, f, vfs.MustParse("/dir"), fmt.Sprint("file ", i)) })
				}
				if err := group.Wait(); err != nil {
					t.Fatal(err)
				}
				if got := refused.Load() > 0; got != (run == 0) {
					t.Errorf("run %d: refused %d times", run, refused.Load())
				}
				if m := n.Recall(loopback); m.Sessions != bears || m.Via != "EPSV" {
					t.Errorf("run %d: the memo is %+v", run, m)
				}
			}
		})
	}
}

func TestWrongSizeIsAReasonForDoubt(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind  vfs.Kind
		doubt int
	}{
		"bytes too few or too many": {vfs.KindSize, 1},
		"any other failure":         {vfs.KindLost, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			b, f := fake(t, 4)
			b.fail["close"] = &vfs.Error{Op: "read", Kind: tc.kind}
			if err := everyCall(f)["read"](t.Context()); vfs.KindOf(err) != tc.kind {
				t.Fatal(err)
			}
			if got := b.conns[0].doubt; got != tc.doubt {
				t.Errorf("the session was told %d times", got)
			}
		})
	}
}

func TestDoubtReachesEverySession(t *testing.T) {
	b, f := fake(t, 4)
	r, err := f.Open(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stat(t.Context(), somewhere); err != nil {
		t.Fatal(err)
	}
	f.Doubt()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if len(b.conns) != 2 {
		t.Fatalf("%d sessions", len(b.conns))
	}
	for i, c := range b.conns {
		if c.doubt != 1 {
			t.Errorf("session %d was told %d times", i, c.doubt)
		}
	}
}

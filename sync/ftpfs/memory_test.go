package ftpfs

import (
	"context"
	"errors"
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
		"a month old, nearly":    {Memo{Via: "PASV", Sessions: 3}, 30*day - time.Hour, PASV, 3},
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
				n := &notebook{memos: map[string]Memo{homeNetwork: tc.memo}}
				if outcome == "of another network" {
					n.memos = map[string]Memo{"192.168.1.1": {Via: "EPRT", Sessions: 2, At: time.Now()}}
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
		if got := n.Recall(homeNetwork).Sessions; got != 0 {
			t.Errorf("it bears all, and the memo says %d", got)
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

func TestStuckSessionIsFollowedByAnother(t *testing.T) {
	blocked := func(left ...wire.Rung) error {
		return &vfs.Error{Op: "test", Kind: vfs.KindNoData, Err: &wire.Blocked{Left: left}}
	}
	for outcome, tc := range map[string]struct {
		answers []error // of one session after the other, then nil
		calls   int
		want    vfs.Kind
	}{
		"ways are left: the next one works":    {[]error{blocked(EPSV, PASV)}, 2, vfs.KindOther},
		"one after the other":                  {[]error{blocked(EPSV, PASV, PORT), blocked(PASV, PORT), blocked(PORT)}, 4, vfs.KindOther},
		"none is left":                         {[]error{blocked(EPSV), blocked()}, 2, vfs.KindNoData},
		"none was left from the start":         {[]error{blocked()}, 1, vfs.KindNoData},
		"it does not get less":                 {[]error{blocked(EPSV, PASV), blocked(EPSV, PASV)}, 2, vfs.KindNoData},
		"nobody says that nothing took effect": {[]error{&vfs.Error{Op: "test", Kind: vfs.KindNoData}}, 1, vfs.KindNoData},
		"a refusal on the way is the answer":   {[]error{blocked(PASV), &vfs.Error{Kind: vfs.KindPermission}}, 2, vfs.KindPermission},
	} {
		for _, name := range []string{"list", "read", "write"} {
			t.Run(outcome+", "+name, func(t *testing.T) {
				b, f := fake(t, 4)
				b.answer = func(call string, nth int) error {
					if call == name && nth <= len(tc.answers) {
						return tc.answers[nth-1]
					}
					return nil
				}
				err := everyCall(f)[name](t.Context())
				if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) || b.count(name) != tc.calls {
					t.Errorf("error %v after %d calls", err, b.count(name))
				}
			})
		}
	}
}

func TestStuckSessionIsNotFollowedOnceCancelled(t *testing.T) {
	b, f := fake(t, 4)
	ctx, cancel := context.WithCancel(t.Context())
	b.answer = func(call string, _ int) error {
		if call != "write" {
			return nil
		}
		cancel()
		return &vfs.Error{Op: "test", Kind: vfs.KindNoData, Err: &wire.Blocked{Left: []wire.Rung{PASV}}}
	}
	if err := everyCall(f)["write"](ctx); err == nil || b.count("write") != 1 {
		t.Errorf("error %v after %d calls", err, b.count("write"))
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

var errNoVerdict = &vfs.Error{Op: "test", Kind: vfs.KindLost, Err: session.ErrNoVerdict}

// TestMissingVerdictIsSettledBySize moves seven bytes behind an offset, and
// then the final reply does not come.
func TestMissingVerdictIsSettledBySize(t *testing.T) {
	const offset, moved = 100, 7
	file := func(size int64) vfs.Entry { return vfs.Entry{Type: vfs.TypeFile, Size: size} }
	for outcome, tc := range map[string]struct {
		verdict error
		entry   vfs.Entry
		stat    error
		want    vfs.Kind
		looks   int
	}{
		"the size is right: it stands":        {errNoVerdict, file(offset + moved), nil, vfs.KindOther, 1},
		"bytes are missing":                   {errNoVerdict, file(offset + moved - 1), nil, vfs.KindLost, 1},
		"there are more":                      {errNoVerdict, file(offset + moved + 1), nil, vfs.KindLost, 1},
		"the size is not known":               {errNoVerdict, file(vfs.SizeUnknown), nil, vfs.KindLost, 1},
		"it is no file":                       {errNoVerdict, vfs.Entry{Type: vfs.TypeDir, Size: offset + moved}, nil, vfs.KindLost, 1},
		"it is not there":                     {errNoVerdict, vfs.Entry{}, &vfs.Error{Kind: vfs.KindNotFound}, vfs.KindLost, 1},
		"another loss is not looked into":     {&vfs.Error{Kind: vfs.KindLost}, file(offset + moved), nil, vfs.KindLost, 0},
		"a refusal is not looked into":        {&vfs.Error{Kind: vfs.KindNoSpace}, file(offset + moved), nil, vfs.KindNoSpace, 0},
		"with a verdict nobody needs to look": {nil, file(0), nil, vfs.KindOther, 0},
	} {
		for _, dir := range []string{"upload", "download"} {
			t.Run(outcome+", "+dir, func(t *testing.T) {
				b, f := fake(t, 1)
				b.fail["commit"], b.fail["close"] = tc.verdict, tc.verdict
				b.entry, b.fail["stat"] = tc.entry, tc.stat
				err := move(t, f, dir, offset)
				if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) || b.count("stat") != tc.looks {
					t.Errorf("error %v after %d looks", err, b.count("stat"))
				}
			})
		}
	}
}

func TestMissingVerdictIsLeftAloneOnceClosed(t *testing.T) {
	b, f := fake(t, 1)
	b.fail["commit"] = errNoVerdict
	w, err := f.Create(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); vfs.KindOf(err) != vfs.KindCancelled || b.count("stat") != 0 {
		t.Errorf("error %v after %d looks", err, b.count("stat"))
	}
}

// move moves "content" to or from behind offset.
func move(t *testing.T, f *FS, dir string, offset int64) error {
	t.Helper()
	if dir == "upload" {
		w, err := f.Create(t.Context(), somewhere, offset)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("con")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.(*writer).ReadFrom(strings.NewReader("tent")); err != nil {
			t.Fatal(err)
		}
		return w.Commit()
	}
	r, err := f.Open(t.Context(), somewhere, offset)
	if err != nil {
		t.Fatal(err)
	}
	var head [3]byte
	if _, err := r.Read(head[:]); err != nil {
		t.Fatal(err)
	}
	var rest strings.Builder
	if _, err := r.(*reader).WriteTo(&rest); err != nil || rest.String() != "tent" {
		t.Fatal(rest.String(), err)
	}
	return r.Close()
}

// TestFirewallThatForgetsIsNotNoticed: connections idle, a router drops them
// without a word, and then swallows what is sent.
func TestFirewallThatForgetsIsNotNoticed(t *testing.T) {
	for name := range everyCall(nil) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 3)
				warmUp(t, f)
				<-time.After(50 * time.Second)
				b.swallow()
				start, before := time.Now(), b.count(name)
				if err := everyCall(f)[name](t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > 3*time.Second || b.count(name) != before+1 {
					t.Errorf("it took %v and was sent %d times", took, b.count(name)-before)
				}
			})
		})
	}
}

func TestKeepAliveIsAskedForBySite(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keep  site.KeepAlive
		noops int
	}{
		"off":  {site.KeepAliveOff, 0},
		"noop": {site.KeepAliveNoop, 10},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fakeWith(t, Config{Site: site.Site{Host: "fake", KeepAlive: tc.keep}}, &session.Learned{})
				if _, err := f.Stat(t.Context(), somewhere); err != nil {
					t.Fatal(err)
				}
				<-time.After(5*time.Minute + time.Second)
				if got := b.count("noop"); got != tc.noops {
					t.Errorf("%d NOOPs in five minutes", got)
				}
			})
		})
	}
}

func TestErrorOfAStuckSessionKeepsItsFindings(t *testing.T) {
	b, f := fake(t, 1)
	b.fail["list"] = &vfs.Error{Op: "list", Kind: vfs.KindNoData, Err: &wire.Blocked{Attempts: []wire.Attempt{{Rung: EPSV, Outcome: Silent}}}}
	_, err := f.List(t.Context(), somewhere)
	var found *Blocked
	if !errors.As(err, &found) || len(found.Attempts) != 1 {
		t.Errorf("the error is %v", err)
	}
}

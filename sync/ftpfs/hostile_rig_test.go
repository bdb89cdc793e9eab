package ftpfs_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/sync/vfs/vfstest"
)

// The hostile tests are a catalogue: each row is one thing that a server does,
// by mistake, by age or on purpose, and its name says what a correct client
// makes of it. The rows see the public file system alone; what one command or
// one reply means is tested below it, in session, wire and listing.
//
// Every row also proves what holds whatever the server does, see conduct.

// hang is how long a test waits for what has to come by itself. It is no limit
// of the client's: reaching it is a failure. What reads millions of lines takes
// a busy machine its time.
const hang = 3 * time.Minute

// patience names the limit that a row runs into. The others are out of reach,
// so that a busy machine fails no row.
type patience uint8

const (
	neither patience = iota
	reply            // Config.Timeout
	data             // Config.DataTimeout
	both
)

// row is one line of the catalogue.
type row struct {
	plan ftptest.Plan
	mode site.Mode // passive unless said
	sec  site.TLS  // what the plan has, unless said
	ends patience  // the limit that ends it
	tune func(*bench, *ftpfs.Config)
	way  way
	do   func(*bench) error // list("/") unless said
	want vfs.Kind           // KindOther for success
	also func(*bench)       // what else must be true

	never    []string // commands that must not be sent
	sessions int      // control connections in all; 0 leaves it open
	// broken tells that the server stays as it is, so that the site is of no
	// use afterwards either.
	broken bool
	// clear tells that the server opens data connections in clear where TLS was
	// agreed on; the row says what becomes of them.
	clear bool
	// hello tells that the server takes our part of a handshake for commands.
	hello bool
	// held tells that the server does not notice that we have gone.
	held bool
}

// way is how the file system is used and who the server says it is.
type way struct {
	name string
	// single leaves out what is asked together with others (vfs.Swift,
	// vfs.Finisher).
	single bool
	// pose makes the plan that of a server which bears more at once; nil for
	// none, as is a plan with a greeting of its own.
	pose func(ftptest.Plan) ftptest.Plan
}

var ways = []way{
	{name: "singly", single: true},
	{name: "together"},
	{name: "together, as vsftpd", pose: ftptest.AsVSFTPD},
	{name: "together, as ProFTPD", pose: ftptest.AsProFTPD},
}

// everyWay runs the rows of transfers in all ways: what comes out is the same.
// rows are made anew for each, as handlers count.
func everyWay(t *testing.T, rows func() map[string]row) { inWays(t, ways, rows) }

func inWays(t *testing.T, ways []way, rows func() map[string]row) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			mine := map[string]row{}
			for outcome, r := range rows() {
				r.way = w
				if w.pose != nil && r.plan.Greeting == nil {
					r.plan = w.pose(r.plan)
				}
				mine[outcome] = r
			}
			catalogue(t, mine)
		})
	}
}

// bench is a row at work.
type bench struct {
	*testing.T
	srv   *ftptest.Scripted
	fs    *ftpfs.FS
	site  vfs.FS    // fs, or what of it the row's way leaves
	here  *memfs.FS // the other side of transfers
	trace *trace.Ring

	ctx     context.Context // of the call; the test's unless under gave another
	err     error           // what do returned
	got     string
	entries []vfs.Entry
	result  transfer.Result

	finished      vfs.Finished
	before, after vfs.Entry
}

// catalogue runs rows side by side.
func catalogue(t *testing.T, rows map[string]row) {
	for _, outcome := range slices.Sorted(maps.Keys(rows)) {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			rows[outcome].run(t)
		})
	}
}

func (r row) run(t *testing.T) {
	b := r.set(t)
	do := r.do
	if do == nil {
		do = list("/")
	}
	b.err = b.within("the call", func() error { return do(b) })
	if vfs.KindOf(b.err) != r.want || (b.err == nil) != (r.want == vfs.KindOther) {
		t.Errorf("got %v, want %v", b.err, r.want)
	}
	if r.also != nil {
		r.also(b)
	}
	if !r.broken {
		b.works()
	}
	if err := b.within("Close", b.fs.Close); err != nil {
		t.Error(err)
	}
	b.conduct(r)
}

// set starts the server and opens the site on it.
func (r row) set(t *testing.T) *bench {
	t.Helper()
	if r.plan.Files == nil {
		r.plan.Files = map[string]string{"/f": content}
	}
	b := &bench{T: t, srv: ftptest.Script(t, r.plan), here: memfs.New(), trace: trace.NewRing(5000, nil)}
	if r.mode == "" {
		r.mode = site.ModePassive
	}
	if r.sec == "" {
		r.sec = offered(r.plan)
	}
	c := ftpfs.Config{
		Site: b.srv.Site(r.mode, r.sec), Roots: b.srv.CA, Trace: b.trace, Timeout: 2 * hang, DataTimeout: 2 * hang,
		Password: func(context.Context) (string, error) { return b.srv.Password, nil },
	}
	if r.ends == reply || r.ends == both {
		c.Timeout = 3 * time.Second
	}
	if r.ends == data || r.ends == both {
		c.DataTimeout = 3 * time.Second
	}
	if r.tune != nil {
		r.tune(b, &c)
	}
	b.fs = ftpfs.New(c)
	if b.site = b.fs; r.way.single {
		b.site = vfstest.SingleSteps(b.fs)
	}
	t.Cleanup(func() {
		_ = b.fs.Close() // a second time where all went well
		if t.Failed() {
			t.Log(b.transcript())
		}
	})
	return b
}

func offered(plan ftptest.Plan) site.TLS {
	switch {
	case plan.Implicit:
		return site.TLSImplicit
	case plan.TLS:
		return site.TLSExplicit
	}
	return site.TLSOff
}

// conduct is what holds in every row, whatever the server did: the password is
// told to nobody and sent once a connection, no command holds a control byte,
// nothing goes in clear where TLS was asked for, and no connection is left.
func (b *bench) conduct(r row) {
	b.Helper()
	if b.err != nil && strings.Contains(b.err.Error(), b.srv.Password) || strings.Contains(b.transcript(), b.srv.Password) {
		b.Error("the password is told")
	}
	passes := map[int]int{}
	secret := r.sec != site.TLSOff && (r.sec != "" || offered(r.plan) != site.TLSOff)
	for _, c := range b.srv.Commands() {
		if r.hello && !strings.Contains(c.String(), b.srv.User) {
			continue
		}
		if strings.ContainsFunc(c.Verb+c.Arg, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			b.Errorf("a control byte in %q", c)
		}
		if slices.Contains(r.never, c.Verb) {
			b.Errorf("%s was sent", c.Verb)
		}
		if secret && !c.Secure && c.Verb != "AUTH" && c.Verb != "QUIT" {
			b.Errorf("%s was sent in clear", c.Verb)
		}
		if c.Verb == "PASS" {
			passes[c.Session]++
		}
	}
	for session, n := range passes {
		if n > 1 {
			b.Errorf("%d passwords were sent on connection %d", n, session)
		}
	}
	if n := b.srv.ClearData(); secret && !r.clear && n > 0 {
		b.Errorf("%d data connections in clear", n)
	}
	if n := b.srv.Sessions(); r.sessions != 0 && n != r.sessions {
		b.Errorf("%d connections were made, not %d", n, r.sessions)
	}
	if n := b.fs.Status().Sessions; n != 0 {
		b.Errorf("%d sessions stand after Close", n)
	}
	if r.held {
		return
	}
	ctx, cancel := context.WithTimeout(b.Context(), hang)
	defer cancel()
	if err := b.srv.AwaitGone(ctx); err != nil {
		b.Error("on the server:", err)
	}
}

// Context is what the calls of a row are under.
func (b *bench) Context() context.Context {
	if b.ctx != nil {
		return b.ctx
	}
	return b.T.Context()
}

// under is the same bench with another context.
func (b *bench) under(ctx context.Context) *bench {
	other := *b
	other.ctx = ctx
	return &other
}

// within fails the test where work does not come to an end.
func (b *bench) within(what string, work func() error) error {
	b.Helper()
	ended := make(chan error, 1)
	go func() { ended <- work() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(hang):
		b.Fatalf("%s has no end", what)
		return nil
	}
}

// works proves that the site is of use.
func (b *bench) works() {
	b.Helper()
	b.srv.Put("/proof", []byte("alive\n"))
	err := b.within("a download afterwards", func() error {
		got, err := read(b.Context(), b.fs, "/proof")
		if err == nil && got != "alive\n" {
			b.Errorf("the next download is %q", got)
		}
		return err
	})
	if err != nil {
		b.Error("the next download:", err)
	}
}

func (b *bench) transcript() string {
	var text strings.Builder
	lines, _ := b.trace.Since(0)
	for _, l := range lines {
		text.WriteString(l.String() + "\n")
	}
	return text.String()
}

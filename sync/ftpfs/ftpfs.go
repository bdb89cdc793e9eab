package ftpfs

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/ftpfs/internal/pool"
	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// conn is what FS needs of a session.
type conn interface {
	pool.Member
	List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error)
	Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error)
	Glimpse(ctx context.Context, p vfs.Path) (vfs.Entry, error)
	Dates(ctx context.Context, dir vfs.Path, names []string) (map[string]time.Time, error)
	Read(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error)
	ReadSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error)
	Write(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error)
	Rename(ctx context.Context, from, to vfs.Path) error
	Remove(ctx context.Context, p vfs.Path) error
	RemoveDir(ctx context.Context, p vfs.Path) error
	Mkdir(ctx context.Context, p vfs.Path) error
	SetTime(ctx context.Context, p vfs.Path, t time.Time) error
	SetMode(ctx context.Context, p vfs.Path, mode fs.FileMode) error
	Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error)
	Facts() session.Facts
	Doubt()
	Sever()
}

// FS is one site. It implements vfs.FS, vfs.Swift, vfs.Glimpser, vfs.Dater
// and vfs.Sparer.
type FS struct {
	host   string           // fixed
	pool   *pool.Pool[conn] // fixed
	memory *remembrance     // fixed
	calls  sync.WaitGroup   // calls in progress; nothing is added once closed

	mu     sync.Mutex
	closed bool           // guarded
	facts  session.Facts  // guarded; of the session that was used last
	known  bool           // guarded; facts are there
	tries  []wire.Attempt // guarded; of the session used last that has made any
	change *wire.Switch   // guarded; the newest of any session
	// guarded; what stood where an upload was lost, see sinceNow
	doubtful map[vfs.Path]vfs.Entry
}

var (
	_ vfs.FS       = (*FS)(nil)
	_ vfs.Doubter  = (*FS)(nil)
	_ vfs.Swift    = (*FS)(nil)
	_ vfs.Glimpser = (*FS)(nil)
	_ vfs.Dater    = (*FS)(nil)
	_ vfs.Sparer   = (*FS)(nil)
)

// keepAlive is how often an idle connection says NOOP where the site asks for
// it. Firewalls forget after a minute at the soonest.
const keepAlive = 30 * time.Second

// New returns the site's file system. Nothing connects before the first call.
func New(c Config) *FS {
	learned := &session.Learned{}
	number := c.Number
	if number == nil {
		var count atomic.Int64
		number = func() int { return int(count.Add(1)) }
	}
	return build(c, learned, func(ctx context.Context) (conn, error) {
		s, err := session.Open(ctx, c.session(number(), learned))
		if err != nil {
			return nil, err // not s: a nil in an interface is not nil
		}
		return s, nil
	})
}

func build(c Config, learned *session.Learned, dial func(context.Context) (conn, error)) *FS {
	f := &FS{host: c.Site.Host, memory: remember(c.Memory, learned, c.Site.Mode)}
	pc := pool.Config[conn]{Transfers: c.Site.MaxConnections(), Dial: func(ctx context.Context) (conn, error) {
		s, err := dial(ctx)
		if err == nil {
			// Before its first operation: only now it is known over which
			// network the server is reached.
			f.pool.Learn(f.memory.recall(s.Facts().Local.Addr()))
		}
		return s, err
	}}
	if c.Site.KeepAlive == site.KeepAliveNoop {
		pc.KeepAlive = keepAlive
	}
	f.pool = pool.New(pc)
	return f
}

// Close breaks off what is in progress, waits for it, and closes all sessions.
// Open Readers and Writers fail from now on; they may be closed later.
func (f *FS) Close() error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.pool.Close()
	f.calls.Wait()
	return nil
}

// Reset forgets that the login was refused, so that the next call tries it
// again. Until then every call fails with that refusal (KindLogin) and the
// server is not asked: repeated attempts get addresses banned.
func (f *FS) Reset() { f.pool.Reset() }

// Allow replaces how many files may move at a time, Config.Site.MaxConnections. What
// moves already goes on.
func (f *FS) Allow(transfers int) { f.pool.Allow(transfers) }

// Expect tells that so many files are about to move, as those of a folder that is
// to be listed first: where a connection stands the others are made meanwhile. It
// waits for nothing; ctx must outlast the call by as long as a login may take.
func (f *FS) Expect(ctx context.Context, transfers int) {
	f.memory.learned.Expect()
	f.pool.Expect(ctx, transfers)
}

// Doubt has every session prove anew, before its next transfer, that it moves
// files as they are; see vfs.Doubter. Later sessions do so at their login.
func (f *FS) Doubt() { f.pool.Each(conn.Doubt) }

// Drop cuts every connection whose local address keep denies, nil for all, idle
// or in use: the network has changed under them, or the computer has slept, and
// nobody would tell us. What runs on one fails with KindLost; the next call
// connects anew. It waits for nothing.
func (f *FS) Drop(keep func(local netip.Addr) bool) {
	f.pool.Each(func(c conn) {
		if local := c.Facts().Local.Addr().Unmap().WithZone(""); keep == nil || !keep(local) {
			c.Sever()
		}
	})
}

// Status is cheap, never waits for the network, and may be called from any
// goroutine.
func (f *FS) Status() Status {
	stats := f.pool.Stats()
	f.mu.Lock()
	defer f.mu.Unlock()
	return Status{
		Host: f.host, Server: f.facts.Server, TLSVersion: f.facts.TLSVersion,
		Mode: string(f.facts.Mode), Via: f.facts.Via, Sessions: stats.Sessions, Limit: stats.Limit,
		Switch: f.change, Attempts: f.tries,
	}
}

// note keeps what a session says about itself.
func (f *FS) note(c conn) {
	facts := c.Facts()
	f.memory.keep(facts.Local.Addr(), worked(facts.Attempts), f.pool.Stats().Told)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known && !f.facts.Features.Replaces {
		facts.Features.Replaces = false // only the session that was refused knows it
	}
	f.facts, f.known = facts, true
	if len(facts.Attempts) > 0 {
		f.tries = facts.Attempts
	}
	if facts.Switch != nil && (f.change == nil || facts.Switch.At.After(f.change.At)) {
		f.change = facts.Switch
	}
}

// worked is the way that the tries ended with, NoRung where none bore.
func worked(tries []wire.Attempt) wire.Rung {
	if n := len(tries); n > 0 && tries[n-1].Outcome == wire.Worked {
		return tries[n-1].Rung
	}
	return wire.NoRung
}

// call is what a method does, for errors and for the pool.
type call struct {
	op     string
	path   vfs.Path
	use    pool.Use
	repeat bool // it changes nothing, so it may be done twice without asking
}

func looks(op string, p vfs.Path) call { return call{op, p, pool.Browse, true} }

func changes(op string, p vfs.Path) call { return call{op, p, pool.Browse | pool.Sure, false} }

// enter counts a call in progress; leave must follow where it returns nil.
func (f *FS) enter(c call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return c.closed(nil)
	}
	f.calls.Add(1)
	return nil
}

func (f *FS) leave() { f.calls.Done() }

func (c call) closed(err error) error {
	return &vfs.Error{Op: c.op, Path: c.path.String(), Kind: vfs.KindCancelled, Reply: "the connection was closed by us", Err: err}
}

// fault is err as the caller gets it: whatever breaks while or after the file
// system is closed was cancelled. A wrong number of bytes is what a server
// sends that converts line ends, so the type is set anew before the next file.
func (f *FS) fault(c call, err error) error {
	switch {
	case err == nil || vfs.KindOf(err) == vfs.KindCancelled:
		return err
	case vfs.KindOf(err) == vfs.KindSize:
		f.Doubt()
	}
	if c.op == writing {
		err = tooLong(c.path, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return c.closed(err)
	}
	return err
}

// writing is the op of uploads.
const writing = "write"

// do runs work on a leased session.
func (f *FS) do(ctx context.Context, c call, work func(conn) error) error {
	if err := f.enter(c); err != nil {
		return err
	}
	defer f.leave()
	lease, err := f.lend(ctx, c, work)
	if err != nil {
		return err
	}
	lease.Release()
	return nil
}

// lend is do for work that goes on: where it succeeds, the lease is the
// caller's.
func (f *FS) lend(ctx context.Context, c call, work func(conn) error) (*pool.Lease[conn], error) {
	repeat, ways, deaths := c.repeat, allWays, mostDeaths
	for {
		lease, err := f.pool.Acquire(ctx, c.use)
		if err != nil {
			return nil, f.fault(c, err)
		}
		s := lease.Session()
		err = work(s)
		f.note(s)
		if err == nil {
			return lease, nil
		}
		again := true
		switch left := stuck(err); {
		case left > 0 && left < ways:
			ways = left
		case errors.Is(err, session.ErrUnasked):
			again = deaths > 0
			deaths--
		case repeat && !lease.Fresh() && diedIdle(s, err):
			repeat = false
		default:
			again = false
		}
		lease.Release()
		if !again || ctx.Err() != nil {
			return nil, f.fault(c, err)
		}
	}
}

// allWays is how many ways to a data connection there are (EPSV, PASV, EPRT,
// PORT). It bounds the sessions that one call may take: each has to leave fewer
// ways than the one before.
const allWays = 4

// mostDeaths is how many sessions may end under one call before anything was asked
// of them, each replaced by another one: two in a row are bad luck where there are
// few ports, and three are the server's way.
const mostDeaths = 2

// stuck returns how many ways to a data connection another session could try
// for the same call: the server hangs in one of those tried, as in its own
// connect to us, and this session with it. Nothing took effect then. 0 is for
// any other error.
func stuck(err error) int {
	var b *wire.Blocked
	if vfs.KindOf(err) == vfs.KindNoData && errors.As(err, &b) {
		return len(b.Left)
	}
	return 0
}

// diedIdle says whether err looks like a connection that was gone before the
// call began: cut, ended by the server with 421 (RFC 959, 5.4), or swallowed by
// a firewall or a change of network, which nobody tells us.
func diedIdle(s conn, err error) bool {
	switch vfs.KindOf(err) {
	case vfs.KindLost, vfs.KindBusy, vfs.KindTimeout:
		return !s.Usable()
	}
	return false
}

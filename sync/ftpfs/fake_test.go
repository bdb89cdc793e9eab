package ftpfs

import (
	"context"
	"flag"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestMain has more tests at a time than there are processors: they wait for
// servers most of their time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// backend makes fake sessions and counts what reaches them.
type backend struct {
	mu    sync.Mutex
	dials int            // guarded
	calls map[string]int // guarded
	busy  int            // guarded: calls in progress
	fail  map[string]error
	entry vfs.Entry // of every Stat
	stat  func(vfs.Path) (vfs.Entry, error)
	cut   string // the call in which a connection breaks; guarded
	// answer replaces fail where it is set; nth counts the calls of a name.
	answer func(name string, nth int) error
	facts  session.Facts // guarded; laid over those of a session
	gate   chan struct{} // calls and reads wait for it; nil: they do not
	conns  []*fakeConn   // guarded
}

type fakeConn struct {
	b    *backend
	quit chan struct{}

	mu    sync.Mutex
	dead  bool // guarded; the server is gone and nobody has noticed
	down  bool // guarded; somebody has
	deaf  bool // guarded; a firewall swallows what is sent
	doubt int  // guarded; how often it was told to
}

func fake(t *testing.T, transfers int) (*backend, *FS) {
	return fakeWith(t, Config{Site: site.Site{Host: "fake", Connections: transfers}}, &session.Learned{})
}

func fakeWith(t *testing.T, c Config, l *session.Learned) (*backend, *FS) {
	b := &backend{calls: map[string]int{}, fail: map[string]error{}}
	f := build(c, l, b.dial)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, f
}

func (b *backend) dial(context.Context) (conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dials++
	if err := b.fail["dial"]; err != nil {
		return nil, err
	}
	c := &fakeConn{b: b, quit: make(chan struct{})}
	b.conns = append(b.conns, c)
	return c, nil
}

// kill cuts all connections without a word.
func (b *backend) kill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.mu.Lock()
		c.dead = true
		c.mu.Unlock()
	}
}

// swallow has a firewall forget all connections there are.
func (b *backend) swallow() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.mu.Lock()
		c.deaf = true
		c.mu.Unlock()
	}
}

func (b *backend) count(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[name]
}

// do is every call of a session.
func (c *fakeConn) do(ctx context.Context, name string) error {
	c.b.mu.Lock()
	c.b.calls[name]++
	err, gate, cut := c.b.fail[name], c.b.gate, c.b.cut == name
	if c.b.answer != nil {
		err = c.b.answer(name, c.b.calls[name])
	}
	c.b.busy++
	c.b.mu.Unlock()
	defer func() {
		c.b.mu.Lock()
		c.b.busy--
		c.b.mu.Unlock()
	}()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return &vfs.Error{Op: name, Kind: vfs.KindOf(ctx.Err()), Err: ctx.Err()}
		case <-c.quit:
			return &vfs.Error{Op: name, Kind: vfs.KindLost}
		}
	}
	c.mu.Lock()
	deaf := c.deaf
	c.mu.Unlock()
	if deaf {
		select {
		case <-ctx.Done():
		case <-c.quit:
		case <-time.After(session.DefaultTimeout):
			c.mu.Lock()
			c.down = true
			c.mu.Unlock()
			return &vfs.Error{Op: name, Kind: vfs.KindTimeout}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead || c.down || cut || deaf {
		c.down = true
		return &vfs.Error{Op: name, Kind: vfs.KindLost}
	}
	return err
}

func (c *fakeConn) Usable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.down
}

func (c *fakeConn) Close() error {
	c.mu.Lock()
	c.down = true
	c.mu.Unlock()
	close(c.quit)
	return nil
}

func (c *fakeConn) Facts() session.Facts {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	c.b.calls["facts"]++
	f := c.b.facts
	f.Server, f.Via, f.Mode, f.Features = "fake server", "EPSV", site.ModePassive, vfs.Features{SetTime: true}
	return f
}

func (c *fakeConn) Doubt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doubt++
}

func (c *fakeConn) Sever() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = true
}

func (c *fakeConn) Noop(ctx context.Context) error { return c.do(ctx, "noop") }

func (c *fakeConn) List(ctx context.Context, _ vfs.Path) ([]vfs.Entry, error) {
	return nil, c.do(ctx, "list")
}

func (c *fakeConn) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	if err := c.do(ctx, "stat"); err != nil || c.b.stat == nil {
		return c.b.entry, err
	}
	return c.b.stat(p)
}

func (c *fakeConn) Glimpse(ctx context.Context, p vfs.Path) (vfs.Entry, error) { return c.Stat(ctx, p) }

func (c *fakeConn) Dates(ctx context.Context, _ vfs.Path, _ []string) (map[string]time.Time, error) {
	return nil, c.do(ctx, "dates")
}

func (c *fakeConn) Read(ctx context.Context, _ vfs.Path, _ int64) (vfs.Reader, error) {
	return &fakeStream{Reader: strings.NewReader("content"), c: c, ctx: ctx}, c.do(ctx, "read")
}

func (c *fakeConn) ReadSeen(ctx context.Context, p vfs.Path, offset int64, _ vfs.Entry) (vfs.Reader, error) {
	return c.Read(ctx, p, offset)
}

func (c *fakeConn) Write(ctx context.Context, _ vfs.Path, _ int64) (vfs.Writer, error) {
	return &fakeStream{c: c, ctx: ctx}, c.do(ctx, "write")
}
func (c *fakeConn) Rename(ctx context.Context, _, _ vfs.Path) error { return c.do(ctx, "rename") }
func (c *fakeConn) Remove(ctx context.Context, _ vfs.Path) error    { return c.do(ctx, "remove") }
func (c *fakeConn) RemoveDir(ctx context.Context, _ vfs.Path) error { return c.do(ctx, "rmdir") }
func (c *fakeConn) Mkdir(ctx context.Context, _ vfs.Path) error     { return c.do(ctx, "mkdir") }
func (c *fakeConn) SetTime(ctx context.Context, _ vfs.Path, _ time.Time) error {
	return c.do(ctx, "time")
}

func (c *fakeConn) SetMode(ctx context.Context, _ vfs.Path, _ fs.FileMode) error {
	return c.do(ctx, "mode")
}

func (c *fakeConn) Hash(ctx context.Context, _ vfs.Path, _ vfs.HashName) ([]byte, error) {
	return []byte("sum"), c.do(ctx, "hash")
}

// fakeStream is a Reader and a Writer.
type fakeStream struct {
	io.Reader
	c   *fakeConn
	ctx context.Context
}

func (s *fakeStream) Size() int64                 { return 7 }
func (s *fakeStream) Close() error                { return s.c.do(s.ctx, "close") }
func (s *fakeStream) Write(p []byte) (int, error) { return len(p), s.c.do(s.ctx, "data") }
func (s *fakeStream) Commit() error               { return s.c.do(s.ctx, "commit") }
func (s *fakeStream) Abort() error                { return s.c.do(s.ctx, "abort") }

package pool

import (
	"context"
	"errors"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"wherry/sync/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is what the fake sessions are opened on. It never opens more than
// bears of them, and complains to t of anything a pool must not do.
type server struct {
	t *testing.T

	mu     sync.Mutex
	bears  int           // 0: any number
	early  bool          // it is told at the greeting, before gate, what it bears
	inside int           // dials behind the greeting
	refuse error         // what a dial ends with
	gate   chan struct{} // dials wait for it to be closed; nil: they do not
	deaf   chan struct{} // NOOPs wait for it
	dials  int
	noops  int
	open   map[*fake]bool
}

// fake is one session.
type fake struct {
	s    *server
	mu   sync.Mutex
	lost bool // guarded: the next NOOP notices
	down bool // guarded: not usable
	held int  // guarded: leases at this moment
}

func kind(k vfs.Kind) error { return &vfs.Error{Op: "test", Kind: k} }

func (s *server) dial(ctx context.Context) (*fake, error) {
	s.mu.Lock()
	s.dials++
	gate, refuse := s.gate, s.refuse
	full := s.early && len(s.open)+s.inside >= s.bears
	if s.early && !full {
		s.inside++
		defer s.set(func() { s.inside-- })
	}
	s.mu.Unlock()
	if full {
		return nil, kind(vfs.KindBusy)
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ended(ctx)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, ended(ctx)
	case refuse != nil:
		return nil, refuse
	case s.bears > 0 && len(s.open) >= s.bears:
		return nil, kind(vfs.KindBusy)
	}
	f := &fake{s: s}
	s.open[f] = true
	return f, nil
}

func (s *server) count() (open, dials, noops int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open), s.dials, s.noops
}

// set changes the server under its lock.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// restart cuts every connection without a word.
func (s *server) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.open {
		f.set(func() { f.lost = true })
	}
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) Usable() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.down
}

func (f *fake) Noop(ctx context.Context) error {
	f.s.mu.Lock()
	f.s.noops++
	deaf := f.s.deaf
	f.s.mu.Unlock()
	if deaf != nil {
		select {
		case <-deaf:
		case <-ctx.Done():
			f.set(func() { f.down = true })
			return ended(ctx)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost || f.down {
		f.down = true
		return kind(vfs.KindLost)
	}
	return nil
}

func (f *fake) Close() error {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	if !f.s.open[f] {
		f.s.t.Error("a session was closed twice")
	}
	delete(f.s.open, f)
	f.set(func() { f.down = true })
	return errors.New("a farewell that nobody waits for")
}

// setup returns a server and a pool on it that is closed, and found empty, at
// the end of the test.
func setup(t *testing.T, transfers int) (*server, *Pool[*fake]) {
	s := &server{t: t, open: map[*fake]bool{}}
	p := New(Config[*fake]{Dial: s.dial, Transfers: transfers})
	t.Cleanup(func() {
		p.Close()
		if open, _, _ := s.count(); open != 0 {
			t.Errorf("%d sessions are open after Close", open)
		}
	})
	return s, p
}

// acquire must succeed.
func acquire(t *testing.T, p *Pool[*fake], use Use) *Lease[*fake] {
	t.Helper()
	l, err := p.Acquire(t.Context(), use)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Session().Usable() {
		t.Fatal("a broken session was lent")
	}
	return l
}

// result of an Acquire in a goroutine of its own.
type result struct {
	lease *Lease[*fake]
	err   error
}

func async(ctx context.Context, p *Pool[*fake], use Use) <-chan result {
	out := make(chan result, 1)
	go func() {
		l, err := p.Acquire(ctx, use)
		out <- result{l, err}
	}()
	return out
}

// waits says that nothing has come yet.
func waits(t *testing.T, what string, c <-chan result) {
	t.Helper()
	select {
	case r := <-c:
		t.Fatalf("%s did not wait: %+v", what, r)
	default:
	}
}

// came must have a lease by now.
func came(t *testing.T, what string, c <-chan result) *Lease[*fake] {
	t.Helper()
	select {
	case r := <-c:
		if r.err != nil {
			t.Fatalf("%s: %v", what, r.err)
		}
		return r.lease
	default:
		t.Fatalf("%s is still waiting", what)
		return nil
	}
}

// failed must have an error of this kind by now.
func failed(t *testing.T, what string, c <-chan result, want vfs.Kind) {
	t.Helper()
	select {
	case r := <-c:
		if vfs.KindOf(r.err) != want {
			t.Fatalf("%s: error %v, want %v", what, r.err, want)
		}
	default:
		t.Fatalf("%s is still waiting", what)
	}
}

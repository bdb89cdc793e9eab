package pool

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Pool lends the sessions of one site. Its methods may be called from any
// goroutine.
type Pool[M Member] struct {
	config Config[M]      // fixed
	work   sync.WaitGroup // dials, probes, closings, the idle timer

	mu     sync.Mutex // guards what follows, never held while a member works
	closed bool
	// transfers is Config.Transfers, or what Allow said since.
	transfers int
	refused   error     // the login's refusal, until Reset
	learned   int       // the most sessions the server bore, 0 while it never refused
	told      int       // the same where the server itself has refused
	again     time.Time // of learned: when one more may be tried
	members   map[*member[M]]struct{}
	closing   int          // how many of members are being closed
	idle      []*member[M] // of members, longest idle first
	keeping   *member[M]   // of members: it is saying a NOOP of KeepAlive
	dialing   int
	streams   int  // leases for transfers, those on their way included
	taken     bool // a transfer has the member that browsing would be served by
	waiters   []*waiter[M]
	pending   map[*waiter[M]]context.CancelFunc // waiters with a dial or probe running for them
	timer     *time.Timer
}

type member[M Member] struct {
	session M               // fixed
	life    context.Context // fixed; the values of the call that made it, without its end
	since   time.Time       // last use; guarded
	heard   time.Time       // last sign of life; guarded
	suspect bool            // another one broke meanwhile; guarded
	closing bool            // guarded
}

// waiter is one Acquire in progress.
type waiter[M Member] struct {
	ctx    context.Context
	use    Use
	answer chan answer[M] // takes one without blocking; nil where nobody ever waits
	// expected: by Expect and not by Acquire; fixed.
	expected bool

	settled, gone bool // guarded: answered; left without waiting
}

type answer[M Member] struct {
	lease *Lease[M]
	err   error
}

// New returns an empty pool; nothing connects before the first Acquire.
func New[M Member](c Config[M]) *Pool[M] {
	c = c.withDefaults()
	return &Pool[M]{
		config: c, transfers: c.Transfers,
		members: map[*member[M]]struct{}{},
		pending: map[*waiter[M]]context.CancelFunc{},
	}
}

// Acquire lends a member, making one where the limits allow it, else waiting
// for one. It returns at once when ctx is done (KindCancelled, KindTimeout),
// when the pool is closed (KindCancelled), and with the remembered error when
// the login was refused and Reset was not called since (KindLogin). The
// errors of Dial come as they are; KindBusy only when nothing of ours stands
// that could be waited for.
func (p *Pool[M]) Acquire(ctx context.Context, use Use) (*Lease[M], error) {
	w := &waiter[M]{ctx: ctx, use: use, answer: make(chan answer[M], 1)}
	p.mu.Lock()
	err := p.refused
	switch {
	case p.closed:
		err = closedError()
	case ctx.Err() != nil:
		err = ended(ctx)
	case err == nil:
		p.waiters = append(p.waiters, w)
		p.dispatchLocked()
	}
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case a := <-w.answer:
		return a.lease, a.err
	case <-ctx.Done():
		p.leave(w)
		return nil, ended(ctx)
	}
}

// leave gives up a waiter. A dial or probe running for it ends by itself, its
// ctx being the waiter's; what it brings is kept for others.
func (p *Pool[M]) leave(w *waiter[M]) {
	p.mu.Lock()
	w.gone = true
	settled := w.settled
	if i := slices.Index(p.waiters, w); i >= 0 {
		p.waiters = slices.Delete(p.waiters, i, i+1)
	}
	p.mu.Unlock()
	if settled {
		if a := <-w.answer; a.lease != nil {
			a.lease.Release()
		}
	}
}

// Reset forgets a refused login: the person gave another password, or asked
// to try again.
func (p *Pool[M]) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = nil
}

// Allow replaces Config.Transfers. Where it becomes less, the leases there are stay.
func (p *Pool[M]) Allow(transfers int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.transfers = max(transfers, 1)
	p.dispatchLocked()
}

// Stats returns the numbers of this moment.
func (p *Pool[M]) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	if told > p.transfers {
		told = 0
	}
	return Stats{Sessions: len(p.members) - p.closing, Limit: p.limitLocked(), Told: told}
}

// Learn takes over what Stats told in an earlier run, as if the server had just
// said it: after Again one more is tried. It does nothing once this run has
// learned something itself. It may be called from within Dial.
func (p *Pool[M]) Learn(told int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if told > 0 && p.learned == 0 {
		p.learned, p.told, p.again = told, told, time.Now().Add(p.config.Again)
	}
}

// Each calls work for every member there is, lent ones too, one after the
// other. A member may be closed meanwhile.
func (p *Pool[M]) Each(work func(M)) {
	p.mu.Lock()
	members := slices.Collect(maps.Keys(p.members))
	p.mu.Unlock()
	for _, m := range members {
		work(m.session)
	}
}

// Close closes all members, lent ones too, fails who waits, and returns when
// every goroutine of the pool and every member's Close has ended. Leases may
// be released later. A second call waits as well.
func (p *Pool[M]) Close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		p.failAllLocked(closedError())
		for _, cancel := range p.pending {
			cancel()
		}
		p.scheduleLocked()
		p.idle = nil
		for m := range p.members {
			if !m.closing {
				p.discardLocked(m)
			}
		}
	}
	p.mu.Unlock()
	p.work.Wait()
}

// Lease is one member in one hand.
type Lease[M Member] struct {
	pool   *Pool[M]
	member *member[M]
	use    Use
	fresh  bool
	once   sync.Once
}

// Session returns the member. It must not be used after Release.
func (l *Lease[M]) Session() M { return l.member.session }

// Fresh says that the member was dialled for this lease or has just answered
// a NOOP: a connection lost now was not lost while it idled.
func (l *Lease[M]) Fresh() bool { return l.fresh }

// Release gives the member back; one that is not usable any more is closed.
// Further calls do nothing.
func (l *Lease[M]) Release() {
	l.once.Do(func() {
		p := l.pool
		p.mu.Lock()
		defer p.mu.Unlock()
		p.freeLocked(l.use)
		p.restLocked(l.member)
		p.dispatchLocked()
	})
}

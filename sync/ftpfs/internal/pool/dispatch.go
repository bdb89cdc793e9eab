package pool

import (
	"context"
	"slices"
	"time"

	"wherry/sync/vfs"
)

// limitLocked is how many members there may be.
func (p *Pool[M]) limitLocked() int {
	most := p.transfers + 1
	switch {
	case p.learned == 0:
		return most
	case time.Now().Before(p.again):
		return min(p.learned, most)
	}
	return min(p.learned+1, most)
}

// mayDialLocked: below the limit, and one at a time while nothing stands.
func (p *Pool[M]) mayDialLocked() bool {
	standing := len(p.members) - p.closing
	return len(p.members)+p.dialing < p.limitLocked() && (standing > 0 || p.dialing == 0)
}

// dispatchLocked serves whoever can be served, in order.
func (p *Pool[M]) dispatchLocked() {
	for i := 0; i < len(p.waiters); {
		w := p.waiters[i]
		served := p.serveLocked(w)
		if !served && w.use&Spare != 0 {
			p.settleLocked(w, nil, noSpare())
			served = true
		}
		if served {
			p.waiters = slices.Delete(p.waiters, i, i+1)
		} else {
			i++
		}
	}
	p.scheduleLocked()
}

// serveLocked answers w or starts what will answer it.
func (p *Pool[M]) serveLocked(w *waiter[M]) bool {
	stream := w.use&Transfer != 0
	if stream && p.streams >= max(1, p.limitLocked()-1) {
		return false
	}
	m := p.takeIdleLocked(stream)
	if m == nil && (!p.mayDialLocked() || !stream && p.keeping != nil) {
		return false // a click waits for the keep-alive rather than for a login
	}
	if stream {
		p.streams++
	}
	switch {
	case m == nil:
		p.dialing++
		p.startLocked(w, func(ctx context.Context) { p.open(ctx, w) })
	case p.doubtfulLocked(m, w.use):
		p.startLocked(w, func(ctx context.Context) { p.probe(ctx, w, m) })
	default:
		p.handLocked(w, m, false)
	}
	return true
}

// takeIdleLocked picks the member used last, so that the others can idle out.
// Where it may dial instead, a transfer leaves the last one to browsing unless
// no other runs: one file needs no second login. Who dials next then gives what
// it gets to browsing first, see open. Where the server bears fewer than are
// wanted, only a dial finds out that it bears more by now.
func (p *Pool[M]) takeIdleLocked(stream bool) *member[M] {
	p.idle = slices.DeleteFunc(p.idle, func(m *member[M]) bool {
		dead := !m.session.Usable()
		if dead {
			p.discardLocked(m)
		}
		return dead
	})
	n := len(p.idle)
	switch last := n == 1 && stream && p.mayDialLocked(); {
	case n == 0, last && (p.streams > 0 || p.learned > 0):
		return nil
	case last:
		p.taken = true
	}
	m := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return m
}

func (p *Pool[M]) doubtfulLocked(m *member[M], use Use) bool {
	idle := time.Since(m.heard)
	return m.suspect || idle >= p.config.Doubt || use&Sure != 0 && idle >= SureFor
}

// startLocked runs work for w until w's ctx is done or the pool is closed.
func (p *Pool[M]) startLocked(w *waiter[M], work func(context.Context)) {
	ctx, cancel := context.WithCancel(w.ctx)
	p.pending[w] = cancel
	p.work.Go(func() {
		defer cancel()
		work(ctx)
	})
}

// open dials for w.
func (p *Pool[M]) open(ctx context.Context, w *waiter[M]) {
	session, err := p.config.Dial(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dialing--
	delete(p.pending, w)
	if err != nil {
		p.dialFailedLocked(w, err)
	} else {
		m := &member[M]{session: session, life: context.WithoutCancel(ctx), since: time.Now(), heard: time.Now()}
		p.members[m] = struct{}{}
		if p.learned > 0 { // it bears more than it seemed to
			p.learned = max(p.learned, len(p.members))
		}
		if p.told > 0 {
			p.told = max(p.told, len(p.members))
		}
		if w.use&Transfer != 0 && p.taken {
			p.freeLocked(w.use)
			p.restLocked(m)
			p.requeueLocked(w)
		} else {
			p.handLocked(w, m, true)
		}
	}
	p.dispatchLocked()
}

// dialFailedLocked sorts a failed dial: the server is full, or will not have
// this password, or cannot be reached.
func (p *Pool[M]) dialFailedLocked(w *waiter[M], err error) {
	p.freeLocked(w.use)
	kind, standing := vfs.KindOf(err), len(p.members)
	// Where a session stands with the same password, "530 Login incorrect"
	// for one more is a limit too: PAM has no other words for it.
	full := kind == vfs.KindBusy && standing+p.dialing > 0 || kind == vfs.KindLogin && standing > 0
	switch kind {
	case vfs.KindRefused, vfs.KindTimeout, vfs.KindHost:
		full = full || standing > 0 && (w.use&Transfer != 0 || w.expected)
	}
	switch {
	case p.closed:
		p.settleLocked(w, nil, closedError())
	case full:
		// Who is logging in has not been refused, and counts until then.
		p.learned, p.again = max(1, standing+p.dialing), time.Now().Add(p.config.Again)
		if kind == vfs.KindBusy || kind == vfs.KindLogin {
			p.told = p.learned
		}
		p.requeueLocked(w)
	case kind == vfs.KindLogin, kind == vfs.KindProxyLogin:
		p.refused = err
		p.settleLocked(w, nil, err)
		p.failAllLocked(err)
	case w.ctx.Err() == nil && standing+p.dialing == 0:
		p.settleLocked(w, nil, err)
		p.failAllLocked(err)
	default:
		p.settleLocked(w, nil, err)
	}
}

// probe asks m for a sign of life before w gets it.
func (p *Pool[M]) probe(ctx context.Context, w *waiter[M], m *member[M]) {
	limited, cancel := context.WithTimeout(ctx, p.config.Answer)
	err := m.session.Noop(limited)
	silent := limited.Err() != nil && ctx.Err() == nil
	cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pending, w)
	if err == nil && m.session.Usable() {
		m.heard, m.suspect = time.Now(), false
		p.handLocked(w, m, true)
	} else {
		p.freeLocked(w.use)
		p.taken = false // there was none
		p.dropLocked(m)
		if silent {
			p.dropForgottenLocked(m)
		}
		p.requeueLocked(w)
	}
	p.dispatchLocked()
}

// handLocked gives m to w, or keeps it when w has left.
func (p *Pool[M]) handLocked(w *waiter[M], m *member[M], fresh bool) {
	switch {
	case p.closed:
		p.freeLocked(w.use)
		p.dropLocked(m)
		p.settleLocked(w, nil, closedError())
	case w.gone:
		p.freeLocked(w.use)
		p.restLocked(m)
	default:
		p.settleLocked(w, &Lease[M]{pool: p, member: m, use: w.use, fresh: fresh}, nil)
	}
}

// requeueLocked puts w back at the front.
func (p *Pool[M]) requeueLocked(w *waiter[M]) {
	switch {
	case w.gone:
	case p.closed:
		p.settleLocked(w, nil, closedError())
	case w.ctx.Err() != nil:
		p.settleLocked(w, nil, ended(w.ctx))
	default:
		p.waiters = slices.Insert(p.waiters, 0, w)
	}
}

func (p *Pool[M]) settleLocked(w *waiter[M], lease *Lease[M], err error) {
	if !w.gone {
		w.settled = true
		w.answer <- answer[M]{lease, err}
	}
}

func (p *Pool[M]) failAllLocked(err error) {
	for _, w := range p.waiters {
		p.settleLocked(w, nil, err)
	}
	p.waiters = nil
}

// freeLocked gives back what serveLocked counted for a use.
func (p *Pool[M]) freeLocked(use Use) {
	if use&Transfer != 0 {
		p.streams--
	}
}

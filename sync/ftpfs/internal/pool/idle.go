package pool

import (
	"context"
	"slices"
	"time"
)

// restLocked puts m among the idle ones, or drops it when it broke.
func (p *Pool[M]) restLocked(m *member[M]) {
	switch {
	case m.closing: // by Close
	case p.closed, !m.session.Usable():
		p.dropLocked(m)
	default:
		m.since = time.Now()
		m.heard = m.since
		p.idle = append(p.idle, m)
		p.taken = false
	}
}

// dropForgottenLocked closes the idle ones that have been silent for longer
// than m, whose NOOP went unanswered: a firewall that swallows the packets of
// one has forgotten them too, and asking each would cost Answer each.
func (p *Pool[M]) dropForgottenLocked(m *member[M]) {
	p.idle = slices.DeleteFunc(p.idle, func(other *member[M]) bool {
		forgotten := !other.heard.After(m.heard)
		if forgotten {
			p.discardLocked(other)
		}
		return forgotten
	})
}

// dropLocked closes a member that failed. What broke it, a restart or a
// router, has often broken the idle ones too.
func (p *Pool[M]) dropLocked(m *member[M]) {
	for _, other := range p.idle {
		other.suspect = true
	}
	if !m.closing {
		p.discardLocked(m)
	}
}

// discardLocked closes m, which must not be among the idle ones any more. It
// counts until its Close has returned: the server counts it as well.
func (p *Pool[M]) discardLocked(m *member[M]) {
	m.closing = true
	p.closing++
	p.work.Go(func() {
		_ = m.session.Close() // a farewell; nothing is lost with it
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.members, m)
		p.closing--
		p.dispatchLocked()
	})
}

// scheduleLocked sets the timer to the next member that idles out or has to
// say something, or to when one session more may be tried for somebody who
// waits.
func (p *Pool[M]) scheduleLocked() {
	if p.timer != nil && p.timer.Stop() {
		p.work.Done()
	}
	p.timer = nil
	var next time.Time
	if limit, ok := p.idleLimitLocked(); ok {
		next = p.idle[0].since.Add(limit)
	}
	if m := p.keepLocked(); m != nil {
		if due := m.heard.Add(p.config.KeepAlive); next.IsZero() || due.Before(next) {
			next = due
		}
	}
	if len(p.waiters) > 0 && p.again.After(time.Now()) && (next.IsZero() || p.again.Before(next)) {
		next = p.again
	}
	if !next.IsZero() && !p.closed {
		p.work.Add(1)
		p.timer = time.AfterFunc(time.Until(next), p.reap)
	}
}

// idleLimitLocked is how long the longest idle member may go on; not ok means
// as long as nothing changes.
func (p *Pool[M]) idleLimitLocked() (time.Duration, bool) {
	switch {
	case len(p.idle) == 0, len(p.idle) == 1 && (p.streams > 0 || p.config.KeepAlive > 0):
		return 0, false
	case len(p.idle) == 1:
		return p.config.IdleLast, true
	}
	return p.config.Idle, true
}

// keepLocked returns the member that is kept alive, nil for none now.
func (p *Pool[M]) keepLocked() *member[M] {
	if n := len(p.idle); n > 0 && p.config.KeepAlive > 0 && p.keeping == nil {
		return p.idle[n-1]
	}
	return nil
}

// keepAliveLocked has m say NOOP; it is in nobody's hands meanwhile.
func (p *Pool[M]) keepAliveLocked(m *member[M]) {
	p.keeping = m
	p.idle = slices.DeleteFunc(p.idle, func(other *member[M]) bool { return other == m })
	p.work.Go(func() {
		limited, cancel := context.WithTimeout(m.life, p.config.Answer)
		defer cancel()
		err := m.session.Noop(limited) // Close ends it as well
		p.mu.Lock()
		defer p.mu.Unlock()
		p.keeping = nil
		switch {
		case m.closing: // by Close
		case err != nil || !m.session.Usable():
			p.dropLocked(m)
		default:
			m.heard, m.suspect = time.Now(), false
			at, _ := slices.BinarySearchFunc(p.idle, m, func(a, b *member[M]) int { return a.since.Compare(b.since) })
			p.idle = slices.Insert(p.idle, at, m)
		}
		p.dispatchLocked()
	})
}

// reap closes what has idled out, keeps alive what is to stay, and sets the
// timer anew.
func (p *Pool[M]) reap() {
	defer p.work.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		limit, ok := p.idleLimitLocked()
		if !ok || time.Since(p.idle[0].since) < limit {
			break
		}
		m := p.idle[0]
		p.idle = p.idle[1:]
		p.discardLocked(m)
	}
	if m := p.keepLocked(); m != nil && !p.closed && time.Since(m.heard) >= p.config.KeepAlive {
		p.keepAliveLocked(m)
	}
	p.dispatchLocked()
}

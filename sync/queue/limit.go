package queue

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wherry/sync/site"
)

// siteLimitsEvery is how often Config.SiteLimit is asked about a site from or
// to which something moves.
const siteLimitsEvery = time.Second

// throttle holds transfers to the limits of Tuning and of their sites. A limit
// is waited for in slices of a quarter of a second at most, and a change ends
// every wait, so that it holds at once.
type throttle struct {
	clock clock                          // fixed
	site  func(site.ID) (up, down int64) // fixed; nil for none
	mu    sync.Mutex

	up, down, total limit            // guarded
	sites           map[site.ID]*own // guarded; those that were asked about, bounded by the sites there are
	changed         chan struct{}    // guarded; closed and replaced when a limit changes
}

// own are the limits of one site.
type own struct {
	up, down limit
	asked    time.Time
}

// limit is nil for none.
type limit = *rate.Limiter

func newThrottle(c clock, siteLimit func(site.ID) (up, down int64), t Tuning) *throttle {
	l := &throttle{clock: c, site: siteLimit, sites: map[site.ID]*own{}, changed: make(chan struct{})}
	l.set(t)
	return l
}

// set takes over the limits of t.
func (l *throttle) set(t Tuning) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changeLocked(&l.up, t.Up)
	l.changeLocked(&l.down, t.Down)
	l.changeLocked(&l.total, t.Total)
}

// changeLocked makes one limit so many bytes a second. What was let through
// ahead under the old one is forgotten.
func (l *throttle) changeLocked(to *limit, bytes int64) {
	switch now := *to; {
	case bytes <= 0 && now == nil, now != nil && now.Limit() == rate.Limit(bytes):
		return
	case bytes <= 0:
		*to = nil
	default:
		*to = rate.NewLimiter(rate.Limit(bytes), int(max(bytes/4, 1)))
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// path is the way of one transfer through the limits.
type path struct {
	l        *throttle // fixed
	from, to site.ID   // fixed
}

func (l *throttle) path(r row) path { return path{l, r.Source.Site, r.Target.Site} }

// limited tells whether any limit holds for it now; it is
// transfer.Job.Limited.
func (p path) limited() bool {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	return len(p.limitsLocked()) > 0
}

// limitsLocked are those that hold for it now.
func (p path) limitsLocked() []limit {
	some := make([]limit, 0, 5)
	add := func(one limit) {
		if one != nil {
			some = append(some, one)
		}
	}
	add(p.l.total)
	if p.to != site.Local {
		add(p.l.up)
		add(p.l.ofLocked(p.to).up)
	}
	if p.from != site.Local {
		add(p.l.down)
		add(p.l.ofLocked(p.from).down)
	}
	return some
}

// ofLocked are the limits of a site, as it was asked about lately.
func (l *throttle) ofLocked(id site.ID) *own {
	o := l.sites[id]
	if o == nil {
		o = &own{}
		l.sites[id] = o
	}
	if now := l.clock.Now(); l.site != nil && (o.asked.IsZero() || now.Sub(o.asked) >= siteLimitsEvery) {
		o.asked = now
		up, down := l.site(id)
		l.changeLocked(&o.up, up)
		l.changeLocked(&o.down, down)
	}
	return o
}

// wait lets n bytes through each limit; it is transfer.Job.Wait. Whatever
// changes meanwhile, the rest of the n is held to what is then.
func (p path) wait(ctx context.Context, n int) error {
	for n > 0 {
		part, delay, changed, undo := p.reserve(n)
		if delay > 0 {
			expired, stop := p.l.clock.After(delay)
			select {
			case <-ctx.Done():
				stop()
				undo()
				return ctx.Err()
			case <-changed:
				stop()
				undo()
				continue
			case <-expired:
			}
		}
		n -= part
	}
	return nil
}

// reserve takes the next part of n from all limits at once and tells how long
// it is until the slowest of them lets it through.
func (p path) reserve(n int) (part int, delay time.Duration, changed <-chan struct{}, undo func()) {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	limits := p.limitsLocked()
	for _, one := range limits {
		n = min(n, one.Burst())
	}
	now := p.l.clock.Now()
	taken := make([]*rate.Reservation, len(limits))
	for i, one := range limits {
		taken[i] = one.ReserveN(now, n)
		delay = max(delay, taken[i].DelayFrom(now))
	}
	return n, delay, p.l.changed, func() {
		for _, r := range taken {
			r.CancelAt(now)
		}
	}
}

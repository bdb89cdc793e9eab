package doctor

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// listed is a listing over one way of data connections.
type listed struct {
	rung    wire.Rung
	entries []vfs.Entry
	took    time.Duration
	err     error
}

// rungs are the steps of the data connections.
var rungs = []struct {
	id   StepID
	rung wire.Rung
}{
	{EPSV, wire.EPSV}, {PASV, wire.PASV}, {EPRT, wire.EPRT}, {PORT, wire.PORT},
}

// data tries each way to a data connection by a real listing over it, and
// tells of them together: their encryption, and the listing itself.
func (c *checkup) data() {
	c.report.Passive.Mode, c.report.Active.Mode = site.ModePassive, site.ModeActive
	for _, r := range rungs {
		done := c.try(r.id, func(ctx context.Context, s *Step) error { return c.climb(ctx, s, r.rung) })
		way := &c.report.Passive
		if r.rung.Mode() == site.ModeActive {
			way = &c.report.Active
		}
		if done.Attempt != nil {
			way.add(*done.Attempt)
		}
	}
	c.judgeReuse()
	c.judgeListing()
}

// climb lists by one rung.
func (c *checkup) climb(ctx context.Context, s *Step, rung wire.Rung) error {
	if why := c.cannot(rung); why != "" {
		s.Status = NotPossible
		s.Attempt = &Attempt{Rung: rung, Outcome: wire.Impossible}
		return nil
	}
	if err := c.use(ctx, rung); err != nil {
		return err
	}
	resumed := c.s.Facts().ResumedData
	began := time.Now()
	entries, err := c.s.List(ctx, c.dir())
	if refusedFolder(err) && c.dir() != c.facts.Home {
		// No fault of the data connection: the login folder can prove it.
		c.barred = err
		began = time.Now()
		entries, err = c.s.List(ctx, c.facts.Home)
	}
	now := c.s.Facts()
	s.Attempt = newest(now.Attempts, rung)
	if s.Attempt == nil && err == nil {
		s.Attempt = &Attempt{Rung: rung, Outcome: wire.Worked, Took: time.Since(began)}
	}
	if s.Attempt == nil || s.Attempt.Outcome != wire.Worked {
		if err == nil {
			err = c.kinded(vfs.KindProtocol, "a listing came, and not over the way that was asked for")
		}
		return err
	}
	c.listed = append(c.listed, listed{rung, entries, time.Since(began), err})
	if now.TLSVersion != "" {
		c.secured++
		c.resumed += min(now.ResumedData-resumed, 1)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return nil // what else is wrong with the listing is its own step's
}

// refusedFolder says whether a listing failed for the folder's sake.
func refusedFolder(err error) bool {
	switch vfs.KindOf(err) {
	case vfs.KindNotFound, vfs.KindNotDir, vfs.KindPermission, vfs.KindBadName:
		return true
	}
	return false
}

// cannot says why a rung is not for this connection.
func (c *checkup) cannot(rung wire.Rung) string {
	switch {
	case c.report.Proxy != "" && rung.Mode() == site.ModeActive:
		return "a proxy lets nobody in"
	case c.report.Proxy == "" && c.report.Peer.Addr().Is6() && (rung == wire.PASV || rung == wire.PORT):
		return "IPv6 has neither PASV nor PORT"
	}
	return ""
}

// dir is the folder of the check.
func (c *checkup) dir() vfs.Path {
	if c.conf.Dir.IsRoot() {
		return c.facts.Home
	}
	return c.conf.Dir
}

// newest returns a copy of the last attempt by rung, nil for none.
func newest(all []Attempt, rung wire.Rung) *Attempt {
	for _, a := range slices.Backward(all) {
		if a.Rung == rung {
			return &a
		}
	}
	return nil
}

// telling orders outcomes by how much they tell about the way between the two
// computers, the most first.
var telling = []wire.Outcome{
	wire.Worked, wire.Silent, wire.NoCall, wire.CannotCall, wire.Rejected, wire.TLSFailed, wire.NotAllowed,
	wire.NoReply, wire.NoPort, wire.OddReply, wire.NotKnown, wire.Impossible,
}

// WayOf sums up the attempts of one mode.
func WayOf(mode site.Mode, attempts []Attempt) Way {
	w := Way{Mode: mode}
	for _, a := range attempts {
		if a.Rung.Mode() == mode {
			w.add(a)
		}
	}
	return w
}

// add takes one more attempt into account.
func (w *Way) add(a Attempt) {
	w.Tried = w.Tried || a.Outcome != wire.Impossible
	w.Works = w.Works || a.Outcome == wire.Worked
	if w.Best.Rung == wire.NoRung || slices.Index(telling, a.Outcome) < slices.Index(telling, w.Best.Outcome) {
		w.Best = a
	}
}

// judgeReuse tells how data connections were encrypted. That each showed the
// control connection's certificate is seen to where they are made.
func (c *checkup) judgeReuse() {
	c.try(Reuse, func(_ context.Context, s *Step) error {
		for _, one := range c.report.Steps {
			if one.Attempt != nil && one.Attempt.Outcome == wire.TLSFailed && c.secured == 0 {
				return one.Err
			}
		}
		if c.secured == 0 {
			s.Status = NotPossible
			return nil
		}
		s.add(FactResumed, strconv.Itoa(c.resumed))
		s.add(FactSecured, strconv.Itoa(c.secured))
		return nil
	})
}

// best returns the listing over the first way that the site allows.
func (c *checkup) best() (listed, bool) {
	for _, l := range c.listed {
		if c.report.Allows(l.rung.Mode()) {
			return l, true
		}
	}
	return listed{}, false
}

// judgeListing tells of the listing that came over the site's own way.
func (c *checkup) judgeListing() {
	best, ok := c.best()
	c.try(List, func(_ context.Context, s *Step) error {
		if !ok {
			s.Status = NotPossible
			return nil
		}
		s.Took = best.took
		s.add(FactFolder, c.dir().String())
		if c.barred != nil {
			return c.barred
		}
		if best.err == nil {
			s.add(FactEntries, strconv.Itoa(len(best.entries)))
		}
		return best.err
	})
}

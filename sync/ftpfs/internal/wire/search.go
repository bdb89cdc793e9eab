package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// search is one operation's way up the ladder.
type search struct {
	begun     bool
	refused   map[Rung]try // commands the server does not have, see lacks
	todo      []Rung       // what is left, the present one first
	spared    []Rung       // of refused: not asked by this search
	corrected bool         // an external address was learned on the way
}

// try is an Attempt as it goes on.
type try struct {
	Attempt
	why   string // for logs; "" unless it failed
	began time.Time
}

// What tryPassive and tryActive return where a rung did not bear and the
// control connection is in order. What was seen is recorded by then.
var (
	errNextRung = errors.New("this way to a data connection does not bear")
	errSameRung = errors.New("the same way is worth another try")
)

// beginSearch finds out what there is to try, once for each operation that
// needs a data connection.
func (c *Control) beginSearch() {
	if c.search.begun {
		return
	}
	first, carried := c.conf.Learned.start()
	order := c.conf.Only
	if order != nil {
		carried = nil
	} else {
		if c.impossible(first) != "" {
			first = NoRung // true of another address of the host
		}
		order = rungs(c.conf.Site.Mode, first)
	}
	c.search = search{begun: true, refused: c.search.refused}
	var tries []*try
	for _, rung := range order {
		known := false
		for _, t := range carried {
			if t.Rung == rung {
				known, tries = true, append(tries, &t)
			}
		}
		if t, refused := c.search.refused[rung]; refused && !known {
			known, tries = true, append(tries, &t)
			c.search.spared = append(c.search.spared, rung)
		}
		if !known {
			c.search.todo = append(c.search.todo, rung)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries = tries
}

// negotiate gets a data connection by the first rung that bears. A passive one
// stands when it returns; an active one has its listener open.
func (c *Control) negotiate() (*Data, error) {
	c.beginSearch()
	c.data = nil // of the rung before
	for c.skip(); len(c.search.todo) > 0 || c.askAgain(); c.skip() {
		d, err := c.try(c.search.todo[0])
		switch {
		case errors.Is(err, errSameRung):
		case errors.Is(err, errNextRung):
			c.drop()
		case err != nil:
			return nil, err
		default:
			c.data = d
			return d, nil
		}
	}
	return nil, c.noData()
}

func (c *Control) try(rung Rung) (*Data, error) {
	if rung.Mode() == site.ModePassive {
		return c.tryPassive(rung)
	}
	return c.tryActive(rung)
}

// skip passes over what cannot be tried here.
func (c *Control) skip() {
	for len(c.search.todo) > 0 {
		why := c.impossible(c.search.todo[0])
		if why == "" {
			return
		}
		c.record(c.newTry(c.search.todo[0]), Impossible, "", why)
		c.drop()
	}
}

// drop leaves the present rung.
func (c *Control) drop() {
	c.conf.Learned.forget(c.search.todo[0])
	c.search.todo = c.search.todo[1:]
}

// newTry begins the record of a try.
func (c *Control) newTry(rung Rung) *try {
	t := &try{Attempt: Attempt{Rung: rung}, began: time.Now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries = append(c.tries, t)
	return t
}

// amend changes what is known of a try.
func (c *Control) amend(t *try, change func(*Attempt)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&t.Attempt)
}

// record says what became of a try; a later word replaces an earlier one.
func (c *Control) record(t *try, outcome Outcome, reply, why string) {
	reply, why = c.Conceal(reply), c.Conceal(why)
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Outcome == "" {
		t.Took = time.Since(t.began)
	}
	if reply != "" {
		t.Reply = reply
	}
	t.Outcome, t.why = outcome, why
}

// fell records that a rung did not bear.
func (c *Control) fell(t *try, outcome Outcome, reply, why string) error {
	c.record(t, outcome, reply, why)
	return errNextRung
}

// lacks also remembers it, for as long as the connection stands and something
// else bears: a server that does not know a command now will hardly learn it.
func (c *Control) lacks(t *try, outcome Outcome, reply Reply, why string) error {
	c.record(t, outcome, reply.String(), why)
	if reply.Code/100 != 4 {
		c.search.refused[t.Rung] = *t
	}
	return errNextRung
}

// askAgain puts back what the search has spared the server, where nothing else is
// left, and says whether that is anything: a refusal may have been of the moment,
// and none of the ways is closed for good by one.
func (c *Control) askAgain() bool {
	again := c.search.spared
	c.search.todo, c.search.spared = again, nil
	for _, rung := range again {
		delete(c.search.refused, rung)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries = slices.DeleteFunc(c.tries, func(t *try) bool { return slices.Contains(again, t.Rung) })
	return len(again) > 0
}

// limit is how long one try may take. The second one of a mode is short where
// the first met silence: the firewall is most likely the same, but some
// helpers of routers know only the older command. A quarter is one lost SYN,
// and keeps a whole search with a login within ten seconds.
func (c *Control) limit(rung Rung) time.Duration {
	for _, a := range c.Attempts() {
		if silent := a.Outcome == Silent || a.Outcome == NoCall || a.Outcome == NoReply; silent && a.Rung.Mode() == rung.Mode() {
			return c.conf.DataTimeout / 4
		}
	}
	return c.conf.DataTimeout
}

// Attempts are the tries for a data connection in the present operation's
// search, or the last one's, in order; one that is still going on is left out.
// A search that a fresh session goes on with has those of the lost one, too.
// It may be called from any goroutine.
func (c *Control) Attempts() []Attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Attempt
	for _, t := range c.tries {
		if t.Outcome != "" {
			out = append(out, t.Attempt)
		}
	}
	return out
}

// line is what failed, for logs.
func (c *Control) line() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, t := range c.tries {
		if t.why != "" {
			out = append(out, t.Rung.String()+": "+t.why)
		}
	}
	return strings.Join(out, "; ")
}

// blocked is the finding so far.
func (c *Control) blocked(left []Rung) *Blocked {
	b := &Blocked{
		Mode: c.conf.Site.Mode, Attempts: c.Attempts(), Left: left,
		TLS: c.tls != nil, Proxy: c.proxy != nil,
	}
	b.Local, b.Peer = c.Ends()
	return b
}

// Ends returns the two ends of the control connection; through a proxy peer is
// the proxy's. It may be called from any goroutine.
func (c *Control) Ends() (local, peer netip.AddrPort) {
	return endOf(c.tcp.LocalAddr()), endOf(c.tcp.RemoteAddr())
}

// noData is the error of a search that came to its end, or that only a fresh
// session can go on with.
func (c *Control) noData() *vfs.Error {
	left := slices.DeleteFunc(slices.Clone(c.search.todo), func(r Rung) bool { return c.impossible(r) != "" })
	var carried []try
	if len(left) > 0 {
		c.mu.Lock()
		for _, t := range c.tries {
			carried = append(carried, *t)
		}
		c.mu.Unlock()
	}
	c.conf.Learned.carry(carried)
	return fault(vfs.KindNoData, c.line(), c.blocked(left))
}

// Climb is asked after an operation failed with err. It says true when that
// was the data connection's fault, nothing took effect, and another way is
// left: then the operation is to be repeated on this connection. Where only a
// fresh session can do that the verdict is a *Blocked with rungs Left.
func (c *Control) Climb(err error) (again bool, verdict error) {
	d := c.data
	if len(c.search.todo) == 0 || d == nil || d.moved() {
		return false, err
	}
	if c.hasty(d, err) {
		return c.withoutHaste(d)
	}
	switch refused := c.last.Code == 425; {
	case refused && d.rung.Mode() == site.ModePassive:
		// "425 Security: Bad IP connecting" (vsftpd)
		c.record(d.try, Rejected, c.last.String(), c.last.String())
	case refused:
		c.record(d.try, CannotCall, c.last.String(), c.last.String())
	case vfs.KindOf(err) != vfs.KindNoData:
		return false, err
	}
	c.drop()
	c.skip()
	if !c.InStep() || len(c.search.todo) == 0 && !c.askAgain() {
		return false, c.noData()
	}
	return true, nil
}

// worked is called when a data connection has proven itself.
func (c *Control) worked(d *Data) {
	c.record(d.try, Worked, "", "")
	c.bore = d.rung
	c.conf.Learned.proves(c.whom(), func(p *proof) { p.rung = d.rung })
	failed := slices.DeleteFunc(c.Attempts(), func(a Attempt) bool {
		return a.Outcome == Worked || a.Outcome == Impossible
	})
	if c.conf.Learned.bears(d.rung, failed) {
		c.say(trace.Status, fmt.Sprintf("Data connections now use %s (%s mode). What did not work: %s",
			d.rung, d.rung.Mode(), c.line()))
	}
}

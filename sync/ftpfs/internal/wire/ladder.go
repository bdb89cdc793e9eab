package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// Rung is one way to get a data connection.
type Rung uint8

// The rungs in the order in which they are tried. EPSV and EPRT are RFC 2428
// and carry both address families; PASV and PORT are RFC 959 and IPv4 only.
const (
	NoRung Rung = iota
	EPSV
	PASV
	EPRT
	PORT
)

// String returns the command's name, "" for none.
func (r Rung) String() string { return [...]string{"", "EPSV", "PASV", "EPRT", "PORT"}[r] }

// Mode returns who connects, "" for none.
func (r Rung) Mode() site.Mode {
	switch r {
	case EPSV, PASV:
		return site.ModePassive
	case EPRT, PORT:
		return site.ModeActive
	}
	return ""
}

// Learned remembers what worked, for all sessions of a site. Its methods may
// be called from any goroutine.
type Learned struct {
	mu   sync.Mutex
	rung Rung // guarded
}

// Rung returns what worked last, NoRung before anything did.
func (l *Learned) Rung() Rung {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rung
}

// set returns what was known before.
func (l *Learned) set(r Rung) (before Rung) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.rung = l.rung, r
	return before
}

// forget drops rung when it is what is known.
func (l *Learned) forget(rung Rung) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rung == rung {
		l.rung = NoRung
	}
}

// ladder is the state of one operation's search for a data connection.
type ladder struct {
	refused map[Rung]string // by the server, for as long as the connection stands
	todo    []Rung          // what is left for this operation, the present one first
	tried   []string        // what was seen on the rungs that failed
	silent  bool            // a passive port did not answer
}

func (l *ladder) begin(c *Control) {
	l.todo, l.tried, l.silent = nil, nil, false
	for _, r := range rungs(c.conf.Site.Mode, c.peer.Is4(), c.conf.Learned.Rung()) {
		if why, refused := l.refused[r]; refused {
			l.tried = append(l.tried, why)
			continue
		}
		l.todo = append(l.todo, r)
	}
}

// rungs orders what mode allows, what worked last first.
func rungs(mode site.Mode, v4 bool, learned Rung) []Rung {
	var out []Rung
	for _, r := range []Rung{EPSV, PASV, EPRT, PORT} {
		forced := mode == site.ModePassive || mode == site.ModeActive
		if forced && r.Mode() != mode || !v4 && (r == PASV || r == PORT) {
			continue
		}
		out = append(out, r)
	}
	if i := slices.Index(out, learned); i > 0 {
		out = slices.Insert(slices.Delete(out, i, i+1), 0, learned)
	}
	return out
}

// fell records that the present rung does not bear.
func (l *ladder) fell(why string) {
	l.tried = append(l.tried, l.todo[0].String()+": "+why)
	l.todo = l.todo[1:]
}

// rungError is a rung that failed in a way that leaves the control connection
// in order.
type rungError struct {
	why     string
	refused bool // the server does not know the command or forbids it
	silent  bool
}

func (e *rungError) Error() string { return e.why }

// negotiate gets a data connection by the first rung that bears. A passive one
// stands when it returns; an active one has its listener open.
func (c *Control) negotiate() (*Data, error) {
	for len(c.ladder.todo) > 0 {
		rung := c.ladder.todo[0]
		d, err := c.try(rung)
		var failed *rungError
		if errors.As(err, &failed) {
			c.ladder.silent = c.ladder.silent || failed.silent
			c.ladder.fell(failed.why)
			if failed.refused {
				c.ladder.refused[rung] = c.ladder.tried[len(c.ladder.tried)-1]
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		c.data = d
		return d, nil
	}
	return nil, c.noData()
}

func (c *Control) noData() error {
	return fault(vfs.KindNoData, c.Conceal(strings.Join(c.ladder.tried, "; ")), nil)
}

func (c *Control) try(rung Rung) (*Data, error) {
	if rung.Mode() == site.ModePassive {
		return c.tryPassive(rung)
	}
	return c.tryActive(rung)
}

// Climb is asked after an operation failed with err. It says true when that
// was the data connection's fault, nothing took effect, and another way is
// left: then the operation is to be repeated.
func (c *Control) Climb(err error) (again bool, verdict error) {
	if len(c.ladder.todo) == 0 || c.data == nil || c.data.moved() {
		return false, err
	}
	if vfs.KindOf(err) != vfs.KindNoData && c.last.Code != 425 {
		return false, err
	}
	why := c.last.String()
	if f := new(vfs.Error); errors.As(err, &f) {
		why = f.Reply
	}
	rung := c.ladder.todo[0]
	c.ladder.fell(why)
	c.conf.Learned.forget(rung)
	if len(c.ladder.todo) == 0 || !c.InStep() {
		return false, c.noData()
	}
	return true, nil
}

// worked is called when a data connection has proven itself.
func (c *Control) worked(rung Rung) {
	before := c.conf.Learned.set(rung)
	if before == rung || len(c.ladder.tried) == 0 {
		return
	}
	c.say(trace.Status, fmt.Sprintf("Data connections now use %s (%s mode). What did not work: %s",
		rung, rung.Mode(), c.Conceal(strings.Join(c.ladder.tried, "; "))))
}

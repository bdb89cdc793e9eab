package queue

import (
	"context"
	"errors"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// ErrRunning is returned by Run and Drain where another process, or another
// Queue of this one, works on the same journal.
var ErrRunning = errors.New("another process is working on this queue")

// ErrNobody is returned by Config.Ask where no person can be asked now; the
// row then stays Asking until Answer is called.
var ErrNobody = errors.New("nobody is there to answer")

// Defaults of Config.
const (
	DefaultWorkers = 4
	DefaultRetries = 5
)

// Memory as Config.File keeps the journal in memory only: for one run of the
// command line.
const Memory = ":memory:"

// Config says how a queue works. Only File and Open are needed.
type Config struct {
	// File is the journal, made with mode 0600 where missing; Memory for none
	// on disk.
	File string
	// Open gives the file systems. It is called by many goroutines.
	Open Opener
	// Tuning is the first one; Tune replaces it.
	Tuning Tuning
	// PerSite is how many of these files may move from or to one site at a
	// time, 0 for no such limit; nil means none for any. It is asked before
	// each transfer, under the journal's lock: it must not call the queue, nor
	// wait for the network.
	PerSite func(site.ID) int
	// Retries is how often a row is tried again by itself after the first
	// attempt; 0 means DefaultRetries, negative none.
	Retries int
	// Backoff is the wait before attempt n+1 after n attempts failed; nil
	// means 5 s, 15 s, 45 s, 2 min, and 5 min from then on.
	Backoff func(attempts int) time.Duration
	// Ask puts a question to a person. It is called for one row at a time, on
	// a goroutine that holds up nothing else, and ends with its ctx. nil means
	// that nobody is ever there.
	Ask func(context.Context, transfer.Question) (transfer.Answer, error)
	// OnEvent is told of each change, in order, from one goroutine and outside
	// of every lock; it may call any method but Close. The queue stops moving
	// on while it does not return. nil is allowed.
	OnEvent func(Event)
	// SiteLimit is the most that all transfers together move to and from one
	// site, in bytes a second, 0 for no limit; nil means none for any. It is
	// asked about once a second while something moves there, under a lock: it
	// must not call the queue, nor wait for the network.
	SiteLimit func(site.ID) (up, down int64)
	// Replace says how a file is replaced on a site whose server refuses to
	// rename onto an existing one. It is asked before each transfer; nil means
	// that a person is asked.
	Replace func(site.ID) transfer.ReplaceWay
	// Replaced is told what a person answered to that, for the site and from
	// then on. nil is allowed.
	Replaced func(site.ID, transfer.ReplaceWay)
	// Again is told that a site which was refused so (a login, a certificate) is to be
	// tried again, because a person has sent on what stood there then: what remembers
	// the refusal is to forget it. It is called under the journal's lock: it must not
	// call the queue, nor wait for the network. nil is allowed.
	Again func(site.ID, vfs.Kind)
	// Verify says when the content of a file is compared by a hash; it is asked
	// before each transfer. nil means transfer.VerifyOffered.
	Verify func() transfer.Verify
	// Now is the clock of the rows' times and of retries; nil means time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	c.Tuning = c.Tuning.withDefaults()
	if c.Retries == 0 {
		c.Retries = DefaultRetries
	}
	if c.Backoff == nil {
		c.Backoff = backoff
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// backoff is the default of Config.Backoff. The steps outlast a router that
// restarts; a server that is away longer needs a person.
func backoff(attempts int) time.Duration {
	steps := [...]time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute}
	return steps[min(max(attempts, 1), len(steps))-1]
}

// clock is the time as the queue needs it, apart from Config.Now so that a
// test can let it pass.
type clock interface {
	Now() time.Time
	// After returns a channel that is sent to once d has passed, and what
	// frees it before.
	After(d time.Duration) (<-chan time.Time, func() bool)
}

type wallClock struct{ now func() time.Time }

func (w wallClock) Now() time.Time { return w.now() }

func (w wallClock) After(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}

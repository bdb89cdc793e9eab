package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// Config says what to check and whom to ask. Its zero fields have the
// defaults of package session.
type Config struct {
	Site site.Site
	// Password is asked once, behind TLS where that is wanted; nil for none.
	Password func(ctx context.Context) (string, error)
	// ProxyPassword is asked where the site's proxy wants one.
	ProxyPassword func(ctx context.Context) (string, error)
	// Verify judges a certificate, once for each that is met; problem is nil
	// for one that the roots vouch for. nil: any problem is final.
	Verify func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error
	// Roots are the trusted authorities; nil: the system's.
	Roots *x509.CertPool
	// Trace takes the transcript; may be nil.
	Trace *trace.Ring
	// Number gives each control connection its number in the transcript; nil
	// counts from 1.
	Number func() int
	// Timeout ends every wait in which nothing moves; DataTimeout one try for
	// a data connection.
	Timeout, DataTimeout time.Duration
	// Write allows temporary files in Dir: some 200 KiB, removed at the end.
	Write bool
	// Dir is listed, and written to; its zero value is the login folder.
	Dir vfs.Path
	// Lookup replaces the system's names, Environ its environment.
	Lookup  func(ctx context.Context, host string) ([]netip.Addr, error)
	Environ func(name string) string

	atOnce time.Duration // that tidying up may take after a cancel; 0 is tidyAtOnce
}

// stepLimit ends a step whatever moves meanwhile; the time in which a person
// answers a question does not count. A listing of a hundred thousand names
// takes less.
const stepLimit = time.Minute

// reachLimit bounds a look-up, and a try of one address. Systems go on for two
// minutes, when nobody waits any more.
const reachLimit = 10 * time.Second

// Run checks, and tells each step by onStep, which may be nil and is called in
// Run's own goroutine. It never fails as a whole: what failed stands in its
// step, and the steps that needed it are NotPossible. The end of ctx ends it
// within a second; temporary files are removed first where that can be done in
// the time, and named where not.
//
// A server that answers is checked in some twenty round trips for each way of
// data connections; a firewall that drops those of one mode costs two times
// DataTimeout more. No step takes longer than a minute.
//
// A login that was refused ends the check: it is never tried twice, since
// servers shut out who repeats it. A server that has no room is asked again
// twice, a second apart: the connection before may still be on its way out.
func Run(ctx context.Context, conf Config, onStep func(Step)) Report {
	conf.Timeout = cmp.Or(conf.Timeout, session.DefaultTimeout)
	conf.DataTimeout = cmp.Or(conf.DataTimeout, session.DefaultDataTimeout)
	if conf.Trace == nil {
		conf.Trace = trace.NewRing(500, nil)
	}
	if conf.Number == nil {
		var count atomic.Int64
		conf.Number = func() int { return int(count.Add(1)) }
	}
	c := &checkup{conf: conf, ctx: ctx, onStep: onStep}
	c.report.Site, c.report.Began = conf.Site, time.Now()
	c.reach()
	c.enter()
	c.login()
	c.data()
	c.write()
	c.judgeClock()
	c.judgeNames()
	c.leave()
	c.report.Took = time.Since(c.report.Began)
	return c.report
}

// checkup is one run. It belongs to one goroutine.
type checkup struct {
	conf   Config          // fixed
	ctx    context.Context // fixed
	onStep func(Step)      // fixed; may be nil
	report Report
	over   bool // nothing that needs a connection can follow
	cut    bool // a step tells that it was cancelled

	limit       *time.Timer   // of the present step
	asked       time.Duration // in questions, of the present step
	secret      string        // the password
	known       bool          // it is known
	proxySecret string
	proxyKnown  bool
	only        [1]wire.Rung // what the sessions make data connections by
	judged      string       // fingerprint of the certificate that was accepted
	shown       showing      // the certificate that was shown last

	s       *session.Session // open, or nil
	facts   session.Facts    // of the first login
	listed  []listed         // by the ways that worked, in order
	barred  error            // why the folder to be listed was not
	secured int              // data connections over TLS
	resumed int              // of these
	written written
}

// try makes one step of work, where anything can be tried any more.
func (c *checkup) try(id StepID, work func(ctx context.Context, s *Step) error) Step {
	if s, ended := c.ended(id); ended {
		return c.tell(s)
	}
	return c.force(id, c.ctx, stepLimit, work)
}

// ended says whether nothing can be tried any more, and what is to be told of
// a step then: that it was cancelled where none before it was.
func (c *checkup) ended(id StepID) (Step, bool) {
	s := Step{ID: id, Status: NotPossible}
	if err := c.ctx.Err(); err != nil && !c.over && !c.cut {
		s.Status = Failed
		s.Err = &vfs.Error{Op: "check", Path: c.conf.Site.Host, Kind: vfs.KindCancelled, Err: err}
	}
	c.over = c.over || c.ctx.Err() != nil
	return s, c.over
}

// force makes one step of work under base for at most limit.
func (c *checkup) force(id StepID, base context.Context, limit time.Duration, work func(ctx context.Context, s *Step) error) Step {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	s := Step{ID: id}
	c.asked, c.limit = 0, time.AfterFunc(limit, cancel)
	began := time.Now()
	err := work(ctx, &s)
	if s.Took == 0 {
		s.Took = time.Since(began) - c.asked
	}
	if late := !c.limit.Stop(); late && err != nil && base.Err() == nil {
		err = &vfs.Error{Op: "check", Path: c.conf.Site.Host, Kind: vfs.KindTimeout, Err: err}
	}
	if s.Err = c.fault(err); err != nil {
		s.Status = Failed
		c.cut = c.cut || s.Kind() == vfs.KindCancelled
	}
	return c.tell(s)
}

// question stops the step's clock while a person answers.
func (c *checkup) question() (answered func()) {
	began := time.Now()
	c.limit.Stop()
	return func() {
		c.asked += time.Since(began)
		c.limit.Reset(stepLimit)
	}
}

func (c *checkup) tell(s Step) Step {
	if s.Status == "" {
		s.Status = Passed
	}
	c.report.Steps = append(c.report.Steps, s)
	if c.onStep != nil {
		c.onStep(s)
	}
	return s
}

// fault makes a *vfs.Error of err.
func (c *checkup) fault(err error) error {
	var known *vfs.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &vfs.Error{Op: "check", Path: c.conf.Site.Host, Kind: vfs.KindOf(err), Err: err}
}

// kinded makes an error of our own finding.
func (c *checkup) kinded(kind vfs.Kind, format string, args ...any) error {
	return &vfs.Error{Op: "check", Path: c.conf.Site.Host, Kind: kind, Reply: fmt.Sprintf(format, args...)}
}

// maxFact bounds a fact's value in bytes; the rest is left out.
const maxFact = 400

// add notes a fact, unless its value is empty.
func (s *Step) add(name, value string) {
	if value == "" {
		return
	}
	if value = vfs.Readable(value); len(value) > maxFact {
		value = whole(value[:maxFact]) + "…"
	}
	s.Facts = append(s.Facts, Fact{name, value})
}

package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// showing is a certificate as it was shown, and what was thought of it.
type showing struct {
	chain   []*x509.Certificate
	problem error // by the system's rules
	verdict error // nil where it was accepted
}

// enter makes one control connection up to where a user name would be sent,
// and tells two steps of it: where TLS comes first, its step does too.
func (c *checkup) enter() {
	if s, ended := c.ended(Greeting); ended {
		c.tell(s)
		c.skip(NotPossible, []StepID{TLS})
		return
	}
	said, took, err := c.knock()
	c.over = err != nil
	greeting, secure := c.greeting(said, err), c.tls(said, err)
	if c.conf.Site.TLS == site.TLSImplicit {
		secure.Took = took
		if secure.Status == Failed {
			greeting.Status, greeting.Err = NotPossible, nil
		}
		c.tell(secure)
		c.tell(greeting)
		return
	}
	if greeting.Took = took; said.after > 0 {
		greeting.Took = said.after
	}
	if secure.Took = took - greeting.Took; greeting.Status == Failed {
		secure = Step{ID: TLS, Status: NotPossible}
	}
	c.tell(greeting)
	c.tell(secure)
}

// knock makes the connection, ends it, and returns what was heard, and how
// long it took without the questions.
func (c *checkup) knock() (said heard, took time.Duration, err error) {
	number, began := c.conf.Number(), time.Now()
	_, mark := c.conf.Trace.Since(^uint64(0))
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	c.asked, c.limit = 0, time.AfterFunc(stepLimit, cancel)
	ctl, err := wire.Dial(ctx, c.wire(number))
	if vfs.KindOf(err) == vfs.KindLost && c.asked > 0 && ctx.Err() == nil {
		// The server hung up while a person was reading; the answer is known now.
		ctl, err = wire.Dial(ctx, c.wire(number))
	}
	took = time.Since(began) - c.asked
	if late := !c.limit.Stop(); late && err != nil && c.ctx.Err() == nil {
		err = &vfs.Error{Op: "connect", Path: c.conf.Site.Host, Kind: vfs.KindTimeout, Err: err}
	}
	lines, _ := c.conf.Trace.Since(mark)
	if ctl != nil {
		ctl.Close(true)
	}
	return hear(lines, number, began), took, err
}

// wire is the configuration below a session's.
func (c *checkup) wire(number int) wire.Config {
	return wire.Config{
		Site: c.conf.Site, Verify: c.verify, Roots: c.conf.Roots, Trace: c.conf.Trace, Number: number,
		Timeout: c.conf.Timeout, DataTimeout: c.conf.DataTimeout, Learned: &wire.Learned{},
		ProxyPassword: c.proxyPassword, Environ: c.conf.Environ,
	}
}

// heard is what the transcript tells of a connection that may not have come
// about: how far it got, and when.
type heard struct {
	after    time.Duration // until the server's first words; 0 for none
	greeting string        // the 220
	cipher   string        // with the version; "" in clear
	last     string        // reply
}

func hear(lines []trace.Line, session int, began time.Time) heard {
	var h heard
	for _, l := range lines {
		switch {
		case l.Session != session:
		case l.Dir == trace.Received:
			if h.after == 0 {
				h.after = max(l.Time.Sub(began), 1)
			}
			if text, ok := strings.CutPrefix(l.Text, "220"); ok && h.greeting == "" {
				h.greeting = strings.Trim(text, " -")
				if h.greeting == "" {
					h.greeting = "220"
				}
			}
			h.last = l.Text
		case l.Dir == trace.Status:
			if text, ok := strings.CutPrefix(l.Text, "Encrypted with "); ok {
				h.cipher = text
			}
		}
	}
	return h
}

func (c *checkup) greeting(said heard, err error) Step {
	s := Step{ID: Greeting}
	if s.add(FactGreeting, said.greeting); said.greeting == "" {
		if s.Status, s.Err = Failed, c.fault(err); said.last != "" {
			s.add(FactReply, said.last)
		}
	}
	return s
}

func (c *checkup) tls(said heard, err error) Step {
	s := Step{ID: TLS}
	version, cipher, secured := strings.Cut(said.cipher, ", ")
	s.add(FactVersion, version)
	s.add(FactCipher, cipher)
	c.certificate(&s)
	switch {
	case secured:
		c.report.Encrypted = true
	case err != nil:
		s.Status, s.Err = Failed, c.fault(err)
	default:
		s.Status = NotPossible
		if c.conf.Site.TLS != site.TLSOff {
			s.add(FactReply, said.last)
		}
	}
	return s
}

// verify lets the person's rules judge a certificate, once for each.
func (c *checkup) verify(ctx context.Context, host string, chain []*x509.Certificate, problem error) error {
	c.shown = showing{chain: chain, problem: problem}
	if len(chain) > 0 && trust.Fingerprint(chain[0]) == c.judged {
		return nil
	}
	c.shown.verdict = c.judge(ctx, host, chain, problem)
	if c.shown.verdict == nil && len(chain) > 0 {
		c.judged = trust.Fingerprint(chain[0])
	}
	return c.shown.verdict
}

func (c *checkup) judge(ctx context.Context, host string, chain []*x509.Certificate, problem error) error {
	switch {
	case c.conf.Verify != nil:
		defer c.question()()
		return c.conf.Verify(ctx, host, chain, problem)
	case problem != nil:
		return &vfs.Error{Op: "connect", Path: c.conf.Site.Host, Kind: vfs.KindCert, Err: problem}
	}
	return nil
}

// bySystem says whether the system's own authorities vouch for a chain that was
// accepted: where Roots holds more than them, that is not sure.
func (c *checkup) bySystem(chain []*x509.Certificate) bool {
	if c.conf.Roots == nil {
		return true
	}
	between := x509.NewCertPool()
	for _, one := range chain[1:] {
		between.AddCert(one)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: c.conf.Site.Host, Intermediates: between})
	return err == nil
}

// certificate notes who the server said it is.
func (c *checkup) certificate(s *Step) {
	if len(c.shown.chain) == 0 {
		return
	}
	q := trust.Question{
		Host: c.conf.Site.Address(), Chain: c.shown.chain, Problem: c.shown.problem,
		Fingerprint: trust.Fingerprint(c.shown.chain[0]),
	}
	var refused *trust.Refusal
	if errors.As(c.shown.verdict, &refused) && len(refused.Question.Chain) > 0 {
		q = refused.Question // it also knows what was accepted before
	}
	s.add(FactSubject, q.Subject())
	s.add(FactIssuer, q.Issuer())
	s.add(FactUntil, q.NotAfter().UTC().Format(time.DateOnly))
	s.add(FactNames, strings.Join(q.Names(), ", "))
	s.add(FactFingerprint, q.Fingerprint)
	for _, further := range q.Chain[1:min(len(q.Chain), 6)] {
		one := trust.Question{Chain: []*x509.Certificate{further}}
		s.add(FactChain, one.Subject()+", issued by "+one.Issuer()+", until "+one.NotAfter().UTC().Format(time.DateOnly))
	}
	switch {
	case c.shown.verdict != nil:
		s.add(FactTrust, TrustNobody)
	case q.Problem != nil:
		s.add(FactTrust, TrustPerson)
	case !c.bySystem(c.shown.chain):
		s.add(FactTrust, TrustNamed)
	default:
		s.add(FactTrust, TrustSystem)
	}
	if q.Problem != nil {
		for _, reason := range q.Reasons() {
			s.add(FactProblem, string(reason))
		}
	}
}

package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"wherry/sync/vfs"
)

// maxAddresses bounds how many addresses of a host are tried.
const maxAddresses = 16

// reach finds the host's addresses and whether anybody listens there. Through
// a proxy neither can be seen from here.
func (c *checkup) reach() {
	if c.report.Proxy = proxyOf(c.conf); c.report.Proxy != "" {
		for _, id := range []StepID{Resolve, Connect} {
			c.tell(Step{ID: id, Status: NotPossible, Facts: []Fact{{FactProxy, c.report.Proxy}}})
		}
		return
	}
	var addrs []netip.Addr
	if c.try(Resolve, func(ctx context.Context, s *Step) (err error) {
		addrs, err = c.resolve(ctx)
		for _, a := range addrs {
			s.add(FactAddress, a.String())
		}
		return err
	}).Status == Failed {
		c.over = true
	}
	if c.try(Connect, func(ctx context.Context, s *Step) error {
		return c.call(ctx, s, addrs)
	}).Status == Failed {
		c.over = true
	}
}

func (c *checkup) resolve(ctx context.Context) ([]netip.Addr, error) {
	host := c.conf.Site.Host
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	lookup := c.conf.Lookup
	if lookup == nil {
		lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	brief, cancel := context.WithTimeout(ctx, c.brief())
	defer cancel()
	addrs, err := lookup(brief, host)
	var dns *net.DNSError
	switch {
	case err == nil:
		return unique(addrs), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case brief.Err() != nil, errors.As(err, &dns) && dns.IsTimeout:
		return nil, &vfs.Error{Op: "resolve", Path: host, Kind: vfs.KindTimeout, Reply: "the name server did not answer", Err: err}
	}
	return nil, &vfs.Error{Op: "resolve", Path: host, Kind: vfs.KindHost, Err: err}
}

// unique drops repetitions: resolvers list an IPv4 address in both forms.
func unique(addrs []netip.Addr) []netip.Addr {
	seen := map[netip.Addr]bool{}
	var out []netip.Addr
	for _, a := range addrs {
		if a = a.Unmap(); !seen[a] && len(out) < maxAddresses {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

// brief is how long a look-up or one address may take.
func (c *checkup) brief() time.Duration { return min(c.conf.Timeout, reachLimit) }

// answer of one address.
type answer struct {
	took time.Duration
	err  error
}

// call tries all addresses at a time, so that one in a black hole costs its
// limit once.
func (c *checkup) call(ctx context.Context, s *Step, addrs []netip.Addr) error {
	answers := make([]answer, len(addrs))
	port := strconv.Itoa(c.conf.Site.EffectivePort())
	var calls sync.WaitGroup
	for i, a := range addrs {
		calls.Go(func() {
			dialer, began := net.Dialer{Timeout: c.brief()}, time.Now()
			conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
			answers[i] = answer{time.Since(began), err}
			if err == nil {
				_ = conn.Close() // nothing was sent over it
			}
		})
	}
	calls.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	kind := vfs.KindTimeout // where all are silent
	var last error
	for i, a := range addrs {
		s.add(FactAddress, net.JoinHostPort(a.String(), port))
		c.told(s, answers[i])
		switch err := answers[i].err; {
		case err == nil:
			kind = vfs.KindOther
		case kind != vfs.KindOther:
			if last = err; !isTimeout(err) {
				kind = vfs.KindRefused
			}
		}
	}
	if kind == vfs.KindOther {
		return nil
	}
	return &vfs.Error{Op: "connect", Path: c.conf.Site.Host, Kind: kind, Err: last}
}

// told notes what became of one address.
func (c *checkup) told(s *Step, a answer) {
	waited := func(d time.Duration) { s.add(FactWaited, strconv.FormatInt(d.Milliseconds(), 10)) }
	switch {
	case a.err == nil:
		s.add(FactAnswer, AnswerYes)
		waited(a.took)
	case isTimeout(a.err):
		s.add(FactAnswer, AnswerNone)
		waited(c.brief())
	case errors.Is(a.err, syscall.ECONNREFUSED):
		s.add(FactAnswer, AnswerRefused)
	default:
		s.add(FactAnswer, AnswerUnreachable)
	}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// whole drops a last character that was cut through.
func whole(text string) string {
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

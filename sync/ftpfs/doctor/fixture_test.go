package doctor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// check is one run against a server, with what it said.
type check struct {
	t      *testing.T
	conf   doctor.Config
	told   []doctor.Step
	after  func(doctor.Step) // called with each; may be nil
	report doctor.Report
}

// ask prepares a check; change what is to be different.
func ask(t *testing.T, s site.Site, password string) *check {
	return &check{t: t, conf: doctor.Config{
		Site: s, Password: func(context.Context) (string, error) { return password, nil },
		Trace: trace.NewRing(5000, nil), Timeout: 10 * time.Second, DataTimeout: 3 * time.Second,
		Environ: func(string) string { return "" },
	}}
}

// scripted prepares a check of a scripted server.
func scripted(t *testing.T, plan ftptest.Plan, tls site.TLS) (*check, *ftptest.Scripted) {
	t.Helper()
	s := ftptest.Script(t, plan)
	c := ask(t, s.Site(site.ModeAuto, tls), s.Password)
	c.conf.Roots = s.CA
	return c, s
}

func (c *check) run() doctor.Report { return c.runWith(c.t.Context()) }

func (c *check) runWith(ctx context.Context) doctor.Report {
	c.t.Helper()
	c.report = doctor.Run(ctx, c.conf, func(s doctor.Step) {
		if c.told = append(c.told, s); c.after != nil {
			c.after(s)
		}
	})
	if len(c.told) != len(c.report.Steps) || len(c.told) != len(order) {
		c.t.Errorf("%d steps were told, %d reported, want %d", len(c.told), len(c.report.Steps), len(order))
	}
	part := doctor.Partial(c.conf.Site, c.told)
	if r := c.report; part.Local != r.Local || part.Peer != r.Peer || part.Encrypted != r.Encrypted || part.Proxy != r.Proxy ||
		part.Passive != r.Passive || part.Active != r.Active {
		c.t.Errorf("the steps tell %+v, the report %+v", part, r)
	}
	c.t.Cleanup(func() {
		if !c.t.Failed() {
			return
		}
		for _, s := range c.report.Steps {
			c.t.Logf("%-9s %-12s %v %v %+v", s.ID, s.Status, s.Facts, s.Err, s.Attempt)
		}
		lines, _ := c.conf.Trace.Since(0)
		for _, l := range lines[max(0, len(lines)-60):] {
			c.t.Log(l)
		}
	})
	return c.report
}

// order is that of a report over explicit TLS, or none.
var order = []doctor.StepID{
	doctor.Resolve, doctor.Connect, doctor.Greeting, doctor.TLS, doctor.Login, doctor.Features,
	doctor.EPSV, doctor.PASV, doctor.EPRT, doctor.PORT, doctor.Reuse, doctor.List,
	doctor.Upload, doctor.Download, doctor.Resume, doctor.Rename, doctor.Delete, doctor.Clock, doctor.Encoding,
}

// signs are how want writes statuses: one letter a step, in the order above.
var signs = map[doctor.Status]string{doctor.Passed: "p", doctor.Failed: "F", doctor.NotPossible: "-", doctor.NotAllowed: "n"}

// want holds the statuses against a line of letters; blanks are of no meaning,
// and ? is for a status that depends on how far the server was.
func (c *check) want(letters string) {
	c.t.Helper()
	got := ""
	for _, id := range order {
		s, _ := c.report.Step(id)
		got += signs[s.Status]
		if (s.Status == doctor.Failed) != (s.Err != nil) {
			c.t.Errorf("%s is %s with the error %v", id, s.Status, s.Err)
		}
	}
	letters = strings.ReplaceAll(letters, " ", "")
	if i := strings.IndexByte(letters, '?'); i >= 0 && i < len(got) {
		got = got[:i] + "?" + got[i+1:]
	}
	if got != letters {
		c.t.Errorf("statuses %s, want %s", got, letters)
	}
}

func (c *check) step(id doctor.StepID) doctor.Step {
	c.t.Helper()
	s, ok := c.report.Step(id)
	if !ok {
		c.t.Fatalf("no step %s", id)
	}
	return s
}

// fact wants a fact to hold a part of text.
func (c *check) fact(id doctor.StepID, name, part string) {
	c.t.Helper()
	if got := strings.Join(c.step(id).All(name), "; "); !strings.Contains(got, part) || got == "" {
		c.t.Errorf("%s: %s is %q, want %q in it", id, name, got, part)
	}
}

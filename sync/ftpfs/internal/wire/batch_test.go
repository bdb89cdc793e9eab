package wire

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// known is the greeting of a server that is known to bear several commands.
var known = ftptest.Reply("220 (vsFTPd 3.0.3)")

var probe = []string{"SIZE /f", "MDTM /f"}

// flights are the commands of those in verbs that went out before a reply came,
// "SIZE MDTM" say.
func (r *rig) flights(verbs string) (out []string) {
	lines, _ := r.trace.Since(0)
	var now []string
	for _, l := range lines {
		verb, _, _ := strings.Cut(l.Text, " ")
		switch {
		case l.Dir == trace.Sent && strings.Contains(" "+verbs+" ", " "+verb+" "):
			now = append(now, verb)
		case l.Dir == trace.Received && len(now) > 0:
			out, now = append(out, strings.Join(now, " ")), nil
		}
	}
	return out
}

// codes are replies in short.
func codes(replies []Reply) (out []int) {
	for _, r := range replies {
		out = append(out, r.Code)
	}
	return out
}

func plan(pairs ...any) ftptest.Plan {
	return ftptest.Plan{Greeting: known, Files: map[string]string{"/f": "content"}, Verbs: verbs(pairs...)}
}

// TestBatch: several commands are sent at once where that is known to be safe,
// and whatever a server makes of it, the answers are the right ones.
func TestBatch(t *testing.T) {
	late := ftptest.InTurn(ftptest.Silence)
	for outcome, tc := range map[string]struct {
		plan   ftptest.Plan
		lines  []string
		sent   []string // what went out at once
		proven bool
		odd    bool
	}{
		"answered in order": {plan(), probe, []string{"SIZE MDTM"}, true, false},
		"a server that is not known": {
			ftptest.Plan{Files: map[string]string{"/f": "content"}}, probe, []string{"SIZE", "MDTM"}, false, false,
		},
		"nothing to prove it by": {plan(), []string{"DELE /none", "SIZE /f"}, []string{"DELE", "SIZE"}, false, false},
		"alone":                  {plan(), probe[:1], []string{"SIZE"}, false, false},
		"in the wrong order": {
			plan("SIZE", late, "MDTM", ftptest.InTurn(ftptest.Reply("213 20240229123045\n213 7"))), probe,
			[]string{"SIZE MDTM", "SIZE", "MDTM"},
			false, true,
		},
		"one is missing":   {plan("MDTM", ftptest.InTurn(ftptest.Silence)), probe, []string{"SIZE MDTM", "SIZE", "MDTM"}, false, true},
		"the first is":     {plan("SIZE", ftptest.InTurn(ftptest.Silence)), probe, []string{"SIZE MDTM", "SIZE", "MDTM"}, false, true},
		"one too many":     {plan("SIZE", late, "MDTM", ftptest.InTurn(ftptest.Reply("213 7\n550 What\n213 20240229123045"))), probe, []string{"SIZE MDTM", "SIZE", "MDTM"}, false, true},
		"of another kind":  {plan("SIZE", ftptest.InTurn(ftptest.Reply("226 Done\n213 7"))), probe, []string{"SIZE MDTM", "SIZE", "MDTM"}, false, true},
		"a first word":     {plan("SIZE", ftptest.InTurn(ftptest.Reply("150 Wait\n213 7"))), probe, []string{"SIZE MDTM", "SIZE", "MDTM"}, false, true},
		"refusals as well": {plan(), []string{"SIZE /none", "MDTM /none"}, []string{"SIZE MDTM"}, true, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			c := r.login()
			replies, err := c.Batch(tc.lines)
			if err != nil {
				t.Fatal(err)
			}
			var want []int
			for _, line := range tc.lines {
				reply, err := c.Command(line)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, reply.Code)
				i := len(want) - 1
				if replies[i].String() != reply.String() {
					t.Errorf("%s: %q, alone %q", line, replies[i], reply)
				}
			}
			if diff := cmp.Diff(want, codes(replies)); diff != "" {
				t.Error(diff)
			}
			sent := r.flights("SIZE MDTM DELE")
			if diff := cmp.Diff(tc.sent, sent[:len(sent)-len(tc.lines)]); diff != "" {
				t.Error(diff)
			}
			if l := c.conf.Learned; l.proven() != tc.proven || l.wasOdd() != tc.odd {
				t.Errorf("proven %v, odd %v", l.proven(), l.wasOdd())
			}
		})
	}
}

// TestBatchOfProven: what changes something goes out at once too, and never
// twice where the answer is in doubt.
func TestBatchOfProven(t *testing.T) {
	lines := []string{"MDTM /f", "DELE /f"}
	for outcome, tc := range map[string]struct {
		plan ftptest.Plan
		got  []int
		want vfs.Kind
	}{
		"done":                   {plan(), []int{213, 250}, vfs.KindOther},
		"the last answer is due": {plan("DELE", ftptest.Silence), nil, vfs.KindLost},
		"a stray in between":     {plan("MDTM", ftptest.InTurn(ftptest.Default, ftptest.Reply("213 20240229123045\n226 Done"))), nil, vfs.KindLost},
		"no room for more":       {plan("DELE", ftptest.All(ftptest.Reply("421 Too busy"), ftptest.Drop)), []int{213, 421}, vfs.KindBusy},
		"the connection breaks":  {plan("DELE", ftptest.Drop), []int{213}, vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			c := r.login()
			if _, err := c.Batch(probe); err != nil {
				t.Fatal(err)
			}
			c.conf.Timeout = settleLimit
			replies, err := c.Batch(lines)
			wants(t, err, tc.want)
			if diff := cmp.Diff(tc.got, codes(replies)); diff != "" {
				t.Error(diff)
			}
			if r.Count("DELE") != 1 || (c.Err() == nil) != (err == nil) {
				t.Errorf("%d removals, the connection: %v", r.Count("DELE"), c.Err())
			}
			if sent := r.flights("MDTM DELE"); !slices.Contains(sent, "MDTM DELE") {
				t.Error(sent)
			}
		})
	}
}

// TestBatchIsCancelled: at once, and the connection can be used afterwards.
func TestBatchIsCancelled(t *testing.T) {
	release := make(chan struct{})
	r := script(t, plan("SIZE", ftptest.InTurn(ftptest.Hold(release, nil))))
	c := r.login()
	ctx, cancel := context.WithCancel(t.Context())
	c.Begin(ctx)
	stop := context.AfterFunc(ctx, func() { close(release) })
	defer stop()
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := c.Batch(probe)
	wants(t, err, vfs.KindCancelled)
	c.Begin(t.Context())
	if err := c.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if reply, err := c.Command("SIZE /f"); err != nil || reply.String() != "213 7" {
		t.Error(reply, err)
	}
}

// TestBatchHoldsNothingBack: more commands than may be under way are sent in
// several goes.
func TestBatchHoldsNothingBack(t *testing.T) {
	r := script(t, plan())
	replies, err := r.login().Batch(slices.Repeat(probe, maxFlight))
	if err != nil || len(replies) != 2*maxFlight {
		t.Error(len(replies), err)
	}
}

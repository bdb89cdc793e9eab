package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/transfer"
	"wherry/ui/desktop"
	"wherry/ui/words"
)

func (a *app) queueRun() *cobra.Command {
	var p pace
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Work on the queue until nothing is left to do",
		Long: `Transfer what is in the queue, without a window, until nothing is left that can go
on by itself: rows with a time to begin are waited for, and so are the hours of
--between. Outside of them no file begins; one that moves is brought to its end. Rows
that ask what to do with a file that exists are answered by --exists, and those that
ask how to replace one by --replace, or asked here on a terminal, or else left asking;
wherry queue answer answers them. A password that is not in the keychain is asked for,
or read by --password-stdin or from WHERRY_PASSWORD where all rows need the same login.
Rows whose password nobody knows are paused, and go on in the next run that has it. How
to connect is kept with the rows' sites; only the flags below hold for the run.`,
		Example: `  wherry queue run
  wherry queue run --between 22:00-06:00 --limit-up 2M --stay-awake
  wherry queue run --json --log wherry.log`,
		Args: a.args(0, 0, ""), Annotations: map[string]string{groupsOf: "wr"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runQueue(cmd.Context(), cmd.CommandPath(), p)
		},
	}
	p.addFlags(cmd)
	return cmd
}

func (a *app) runQueue(ctx context.Context, command string, p pace) error {
	r := a.newRun()
	r.queued = true
	events := newEvents(r.event)
	defer events.Close()
	w := wish{durable: true, unread: true, events: events.OnEvent}
	if rule := transfer.Rule(a.opt.exists.value); rule != "" && rule != transfer.Ask {
		w.exists = a.byRule(rule)
	}
	err := a.withEngine(ctx, command, w, func(s *session) error {
		r.begin(s)
		if err := s.engine.Queue().Free(ctx); err != nil {
			return err
		}
		if _, err := a.password(); err != nil {
			return err
		}
		if err := s.givePassword(ctx); err != nil {
			return err
		}
		s.engine.Tune(p.over(a.opt.tuning()))
		if p.awake {
			defer a.stayAwake(ctx)()
		}
		s.sayWhen()
		if err := s.reopen(ctx); err != nil {
			return err
		}
		s.engine.Nudge() // who starts a run wants to see now whether a server is back
		return r.drain(ctx, s.engine.Queue(), events)
	})
	if errors.Is(err, queue.ErrRunning) {
		a.say("wherry: Another Wherry works on the queue already: its window, or another `wherry queue run`.\n" +
			"        It does what is added here too, in the hours that it was given; there is nothing more to start.")
		return &reportedError{exitFailed}
	}
	return err
}

// sayWhen tells a person why nothing moves yet, where only time is waited for.
func (s *session) sayWhen() {
	snap := s.engine.Queue().Snapshot()
	if snap.Held {
		s.queueWaits(snap)
		return
	}
	first, waiting := snap.OpensAt, snap.Count[queue.Waiting]
	if later := snap.Later; later.Rows >= waiting && later.First.After(first) {
		first = later.First
	}
	if waiting == 0 || first.IsZero() {
		return
	}
	s.notice("wherry: The first file begins at %s, which is waited for. Ctrl-C ends the wait.", words.Moment(first.Local(), time.Now()))
}

// stayAwake holds off the computer's sleep until it is called back. Where the
// system does not let us, the work is done all the same.
func (a *app) stayAwake(ctx context.Context) (release func()) {
	release, err := desktop.StayAwake(ctx, "Files are being transferred")
	if err != nil {
		a.notice("wherry: The computer may fall asleep meanwhile: nobody here takes the wish that it stays awake.")
		return func() {}
	}
	return release
}

// givePassword lets the one login that the queue needs have the password that
// was given beside the command.
func (s *session) givePassword(ctx context.Context) error {
	ids, err := s.engine.Queue().Sites(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		one, ok := s.engine.Site(id)
		if !ok {
			continue
		}
		password, err := s.given(s.command, one)
		if err != nil {
			return err
		}
		if password == "" {
			continue
		}
		if err := s.engine.Remember(ctx, id, password, false); err != nil {
			return err
		}
	}
	return nil
}

// pace is what queue run is told of how to work.
type pace struct {
	hours   hours
	workers count
	awake   bool
}

func (p *pace) addFlags(cmd *cobra.Command) {
	cmd.Flags().Var(&p.hours, "between", "begin files only between these `hours` of the day, such as 22:00-06:00")
	cmd.Flags().Var(&p.workers, "workers", "move up to `N` files at a time, 1 to 32, to and from all sites together (default --connections)")
	cmd.Flags().BoolVar(&p.awake, "stay-awake", false, "keep the computer from falling asleep meanwhile, where the system lets us")
}

// over lays it over a tuning.
func (p *pace) over(t queue.Tuning) queue.Tuning {
	t.From, t.Until = p.hours.from, p.hours.until
	if p.workers > 0 {
		t.Workers = int(p.workers)
	}
	return t
}

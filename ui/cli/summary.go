package cli

import (
	"context"
	"fmt"
	"time"

	"wherry/sync/queue"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// left counts the rows that have not ended when a run has, by what keeps them.
type left struct {
	paused, asking, waiting, later int64
}

// leftOf reads them from the queue. Nothing is at work any more: what is active
// still are folders, which are as far as what is below them.
func leftOf(snap queue.Snapshot) left {
	later := min(snap.Later.Rows, snap.Count[queue.Waiting])
	return left{
		paused: int64(snap.Count[queue.Paused]), asking: int64(snap.Count[queue.Asking]), later: int64(later),
		waiting: int64(snap.Count[queue.Waiting] + snap.Count[queue.Scanning] - later),
	}
}

func (l left) all() int64 { return l.paused + l.asking + l.waiting + l.later }

// summary tells the whole, and makes the exit code of it.
func (r *run) summary(ctx context.Context, q *queue.Queue) error {
	snap := q.Snapshot()
	rest := leftOf(snap)
	took := time.Since(r.begun)
	switch {
	case r.enc != nil:
		if err := r.encodeSummary(rest); err != nil {
			return err
		}
	case !r.opt.quiet && ctx.Err() == nil:
		if _, err := r.std.Out.Write([]byte(r.sentence(took, rest))); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		r.told = true
		next := "the same command with --exists resume"
		switch {
		case r.queued:
			next = "the next `wherry queue run`"
		case r.session.renames: // it is there now, and would be gone into
			next += ", and with /. behind the folder that is copied,"
		}
		r.say("wherry: Interrupted: %s done, %s left. What was begun stays as NAME"+transfer.Suffix+"; %s goes on from there.",
			words.Files(r.done), words.Number(rest.all()), next)
		return &reportedError{exitInterrupted}
	}
	if r.queued {
		if err := r.account(ctx, q, snap); err != nil {
			return err
		}
	}
	if code := r.code(rest.all()); code != exitOK {
		return &reportedError{code}
	}
	return nil
}

// encodeSummary is the last line of --json.
func (r *run) encodeSummary(rest left) error {
	r.summed = true
	return r.enc.Encode(summaryJSON{
		Event: "summary", Done: r.done, Failed: r.failed, Skipped: r.skipped, Left: rest.all(),
		Paused: rest.paused, Asking: rest.asking, Waiting: rest.waiting, Later: rest.later,
		Bytes: r.bytes, Seconds: float64(time.Since(r.begun).Milliseconds()) / 1000,
	})
}

// sentence is the summary for people: "3 files copied, 4.2 MB in 2 s (2.1
// MB/s). 1 failed."
func (r *run) sentence(took time.Duration, rest left) string {
	text := words.Files(r.done) + " copied, " + words.Size(r.bytes) + " in "
	if took < 10*time.Second {
		text += fmt.Sprintf("%.1f s", took.Seconds())
	} else {
		text += words.Duration(took)
	}
	if s := took.Seconds(); s >= 1 && r.bytes > 0 {
		text += " (" + words.Rate(float64(r.bytes)/s) + ")"
	}
	text += "."
	paused := "paused"
	if !r.queued {
		paused = "not tried" // nobody can let it go on in a queue that ends here
	}
	for _, part := range []struct {
		n    int64
		what string
	}{
		{r.failed, "failed"},
		{r.skipped, "skipped"},
		{rest.paused, paused},
		{rest.asking, "waiting for an answer"},
		{rest.waiting, "waiting"},
		{rest.later, "for a later time"},
	} {
		if part.n > 0 {
			text += " " + words.Number(part.n) + " " + part.what + "."
		}
	}
	if r.unmoded > 0 {
		text += " " + words.Number(r.unmoded) + " without their permissions, which the target does not take."
	}
	return text + "\n"
}

// account tells of the rows that the next run of the queue will not move by
// itself why that is, and what helps: under --quiet, too, since each of them makes
// the exit code one that somebody is woken by.
func (r *run) account(ctx context.Context, q *queue.Queue, snap queue.Snapshot) error {
	if n := int64(snap.Count[queue.Asking]); n > 0 {
		r.say("wherry: %s for an answer: `wherry queue list --state asking` shows what is asked, and `wherry queue answer` or "+
			"`wherry queue run` with --exists or --replace answers.", words.Count(n, "row waits", "rows wait"))
	}
	if snap.Count[queue.Paused] > 0 {
		if err := r.accountPaused(ctx, q); err != nil {
			return err
		}
	}
	broken, err := q.Broken(ctx)
	if err != nil {
		return err
	}
	if n := int64(snap.Count[queue.Failed] - broken); n > 0 && r.failed == 0 {
		r.against = true // not all is done, also where the run of a night before has said so
		r.say("wherry: %s failed before: `wherry queue list --failed` shows why, `wherry queue retry --all` tries again, and "+
			"`wherry queue clear failed` forgets them.", words.Count(n, "row has", "rows have"))
	}
	return nil
}

func (r *run) accountPaused(ctx context.Context, q *queue.Queue) error {
	pauses, err := q.Pauses(ctx)
	if err != nil {
		return err
	}
	for _, p := range pauses {
		why, next := "by a person.", "`wherry queue resume --all` lets what is paused go on."
		if p.Message != "" {
			why = words.OfKind(p.Kind, p.About, p.Message, words.CommandLine).Title
			next = "`wherry queue retry --all` tries what failed again, and these with it."
		}
		if p.Lacking {
			next = "The next `wherry queue run` that is given the password goes on with " + map[bool]string{true: "it.", false: "them."}[p.Rows == 1]
		}
		tell := r.say
		if p.Lacking && len(r.lacks) > 0 {
			tell = r.notice // it was said as it was found
		}
		tell("wherry: %s paused: %s %s", words.Count(int64(p.Rows), "row is", "rows are"), why, next)
	}
	return nil
}

// lacking tells, once for each host, that its password is known to nobody.
func (r *run) lacking(i queue.Item) {
	if r.lacks[about(i)] {
		return
	}
	r.lacks[about(i)] = true
	w := words.OfKind(i.Kind, about(i), i.Message, words.CommandLine)
	r.say("wherry: %s is not tried. %s\n        %s", r.show(i.Source), w.Title, w.Remedy)
}

// isLacking tells an event for a password that nobody knows from one of a person
// who paused.
func isLacking(e queue.Event) bool {
	return e.Type == queue.EventPaused && e.Item.Kind == vfs.KindLogin && e.Item.Message != ""
}

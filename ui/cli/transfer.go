package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// run is the transfers of one command, from the first to the summary.
type run struct {
	*app
	enc     *json.Encoder // fixed; nil without --json
	session *session      // set before the first event
	queued  bool          // fixed; the work is that of the queue on disk, which goes on by itself
	counts
}

// counts is what run sums up. It is kept by the goroutine of Events and read
// after its Flush.
type counts struct {
	begun                 time.Time
	done, failed, skipped int64
	bytes, unmoded        int64           // of the files done; how many of these did not keep their permissions
	against               bool            // something was skipped that the person did not want skipped
	advised               bool            // how to copy what exists was said
	codes                 map[int]bool    // exit codes of the failures
	lacks                 map[string]bool // hosts whose password nobody knows
	summed                bool            // the last line of --json was written
}

// transfer plans with a connected engine, lets a queue in memory do it, and
// tells how it went.
func (a *app) transfer(ctx context.Context, command string, args []string, plan planner) error {
	r := a.newRun()
	events := newEvents(r.event)
	defer events.Close()
	err := a.withEngine(ctx, command, wish{events: events.OnEvent}, func(s *session) error {
		r.begin(s)
		reqs, err := plan(s, ctx, args)
		if err != nil {
			return err
		}
		return r.all(ctx, events, reqs...)
	})
	var reported *reportedError
	if r.enc != nil && err != nil && !r.summed && !errors.As(err, &reported) {
		return errors.Join(err, r.enc.Encode(failedLine(err)))
	}
	return err
}

func (a *app) newRun() *run {
	r := &run{app: a}
	if a.opt.json {
		r.enc = jsonLines(a.std.Out)
	}
	return r
}

// begin counts from zero.
func (r *run) begin(s *session) {
	r.session, r.counts = s, counts{begun: time.Now(), codes: map[int]bool{}, lacks: map[string]bool{}}
}

// all does the requests and tells how it went.
func (r *run) all(ctx context.Context, events *Events, reqs ...queue.Request) error {
	if _, err := r.session.engine.Enqueue(ctx, reqs...); err != nil {
		return err
	}
	return r.drain(ctx, r.session.engine.Queue(), events)
}

// drain works until nothing is left that can go on by itself.
func (r *run) drain(ctx context.Context, q *queue.Queue, events *Events) error {
	if r.drawsBars() {
		r.shown = newDisplay(r.std.Err, q.Snapshot)
		r.shown.resume()
	}
	err := q.Drain(ctx)
	events.Flush()
	if r.shown != nil {
		r.shown.pause()
		r.shown = nil
	}
	if err != nil && ctx.Err() == nil {
		if r.enc == nil || errors.Is(err, queue.ErrRunning) {
			return err
		}
		return errors.Join(err, r.enc.Encode(failedLine(err)), r.encodeSummary(leftOf(q.Snapshot())))
	}
	return r.summary(ctx, q)
}

// failedLine tells in JSON why a command could not go on.
func failedLine(err error) errorJSON {
	line := errorJSON{Event: "failed", Kind: vfs.KindOf(err).String(), Message: words.Of(err, words.CommandLine).Title}
	var usage *usageError
	if errors.As(err, &usage) {
		line.Kind, line.Message = "usage", strings.TrimSpace(words.Safe(usage.message)+" "+usage.remedy)
	}
	return line
}

// drawsBars says whether progress is shown: on a terminal that can move its cursor,
// and not between lines of JSON.
func (a *app) drawsBars() bool {
	return isTerminal(a.std.Err) && os.Getenv("TERM") != "dumb" && !a.opt.quiet && !(a.opt.json && isTerminal(a.std.Out))
}

// event counts one event and tells it.
func (r *run) event(e queue.Event) {
	wished := r.count(e)
	if r.enc != nil {
		_ = r.enc.Encode(lineOf(e, r.show)) // the summary meets the same error and returns it
		return
	}
	r.tell(e, wished)
}

// count returns whether a skip is what the person said, or what help says of a folder
// that is copied: links to folders and the like are left out of it, every night anew.
func (r *run) count(e queue.Event) (wished bool) {
	_, byRule := words.Skipped(e.Item.Message)
	wished = byRule && !isUnresumed(e.Item) && (r.opt.exists.value != "" || r.queued || r.interactive()) || // rows of the queue on disk never skip unasked
		!byRule && e.Item.Parent != 0
	switch e.Type {
	case queue.EventDone:
		if e.Item.Type != vfs.TypeDir {
			r.done++
			r.bytes += max(e.Item.Size, 0)
			if e.Item.ModeRefused {
				r.unmoded++
			}
		}
	case queue.EventFailed:
		r.failed++ // a folder that could not be read is one loss
		r.codes[kindCode(e.Item.Kind, false)] = true
	case queue.EventPaused:
		if isLacking(e) {
			r.codes[exitLogin] = true
		}
	case queue.EventSkipped:
		r.skipped++
		r.against = r.against || !wished
	}
	return wished
}

// isUnresumed tells a target that was to be resumed and cannot be: it is not what the
// person wanted there.
func isUnresumed(i queue.Item) bool {
	return i.Message == string(transfer.Different) || i.Message == string(transfer.Resume)
}

func (r *run) show(p queue.Place) string { return show(r.session.engine, p) }

// tell says to a person what did not go as wished.
func (r *run) tell(e queue.Event, wished bool) {
	i := e.Item
	here := i.Source.Site == site.Local
	if about(i) != i.Source.Path.String() {
		here = i.Target.Site == site.Local
	}
	w := words.Copying(i.Kind, about(i), i.Message, here)
	if r.queued {
		w = words.Row(i.Kind, about(i), i.Message, here, int64(i.ID))
	}
	if i.Kind == vfs.KindNotFound && i.Parent != 0 && about(i) == i.Source.Path.String() && !words.IsDeadLink(i.Message) {
		w.Remedy = words.Vanished
	}
	switch e.Type {
	case queue.EventFailed:
		r.say("wherry: %s failed. %s\n        %s", withName(r.show(i.Source), i), w.Title, w.Remedy)
	case queue.EventRetry:
		r.notice("wherry: %s: %s Trying again in %s.", r.show(i.Source), w.Title, words.Duration(time.Until(i.NextTry)))
	case queue.EventPaused:
		if isLacking(e) {
			r.lacking(i)
		}
	case queue.EventSkipped:
		r.tellSkip(i, wished)
	case queue.EventAsking:
		switch {
		case r.interactive():
		case i.Question != nil && i.Question.NoReplace:
			r.say("wherry: %s waits: the server refuses to rename onto %s, and nobody is there to ask; --replace says what to do.",
				r.show(i.Source), r.show(i.Target))
		default:
			r.say("wherry: %s waits: %s exists, and nobody is there to ask; --exists says what to do.", r.show(i.Source), r.show(i.Target))
		}
	}
}

// tellSkip says why a file was skipped. That a rule could not be followed is told
// under --quiet too: what stands there is not what was asked for.
func (r *run) tellSkip(i queue.Item, wished bool) {
	why, byRule := words.Skipped(i.Message)
	unresumed := isUnresumed(i)
	switch {
	case byRule && !wished && !unresumed:
		advice := ""
		if !r.advised {
			advice = " --exists overwrite, newer, different, resume or rename copies it all the same."
		}
		r.advised = true
		r.say("wherry: skipped %s: %s exists.%s", r.show(i.Source), r.show(i.Target), advice)
	case unresumed && r.queued:
		r.say("wherry: skipped %s: %s. Adding it again with --exists overwrite or rename copies it all the same.", r.show(i.Source), why)
	case unresumed:
		r.say("wherry: skipped %s: %s. --exists overwrite or rename copies it all the same.", r.show(i.Source), why)
	case i.Message == transfer.Same:
		// Nothing was to be done, and there may be 100,000 of them: the end counts them.
	case wished:
		r.notice("wherry: skipped %s: %s.", r.show(i.Source), why)
	default:
		r.say("wherry: skipped %s: %s.", r.show(i.Source), why)
	}
}

// code is the exit code: why nothing could be done at all where all failed
// for one reason, else whether something is missing.
func (r *run) code(left int64) int {
	if r.done == 0 && r.skipped == 0 && len(r.codes) == 1 {
		for code := range r.codes {
			return code
		}
	}
	if r.failed > 0 || r.against || left > 0 {
		return exitFailed
	}
	return exitOK
}

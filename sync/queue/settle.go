package queue

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// note is what a worker tells the settler: that a row's bytes begin to move
// (end nil), how it ended, or an event that is already in the journal.
type note struct {
	work  *work
	size  int64 // when it begins
	end   *ending
	event *Event // alone
}

// maxNotes is how many notes wait before those who write them wait: the
// journal's sync, or a slow OnEvent, then sets the pace.
const maxNotes = 256

// While files move, notes gather for so long, and up to so many: one
// transaction of many costs little more than one of one. What somebody may be
// waiting for is written at once (isUrgent).
const (
	gatherFor = 10 * time.Millisecond
	gatherMax = maxNotes / 2
)

// report gives a note to the settler, and waits while it has too many. From
// then on an ended row's transfer no longer counts as moving.
func (q *Queue) report(n note) {
	for {
		q.mu.Lock()
		full, taken := len(q.notes) >= maxNotes, q.settled
		switch {
		case q.deaf:
			q.mu.Unlock()
			return
		case !full:
			q.noteLocked(n)
			q.mu.Unlock()
			return
		}
		q.mu.Unlock()
		<-taken
	}
}

func (q *Queue) noteLocked(n note) {
	q.notes = append(q.notes, n)
	if n.end != nil {
		n.work.ended = true
		q.unsettled++
	}
	q.hurry = q.hurry || n.isUrgent() || len(q.notes) >= gatherMax || q.unsettled == len(q.running)
	if len(q.notes) == 1 || q.hurry {
		ring(&q.bells.noted)
	}
}

// isUrgent tells whether others may wait for what the note says: another row's
// turn, or a person.
func (n note) isUrgent() bool {
	return n.end != nil && (n.end.err != nil || n.end.result.Outcome != transfer.Done || n.work.row.probes)
}

// reportEnd reports how the work on a row ended. After an error it returns
// only once that is in the journal, because the row to be taken next may be
// one of those that the error stops.
func (q *Queue) reportEnd(w *work, e ending) {
	q.report(note{work: w, end: &e})
	for e.err != nil {
		bell := q.nextBell()
		q.mu.Lock()
		over := q.deaf || q.running[w.row.ID] != w
		q.mu.Unlock()
		if over {
			return
		}
		<-bell
	}
}

// settle writes endings into the journal, many in one synced transaction
// (while one is being synced the next ones gather), and then tells OnEvent.
// It goes on until last is closed and all is written. An error of the journal
// ends it; nothing of that transaction is then in the journal or was told.
func (q *Queue) settle(ctx context.Context, last <-chan struct{}) error {
	ctx = context.WithoutCancel(ctx)
	defer q.stopTaking()
	p := progress{q: q, shown: map[ID]int64{}, due: q.clock.Now()}
	for {
		bell := q.bellOf(atNote)
		if q.hasNotes() {
			q.gather(last)
			batch := q.takeNotes()
			if err := q.settleBatch(ctx, batch, &p); err != nil {
				return err
			}
			p.tellDue() // there may be notes for as long as small files end
			continue
		}
		expired, stop := p.timer()
		select {
		case <-last:
			stop()
			if batch := q.takeNotes(); len(batch) > 0 {
				return q.settleBatch(ctx, batch, &p)
			}
			return nil
		case <-bell:
			stop()
		case <-expired:
			p.tell()
		}
	}
}

func (q *Queue) hasNotes() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.notes) > 0
}

// gather waits until the notes there are shall be written. By the wall's clock:
// nobody can see a difference but in the work that it saves.
func (q *Queue) gather(last <-chan struct{}) {
	q.mu.Lock()
	hurry, bell := q.hurry, q.bells.noted
	q.mu.Unlock()
	if hurry {
		return
	}
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-last:
	}
}

func (q *Queue) takeNotes() []note {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := q.notes
	q.notes, q.hurry = nil, false
	q.settling = len(batch) > 0
	close(q.settled)
	q.settled = make(chan struct{})
	return batch
}

// stopTaking lets nobody wait for a settler that is gone: notes after it are
// lost with the run, and the journal still has their rows in work.
func (q *Queue) stopTaking() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settling = false
	q.deaf = true
	close(q.settled)
	q.settled = make(chan struct{})
	q.ringLocked()
}

// settleBatch makes one transaction of the endings in batch, frees their rows
// and sends the events of batch in order.
func (q *Queue) settleBatch(ctx context.Context, batch []note, p *progress) error {
	events, err := q.settleNotes(ctx, batch)
	if err != nil {
		return err
	}
	for _, e := range events {
		p.note(e)
	}
	q.mu.Lock()
	q.settling = false
	if len(q.running) == 0 {
		q.ringLocked()
	} else {
		ring(&q.bells.any) // the counts can be read by now
	}
	q.mu.Unlock()
	return nil
}

func (q *Queue) settleNotes(ctx context.Context, batch []note) ([]Event, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	s := settling{q: q, ended: map[ID]tally{}}
	if !anyEnding(batch) {
		err := s.write(ctx, batch)
		return s.events, err
	}
	if err := q.s.writeLocked(ctx, durable, func() error { return s.write(ctx, batch) }); err != nil {
		return nil, q.judgeLocked(err)
	}
	if s.loud {
		q.changed()
	} else {
		q.changedQuietly()
	}
	err := q.release(ctx, batch)
	return s.events, err
}

// settling is one transaction of the settler's.
type settling struct {
	q      *Queue
	events []Event
	ended  map[ID]tally // by folder, of the endings that write did at once
	loud   bool         // another than those is among them
}

func (s *settling) write(ctx context.Context, batch []note) error {
	s.events = make([]Event, 0, len(batch))
	for _, n := range batch {
		switch {
		case n.event != nil:
			s.events = append(s.events, *n.event)
		case n.end == nil:
			item := n.work.row.Item
			item.Size = n.size
			s.events = append(s.events, Event{Type: EventStarted, Item: item})
		default:
			event, err := s.end(ctx, n.work, *n.end)
			if err != nil {
				return err
			}
			s.events = append(s.events, event)
		}
	}
	return s.q.bumpAll(ctx, s.ended)
}

// end writes one ending. What arrived needs no look at the row first.
func (s *settling) end(ctx context.Context, w *work, e ending) (Event, error) {
	if e.err == nil && e.result.Outcome == transfer.Done && !w.row.probes {
		r := w.row
		event := s.q.outcome(&r, verdict{state: Done, attempts: r.Attempts + 1}, e)
		n, err := s.q.s.exec(ctx, `UPDATE rows SET state = 'done', dst_path = ?, attempts = ?, next_try = 0, kind = '', message = '',
			about = x'', verified = ?, question = '', ended = ?, size = ?, done = ? WHERE id = ? AND state IN ('waiting', 'active')`,
			blob(r.Target.Path), r.Attempts, r.Verified, nanos(r.Ended), r.Size, r.Done, int64(r.ID))
		if err != nil || n == 1 {
			s.ended[r.Parent] = s.ended[r.Parent].plus(endTally(Done))
			return event, err
		}
	}
	s.loud = true
	return s.q.finish(ctx, w, e)
}

func anyEnding(batch []note) bool {
	for _, n := range batch {
		if n.end != nil {
			return true
		}
	}
	return false
}

// release ends this process's hold on the rows, while the journal's lock is
// still held, and stops the work on others that an ending paused.
func (q *Queue) release(ctx context.Context, batch []note) error {
	pausing := false
	q.mu.Lock()
	for _, n := range batch {
		if n.end != nil {
			delete(q.running, n.work.row.ID)
			q.unsettled--
			kind := vfs.KindOf(n.end.err)
			pausing = pausing || stopsSite(kind) || stopsPlace(kind) || unreachable(n.end.err)
		}
	}
	q.ringEndedLocked()
	q.mu.Unlock()
	if !pausing {
		return nil
	}
	return q.reconcileLocked(ctx)
}

// finish writes one ending and returns its event; the event's Type is ""
// where there is nothing to tell. What a person did to the row meanwhile
// stands, except that what is done is done.
func (q *Queue) finish(ctx context.Context, w *work, e ending) (Event, error) {
	silent := Event{Item: w.row.Item}
	found, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE id = ?`, int64(w.row.ID))
	switch {
	case err != nil:
		return silent, err
	case len(found) == 0:
		return q.stoppedEvent(w, row{Item: Item{State: removing}}), nil
	}
	r := found[0]
	moved := max(w.counter.Done.Load(), 0)
	v := judge(e, r.Attempts, q.c.Retries, w.row.Done, moved)
	begun, light := q.lightness(w)
	ours := r.State == Active || r.State == Scanning || light && r.State == Waiting
	switch {
	case r.State == removing, isEnd(r.State):
		return q.stoppedEvent(w, r), nil
	case !ours && v.state != Done && v.state != Skipped:
		// Paused, or already waiting again: keep what the part has.
		_, err := q.s.exec(ctx, `UPDATE rows SET `+asBegun+`, done = ? WHERE id = ? AND type = 'file'`, append(begun, moved, int64(r.ID))...)
		return q.stoppedEvent(w, r), err
	}
	if v.state == Asking {
		rule, ok, err := q.answered(ctx, r, e.result.Question)
		if err != nil {
			return silent, err
		}
		if ok {
			v.state, r.Exists = Waiting, rule
			if e.result.Question.NoReplace && rule == transfer.Skip {
				begun[0], begun[1] = doubtful()
			}
		}
	}
	r.Done = moved
	if size, ok := begun[3].(int64); ok {
		r.Size = size
	}
	event, err := q.conclude(ctx, w, &r, v, e)
	if err != nil {
		return silent, err
	}
	return event, q.keepEnd(ctx, r, e, begun)
}

// conclude puts into r what v and e say, as far as its site leaves it so, and
// returns the event.
func (q *Queue) conclude(ctx context.Context, w *work, r *row, v verdict, e ending) (Event, error) {
	before := r.Attempts
	event := q.outcome(r, v, e)
	if err := q.heardOf(ctx, w, r, e, before); err != nil {
		return event, err
	}
	if event.Type == EventFailed && r.State == Waiting {
		event.Type = EventRetry
	}
	if event.Type == "" {
		event = q.stoppedEvent(w, *r)
	}
	event.Item = r.Item
	return event, nil
}

// keepEnd writes r as its work has left it, and what follows for other rows.
func (q *Queue) keepEnd(ctx context.Context, r row, e ending, begun []any) error {
	question := ""
	if r.Question != nil {
		var err error
		if question, err = questionText(*r.Question); err != nil {
			return err
		}
	}
	if r.State == Skipped && (r.made != nil || begun[0] != nil) {
		begun[0], begun[1] = doubtful() // what was begun is gone, and what stands there is not of it
	}
	if err := q.store(ctx, r, question, begun); err != nil {
		return err
	}
	if isEnd(r.State) {
		if err := q.bump(ctx, r.Parent, endTally(r.State)); err != nil {
			return err
		}
	}
	return q.stopOthers(ctx, r, e)
}

// lightness tells how a row that ended stood: what its part is made from, where
// only this process knows it, and whether it was light.
func (q *Queue) lightness(w *work) (begun []any, light bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return w.begunLocked(), w.light && !w.taken
}

// heardOf keeps what the end of a row's work says of its site.
func (q *Queue) heardOf(ctx context.Context, w *work, r *row, e ending, before int) error {
	switch {
	case e.stopped:
		return nil
	case unreachable(e.err) && e.culprit != site.Local:
		return q.siteFailed(ctx, r, e.culprit, w.row.probes, before)
	case w.row.probes:
		return q.reached(ctx, w.row.sites()...)
	}
	return nil
}

// outcome puts what v and e say into the row, and returns the event.
func (q *Queue) outcome(r *row, v verdict, e ending) Event {
	r.State, r.Attempts = v.state, v.attempts
	r.Kind, r.Message, r.About, r.NextTry = vfs.KindOther, "", "", time.Time{}
	if e.err != nil && (v.again || v.state == Failed || v.state == Paused) {
		r.Kind, r.Message, r.About = vfs.KindOf(e.err), e.err.Error(), aboutOf(e.err)
	}
	now := q.clock.Now()
	if isEnd(v.state) {
		r.Ended = now
	}
	event := Event{}
	switch v.state {
	case Done:
		event.Type = EventDone
		r.Target.Path, r.Verified, r.ModeRefused = e.result.Target, e.result.Verified, e.result.ModeRefused
		r.Size, r.Done = e.result.Size, e.result.Size
	case Skipped:
		event.Type = EventSkipped
		r.Message = e.result.Reason
	case Asking:
		event.Type = EventAsking
		asked := e.result.Question
		asked.Source, asked.Target = r.Source.Path, r.Target.Path
		r.Question = &asked
	case Failed:
		event.Type = EventFailed
	case Paused:
		event.Type = EventPaused
	case Waiting:
		if v.again {
			event.Type = EventRetry
			r.NextTry = now.Add(q.c.Backoff(v.attempts))
		}
	}
	event.Item = r.Item
	return event
}

// aboutOf is what an error speaks of. A part stands for its file.
func aboutOf(err error) string {
	var e *vfs.Error
	if !errors.As(err, &e) {
		return ""
	}
	return strings.TrimSuffix(e.Path, transfer.Suffix)
}

// store writes the outcome of an attempt.
//
// What listings have told is forgotten with the attempt: the next one looks.
func (q *Queue) store(ctx context.Context, r row, question string, begun []any) error {
	kind := ""
	if r.Message != "" {
		kind = r.Kind.String()
	}
	if r.Type == vfs.TypeFile { // a folder's size and done are not its row's
		begun[3] = r.Size
	}
	_, err := q.s.exec(ctx, `UPDATE rows SET `+asBegun+`, seen = NULL, state = ?, dst_path = ?, attempts = ?, next_try = ?, kind = ?, message = ?, about = ?, verified = ?,
		question = ?, ended = ?, done = CASE type WHEN 'file' THEN ? ELSE done END
		WHERE id = ?`,
		append(begun, string(r.State), blob(r.Target.Path), r.Attempts, nanos(r.NextTry), kind, r.Message, []byte(r.About), r.Verified,
			question, nanos(r.Ended), r.Done, int64(r.ID))...)
	return err
}

// jobRule is what a person answered "for all" of a job, transfer.Ask for
// nothing.
func (q *Queue) jobRule(ctx context.Context, job ID) (transfer.Rule, error) {
	var rule string
	err := q.s.row(ctx, `SELECT exists_ FROM jobs WHERE id = ?`, int64(job)).Scan(&rule)
	if errors.Is(err, sql.ErrNoRows) {
		return transfer.Ask, nil
	}
	return transfer.Rule(rule), q.s.wrap(journalOp, err)
}

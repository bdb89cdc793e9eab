package queue

import (
	"context"
	"errors"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// lacksPassword tells the error that the next run meets only if nobody has the
// password then, either. It is no failure: the server was sent nothing, so no
// account is locked by another try.
func lacksPassword(err error) bool { return errors.Is(err, site.ErrNoPassword) }

// lacking finds the rows that are paused for that; what a row keeps of an error is
// its kind and its line.
const lacking = `(kind = 'login' AND instr(message, ': login: no password is known') > 0)`

// askPasswordsAgain lets the rows go on that were paused because nobody knew the
// password of their site, within a write: who starts a run may know it.
func (q *Queue) askPasswordsAgain(ctx context.Context) error {
	if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
		return err
	}
	n, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT id FROM rows
		WHERE state = 'paused' AND `+lacking)
	if err != nil || n == 0 {
		return err
	}
	return q.alter(ctx, ofState, goOn+`next_try = not_before`+ofPicked)
}

// stoppedEvent tells of a row whose work was stopped, as it stands now in r,
// where its start was told; else its Type is "". The end of a run tells of
// nothing: all that it leaves goes on by itself.
func (q *Queue) stoppedEvent(w *work, r row) Event {
	q.mu.Lock()
	told, taken := w.told, w.taken
	q.mu.Unlock()
	event := Event{Item: w.row.Item}
	switch {
	case !told, !taken && r.State != Paused: // what was paused by an ending of the same batch is not taken yet
	case r.State == removing:
		event.Type = EventRemoved
	case !isEnd(r.State):
		event.Type = EventPaused
		event.Item.State, event.Item.NotBefore = r.State, r.NotBefore
	}
	return event
}

// Pause is how many rows are paused for one reason.
type Pause struct {
	Rows int
	// Kind, Message and About as in Item; Message is "" where a person did it.
	Kind           vfs.Kind
	Message, About string
	// Lacking tells that the next run goes on with them by itself, in the hope
	// that the password is known then.
	Lacking bool
}

// maxPauses is how many reasons Pauses tells apart.
const maxPauses = 10

// Pauses returns why rows are paused, up to ten reasons, those of most rows
// first. It takes some tenths of a second for 200,000 of them.
func (q *Queue) Pauses(ctx context.Context) ([]Pause, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	rows, err := q.s.query(ctx, `SELECT count(*), kind, message, about, `+lacking+` FROM rows INDEXED BY rows_state
		WHERE state = 'paused' GROUP BY kind, message, about ORDER BY 1 DESC, min(id) LIMIT ?`, maxPauses)
	if err != nil {
		return nil, q.judgeLocked(err)
	}
	defer func() { _ = rows.Close() }() // reading has told what failed
	var out []Pause
	for rows.Next() {
		var p Pause
		var kind string
		var about []byte
		if err := rows.Scan(&p.Rows, &kind, &p.Message, &about, &p.Lacking); err != nil {
			return nil, q.s.wrap(journalOp, err)
		}
		p.Kind, p.About = vfs.ParseKind(kind), string(about)
		out = append(out, p)
	}
	return out, q.judgeLocked(q.s.wrap(journalOp, rows.Err()))
}

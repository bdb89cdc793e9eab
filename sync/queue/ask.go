package queue

import (
	"context"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// asker puts the open questions to Config.Ask, one at a time, while all else
// goes on. A row for which nobody was there is not asked about again in this
// run.
func (q *Queue) asker(ctx context.Context) error {
	declined := map[ID]bool{}
	for {
		bell := q.nextBell()
		r, seq, err := q.openQuestion(ctx, declined)
		switch {
		case err != nil:
			return err
		case r == nil:
			q.nothingToAsk(seq)
			select {
			case <-ctx.Done():
				return nil
			case <-bell:
			}
			continue
		}
		answer, err := q.c.Ask(ctx, *r.Question)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			declined[r.ID] = true
			continue
		}
		// Whoever answered, paused or removed the row meanwhile was first.
		if err := q.Answer(ctx, r.ID, answer); err != nil && vfs.KindOf(err) != vfs.KindNotFound {
			return err
		}
	}
}

// nothingToAsk notes that every question up to the change seq was put.
func (q *Queue) nothingToAsk(seq uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.askedAt != seq {
		q.askedAt = seq
		q.ringLocked()
	}
}

// openQuestion returns the first row in Asking that is not declined, nil for
// none, and the change as of which that is so.
func (q *Queue) openQuestion(ctx context.Context, declined map[ID]bool) (*row, uint64, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, 0, err
	}
	q.mu.Lock()
	seq := q.seq
	q.mu.Unlock()
	rows, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE state = 'asking' ORDER BY prio, rank, id LIMIT ?`, len(declined)+1)
	if err != nil {
		return nil, 0, q.judgeLocked(err)
	}
	for _, r := range rows {
		if !declined[r.ID] {
			return &r, seq, nil
		}
	}
	return nil, seq, nil
}

// Answer gives the answer to the question that row id has open, and sends the
// row back to Waiting with that rule. With ForAll the answer counts for every
// row of the same Add that asks now or would ask later. A row that asks
// nothing is KindNotFound.
func (q *Queue) Answer(ctx context.Context, id ID, a transfer.Answer) error {
	switch a.Rule {
	case "":
		a.Rule = transfer.Skip
	case transfer.Ask:
		return &vfs.Error{Op: "answer", Kind: vfs.KindUnsupported, Reply: "to ask is no answer"}
	}
	return q.write(ctx, durable, func() error {
		var job ID
		err := q.s.row(ctx, `UPDATE rows SET state = 'waiting', exists_ = ?, question = '' WHERE id = ? AND state = 'asking' RETURNING job`,
			string(a.Rule), int64(id)).Scan(&job)
		switch {
		case isNoRow(err):
			return &vfs.Error{Op: "answer", Kind: vfs.KindNotFound, Reply: "no question of this row is open"}
		case err != nil || !a.ForAll:
			return q.s.wrap(journalOp, err)
		}
		_, err = q.s.exec(ctx, `INSERT INTO jobs (id, exists_) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET exists_ = excluded.exists_`,
			int64(job), string(a.Rule))
		if err != nil {
			return err
		}
		_, err = q.s.exec(ctx, `UPDATE rows SET state = 'waiting', exists_ = ?, question = '' WHERE job = ? AND state = 'asking'`,
			string(a.Rule), int64(job))
		return err
	})
}

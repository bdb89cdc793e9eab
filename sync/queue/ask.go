package queue

import (
	"context"
	"strings"
	"sync"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// asker puts the open questions to Config.Ask, one at a time, while all else
// goes on. A row for which nobody was there is not asked about again in this
// run.
func (q *Queue) asker(ctx context.Context) error {
	declined := map[ID]bool{}
	for {
		bell := q.bellOf(whenLoud)
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
		answer, withdrawn, err := q.put(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil
		case withdrawn:
			continue
		case err != nil:
			declined[r.ID] = true
			continue
		}
		// Whoever answered, paused or removed the row meanwhile was first.
		if err := q.answer(ctx, r.ID, r.asked, answer); err != nil && vfs.KindOf(err) != vfs.KindNotFound {
			return err
		}
	}
}

// put has Config.Ask put the question of r, and takes it back as soon as r does not
// ask that any more: somebody answered elsewhere, paused or removed it. By then it may
// ask about another file that has come to stand there.
func (q *Queue) put(ctx context.Context, r *row) (answer transfer.Answer, withdrawn bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		if withdrawn = q.untilAnswered(ctx, r); withdrawn {
			stop()
		}
	})
	answer, err = q.c.Ask(ctx, *r.Question)
	stop()
	watch.Wait()
	return answer, withdrawn, err
}

// untilAnswered waits until r asks that no more; false where ctx ended or the journal
// failed before.
func (q *Queue) untilAnswered(ctx context.Context, r *row) bool {
	for {
		bell := q.bellOf(whenLoud)
		asks, err := q.asks(ctx, r)
		if err != nil || !asks {
			return err == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-bell:
		}
	}
}

// asks says whether r still has its question open.
func (q *Queue) asks(ctx context.Context, r *row) (asks bool, err error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return false, err
	}
	err = q.s.row(ctx, `SELECT EXISTS (SELECT 1 FROM rows WHERE id = ? AND state = 'asking' AND question = ?)`, int64(r.ID), r.asked).Scan(&asks)
	return asks, err
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
	seq := q.loud
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
// nothing, or what this is no answer to, is KindNotFound.
//
// To a question with NoReplace only Answer.Replace counts, and for its site: all
// rows that ask the same there go on, and Config.Replaced is told. ReplaceAsk
// skips the row, or with ForAll all that ask the same there now or later, as long as
// there is something left to do for the site.
func (q *Queue) Answer(ctx context.Context, id ID, a transfer.Answer) error {
	return q.answer(ctx, id, "", a)
}

// answer is Answer to the question that the journal keeps as put, to any where that
// is "".
func (q *Queue) answer(ctx context.Context, id ID, put string, a transfer.Answer) error {
	var told site.ID
	err := q.writeThen(ctx, durable, func() error {
		var job ID
		var asked, dst string
		err := q.s.row(ctx, `SELECT job, question, dst_site FROM rows WHERE id = ? AND state = 'asking'`, int64(id)).Scan(&job, &asked, &dst)
		switch {
		case isNoRow(err), err == nil && (put != "" && put != asked || put == "" && isAstray(a, asked)):
			return &vfs.Error{Op: "answer", Kind: vfs.KindNotFound, Reply: "no question of this row is open"}
		case err != nil:
			return q.s.wrap(journalOp, err)
		case !strings.Contains(asked, refusedReplace):
			return q.answerExists(ctx, id, job, a)
		}
		if a.Replace != transfer.ReplaceAsk {
			told = site.ID(dst)
		}
		return q.answerReplace(ctx, id, site.ID(dst), a)
	}, func() error {
		if told != site.Local {
			q.mu.Lock()
			q.replaced[told] = a.Replace
			q.mu.Unlock()
		}
		return nil
	})
	if err == nil && told != site.Local && q.c.Replaced != nil {
		q.c.Replaced(told, a.Replace)
	}
	return err
}

// isAstray tells an answer that is none to the question the journal keeps as asked: a
// row that was answered for all its job may ask something else by the time its own
// answer comes.
func isAstray(a transfer.Answer, asked string) bool {
	if strings.Contains(asked, refusedReplace) {
		return a.Replace == transfer.ReplaceAsk && a.Rule != "" && a.Rule != transfer.Skip
	}
	return a.Replace != transfer.ReplaceAsk
}

// answerExists is Answer to the question what to do with what stands there.
func (q *Queue) answerExists(ctx context.Context, id, job ID, a transfer.Answer) error {
	switch a.Rule {
	case "":
		a.Rule = transfer.Skip
	case transfer.Ask:
		return &vfs.Error{Op: "answer", Kind: vfs.KindUnsupported, Reply: "to ask is no answer"}
	}
	const goOn = `UPDATE rows SET state = 'waiting', exists_ = ?, question = '' WHERE state = 'asking' AND `
	if _, err := q.s.exec(ctx, goOn+`id = ?`, string(a.Rule), int64(id)); err != nil || !a.ForAll {
		return err
	}
	_, err := q.s.exec(ctx, `INSERT INTO jobs (id, exists_) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET exists_ = excluded.exists_`,
		int64(job), string(a.Rule))
	if err != nil {
		return err
	}
	_, err = q.s.exec(ctx, goOn+`job = ? AND instr(question, ?) = 0`, string(a.Rule), int64(job), refusedReplace)
	return err
}

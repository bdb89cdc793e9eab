package queue

import (
	"context"

	"wherry/sync/site"
	"wherry/sync/transfer"
)

// refusedReplace stands in the text of a question with NoReplace (openQuestion).
const refusedReplace = `"NoReplace":true`

// replaceWay is how files are replaced on a site that refuses to rename onto
// them. What was answered counts at once, also where nobody keeps it.
func (q *Queue) replaceWay(id site.ID) transfer.ReplaceWay {
	if id == site.Local {
		return transfer.ReplaceAsk
	}
	if q.c.Replace != nil {
		if way := q.c.Replace(id); way != transfer.ReplaceAsk {
			return way
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.replaced[id]
}

// answerReplace is Answer to the question how a file is replaced where the
// server refuses to rename onto it. The rule has let it pass already.
func (q *Queue) answerReplace(ctx context.Context, id ID, dst site.ID, a transfer.Answer) error {
	const asking = ` WHERE state = 'asking' AND instr(question, ?) > 0 AND `
	if a.Replace != transfer.ReplaceAsk {
		_, err := q.s.exec(ctx, `UPDATE rows SET state = 'waiting', question = ''`+asking+`dst_site = ?`, refusedReplace, string(dst))
		return err
	}
	const skip = `UPDATE rows SET state = 'waiting', exists_ = 'skip', question = '', made_size = ?, made_time = ?` + asking
	size, when := doubtful() // what stands there is as long, maybe, and is not what was sent (stoodAlready)
	if !a.ForAll {
		_, err := q.s.exec(ctx, skip+`id = ?`, size, when, refusedReplace, int64(id))
		return err
	}
	if _, err := q.s.exec(ctx, `INSERT OR REPLACE INTO settings (key, value) VALUES (?, '1')`, skipsAll+string(dst)); err != nil {
		return err
	}
	_, err := q.s.exec(ctx, skip+`dst_site = ?`, size, when, refusedReplace, string(dst))
	return err
}

// skipsAll begins the setting that a person skips all files that a site refuses to
// replace.
const skipsAll = "skips all of "

// forgetSkips has a person asked anew about the sites for which nothing is left to do,
// within a write.
func (q *Queue) forgetSkips(ctx context.Context) error {
	_, err := q.s.exec(ctx, `DELETE FROM settings WHERE substr(key, 1, ?1) = ?2
		AND NOT EXISTS (SELECT 1 FROM rows WHERE ended = 0 AND dst_site = substr(key, ?1 + 1))`, len(skipsAll), skipsAll)
	return err
}

// answered returns the rule by which a row that would ask now goes on instead,
// because the answer came while it looked.
func (q *Queue) answered(ctx context.Context, r row, asked transfer.Question) (rule transfer.Rule, ok bool, err error) {
	if asked.NoReplace {
		if q.replaceWay(r.Target.Site) != transfer.ReplaceAsk {
			return r.Exists, true, nil
		}
		skips, err := q.setting(ctx, skipsAll+string(r.Target.Site))
		if err != nil || skips == "" {
			return "", false, err
		}
		_, err = q.s.exec(ctx, `UPDATE rows SET exists_ = 'skip' WHERE id = ?`, int64(r.ID))
		return transfer.Skip, true, err
	}
	rule, err = q.jobRule(ctx, r.job)
	return rule, rule != transfer.Ask && r.Exists == transfer.Ask, err
}

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
func (q *Queue) answerReplace(ctx context.Context, id, job ID, dst site.ID, a transfer.Answer) error {
	const asking = ` WHERE state = 'asking' AND instr(question, ?) > 0 AND `
	if a.Replace != transfer.ReplaceAsk {
		q.mu.Lock()
		q.replaced[dst] = a.Replace
		q.mu.Unlock()
		_, err := q.s.exec(ctx, `UPDATE rows SET state = 'waiting', question = ''`+asking+`dst_site = ?`, refusedReplace, string(dst))
		return err
	}
	which, arg := `id = ?`, id
	if a.ForAll {
		which, arg = `job = ?`, job
	}
	_, err := q.s.exec(ctx, `UPDATE rows SET state = 'waiting', exists_ = 'skip', question = ''`+asking+which, refusedReplace, int64(arg))
	return err
}

// answered returns the rule by which a row that would ask now goes on instead,
// because the answer came while it looked.
func (q *Queue) answered(ctx context.Context, r row, asked transfer.Question) (rule transfer.Rule, ok bool, err error) {
	if asked.NoReplace {
		return r.Exists, q.replaceWay(r.Target.Site) != transfer.ReplaceAsk, nil
	}
	rule, err = q.jobRule(ctx, r.job)
	return rule, rule != transfer.Ask && r.Exists == transfer.Ask, err
}

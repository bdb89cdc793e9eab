package queue

import (
	"context"
	"encoding/json"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// The methods below take IDs of files and of folders; a folder stands for all
// that is below it, too. IDs of no row are left out without a word: another
// process may have removed them. Each is durable when it returns, and works
// whichever process runs the queue.

// Pause stops rows until Resume or Retry. What is being transferred stops
// within a second and keeps its part. Rows that are paused for a password which
// nobody knew do not go on by themselves any more.
func (q *Queue) Pause(ctx context.Context, ids ...ID) error {
	const which = `(state IN ('waiting', 'scanning', 'active', 'asking') OR state = 'paused' AND ` + lacking + `)`
	return q.change(ctx, ids, which, func() error {
		return q.alter(ctx, ofState, `UPDATE OR FAIL rows SET state = 'paused', next_try = 0, kind = '', message = '', about = x'', question = ''`+ofPicked)
	})
}

// Resume lets paused rows go on, whoever paused them, but those with a time to
// begin not before it. A site of theirs that could not be reached is tried at
// once.
func (q *Queue) Resume(ctx context.Context, ids ...ID) error {
	return q.changeAndTry(ctx, ids, `state = 'paused'`, func() error {
		return q.alter(ctx, ofState, goOn+`next_try = not_before`+ofPicked)
	})
}

// goOn sends the picked rows on. A folder whose content is known has nothing
// to wait for.
const goOn = `UPDATE OR FAIL rows SET state = CASE scanned WHEN 0 THEN 'waiting' ELSE 'active' END,
	attempts = 0, kind = '', message = '', `

const ofPicked = ` WHERE id IN (SELECT id FROM temp.picked)`

// Retry tries again what failed or is paused: at or below ids, and also
// skipped rows when they are named themselves. Rows that wait for another
// attempt, for their time to begin, or for a site that could not be reached, are
// tried at once. Where one of ids was refused as a whole site or place is refused
// (login, certificate, no space, no answer), the others that were paused for that
// same reason go on with it. A name that cannot be used stays failed.
func (q *Queue) Retry(ctx context.Context, ids ...ID) error {
	// The folders above are reopened by bump; a folder that failed through its
	// content is not read again.
	where := `NOT (type = 'other' AND parent > 0) AND NOT (scanned = 1 AND state <> 'paused')
		AND (state IN ('failed', 'paused') OR state = 'waiting' AND next_try > 0 OR state = 'skipped' AND ` + isNamed("id") + `)`
	return q.changeAndTry(ctx, ids, where, func() error {
		if err := q.pickSameReason(ctx); err != nil {
			return err
		}
		d, err := q.tallies(ctx, -1)
		if err != nil {
			return err
		}
		if err := q.alter(ctx, ofEnds, goOn+`ended = 0, next_try = 0, not_before = 0`+ofPicked); err != nil {
			return err
		}
		return q.bumpAll(ctx, d)
	})
}

// pickSameReason adds the rows paused by stopOthers for the reason of a
// picked one.
func (q *Queue) pickSameReason(ctx context.Context) error {
	rows, err := q.s.query(ctx, `SELECT DISTINCT kind, src_site, dst_site FROM rows
		WHERE id IN (SELECT id FROM temp.picked) AND kind IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		vfs.KindLogin.String(), vfs.KindProxyLogin.String(), vfs.KindCert.String(), vfs.KindTLS.String(), vfs.KindNoSpace.String(),
		vfs.KindRefused.String(), vfs.KindHost.String(), vfs.KindTimeout.String(), vfs.KindBusy.String(), vfs.KindLost.String())
	if err != nil {
		return err
	}
	type reason struct {
		kind     string
		src, dst site.ID
	}
	var reasons []reason
	for rows.Next() {
		var r reason
		if err := rows.Scan(&r.kind, &r.src, &r.dst); err != nil {
			_ = rows.Close() // the first error counts
			return q.s.wrap(journalOp, err)
		}
		reasons = append(reasons, r)
	}
	if err := q.s.done(rows); err != nil {
		return err
	}
	for _, r := range reasons {
		match := `(src_site <> '' AND src_site IN (?, ?) OR dst_site <> '' AND dst_site IN (?, ?))`
		args := []any{r.kind, string(r.src), string(r.dst), string(r.src), string(r.dst)}
		if stopsPlace(vfs.ParseKind(r.kind)) {
			match, args = `dst_site = ?`, []any{r.kind, string(r.dst)}
		}
		_, err := q.s.exec(ctx, `INSERT OR IGNORE INTO temp.picked
			SELECT id FROM rows WHERE state = 'paused' AND kind = ? AND `+match, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Cancel takes rows off the queue, whatever they are at, and deletes what
// they left unfinished at their targets; the latter is done by Run, as soon
// as the site can be reached.
func (q *Queue) Cancel(ctx context.Context, ids ...ID) error {
	return q.change(ctx, ids, `state <> 'removing'`, func() error { return q.drop(ctx) })
}

// Clear takes all rows in the given states off the queue, as Cancel does. A
// folder goes when it is in one of them and nothing is left below it.
func (q *Queue) Clear(ctx context.Context, states ...State) error {
	words, err := json.Marshal(states)
	if err != nil {
		return err
	}
	return q.pick(ctx, func() error {
		_, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT id FROM rows
			WHERE state IN (SELECT value FROM json_each(?)) AND state <> 'removing' AND scanned = 0`, string(words))
		if err != nil {
			return err
		}
		if err := q.drop(ctx); err != nil {
			return err
		}
		for {
			if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
				return err
			}
			n, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT id FROM rows
				WHERE state IN (SELECT value FROM json_each(?)) AND scanned = 1 AND total = 0`, string(words))
			if err != nil || n == 0 {
				return err
			}
			if err := q.drop(ctx); err != nil {
				return err
			}
		}
	})
}

// Hold stops all work until it is taken back: what is being transferred goes
// back to Waiting and keeps its part. It outlives the process.
func (q *Queue) Hold(ctx context.Context, held bool) error {
	value := map[bool]string{true: "1", false: "0"}[held]
	return q.pick(ctx, func() error {
		_, err := q.s.exec(ctx, `INSERT INTO settings (key, value) VALUES ('held', ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, value)
		return err
	})
}

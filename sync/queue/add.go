package queue

import (
	"context"
	"database/sql"
	"errors"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// chunk is how many rows one transaction takes: some 20 ms, for which others
// wait.
const chunk = 1000

// Add puts requests into the journal and returns their IDs in order; what it
// returned survives a power cut. A request whose source and target are those
// of a row that has not ended yet gets that row's ID and is not doubled; rows of
// them that failed are taken off, the new one stands for them. The
// requests of one call are one job: an answer "for all" counts for them.
//
// A copy of a file onto itself or of a folder into itself is KindBadName, and
// then nothing is added. After another error the first rows may be in the
// journal; adding all of them again doubles none.
func (q *Queue) Add(ctx context.Context, requests ...Request) ([]ID, error) {
	for _, r := range requests {
		if err := r.validate(); err != nil {
			return nil, err
		}
	}
	ids := make([]ID, 0, len(requests))
	var job row
	var failed map[int64][]ID
	for from := 0; from < len(requests); from += chunk {
		to := min(from+chunk, len(requests))
		// The last chunk's sync covers those before it.
		d := durability(to == len(requests))
		added := ids
		err := q.write(ctx, d, func() (err error) {
			added = ids
			if from == 0 {
				if err := q.forgetSkips(ctx); err != nil {
					return err
				}
				if failed, err = q.failedBefore(ctx); err != nil {
					return err
				}
			}
			if err := q.takePlace(ctx, failed, requests[from:to]); err != nil {
				return err
			}
			for _, r := range requests[from:to] {
				id, err := q.addOne(ctx, r, &job)
				if err != nil {
					return err
				}
				added = append(added, id)
			}
			return nil
		})
		if err != nil {
			return ids, err
		}
		ids = added
	}
	return ids, nil
}

func (r Request) validate() error {
	bad := func(why string) error {
		return &vfs.Error{Op: "queue", Path: r.Source.Path.String(), Kind: vfs.KindBadName, Reply: why}
	}
	same := r.Source.Site == r.Target.Site
	switch {
	case same && r.Source.Path == r.Target.Path:
		return onItself(r.Source.Path)
	case same && r.Type != vfs.TypeFile && r.Source.Path.Holds(r.Target.Path):
		return bad("a folder cannot be copied into itself")
	case r.Segments < 0 || r.Segments > transfer.MaxSegments:
		return bad("a file is read over 1 to 8 connections")
	case r.Arrive != ArriveAs && r.Target.Site == site.Local:
		return bad("only a target on a site is looked at later")
	case r.Target.Path.IsRoot() && r.Type != vfs.TypeDir:
		return bad("the target has no name")
	}
	return nil
}

// onItself refuses a copy onto the source, which may not even be left as it was
// (transfer.ReplaceDirect).
func onItself(p vfs.Path) error {
	return &vfs.Error{Op: "queue", Path: p.String(), Kind: vfs.KindBadName, Reply: "source and target are the same"}
}

// addOne inserts one row, or finds the one that is there. job is the zero row
// until the first row of the call gave it its number and rank.
func (q *Queue) addOne(ctx context.Context, r Request, job *row) (ID, error) {
	id, err := q.before(ctx, r)
	if id != 0 || err != nil {
		return id, err
	}
	if job.job == 0 {
		if _, job.rank, err = q.ends(ctx, Normal); err != nil {
			return 0, err
		}
		job.rank += rankStep
	}
	if id, err = q.insert(ctx, row{Item: Item{
		Source: r.Source, Target: r.Target, Type: r.Type, State: Waiting, Exists: ruleOrAsk(r.Exists), Size: r.Size,
		KeepMode: r.KeepMode, NotBefore: r.NotBefore, Segments: r.Segments,
	}, job: job.job, rank: job.rank, depth: 1, name: r.Source.Path.Base(), arrive: r.Arrive}, pairOf(r.Source, r.Target)); err != nil || job.job != 0 {
		return id, err
	}
	job.job = id
	_, err = q.s.exec(ctx, `UPDATE rows SET job = id WHERE id = ?`, id)
	return id, err
}

func ruleOrAsk(r transfer.Rule) transfer.Rule {
	if r == "" {
		return transfer.Ask
	}
	return r
}

// before finds the row of a request that is there already and has not ended; 0
// for none. Where the request's target is to be looked at, that of the row may have
// been.
func (q *Queue) before(ctx context.Context, r Request) (ID, error) {
	for _, target := range r.targets() {
		if id, err := q.unfinished(ctx, r.Source, target); id != 0 || err != nil {
			return id, err
		}
	}
	return 0, nil
}

// unfinished finds a row of this source and target that has not ended; 0 for
// none.
func (q *Queue) unfinished(ctx context.Context, src, dst Place) (ID, error) {
	var id ID
	err := q.s.row(ctx, `SELECT id FROM rows WHERE pair = ? AND ended = 0 AND state <> 'removing'
		AND src_site = ? AND src_path = ? AND dst_site = ? AND dst_path = ? LIMIT 1`,
		pairOf(src, dst), string(src.Site), blob(src.Path), string(dst.Site), blob(dst.Path)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, q.s.wrap(journalOp, err)
}

// insert writes a new row and returns its ID; 0 where its folder already has
// a row of that name.
func (q *Queue) insert(ctx context.Context, r row, pair int64) (ID, error) {
	now := nanos(q.clock.Now())
	var ended int64
	if isEnd(r.State) {
		ended = now
	}
	size := r.Size
	if r.Type != vfs.TypeFile {
		size = vfs.SizeUnknown
	}
	kind := ""
	if r.Message != "" {
		kind = r.Kind.String()
	}
	var id ID
	err := q.s.row(ctx, `INSERT INTO rows
		(job, parent, depth, name, src_site, src_path, dst_site, dst_path, pair, type, state, exists_, size, kind, message, about, added, ended, prio, rank,
			keep_mode, not_before, next_try, seen, segments, arrive, attempts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING id`,
		r.job, r.Parent, r.depth, []byte(r.name), string(r.Source.Site), blob(r.Source.Path),
		string(r.Target.Site), blob(r.Target.Path), pair, typeWord(r.Type), string(r.State), string(r.Exists),
		size, kind, r.Message, []byte(r.About), now, ended, int(r.Priority), r.rank,
		r.KeepMode, nanos(r.NotBefore), nanos(r.NotBefore), r.seen, r.Segments, int(r.arrive), r.Attempts).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, q.s.wrap(journalOp, err)
}

// blob is a path as the journal keeps it: its bytes, whatever they are.
func blob(p vfs.Path) []byte { return []byte(p.String()) }

func isEnd(s State) bool { return s == Done || s == Failed || s == Skipped }

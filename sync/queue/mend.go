package queue

import (
	"context"

	"wherry/sync/vfs"
)

// mend makes the rows that were read fit together: lost folders are made up from
// what was in them, and folders count what is there.
func (s *salvager) mend(ctx context.Context) error {
	if err := s.restoreFolders(ctx); err != nil {
		return err
	}
	_, err := s.fresh.exec(ctx, `UPDATE rows SET parent = 0 WHERE parent > 0 AND parent NOT IN (SELECT id FROM rows WHERE type = 'dir' AND state <> 'removing')`)
	if err != nil {
		return err
	}
	var deepest int
	if err := s.fresh.row(ctx, `SELECT coalesce(max(depth), 0) FROM rows WHERE type = 'dir'`).Scan(&deepest); err != nil {
		return s.fresh.wrap(journalOp, err)
	}
	for depth := deepest; depth > 0; depth-- {
		for _, step := range []string{
			`UPDATE rows SET (total, below, failed, skipped) = (SELECT coalesce(sum(1 + total), 0), coalesce(sum((ended > 0) + below), 0),
				coalesce(sum((state = 'failed' AND scanned = 0) + failed), 0), coalesce(sum((state = 'skipped') + skipped), 0)
				FROM rows c WHERE c.parent = rows.id AND c.parent > 0) WHERE type = 'dir' AND depth = ?`,
			`UPDATE rows SET state = 'waiting', scanned = 0, ended = 0 WHERE type = 'dir' AND depth = ? AND scanned = 1 AND total <> below`,
		} {
			if _, err := s.fresh.exec(ctx, step, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// restoreFolders makes the rows of folders that are lost from those of a row in
// them, the topmost first. They are read again.
func (s *salvager) restoreFolders(ctx context.Context) error {
	rows, err := s.fresh.query(ctx, `SELECT `+columns+` FROM rows WHERE id IN (SELECT min(id) FROM rows
		WHERE parent > 0 AND type <> 'other' AND parent NOT IN (SELECT id FROM rows) GROUP BY parent) ORDER BY depth`)
	if err != nil {
		return err
	}
	inside, err := collect(rows)
	if err != nil {
		return s.fresh.wrap(journalOp, err)
	}
	for _, r := range inside {
		if err := s.restoreFolder(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *salvager) restoreFolder(ctx context.Context, inside row) error {
	r := row{Item: Item{
		ID: inside.Parent, Type: vfs.TypeDir, State: Waiting, Exists: inside.Exists, Priority: inside.Priority, KeepMode: inside.KeepMode, Segments: inside.Segments, Added: inside.Added,
		Source: Place{Site: inside.Source.Site, Path: inside.Source.Path.Dir()}, Target: Place{Site: inside.Target.Site, Path: inside.Target.Path.Dir()},
	}, job: inside.job, rank: inside.rank, depth: max(inside.depth-1, 1), name: inside.Source.Path.Dir().Base()}
	if r.depth > 1 {
		err := s.fresh.row(ctx, `SELECT id FROM rows WHERE type = 'dir' AND job = ? AND depth = ? AND src_path = ? AND dst_path = ?`,
			int64(r.job), r.depth-1, blob(r.Source.Path.Dir()), blob(r.Target.Path.Dir())).Scan(&r.Parent)
		if err != nil && !isNoRow(err) {
			return s.fresh.wrap(journalOp, err)
		}
	}
	_, err := s.insert(ctx, r)
	return err
}

package queue

import (
	"context"

	"wherry/sync/transfer"
)

// That a file was taken, and what its part is made from, is not synced by
// itself: one sync a file would be what small files wait for. So a power cut
// can take it back although a part, or even the whole file, stands at the
// target. After a crash the rows that may have been begun are therefore in
// doubt: those that come first in the line, by either order it can have, and of
// those with a time to wait for the ones whose time comes first, because that it
// had come is not synced either. What was taken since the last synced write is no
// more than doubted; and every change of the order is synced.

// doubted is how many rows of each pair of sites are in doubt after a crash: what
// ended and is in the settler's hands, what ended meanwhile, and what moves.
const doubted = 2*maxNotes + MaxWorkers

// inDoubt is the size of a row's Made that tells that it may have been begun,
// from nobody knows what. No source has it, so that no part is gone on with.
const inDoubt = -2

// doubtful is that as made_size and made_time.
func doubtful() (size int64, when string) {
	return identityColumns(transfer.Identity{Size: inDoubt})
}

// doubt marks what may have been begun before a crash.
func (s *store) doubt(ctx context.Context) error {
	size, when := doubtful()
	return s.write(ctx, durable, func() error {
		_, err := s.exec(ctx, `UPDATE rows SET made_size = ?, made_time = ? WHERE made_size IS NULL AND id IN (
			SELECT id FROM (SELECT id,
				row_number() OVER (PARTITION BY src_site, dst_site, next_try > 0 ORDER BY next_try, prio, rank, id) AS place,
				row_number() OVER (PARTITION BY src_site, dst_site, next_try > 0 ORDER BY next_try, prio, rank, size, id) AS small
				FROM rows WHERE state IN ('waiting', 'active') AND type = 'file')
			WHERE place <= ? OR small <= ?)`, size, when, doubted, doubted)
		return err
	})
}

package queue

import (
	"cmp"
	"context"
)

// line is what one kind of worker takes its rows from: the first row, and the
// first one of the next pair of sites; "" where the sites are all one to it.
type line struct{ first, next string }

const (
	takeFile  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_files WHERE state = 'waiting' AND next_try = 0 AND type = 'file'`
	takeScan  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_scans WHERE state = 'waiting' AND next_try = 0 AND type <> 'file'`
	takeSweep = `SELECT ` + columns + ` FROM rows INDEXED BY rows_state WHERE state = 'removing' AND next_try = 0`

	ofNextPair = ` AND (src_site, dst_site) > (?, ?)`
	bySites    = ` ORDER BY src_site, dst_site, prio, rank, id LIMIT 1`
)

// The three lines.
var (
	files  = line{takeFile + bySites, takeFile + ofNextPair + bySites}
	scans  = line{takeScan + bySites, takeScan + ofNextPair + bySites}
	sweeps = line{first: takeSweep + ` ORDER BY prio, rank, id LIMIT 1`}
)

// first returns the row of the line that is to be taken next, nil for none. It
// looks at one row for each pair of sites: what waits behind it costs nothing.
func (q *Queue) first(ctx context.Context, from line) (*row, error) {
	var best *row
	found, err := q.list(ctx, from.first)
	for err == nil && len(found) > 0 {
		r := found[0]
		if best == nil || r.compare(*best) < 0 {
			best = &r
		}
		if from.next == "" {
			break
		}
		found, err = q.list(ctx, from.next, string(r.Source.Site), string(r.Target.Site))
	}
	return best, err
}

// compare tells which of two rows is taken first.
func (r row) compare(o row) int {
	return cmp.Or(cmp.Compare(r.Priority, o.Priority), cmp.Compare(r.rank, o.rank), cmp.Compare(r.ID, o.ID))
}

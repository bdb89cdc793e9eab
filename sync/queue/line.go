package queue

import (
	"cmp"
	"context"
	"slices"

	"wherry/sync/site"
)

// line is what one kind of worker takes its rows from: the first row, the first
// one of the next target's site, the first one of the next source's site, and the
// first ones of a pair; "" where the sites are all one to it.
//
// The next one is asked for in two steps, because of (src_site, dst_site) > (?, ?)
// SQLite reads all rows of the pair.
type line struct {
	first, beside, next, pair string
	// bell is rung when there may be a row to take.
	bell func(*bells) chan struct{}
	// moves tells that a row of it takes one of its sites' transfers.
	moves bool
}

const (
	isFile    = ` WHERE state = 'waiting' AND next_try = 0 AND type = 'file'`
	takeFile  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_files` + isFile
	takeSmall = `SELECT ` + columns + ` FROM rows INDEXED BY rows_small` + isFile
	takeScan  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_scans WHERE state = 'waiting' AND next_try = 0 AND type <> 'file'`
	takeSweep = `SELECT ` + columns + ` FROM rows INDEXED BY rows_state WHERE state = 'removing' AND next_try = 0`

	besidePair = ` AND src_site = ? AND dst_site > ?`
	behindPair = ` AND src_site > ?`
	bySites    = ` ORDER BY src_site, dst_site, prio, rank, id LIMIT 1`
	bySize     = ` ORDER BY src_site, dst_site, prio, rank, size, id LIMIT 1`
	ofPair     = ` AND src_site = ? AND dst_site = ?`
)

// The lines. smallFiles is files in the order of Tuning.SmallFirst.
var (
	files = line{
		first: takeFile + bySites, beside: takeFile + besidePair + bySites, next: takeFile + behindPair + bySites, moves: true, bell: atTurn,
		pair: takeFile + ofPair + ` ORDER BY prio, rank, id LIMIT ?`,
	}
	smallFiles = line{
		first: takeSmall + bySize, beside: takeSmall + besidePair + bySize, next: takeSmall + behindPair + bySize, moves: true, bell: atTurn,
		pair: takeSmall + ofPair + ` ORDER BY prio, rank, size, id LIMIT ?`,
	}
	scans = line{
		first: takeScan + bySites, beside: takeScan + besidePair + bySites, next: takeScan + behindPair + bySites, bell: whenLoud,
	}
	sweeps = line{first: takeSweep + ` ORDER BY prio, rank, id LIMIT 1`, bell: whenLoud}
)

// first returns the row of the line that is to be taken next, nil for none. It
// looks at some rows of each pair of sites: what waits behind them costs nothing,
// and the rows of one site are not stuck behind those of another that can take
// no more.
func (q *Queue) first(ctx context.Context, from line) (*row, error) {
	switch {
	case from.moves:
		return q.takeFromHand(ctx)
	case from.next == "":
		found, err := q.list(ctx, from.first)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return &found[0], nil
	}
	waits, err := q.waits(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := q.heads(ctx, from, 1)
	if err != nil {
		return nil, err
	}
	shut := q.shut(waits)
	for i := range rows {
		if q.isFree(&rows[i], nil, shut, waits) {
			return &rows[i], nil
		}
	}
	return nil, nil
}

// isFree says whether a row's sites let it begin, and notes in it whether it is
// to see if one of them is back.
func (q *Queue) isFree(r *row, full, shut map[site.ID]bool, waits map[site.ID]SiteWait) bool {
	free := true
	for _, id := range r.sites() {
		_, waited := waits[id]
		r.probes = r.probes || waited
		free = free && !full[id] && !shut[id]
	}
	return free
}

// heads returns up to n first rows of each pair of sites, in the order in which
// they are taken.
func (q *Queue) heads(ctx context.Context, from line, n int) ([]row, error) {
	var out []row
	found, err := q.list(ctx, from.first)
	for err == nil && len(found) > 0 {
		src, dst := string(found[0].Source.Site), string(found[0].Target.Site)
		if n > 1 {
			if found, err = q.list(ctx, from.pair, src, dst, n); err != nil {
				break
			}
		}
		out = append(out, found...)
		if found, err = q.list(ctx, from.beside, src, dst); err == nil && len(found) == 0 {
			found, err = q.list(ctx, from.next, src)
		}
	}
	small := from.first == smallFiles.first
	slices.SortStableFunc(out, func(a, b row) int { return a.compare(b, small) })
	return out, err
}

// sizeOrder makes or drops the index by which small files are taken first, and
// which would cost for each row where nobody wants it.
func (q *Queue) sizeOrder(ctx context.Context, wanted bool) error {
	if wanted == q.sized {
		return nil
	}
	change := dropSizes
	if wanted {
		change = `CREATE INDEX IF NOT EXISTS rows_small ON rows (src_site, dst_site, prio, rank, size, id)` + isFile
	}
	err := q.writeQuietly(ctx, cheap, func() error {
		_, err := q.s.exec(ctx, change)
		return err
	})
	if err == nil {
		q.sized = wanted
	}
	return err
}

const dropSizes = `DROP INDEX IF EXISTS rows_small`

// full are the sites that have as many transfers as they may.
func (q *Queue) full() map[site.ID]bool {
	if q.c.PerSite == nil {
		return nil
	}
	moving := map[site.ID]int{}
	q.mu.Lock()
	for _, w := range q.running {
		if w.row.State != Active || w.ended {
			continue
		}
		ids := w.row.sites()
		for i, id := range ids {
			if i == 0 || id != ids[0] {
				moving[id]++
			}
		}
	}
	q.mu.Unlock()
	full := map[site.ID]bool{}
	for id, n := range moving {
		most := q.c.PerSite(id)
		full[id] = most > 0 && n >= most
	}
	return full
}

// compare tells which of two rows is taken first; small tells that the smaller
// one is, of those of one place.
func (r row) compare(o row, small bool) int {
	size := 0
	if small {
		size = cmp.Compare(r.Size, o.Size)
	}
	return cmp.Or(cmp.Compare(r.Priority, o.Priority), cmp.Compare(r.rank, o.rank), size, cmp.Compare(r.ID, o.ID))
}

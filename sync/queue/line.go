package queue

import (
	"cmp"
	"context"

	"wherry/sync/site"
)

// line is what one kind of worker takes its rows from: the first row, and the
// first one of the next pair of sites; "" where the sites are all one to it.
type line struct {
	first, next string
	// moves tells that a row of it takes one of its sites' transfers.
	moves bool
}

const (
	takeFile  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_files WHERE state = 'waiting' AND next_try = 0 AND type = 'file'`
	takeScan  = `SELECT ` + columns + ` FROM rows INDEXED BY rows_scans WHERE state = 'waiting' AND next_try = 0 AND type <> 'file'`
	takeSweep = `SELECT ` + columns + ` FROM rows INDEXED BY rows_state WHERE state = 'removing' AND next_try = 0`

	ofNextPair = ` AND (src_site, dst_site) > (?, ?)`
	bySites    = ` ORDER BY src_site, dst_site, prio, rank, id LIMIT 1`
)

// The three lines.
var (
	files  = line{first: takeFile + bySites, next: takeFile + ofNextPair + bySites, moves: true}
	scans  = line{first: takeScan + bySites, next: takeScan + ofNextPair + bySites}
	sweeps = line{first: takeSweep + ` ORDER BY prio, rank, id LIMIT 1`}
)

// first returns the row of the line that is to be taken next, nil for none. It
// looks at one row for each pair of sites: what waits behind it costs nothing,
// and the rows of one site are not stuck behind those of another that can take
// no more.
func (q *Queue) first(ctx context.Context, from line) (*row, error) {
	var best *row
	var full, shut map[site.ID]bool
	var waits map[site.ID]SiteWait
	if from.moves {
		full = q.full()
	}
	if from.next != "" {
		var err error
		if waits, err = q.waits(ctx); err != nil {
			return nil, err
		}
		shut = q.shut(waits)
	}
	found, err := q.list(ctx, from.first)
	for err == nil && len(found) > 0 {
		r := found[0]
		free := true
		for _, id := range r.sites() {
			_, waited := waits[id]
			r.probes = r.probes || waited
			free = free && !full[id] && !shut[id]
		}
		if free && (best == nil || r.compare(*best) < 0) {
			best = &r
		}
		if from.next == "" {
			break
		}
		found, err = q.list(ctx, from.next, string(r.Source.Site), string(r.Target.Site))
	}
	return best, err
}

// full are the sites that have as many transfers as they may.
func (q *Queue) full() map[site.ID]bool {
	if q.c.PerSite == nil {
		return nil
	}
	moving := map[site.ID]int{}
	q.mu.Lock()
	for _, w := range q.running {
		if w.row.State != Active {
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

// compare tells which of two rows is taken first.
func (r row) compare(o row) int {
	return cmp.Or(cmp.Compare(r.Priority, o.Priority), cmp.Compare(r.rank, o.rank), cmp.Compare(r.ID, o.ID))
}

package queue

import (
	"context"
	"errors"
	"strings"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// beside is what is known of the names of a folder besides its listing.
type beside struct {
	twins map[string]string // see twins
	there *there
	alone bool // see alone
	// source and target are asked for what their listings do not tell; nil: they
	// are not.
	source, target *dater
}

// there is what stands in a target's folder, and what will; nil for not known.
type there struct {
	names map[string]vfs.Entry // by alikeName
	found map[string]int       // how many of the source's names are alike
	again map[string]bool      // the names alike that stand there more than once
}

// fewFiles are looked at one by one: for them a listing of the target's folder,
// which may be long, does not pay.
const fewFiles = 2

// standing lists a target's folder, so that the transfers into it need not look.
// Nothing is in a folder that was just made. One that may not be listed is not
// known, and no error.
func standing(ctx context.Context, f vfs.FS, folder vfs.Path, entries []vfs.Entry, made bool) (*there, error) {
	t := &there{names: map[string]vfs.Entry{}, found: make(map[string]int, len(entries))}
	files := 0
	for _, e := range entries {
		t.found[alikeName(e.Name)]++
		if e.Type == vfs.TypeFile {
			files++
		}
	}
	switch {
	case made:
		return t, nil
	case files <= fewFiles:
		return nil, nil
	}
	stand, err := f.List(ctx, folder)
	if triedAgain(err) {
		return nil, err
	} else if err != nil {
		return nil, nil
	}
	for _, e := range stand {
		name := alikeName(e.Name)
		if _, twice := t.names[name]; twice {
			if t.again == nil {
				t.again = map[string]bool{}
			}
			t.again[name] = true
		}
		t.names[name] = e
	}
	return t, nil
}

// under returns what stands under the name of a file, nil for nothing; ok is false
// where that is not clear. Names that some file system takes for one are for the
// transfer to look at.
func (t *there) under(e vfs.Entry) (stands *vfs.Entry, ok bool) {
	if t == nil || e.Type != vfs.TypeFile {
		return nil, false
	}
	name := alikeName(e.Name)
	now, taken := t.names[name]
	switch {
	case t.found[name] > 1, t.again[name], taken && now.Name != e.Name:
		return nil, false
	case !taken:
		return nil, true
	}
	return &now, true
}

// sighted puts into the new row of an entry what both listings say: that it ends at
// once, because its rule leaves what stands there, or what spares its transfer the
// looks. Times that a listing tells roughly have been asked for by then (see date).
//
// A row ends so by listings of this very scan alone, each the whole folder's word
// for what stands there now, as a worker's look would be a moment later; what was
// begun before has its row already, and keeps it. Rows that are worked on later are
// looked at (transfer.Known). A part beside the target tells of work that nobody here
// knows of, and is left to a worker, too.
func (b beside) sighted(child *row, e vfs.Entry) {
	stands, ok := b.there.under(e)
	if !ok {
		return
	}
	if b.alone && child.State == Waiting {
		reason, left := transfer.Known{Source: e, Target: stands}.Leaves(child.Exists)
		if left && !b.there.isBegun(child.Target.Path) {
			child.State, child.Message, child.Attempts = Skipped, reason, 1
			return
		}
	}
	child.seen = seenText(e, stands)
}

// isBegun tells whether the part of p stands beside it.
func (t *there) isBegun(p vfs.Path) bool {
	part, err := transfer.PartName(p)
	if err != nil {
		return true // a worker will say why
	}
	_, stands := t.names[alikeName(part.Base())]
	return stands
}

// mostBeside is how many other requests are looked through for each folder, which
// takes a millisecond. Of more nobody knows, and their targets are looked at.
const mostBeside = 1000

// alone tells whether nothing else that is left to do may change what the folder's
// row reads or writes: by what stands there now, a file is only left where no row
// before it will bring another. It is asked before the listings. Under a rule that
// leaves nothing it is false.
func (q *Queue) alone(ctx context.Context, folder row) (bool, error) {
	switch folder.Exists {
	case transfer.Skip, transfer.Newer, transfer.Different, transfer.Resume:
	default:
		return false, nil
	}
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return false, err
	}
	found, err := q.s.query(ctx, `WITH RECURSIVE up (id, parent) AS (SELECT id, parent FROM rows WHERE id = ?
			UNION ALL SELECT r.id, r.parent FROM up JOIN rows r ON r.id = up.parent)
		SELECT dst_site, dst_path FROM rows INDEXED BY rows_open WHERE ended = 0 AND parent = 0 AND id NOT IN (SELECT id FROM up) LIMIT ?`,
		int64(folder.ID), mostBeside+1)
	if err != nil {
		return false, q.judgeLocked(err)
	}
	alone, n := true, 0
	for ; alone && found.Next(); n++ {
		var other Place
		var name []byte
		if err = found.Scan(&other.Site, &name); err != nil {
			break
		}
		if other.Path, err = vfs.Parse(string(name)); err != nil {
			break
		}
		alone = !meet(other, folder.Source) && !meet(other, folder.Target)
	}
	if err = errors.Join(err, found.Err(), found.Close()); err != nil {
		return false, q.judgeLocked(q.s.wrap(journalOp, err))
	}
	return alone && n <= mostBeside, nil
}

// meet tells whether one of two places may lie in the other, or be it.
func meet(a, b Place) bool {
	if a.Site != b.Site {
		return false
	}
	one, two := strings.TrimSuffix(alike(a.Path), "/")+"/", strings.TrimSuffix(alike(b.Path), "/")+"/"
	return strings.HasPrefix(one, two) || strings.HasPrefix(two, one)
}

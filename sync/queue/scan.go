package queue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// scanners is how many folders are read at a time, so that they are made and
// listed ahead of the files that go into them.
const scanners = 3

// scanChunk is how many entries of a folder one transaction takes: some
// milliseconds, after which whoever waits for the journal has his turn.
const scanChunk = 250

// longestWay bounds giveWay: on a slow disk the files wait for it, too.
const longestWay = 50 * time.Millisecond

// scanner reads folders into rows, and finds out what the rows are whose type
// nobody told. The files found move meanwhile.
func (q *Queue) scanner(ctx context.Context) error {
	return q.each(ctx, scans, Scanning, nil, func(ctx context.Context, w *work) {
		e, finished := q.scan(ctx, w)
		if finished {
			q.forget(w)
			return
		}
		e.stopped = ctx.Err() != nil
		q.reportEnd(w, e)
	})
}

// forget ends the work on a row whose end is in the journal already. Somebody else
// may have the row in hand by then.
func (q *Queue) forget(w *work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running[w.row.ID] == w {
		delete(q.running, w.row.ID)
	}
	q.ringLocked()
}

// scan does one row. finished tells that the journal has the outcome: the
// folder's content is in it, or the row turned out to be a file.
func (q *Queue) scan(ctx context.Context, w *work) (e ending, finished bool) {
	src, dst, done, e := q.openBoth(ctx, w.row)
	if e.err != nil {
		return e, false
	}
	defer done()
	fail := func(err error) (ending, bool) {
		q.wayIsGone(w.row, err)
		return ending{err: err, culprit: q.culprit(ctx, w.row, src, dst, err)}, false
	}
	if w.row.arrive == ArriveLook {
		return q.look(ctx, w, src, dst)
	}
	if err := q.makeWay(ctx, w.row, dst); err != nil {
		return fail(err)
	}
	typ, size, err := q.resolve(ctx, src, w.row)
	switch {
	case err != nil:
		return fail(err)
	case typ == vfs.TypeFile:
		return q.kept(ctx, q.becomeFile(ctx, w, size))
	case typ == vfs.TypeLink:
		return ending{result: skip("a link to a folder is not followed")}, false
	case typ != vfs.TypeDir:
		return ending{result: skip("it is neither a file nor a folder")}, false
	case w.row.depth > vfs.MaxDepth:
		return fail(&vfs.Error{Op: "list", Path: w.row.Source.Path.String(), Kind: vfs.KindProtocol, Reply: "folders are nested too deep"})
	}
	alone, err := q.alone(ctx, w.row)
	if err != nil {
		return fail(err)
	}
	entries, err := q.content(ctx, src, w.row)
	if err != nil {
		return fail(err)
	}
	made, err := q.makeCopy(ctx, w.row, src, dst)
	if err != nil {
		return fail(err)
	}
	can, err := dst.Features(ctx)
	if err != nil {
		return fail(err)
	}
	there, err := standing(ctx, dst, w.row.Target.Path, entries, made)
	if err != nil {
		return fail(err)
	}
	err = q.found(ctx, w.row, entries, beside{
		twins: twins(entries, can), there: there, alone: alone,
		source: daterOf(src, w.row.Source.Path), target: daterOf(dst, w.row.Target.Path),
	})
	if err != nil && !isJournals(err) {
		return fail(err)
	}
	return q.kept(ctx, err)
}

// content lists a folder by name, which is the order its files are sent in, unless
// that would be too much. A request that is full already costs the server no listing.
func (q *Queue) content(ctx context.Context, src vfs.FS, folder row) ([]vfs.Entry, error) {
	if err := q.bounded(ctx, folder, 0); err != nil {
		return nil, err
	}
	entries, err := src.List(ctx, folder.Source.Path)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(entries, func(a, b vfs.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return entries, q.bounded(ctx, folder, len(entries))
}

// isHalf tells the part of a file that some Wherry has not finished: by its name
// alone it would arrive as a whole file. It is left out of its folder, which is told;
// one that a person names is copied.
func isHalf(e vfs.Entry) bool {
	return e.Type == vfs.TypeFile && transfer.IsPart(e.Name)
}

// bounded fails where so many entries more would be too many for the request
// that the folder belongs to. With vfs.MaxDepth it is what ends a server that
// shows folders without end.
func (q *Queue) bounded(ctx context.Context, folder row, more int) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return err
	}
	var total int64
	err := q.s.row(ctx, `WITH RECURSIVE up (id, parent, total) AS (
			SELECT id, parent, total FROM rows WHERE id = ?
			UNION ALL SELECT r.id, r.parent, r.total FROM up JOIN rows r ON r.id = up.parent)
		SELECT coalesce(max(total), 0) FROM up`, int64(folder.ID)).Scan(&total)
	switch {
	case err != nil:
		return q.judgeLocked(q.s.wrap(journalOp, err))
	case total+int64(more) <= q.most && total < q.most:
		return nil
	}
	return &vfs.Error{
		Op: "list", Path: folder.Source.Path.String(), Kind: vfs.KindProtocol,
		Reply: fmt.Sprintf("there are more than %d files and folders", q.most),
	}
}

// kept gives the outcome of writing into the journal the shape of scan's.
func (q *Queue) kept(ctx context.Context, err error) (ending, bool) {
	q.abandon(ctx, err)
	return ending{err: err}, err == nil
}

func skip(reason string) transfer.Result {
	return transfer.Result{Outcome: transfer.Skipped, Reason: reason}
}

// resolve says what a row is: TypeFile and TypeDir, TypeLink for a link to a
// folder, TypeOther for what is never copied.
func (q *Queue) resolve(ctx context.Context, src vfs.FS, r row) (vfs.Type, int64, error) {
	if r.Type == vfs.TypeDir || r.Type == vfs.TypeFile {
		return r.Type, r.Size, nil
	}
	e, err := src.Stat(ctx, r.Source.Path)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case e.Type == vfs.TypeFile, e.Type == vfs.TypeDir, e.Type == vfs.TypeOther:
		return e.Type, e.Size, nil
	case e.Type == vfs.TypeLink && e.TargetType != vfs.TypeUnknown:
		return behind(e), vfs.SizeUnknown, nil
	}
	// Nobody tells what it is or leads to. What can be listed is a folder;
	// all else is tried as a file, and fails as one with the reason.
	_, err = src.List(ctx, r.Source.Path)
	switch kind := vfs.KindOf(err); {
	case err == nil && e.Type == vfs.TypeLink:
		return vfs.TypeLink, 0, nil
	case err == nil:
		return vfs.TypeDir, 0, nil
	case kind.Temporary(), kind == vfs.KindCancelled, stopsSite(kind):
		return 0, 0, err
	}
	return vfs.TypeFile, vfs.SizeUnknown, nil
}

// behind is what a row of a link becomes by what the link leads to.
func behind(e vfs.Entry) vfs.Type {
	switch e.TargetType {
	case vfs.TypeFile:
		return vfs.TypeFile
	case vfs.TypeDir:
		return vfs.TypeLink
	case vfs.TypeOther:
		return vfs.TypeOther
	}
	return vfs.TypeUnknown
}

// becomeFile gives the row to the workers.
func (q *Queue) becomeFile(ctx context.Context, w *work, size int64) error {
	return q.writeThen(ctx, durable, func() error {
		_, err := q.s.exec(ctx, `UPDATE rows SET type = 'file', size = ?, state = 'waiting' WHERE id = ? AND state = 'scanning'`, size, int64(w.row.ID))
		return err
	}, func() error {
		q.forget(w)
		return nil
	})
}

// makeFolder makes the target's folder; one that is there is as good. made tells
// that there was none.
func makeFolder(ctx context.Context, f vfs.FS, p vfs.Path) (made bool, err error) {
	if p.IsRoot() {
		return false, nil
	}
	if err = f.Mkdir(ctx, p); err == nil {
		return true, nil
	}
	return false, stands(ctx, f, p, err)
}

// stands looks whether there is a folder where none could be made, for err.
func stands(ctx context.Context, f vfs.FS, p vfs.Path, err error) error {
	// Servers have many words for "is there already", so every refusal is
	// looked behind.
	switch kind := vfs.KindOf(err); kind {
	case vfs.KindExists, vfs.KindPermission, vfs.KindOther:
		e, statErr := f.Stat(ctx, p)
		switch {
		case statErr != nil && kind != vfs.KindExists:
			return err
		case statErr != nil:
			return statErr
		case e.IsDir():
			return nil
		case e.Type == vfs.TypeLink && e.TargetType == vfs.TypeUnknown:
			// What it leads to is told by going there: a folder, nothing, or a
			// place outside of the chosen one.
			_, err := f.List(ctx, p)
			return err
		}
		return &vfs.Error{Op: "mkdir", Path: p.String(), Kind: vfs.KindNotDir, Reply: "a file of that name is in the way", Err: err}
	}
	return err
}

// found inserts the entries of a folder, some at a time. Cut off in the
// middle, the folder is read again later; (parent, name) is unique, so what
// is there is not doubled.
func (q *Queue) found(ctx context.Context, folder row, entries []vfs.Entry, beside beside) error {
	for len(entries) > scanChunk {
		if err := q.foundSome(ctx, folder, entries[:scanChunk], beside, false); err != nil {
			return err
		}
		entries = entries[scanChunk:]
	}
	return q.foundSome(ctx, folder, entries, beside, true)
}

// foundSome inserts entries in one transaction, and asks before for what the
// listings have not told of them; last tells that the folder is in the journal with
// them.
func (q *Queue) foundSome(ctx context.Context, folder row, entries []vfs.Entry, beside beside, last bool) error {
	if err := beside.date(ctx, folder.Exists, entries); err != nil {
		return err
	}
	events, err := q.insertFound(ctx, folder, entries, beside, last)
	if err != nil {
		return err
	}
	for _, e := range events {
		q.report(note{event: &e})
	}
	return nil
}

// giveWay leaves the journal for a while to the files that move, so that these do
// not get one turn each between two transactions of what was found. It is real time
// that counts, whatever the queue's clock shows.
func (q *Queue) giveWay(ctx context.Context, d time.Duration) {
	q.mu.Lock()
	moving := false
	for _, w := range q.running {
		moving = moving || w.row.State == Active
	}
	q.mu.Unlock()
	if !moving {
		return
	}
	pause := time.NewTimer(min(d, longestWay))
	defer pause.Stop()
	select {
	case <-ctx.Done():
	case <-pause.C:
	}
}

// insertFound is one transaction at a time, whoever scans, and then gives way.
func (q *Queue) insertFound(ctx context.Context, folder row, entries []vfs.Entry, beside beside, last bool) ([]Event, error) {
	q.s.many.Lock()
	defer q.s.many.Unlock()
	events, took, err := q.writeFound(ctx, folder, entries, beside, last)
	if err == nil {
		q.giveWay(ctx, took/4)
	}
	return events, err
}

// writeFound is the transaction of foundSome; it tells how long it took.
func (q *Queue) writeFound(ctx context.Context, folder row, entries []vfs.Entry, beside beside, last bool) (events []Event, took time.Duration, err error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	begun := time.Now()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, 0, err
	}
	// A person may have moved it since it was taken.
	err = q.s.row(ctx, `SELECT prio, rank FROM rows WHERE id = ?`, int64(folder.ID)).Scan(&folder.Priority, &folder.rank)
	if err != nil && !isNoRow(err) {
		return nil, 0, q.judgeLocked(q.s.wrap(journalOp, err))
	}
	stays := q.handStays(folder)
	err = q.writeLocked(ctx, durable, func() error {
		if folder.probes {
			if err := q.reached(ctx, folder.sites()...); err != nil {
				return err
			}
		}
		var d tally
		if events, d, err = q.insertChildren(ctx, folder, entries, beside); err != nil {
			return err
		}
		return q.advance(ctx, folder.ID, d, last)
	})
	if err == nil && stays {
		q.keepHand()
	}
	return events, time.Since(begun), err
}

// insertChildren inserts entries as rows, but for those that are there, and
// returns what they count and what is to be told of them.
func (q *Queue) insertChildren(ctx context.Context, folder row, entries []vfs.Entry, beside beside) (events []Event, d tally, err error) {
	for _, e := range entries {
		child := childOf(folder, e)
		if other, ok := beside.twins[e.Name]; ok {
			child.refuseTwin(folder, other)
		}
		if beside.sighted(&child, e); child.seen == nil {
			child.seen = folderSeen(folder, e)
		}
		child.ID, err = q.insert(ctx, child, pairOf(child.Source, child.Target))
		if err != nil {
			return nil, d, err
		}
		if child.ID == 0 {
			continue
		}
		d = d.plus(tally{total: 1}).plus(endTally(child.State))
		if event := scanEvent(child); event.Type != "" && q.c.OnEvent != nil {
			events = append(events, event)
		}
	}
	return events, d, nil
}

// advance counts what was found, if the folder is still ours.
func (q *Queue) advance(ctx context.Context, folder ID, d tally, last bool) error {
	set := `state = state`
	if last {
		set = `state = 'active', scanned = 1, attempts = attempts + 1`
	}
	n, err := q.s.exec(ctx, `UPDATE rows SET `+set+` WHERE id = ? AND state = 'scanning'`, int64(folder))
	if err != nil {
		return err
	}
	if n == 0 {
		return &vfs.Error{Op: "list", Kind: vfs.KindCancelled, Err: errTaken}
	}
	return q.bump(ctx, folder, d)
}

// childOf is the row of an entry. A name that cannot be a path ends at once,
// as does what is never copied.
func childOf(folder row, e vfs.Entry) row {
	child := row{Item: Item{
		Parent: folder.ID, Source: folder.Source, Target: folder.Target,
		Type: e.Type, Size: e.Size, State: Waiting, Exists: folder.Exists, Priority: folder.Priority, KeepMode: folder.KeepMode, Segments: folder.Segments,
	}, job: folder.job, rank: folder.rank, depth: folder.depth + 1, name: e.Name}
	src, err := folder.Source.Path.Join(e.Name)
	if err == nil {
		child.Source.Path = src
		child.Target.Path, err = folder.Target.Path.Join(e.Name)
	}
	if e.Type == vfs.TypeLink {
		child.Size = vfs.SizeUnknown // the link's own
		if t := behind(e); t == vfs.TypeFile || t == vfs.TypeOther {
			child.Type = t
		}
	}
	switch {
	case err != nil:
		child.Type, child.Name = vfs.TypeOther, e.Name
		child.State, child.Kind, child.Message = Failed, vfs.KindOf(err), err.Error()
		child.About = strings.TrimSuffix(folder.Source.Path.String(), "/") + "/" + e.Name
	case e.Type == vfs.TypeLink && e.TargetType == vfs.TypeDir:
		child.State, child.Message = Skipped, "a link to a folder is not followed"
	case child.Type == vfs.TypeOther:
		child.State, child.Message = Skipped, "it is neither a file nor a folder"
	case isHalf(e):
		child.State, child.Message = Skipped, "it is not whole yet"
	}
	return child
}

func scanEvent(r row) Event {
	switch r.State {
	case Failed:
		return Event{Type: EventFailed, Item: r.Item}
	case Skipped:
		return Event{Type: EventSkipped, Item: r.Item}
	}
	return Event{}
}

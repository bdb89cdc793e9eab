package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A damaged journal is not repaired but read, as far as it can be, into a new
// one; it is kept aside as it was. The rows are read by ranges of IDs, each
// halved where it cannot be read, so that what is lost is what lay on a damaged
// page. What a row says is checked before it is believed. Folders that had not
// ended are read again, which finds what was lost below them and doubles nothing.

const (
	// beingSaved and saved are the new journal until it takes the old one's
	// name: while it is written, and once it is whole.
	beingSaved, saved = ".saving", ".saved"
	// inspected is the copy that is read: to read a journal can change it.
	inspected = ".inspected"
)

// salvageTries bounds how many ranges are read of a journal of which nearly
// nothing can be, emptyTries of one that has given nothing yet.
const salvageTries, emptyTries = 50_000, 4_000

// salvage reads what it can of the damaged journal of file into a new one, beside
// it, and tells what came of it. An error means that the new one could not be
// written.
func salvage(ctx context.Context, file string) (rescued, lost int64, err error) {
	defer removeJournal(file + inspected)
	removeJournal(file + beingSaved)
	fresh, err := openStore(ctx, file+beingSaved)
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		if err = errors.Join(err, fresh.close()); err != nil {
			removeJournal(file + beingSaved)
		}
	}()
	old := openInspected(ctx, file)
	if old == nil {
		return 0, 0, nil
	}
	defer func() { _ = old.close() }() // it is a copy
	s := salvager{old: old, fresh: fresh}
	if err := s.copyAll(ctx); err != nil {
		return 0, 0, err
	}
	return s.rescued, max(s.expected(ctx)-s.rescued, s.refused), nil
}

// openInspected opens a copy of the damaged journal, nil where it is beyond that.
func openInspected(ctx context.Context, file string) *store {
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(file+suffix, file+inspected+suffix); err != nil && (suffix == "" || !errors.Is(err, os.ErrNotExist)) {
			return nil
		}
	}
	s := newStore(file + inspected)
	if err := s.connect(ctx); err != nil {
		return nil
	}
	return s
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was read only
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// removeJournal is best effort: what stays is taken away by the next start that
// needs the name.
func removeJournal(file string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(file + suffix)
	}
}

type salvager struct {
	old, fresh       *store
	query            string // of a range of rows
	rescued, refused int64
	tries            int
}

// rowDefaults stand for the columns that an older version does not have.
var rowDefaults = map[string]string{
	"chosen": "NULL", "about": "x''", "prio": "0", "rank": "job * 1073741824", "keep_mode": "0", "not_before": "0", "seen": "NULL", "segments": "0", "arrive": "0",
}

// copyAll moves everything in one synced transaction.
func (s *salvager) copyAll(ctx context.Context) error {
	s.old.mu.Lock()
	defer s.old.mu.Unlock()
	var list []string
	for _, column := range strings.Split(strings.Join(strings.Fields(columns), ""), ",") {
		var n int
		err := s.old.row(ctx, `SELECT count(*) FROM pragma_table_info('rows') WHERE name = ?`, column).Scan(&n)
		if missing, ok := rowDefaults[column]; err == nil && n == 0 && ok {
			column = missing
		}
		list = append(list, column)
	}
	s.query = `SELECT ` + strings.Join(list, ", ") + `, pair FROM rows NOT INDEXED WHERE id BETWEEN ? AND ? ORDER BY id`
	last := s.lastID(ctx)
	return s.fresh.write(ctx, durable, func() error {
		if err := s.copyRange(ctx, 1, last); err != nil {
			return err
		}
		if err := s.copyWords(ctx); err != nil {
			return err
		}
		if _, err := s.fresh.exec(ctx, `UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'rows'`, last); err != nil {
			return err
		}
		return s.mend(ctx)
	})
}

// lastID is an ID that no row is above.
func (s *salvager) lastID(ctx context.Context) int64 {
	for _, query := range []string{`SELECT seq FROM sqlite_sequence WHERE name = 'rows'`, `SELECT max(id) FROM rows NOT INDEXED`} {
		var id int64
		if err := s.old.row(ctx, query).Scan(&id); err == nil && id > 0 && id < 1<<40 {
			return id
		}
	}
	return 1 << 22
}

// expected is how many rows the damaged journal says it has, 0 for no word.
func (s *salvager) expected(ctx context.Context) int64 {
	s.old.mu.Lock()
	defer s.old.mu.Unlock()
	var n int64
	if err := s.old.row(ctx, `SELECT coalesce(sum(n), 0) FROM tally`).Scan(&n); err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

// copyRange copies the rows from low to high. An error is the new journal's.
func (s *salvager) copyRange(ctx context.Context, low, high int64) error {
	if s.tries++; low > high || s.tries > salvageTries || s.tries > emptyTries && s.rescued == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	if high-low < chunk {
		found, whole := s.read(ctx, low, high)
		if whole || low == high {
			return s.insertAll(ctx, found)
		}
	}
	middle := low + (high-low)/2
	return errors.Join(s.copyRange(ctx, low, middle), s.copyRange(ctx, middle+1, high))
}

// read returns the rows of a range that can be believed; whole is false where
// the range cannot be read to its end.
func (s *salvager) read(ctx context.Context, low, high int64) (found []row, whole bool) {
	rows, err := s.old.query(ctx, s.query, low, high)
	if err != nil {
		return nil, false
	}
	defer func() { _ = rows.Close() }() // Err has told
	var refused int64
	for rows.Next() {
		var pair int64
		r, err := scanRow(scanWith{rows, &pair})
		if err != nil || !believable(r, pair) {
			refused++
			continue
		}
		found = append(found, r)
	}
	if rows.Err() != nil {
		return nil, false
	}
	s.refused += refused
	return found, true
}

// scanWith scans one column more than is asked for.
type scanWith struct {
	from scanner
	more any
}

func (s scanWith) Scan(dest ...any) error { return s.from.Scan(append(dest, s.more)...) }

// believable says whether a row holds together: pair is a sum over its paths,
// which a row that is done may have left for the name that the rule Rename gave it.
func believable(r row, pair int64) bool {
	states := []State{Waiting, Scanning, Active, Paused, Asking, Done, Failed, Skipped, removing}
	named := r.Parent != 0 && r.Type == vfs.TypeOther // its paths are the folder's
	switch {
	case !slices.Contains(states, r.State), isEnd(r.State) == r.Ended.IsZero(), nanos(r.Ended) < 0:
		return false
	case r.ID <= 0 || r.job <= 0 || r.Parent < 0 || r.Parent >= r.ID:
		return false
	case r.depth < 1 || r.depth > len(r.Target.Path.Elems())+1 && !named:
		return false
	}
	return r.State == Done && r.Exists == transfer.Rename || pair == pairOf(r.Source, r.Target)
}

func (s *salvager) insertAll(ctx context.Context, rows []row) error {
	for _, r := range rows {
		n, err := s.insert(ctx, r)
		if err != nil {
			return err
		}
		s.rescued += n
	}
	return nil
}

func (s *salvager) insert(ctx context.Context, r row) (int64, error) {
	kind, question := "", ""
	if r.Message != "" {
		kind = r.Kind.String()
	}
	if r.Question != nil {
		var err error
		if question, err = questionText(*r.Question); err != nil {
			return 0, err
		}
	}
	if rules := []transfer.Rule{
		transfer.Overwrite, transfer.Newer, transfer.Different, transfer.Resume, transfer.Rename, transfer.Skip,
	}; !slices.Contains(rules, r.Exists) {
		r.Exists = transfer.Ask
	}
	var size, done int64 = vfs.SizeUnknown, 0
	if r.Type == vfs.TypeFile {
		size, done = max(r.Size, vfs.SizeUnknown), max(r.Done, 0)
	}
	var madeSize, madeTime, chosen any
	if r.made != nil {
		madeSize, madeTime = identityColumns(*r.made)
	}
	if !r.chosen.IsRoot() {
		chosen = blob(r.chosen)
	}
	if r.Type == vfs.TypeDir && r.State != Done && r.State != Skipped && r.State != removing {
		r.scanned = false // read again, at once or when it is retried
		if r.State == Active {
			r.State = Waiting
		}
	}
	return s.fresh.exec(ctx, `INSERT OR IGNORE INTO rows (id, job, parent, depth, name, src_site, src_path, dst_site, dst_path, pair, type, state, exists_,
			size, done, made_size, made_time, attempts, next_try, kind, message, verified, question, added, ended, scanned,
			chosen, about, prio, rank, keep_mode, not_before, seen, segments, arrive)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(r.ID), int64(r.job), int64(r.Parent), r.depth, []byte(r.name), string(r.Source.Site), blob(r.Source.Path), string(r.Target.Site), blob(r.Target.Path),
		pairOf(r.Source, r.Target), typeWord(r.Type), string(r.State), string(r.Exists), size, done, madeSize, madeTime, max(r.Attempts, 0), max(nanos(r.NotBefore), 0),
		kind, r.Message, r.Verified, question, nanos(r.Added), nanos(r.Ended), r.scanned,
		chosen, []byte(r.About), int(min(max(r.Priority, High), Low)), r.rank, r.KeepMode, max(nanos(r.NotBefore), 0), nil, min(max(r.Segments, 0), transfer.MaxSegments), int(min(max(r.arrive, ArriveAs), ArriveLook)))
}

// copyWords copies what a person answered and said for all. What cannot be read
// is asked again; a queue of which nobody knows whether it is held, is.
func (s *salvager) copyWords(ctx context.Context) error {
	held := "1"
	_ = s.old.row(ctx, `SELECT coalesce((SELECT value FROM settings WHERE key = 'held'), '0')`).Scan(&held) // else it stays so
	if _, err := s.fresh.exec(ctx, `INSERT OR REPLACE INTO settings (key, value) VALUES ('held', ?)`, held); err != nil {
		return err
	}
	rows, err := s.old.query(ctx, `SELECT id, exists_ FROM jobs`)
	if err != nil {
		return nil
	}
	defer func() { _ = rows.Close() }() // what could be read was
	for rows.Next() {
		var id int64
		var rule string
		if rows.Scan(&id, &rule) != nil {
			break
		}
		if _, err := s.fresh.exec(ctx, `INSERT OR IGNORE INTO jobs (id, exists_) VALUES (?, ?)`, id, rule); err != nil {
			return err
		}
	}
	return nil
}

// rescue sets the damaged journal aside and puts what could be read of it in its
// place. The notice is a sentence for a person.
func rescue(ctx context.Context, file string) (notice string, err error) {
	rescued, lost, err := salvage(ctx, file)
	if err != nil {
		return "", err
	}
	if err := os.Rename(file+beingSaved, file+saved); err != nil {
		return "", err
	}
	kept, err := setAside(file)
	if err != nil {
		return "", err
	}
	notice = fmt.Sprintf("The queue's file was damaged. It is kept as %s; ", kept)
	switch {
	case rescued == 0:
		notice += "nothing in it could be read, and the queue starts empty."
	case lost > 0:
		notice += fmt.Sprintf("%d of its rows could be read and stand in the queue, %d could not.", rescued, lost)
	default:
		notice += fmt.Sprintf("its %d rows could be read and stand in the queue.", rescued)
	}
	return notice, takeSaved(file)
}

// takeSaved gives a journal that was saved its name, where a kill came between.
func takeSaved(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	err := os.Rename(file+saved, file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

package queue

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"wherry/sync/vfs"
)

// durability says what a write promises once it returned.
type durability bool

const (
	// durable survives a power cut: the WAL is synced (synchronous=FULL).
	durable durability = true
	// cheap survives a kill of the process; a power cut may undo the newest
	// of them, which then were never made, whole and in order.
	cheap durability = false
)

// journalOp is the Op of errors of the journal itself.
const journalOp = "journal"

// store is the journal. There is one connection, so that a write is seen by
// the next read and an in-memory journal is one; every transaction is short
// (chunks), so that nobody waits long for it.
type store struct {
	file string // fixed
	// onSync is called after each durable write, with the lock held: a test
	// that cuts the power needs to know what it cannot take.
	onSync func() // fixed; nil for none

	// many is held, around mu, by who writes many rows in one transaction after the
	// other. So one of them waits for mu at a time, behind all who came while the
	// last one wrote: files are taken and ended between two of them.
	many sync.Mutex

	mu     sync.Mutex
	db     *sql.DB              // guarded
	conn   *sql.Conn            // guarded
	stmts  map[string]*sql.Stmt // guarded
	synced durability           // guarded; the present setting
	failed error                // guarded; set once the journal is known to be damaged
	// guarded; data_version as last seen, 0 before the first look
	version int64
}

func newStore(file string) *store {
	return &store{file: file, stmts: map[string]*sql.Stmt{}, synced: durable}
}

// openStore opens the journal and migrates it. The damaged are told apart by
// isDamage.
func openStore(ctx context.Context, file string) (*store, error) {
	s := newStore(file)
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(s.wrap("open queue", err), s.close())
	}
	return s, nil
}

// connect opens the file, made where missing, and reads nothing yet.
func (s *store) connect(ctx context.Context) error {
	name := s.file
	if name != Memory {
		if err := makeFile(s.file); err != nil {
			return s.wrap("open queue", err)
		}
		abs, err := filepath.Abs(s.file)
		if err != nil {
			return s.wrap("open queue", err)
		}
		slashed := filepath.ToSlash(abs)
		if !strings.HasPrefix(slashed, "/") {
			slashed = "/" + slashed // C:/… becomes file:///C:/…
		}
		name = (&url.URL{Scheme: "file", Path: slashed}).String()
	}
	var err error
	if s.db, err = sql.Open("sqlite", name); err != nil {
		return s.wrap("open queue", err)
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return errors.Join(s.wrap("open queue", err), s.db.Close())
	}
	return nil
}

// prepare sets the connection up and migrates. journal_mode must come first:
// it fails on what is no database.
func (s *store) prepare(ctx context.Context) error {
	for _, pragma := range []string{
		`PRAGMA busy_timeout = 10000`, `PRAGMA journal_mode = WAL`, `PRAGMA synchronous = FULL`,
		`PRAGMA temp_store = MEMORY`, `PRAGMA cache_size = -8000`, `PRAGMA trusted_schema = OFF`,
	} {
		if _, err := s.conn.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	_, err := s.conn.ExecContext(ctx, `CREATE TEMP TABLE picked (id INTEGER PRIMARY KEY);
		CREATE TEMP TABLE named (low INTEGER PRIMARY KEY, high INTEGER NOT NULL);
		CREATE TEMP TABLE places (n INTEGER PRIMARY KEY, prio INTEGER NOT NULL, rank INTEGER NOT NULL, UNIQUE (prio, rank))`)
	return err
}

// makeFile makes the folder and the file first, because SQLite would make the
// file readable for everybody; its -wal and -shm files take the file's mode.
func makeFile(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// close checkpoints the WAL into the file and closes. A second call does
// nothing.
func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	for _, stmt := range s.stmts {
		_ = stmt.Close() // what it holds is freed with the connection
	}
	// The last connection to leave checkpoints and deletes the WAL.
	err := errors.Join(s.conn.Close(), s.db.Close())
	s.conn = nil
	return s.wrap("close queue", err)
}

// write runs fn in one transaction and commits it with the promise d. Nothing
// of it happened when it returns an error. ctx is looked at before it begins;
// what has begun is brought to its end.
func (s *store) write(ctx context.Context, d durability, fn func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writeLocked(ctx, d, fn)
}

func (s *store) writeLocked(ctx context.Context, d durability, fn func() error) error {
	if err := s.usableLocked(ctx); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if d != s.synced {
		level := map[durability]string{durable: "FULL", cheap: "NORMAL"}[d]
		if _, err := s.conn.ExecContext(ctx, `PRAGMA synchronous = `+level); err != nil {
			return s.wrap(journalOp, err)
		}
		s.synced = d
	}
	if _, err := s.exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		_, err = s.exec(ctx, `COMMIT`)
	}
	if err != nil {
		// After a full disk SQLite may have rolled back by itself; then this
		// fails and nothing is lost by that.
		_, _ = s.conn.ExecContext(ctx, `ROLLBACK`)
		return s.wrap(journalOp, err)
	}
	if d == durable && s.onSync != nil {
		s.onSync()
	}
	return nil
}

// atOnceLocked has all that fn reads be of one moment: another process may write
// between two SELECTs.
func (s *store) atOnceLocked(ctx context.Context, fn func() error) error {
	if _, err := s.exec(ctx, `BEGIN`); err != nil {
		return err
	}
	err := fn()
	if _, ended := s.exec(ctx, `COMMIT`); err == nil {
		err = ended
	}
	return err
}

func (s *store) usableLocked(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return &vfs.Error{Op: journalOp, Path: s.file, Kind: vfs.KindOf(ctx.Err()), Err: ctx.Err()}
	case s.conn == nil:
		return &vfs.Error{Op: journalOp, Path: s.file, Kind: vfs.KindCancelled, Reply: "the queue is closed"}
	}
	return s.failed
}

// prepared returns the statement, kept for the next time. The texts are few
// and stand in the source.
func (s *store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, s.wrap(journalOp, err)
	}
	s.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement with the lock held and returns how many rows changed.
func (s *store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		return 0, s.wrap(journalOp, err)
	}
	n, err := res.RowsAffected()
	return n, s.wrap(journalOp, err)
}

// script runs a statement that is not kept for a next time.
func (s *store) script(ctx context.Context, query string) error {
	_, err := s.conn.ExecContext(context.WithoutCancel(ctx), query)
	return s.wrap(journalOp, err)
}

// query runs a SELECT (or RETURNING) with the lock held; the caller closes
// the rows before it lets go of the lock.
func (s *store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(context.WithoutCancel(ctx), args...)
	return rows, s.wrap(journalOp, err)
}

// done closes rows of which all were asked for, and tells of the error that may
// have ended them before: what is built on a part of them is wrong.
func (s *store) done(rows *sql.Rows) error {
	return s.wrap(journalOp, errors.Join(rows.Err(), rows.Close()))
}

// row is query for at most one row. Its Scan errors are SQLite's own.
func (s *store) row(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return s.conn.QueryRowContext(ctx, query, args...) // fails with the same words
	}
	return stmt.QueryRowContext(ctx, args...)
}

// wrap makes SQLite's errors ours, and remembers damage so that nothing more
// is built on it.
func (s *store) wrap(op string, err error) error {
	var known *vfs.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	e := &vfs.Error{Op: op, Path: s.file, Kind: kindOfSQLite(err), Err: err}
	if isDamage(err) {
		e.Reply = "the queue's file is damaged; it is kept aside at the next start"
	}
	return e
}

func kindOfSQLite(err error) vfs.Kind {
	switch code := sqliteCode(err); {
	case code == lib.SQLITE_FULL, isDiskFull(err):
		return vfs.KindNoSpace
	case code == lib.SQLITE_BUSY, code == lib.SQLITE_LOCKED:
		return vfs.KindBusy
	case code == lib.SQLITE_READONLY, code == lib.SQLITE_CANTOPEN, code == lib.SQLITE_PERM, errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return vfs.KindPermission
	case code == 0:
		return vfs.KindOf(err)
	}
	return vfs.KindOther
}

// sqliteCode is the primary result code, 0 for an error that is not SQLite's.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

package queue

import (
	"context"
	"fmt"

	"wherry/sync/vfs"
)

// migrations bring a journal from version i to i+1; the version stands in
// SQLite's user_version. A released one is never changed, only followed by
// the next.
//
// Paths and names are BLOBs with the file system's own bytes. States are the
// words of State, and 'removing' (see removing). ended is 0 as long as a row
// has not ended, so "ended = 0" is what unfinished means. For a folder size
// and done stay what a file's are not: total counts the rows below it at any
// depth, below those that ended, and failed and skipped how; these are kept by
// bump. pair is a hash of source and target, to find a row asked for twice.
// chosen is the path that the rule Rename gave the target, NULL before that
// and under other rules; the part stands beside it. about is the path or host
// that kind and message speak of.
//
// Rows are taken by (prio, rank, id). rank is that of the request's job, some
// rankStep apart from the next one's, so that there is room between two for
// what a person moves there; what is found in a folder takes the folder's.
// rows_files and rows_scans begin with the sites, so that the first row of
// each pair of sites is found without reading those before it.
//
// not_before is when a person wants the row to begin, 0 for at once; next_try
// is set with it, and is what taking a row heeds. seen is what listings told of
// source and target (seen.go), NULL for nothing. rows_ended is for what came to
// an end last or long ago, rows_open for the jobs that have not.
//
// arrive is Request.Arrive, 0 again once a target that was to be looked at was.
//
// sites holds those that could not be reached; next_try is 0 once the time for
// another try has come, as it is in rows.
var migrations = []string{`
CREATE TABLE rows (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	job       INTEGER NOT NULL,
	parent    INTEGER NOT NULL DEFAULT 0,
	depth     INTEGER NOT NULL DEFAULT 0,
	name      BLOB    NOT NULL,
	src_site  TEXT    NOT NULL,
	src_path  BLOB    NOT NULL,
	dst_site  TEXT    NOT NULL,
	dst_path  BLOB    NOT NULL,
	pair      INTEGER NOT NULL,
	type      TEXT    NOT NULL,
	state     TEXT    NOT NULL,
	exists_   TEXT    NOT NULL,
	size      INTEGER NOT NULL DEFAULT -1,
	done      INTEGER NOT NULL DEFAULT 0,
	made_size INTEGER,
	made_time TEXT,
	attempts  INTEGER NOT NULL DEFAULT 0,
	next_try  INTEGER NOT NULL DEFAULT 0,
	kind      TEXT    NOT NULL DEFAULT '',
	message   TEXT    NOT NULL DEFAULT '',
	verified  TEXT    NOT NULL DEFAULT '',
	question  TEXT    NOT NULL DEFAULT '',
	added     INTEGER NOT NULL,
	ended     INTEGER NOT NULL DEFAULT 0,
	scanned   INTEGER NOT NULL DEFAULT 0,
	total     INTEGER NOT NULL DEFAULT 0,
	below     INTEGER NOT NULL DEFAULT 0,
	failed    INTEGER NOT NULL DEFAULT 0,
	skipped   INTEGER NOT NULL DEFAULT 0,
	remaining INTEGER GENERATED ALWAYS AS
		(CASE WHEN type = 'file' AND size > done THEN size - done ELSE 0 END) VIRTUAL
);
CREATE INDEX rows_order ON rows (job, id, parent, state);
CREATE INDEX rows_state ON rows (state, job, id, parent);

CREATE INDEX rows_files ON rows (job, id) WHERE state = 'waiting' AND next_try = 0 AND type = 'file';
CREATE INDEX rows_scans ON rows (job, id) WHERE state = 'waiting' AND next_try = 0 AND type <> 'file';
CREATE INDEX rows_later ON rows (next_try) WHERE next_try > 0;
CREATE INDEX rows_pair  ON rows (pair) WHERE ended = 0;
CREATE UNIQUE INDEX rows_child ON rows (parent, name) WHERE parent > 0;

CREATE TABLE jobs (id INTEGER PRIMARY KEY, exists_ TEXT NOT NULL);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE tally (state TEXT PRIMARY KEY, n INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tally (state, n, bytes) VALUES
	('waiting', 0, 0), ('scanning', 0, 0), ('active', 0, 0), ('paused', 0, 0), ('asking', 0, 0),
	('done', 0, 0), ('failed', 0, 0), ('skipped', 0, 0), ('removing', 0, 0);
CREATE TRIGGER tally_insert AFTER INSERT ON rows BEGIN
	UPDATE tally SET n = n + 1, bytes = bytes + NEW.remaining WHERE state = NEW.state;
END;
CREATE TRIGGER tally_delete AFTER DELETE ON rows BEGIN
	UPDATE tally SET n = n - 1, bytes = bytes - OLD.remaining WHERE state = OLD.state;
END;
CREATE TRIGGER tally_update AFTER UPDATE OF state, size, done, type ON rows BEGIN
	UPDATE tally SET n = n - 1, bytes = bytes - OLD.remaining WHERE state = OLD.state;
	UPDATE tally SET n = n + 1, bytes = bytes + NEW.remaining WHERE state = NEW.state;
END;
`, `
ALTER TABLE rows ADD COLUMN chosen BLOB;
ALTER TABLE rows ADD COLUMN about BLOB NOT NULL DEFAULT x'';
`, `
ALTER TABLE rows ADD COLUMN prio INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rows ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
DROP INDEX rows_order;
DROP INDEX rows_state;
DROP INDEX rows_files;
DROP INDEX rows_scans;
UPDATE rows SET rank = job * 1073741824;
CREATE INDEX rows_order ON rows (prio, rank, id, parent, state);
CREATE INDEX rows_state ON rows (state, prio, rank, id, parent);
CREATE INDEX rows_files ON rows (src_site, dst_site, prio, rank, id) WHERE state = 'waiting' AND next_try = 0 AND type = 'file';
CREATE INDEX rows_scans ON rows (src_site, dst_site, prio, rank, id) WHERE state = 'waiting' AND next_try = 0 AND type <> 'file';
`, `
CREATE TABLE sites (
	site     TEXT    PRIMARY KEY,
	next_try INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	kind     TEXT    NOT NULL,
	message  TEXT    NOT NULL,
	about    BLOB    NOT NULL
) WITHOUT ROWID;
`, `
ALTER TABLE rows ADD COLUMN keep_mode INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rows ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rows ADD COLUMN seen BLOB;
CREATE INDEX rows_ended ON rows (ended, id, state, parent) WHERE ended > 0;
CREATE INDEX rows_open ON rows (job) WHERE ended = 0 AND parent = 0;
`, `
ALTER TABLE rows ADD COLUMN segments INTEGER NOT NULL DEFAULT 0;
`, `
ALTER TABLE rows ADD COLUMN arrive INTEGER NOT NULL DEFAULT 0;
`}

// removing is the state of a row that a person cancelled and whose part file
// is still to be deleted. Nobody outside sees such rows.
const removing State = "removing"

// migrate brings the journal to the newest version, each step in a
// transaction of its own. A version from the future is an error and nothing
// is written: an older Wherry must not guess what a newer one meant.
func (s *store) migrate(ctx context.Context) error {
	var version int
	if err := s.row(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return s.tooNew(version)
	}
	for ; version < len(migrations); version++ {
		step := fmt.Sprintf("%s; PRAGMA user_version = %d;", migrations[version], version+1)
		err := s.write(ctx, durable, func() error {
			// Another process may have been faster.
			var now int
			if err := s.row(ctx, `PRAGMA user_version`).Scan(&now); err != nil || now > version {
				return err
			}
			_, err := s.conn.ExecContext(ctx, step)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) tooNew(version int) error {
	return &vfs.Error{
		Op: "open queue", Path: s.file, Kind: vfs.KindUnsupported,
		Reply: fmt.Sprintf("the queue was written by a newer Wherry (version %d, this one knows %d); it was left as it is", version, len(migrations)),
	}
}

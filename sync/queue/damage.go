package queue

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	lib "modernc.org/sqlite/lib"
)

// suspect marks, beside the journal, that it was found damaged while in use.
const suspect = ".damaged"

// isDamage says whether err means that the file cannot be relied on.
func isDamage(err error) bool {
	code := sqliteCode(err)
	return code == lib.SQLITE_CORRUPT || code == lib.SQLITE_NOTADB || errors.Is(err, errDamaged)
}

var errDamaged = errors.New("the file does not hold a sound database")

// isDiskFull knows the system's own error, which SQLite passes on as an I/O
// error in some places.
func isDiskFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }

// openJournal opens file as openStore does, and puts a new one with what can be
// read in the place of a damaged one (salvage). The notices are sentences for a
// person.
func openJournal(ctx context.Context, file string) (*store, []string, error) {
	if file == Memory {
		s, err := openStore(ctx, file)
		return s, nil, err
	}
	s := &store{file: file}
	if err := takeSaved(file); err != nil {
		return nil, nil, s.wrap("open queue", err)
	}
	if err := makeFile(file); err != nil {
		return nil, nil, s.wrap("open queue", err)
	}
	// A file that is in use is not judged: who uses it will meet the damage.
	// And a sound one that was closed in order is not read through: it may be
	// large.
	lock := lockOf(file)
	alone, err := lock.TryLock()
	if err != nil {
		return nil, nil, s.wrap("open queue", err)
	}
	defer func() { _ = lock.Close() }()
	crashed := alone && leftOpen(file)
	err = s.looksSound()
	if err == nil {
		if s, err = openStore(ctx, file); err == nil && alone {
			if err = s.tidy(ctx, crashed); err != nil {
				err = errors.Join(err, s.close())
			}
		}
	}
	switch {
	case err == nil:
		return s, nil, nil
	case !isDamage(err) || !alone:
		return nil, nil, err
	}
	return openRescued(ctx, file)
}

// openRescued opens what could be read of a damaged journal, in its place.
func openRescued(ctx context.Context, file string) (*store, []string, error) {
	notice, err := rescue(ctx, file)
	if err != nil {
		return nil, nil, (&store{file: file}).wrap("open queue", err)
	}
	s, err := openStore(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	if err := s.doubt(ctx); err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	return s, []string{notice}, nil
}

// tidy readies a journal on which nobody works, and keeps others from it
// meanwhile by its lock.
func (s *store) tidy(ctx context.Context, crashed bool) error {
	if crashed {
		if err := s.check(ctx); err != nil {
			return err
		}
		if err := s.doubt(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var begun bool
	err := s.row(ctx, `SELECT EXISTS (SELECT 1 FROM rows INDEXED BY rows_state WHERE `+cutOff+`)`).Scan(&begun)
	if err != nil || !begun {
		return s.wrap("open queue", err)
	}
	// A full disk is no reason not to open: a run does it again.
	if err := s.writeLocked(ctx, durable, func() error { return s.sendBack(ctx) }); isDamage(err) {
		return err
	}
	return nil
}

// cutOff are the rows that the journal has in work. What is left of a folder
// whose content is in the journal is that content.
const cutOff = `state IN ('active', 'scanning') AND scanned = 0`

// sendBack has the rows wait again that a killed process had begun, within a
// write.
func (s *store) sendBack(ctx context.Context) error {
	_, err := s.exec(ctx, `UPDATE rows SET state = 'waiting' WHERE `+cutOff)
	return err
}

// leftOpen says whether the last user of the journal did not close it: only
// then a WAL with content stays behind.
func leftOpen(file string) bool {
	info, err := os.Stat(file + "-wal")
	return err == nil && info.Size() > 0
}

// looksSound reads the header (SQLite file format, section 1.3) before SQLite
// touches anything, so that a newer journal stays as it is.
func (s *store) looksSound() error {
	if _, err := os.Stat(s.file + suspect); err == nil {
		return s.wrap("open queue", errDamaged)
	}
	f, err := os.Open(s.file)
	if err != nil {
		return s.wrap("open queue", err)
	}
	defer func() { _ = f.Close() }()
	header := make([]byte, 100)
	n, err := io.ReadFull(f, header)
	switch {
	case errors.Is(err, io.EOF):
		return nil // new and empty
	case errors.Is(err, io.ErrUnexpectedEOF), err == nil && !bytes.HasPrefix(header, []byte("SQLite format 3\x00")):
		return s.wrap("open queue", fmt.Errorf("%w (%d bytes of header)", errDamaged, n))
	case err != nil:
		return s.wrap("open queue", err)
	}
	if version := int(binary.BigEndian.Uint32(header[60:64])); version > len(migrations) {
		return s.tooNew(version)
	}
	return nil
}

// check reads the whole journal once.
func (s *store) check(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var verdict string
	if err := s.row(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return s.wrap("open queue", err)
	}
	if verdict != "ok" {
		return s.wrap("open queue", fmt.Errorf("%w: %s", errDamaged, verdict))
	}
	return nil
}

// setAside renames the journal to file.bad-1, or the next free number, with
// what belongs to it, and returns the new name.
func setAside(file string) (string, error) {
	for n := 1; ; n++ {
		kept := fmt.Sprintf("%s.bad-%d", file, n)
		if _, err := os.Lstat(kept); err == nil {
			continue
		}
		if err := os.Rename(file, kept); err != nil {
			return "", err
		}
		// SQLite finds a WAL by the name of its file, so it goes along. The
		// -shm file is only an index of it.
		if err := os.Rename(file+"-wal", kept+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		for _, rest := range []string{"-shm", suspect} {
			if err := os.Remove(file + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
		return kept, nil
	}
}

// markDamaged leaves word for the next start. It is best effort: where it
// cannot be written the next start meets the damage again.
func markDamaged(file string) {
	if file != Memory {
		_ = os.WriteFile(file+suspect, nil, 0o600)
	}
}

package jsonfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrReadOnly is returned by Update for a document that a newer program
// wrote.
var ErrReadOnly = errors.New("it was written by a newer Wherry and is left as it is")

// ErrDamaged wraps the reason why a document cannot be read as JSON.
var ErrDamaged = errors.New("it is damaged")

// MaxSize bounds a document in bytes. Ten thousand sites need a tenth of it.
const MaxSize = 64 << 20

// lockWait is how long Update waits for another process's change, which takes
// milliseconds. It is that long for disks that sync slowly.
const lockWait = 10 * time.Second

// File is one open document with a content of type T under the key. Its
// methods may be called from any goroutine.
type File[T any] struct {
	name    string // fixed; "" keeps the document in memory only
	key     string // fixed
	version int    // fixed

	mu   sync.Mutex
	now  T           // guarded; the last good content
	seen fs.FileInfo // guarded; the file that now was read from, nil for none
	only error       // guarded; why the document must not be written, or nil
}

// Open reads the document called name, which looks like {"version": 1, key:
// content}. A missing one is empty and made by the first Update. An empty
// name keeps it in memory only. The notices, sentences for people, tell of a
// document set aside as damaged, and of one that can only be read. An error
// means that the file is there and could not be read.
func Open[T any](name, key string, version int) (*File[T], []string, error) {
	f := &File[T]{name: name, key: key, version: version}
	if name == "" {
		return f, nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var notices []string
	err := f.readLocked()
	if errors.Is(err, ErrDamaged) {
		var aside string
		if aside, err = f.setAsideLocked(); err == nil && aside != "" {
			notices = append(notices, aside)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if f.only != nil {
		notices = append(notices, fmt.Sprintf("%s can be read but not changed: %v", filepath.Base(name), f.only))
	}
	return f, notices, nil
}

// View returns the newest content, also what another process wrote since. The
// caller must not change what it points to. When the file cannot be read any
// more, View returns the last good content and the error.
func (f *File[T]) View() (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.name == "" {
		return f.now, nil
	}
	info, err := os.Stat(f.name)
	switch {
	case err == nil && f.seen != nil && os.SameFile(info, f.seen) &&
		info.ModTime().Equal(f.seen.ModTime()) && info.Size() == f.seen.Size():
		return f.now, nil
	case errors.Is(err, fs.ErrNotExist) && f.seen == nil:
		return f.now, nil
	}
	err = f.readLocked()
	return f.now, err
}

// Update changes the document: change gets the newest content, which it may
// alter freely, and its error leaves everything as it was. The new document
// is on the disk when Update returns nil. Errors besides change's own:
// ErrReadOnly, ErrDamaged, and those of the file system.
func (f *File[T]) Update(change func(*T) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.name == "" {
		return f.updateMemoryLocked(change)
	}
	if err := os.MkdirAll(filepath.Dir(f.name), 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	unlock, err := lock(f.name + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if err := f.readLocked(); err != nil {
		return err
	}
	if f.only != nil {
		return f.only
	}
	next, err := f.readAgainLocked()
	if err != nil {
		return err
	}
	if err := change(&next); err != nil {
		return err
	}
	if err := write(f.name, f.encode(next)); err != nil {
		return err
	}
	f.now = next
	f.seen, err = os.Stat(f.name)
	return err
}

// updateMemoryLocked gives change a deep copy, so that a change that fails
// half-way has changed nothing, as with a file.
func (f *File[T]) updateMemoryLocked(change func(*T) error) error {
	next, err := f.readAgainLocked()
	if err != nil {
		return err
	}
	if err := change(&next); err != nil {
		return err
	}
	f.now = next
	return nil
}

func (f *File[T]) readAgainLocked() (T, error) {
	var next T
	_, err := f.decode(f.encode(f.now), &next)
	return next, err
}

// readLocked brings now, seen and only up to date. A damaged file leaves them
// as they were.
func (f *File[T]) readLocked() error {
	var next T
	info, err := os.Stat(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		f.now, f.seen, f.only = next, nil, nil
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() > MaxSize {
		return fmt.Errorf("%w: %d bytes are more than a document can have", ErrDamaged, info.Size())
	}
	data, err := os.ReadFile(f.name)
	if err != nil {
		return err
	}
	only, err := f.decode(data, &next)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(f.name), err)
	}
	f.now, f.seen, f.only = next, info, only
	return nil
}

// decode returns in only why the document must not be written.
func (f *File[T]) decode(data []byte, into *T) (only, err error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var version int
	if err := json.Unmarshal(parts["version"], &version); err != nil {
		return nil, fmt.Errorf("%w: no version: %w", ErrDamaged, err)
	}
	if version > f.version {
		only = fmt.Errorf("%w (version %d, known is %d)", ErrReadOnly, version, f.version)
	}
	for name := range parts {
		if name != "version" && name != f.key && only == nil {
			only = fmt.Errorf("%w (field %q is not known)", ErrReadOnly, name)
		}
	}
	content, ok := parts[f.key]
	if !ok {
		return only, nil
	}
	strict := json.NewDecoder(bytes.NewReader(content))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err == nil {
		return only, nil
	} else if only == nil {
		only = fmt.Errorf("%w (%s)", ErrReadOnly, strings.TrimPrefix(err.Error(), "json: "))
	}
	var loose T
	if err := json.Unmarshal(content, &loose); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	*into = loose
	return only, nil
}

// encode cannot fail for the types that rooms keep: no channel, function or
// cycle is among them; a test of each room writes its own.
func (f *File[T]) encode(content T) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  %q: ", f.version, f.key)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is read by people, not by browsers
	e.SetIndent("  ", "  ")
	if err := e.Encode(content); err != nil {
		panic(fmt.Sprintf("jsonfile: a type that is no JSON: %v", err))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// setAsideLocked renames a damaged file and returns the notice; "" when
// another process has mended it meanwhile.
func (f *File[T]) setAsideLocked() (string, error) {
	unlock, err := lock(f.name + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	damage := f.readLocked()
	if !errors.Is(damage, ErrDamaged) {
		return "", damage
	}
	aside, err := freeName(f.name + ".bad")
	if err != nil {
		return "", err
	}
	if err := os.Rename(f.name, aside); err != nil {
		return "", fmt.Errorf("set a damaged file aside: %w", err)
	}
	return fmt.Sprintf("%v; it was set aside as %s", damage, filepath.Base(aside)), f.readLocked()
}

// freeName keeps what was set aside earlier: a person may not have seen it.
func freeName(name string) (string, error) {
	for n := 1; n < 100; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s%d", name, n)
		}
		if _, err := os.Lstat(try); errors.Is(err, fs.ErrNotExist) {
			return try, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s: too many damaged files were set aside", name)
}

// lock polls because a blocking flock cannot be given up when the holder
// hangs on a dead network disk.
func lock(name string) (unlock func(), err error) {
	l := flock.New(name, flock.SetPermissions(0o600))
	for end := time.Now().Add(lockWait); ; time.Sleep(5 * time.Millisecond) {
		ok, err := l.TryLock()
		switch {
		case err != nil:
			return nil, fmt.Errorf("lock: %w", err)
		case ok:
			return func() { _ = l.Close() }, nil
		case time.Now().After(end):
			return nil, fmt.Errorf("lock %s: another program has held it for %s", filepath.Base(name), lockWait)
		}
	}
}

package session

import (
	"fmt"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// measure finds the size that the file should have: as it was seen, or by
// SIZE. What is asked along with the bytes is in front and rear.
func (r *reader) measure(name string) (front, rear []string, err error) {
	o := r.o
	if r.seen != nil && r.seen.Type == vfs.TypeFile && r.seen.Size != vfs.SizeUnknown {
		r.size = r.seen.Size
		rear = o.glance(name, true)
		if !r.seen.Exact() {
			front = rear
		}
	} else if r.size, err = o.size(r.path); err != nil {
		return nil, nil, err
	}
	if r.size != vfs.SizeUnknown && r.offset > r.size {
		return nil, nil, o.kinded(vfs.KindChanged, fmt.Sprintf("the file has %d bytes now", r.size))
	}
	return front, rear, nil
}

// witness reads what was told of the file; nil where that is in doubt.
func (r *reader) witness(replies []wire.Reply) *vfs.Entry {
	told, ok := r.o.glanced(r.path, replies)
	if !ok {
		return nil
	}
	e := *r.seen
	e.Size, e.ModTime, e.Accuracy = told.Size, told.ModTime, told.Accuracy
	return &e
}

// Before is what the server told in front of the first byte; see vfs.Witness.
func (r *reader) Before() (vfs.Entry, bool) { return testimony(r.before) }

// After is what it told behind the last one.
func (r *reader) After() (vfs.Entry, bool) { return testimony(r.after) }

func testimony(e *vfs.Entry) (vfs.Entry, bool) {
	if e == nil {
		return vfs.Entry{}, false
	}
	return *e, true
}

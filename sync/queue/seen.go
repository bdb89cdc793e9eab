package queue

import (
	"encoding/binary"
	"io/fs"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// seenVersion begins the column seen. What another version wrote says nothing,
// and the transfer looks for itself.
const seenVersion = 1

// seenText is what a row keeps of the two listings that showed its source and,
// unless nothing was there, its target; nil where a listing does not tell all
// that is needed. The size and name of the source are the row's own.
func seenText(source vfs.Entry, target *vfs.Entry) []byte {
	if source.Type != vfs.TypeFile || source.Size < 0 {
		return nil
	}
	out := appendEntry([]byte{seenVersion}, source)
	if target == nil {
		return append(out, 0)
	}
	out = binary.AppendVarint(append(out, 1, byte(target.Type), byte(target.TargetType)), target.Size)
	return appendEntry(out, *target)
}

func appendEntry(out []byte, e vfs.Entry) []byte {
	has := byte(0)
	if e.HasMode {
		has = 1
	}
	when := sane(e.ModTime)
	out = binary.AppendVarint(out, when.Unix())
	out = binary.AppendUvarint(out, uint64(when.Nanosecond()))
	out = binary.AppendVarint(out, int64(e.Accuracy))
	return binary.AppendUvarint(append(out, has), uint64(e.Mode))
}

// known is what listings told of the row's two sides, nil for nothing.
func (r row) known() *transfer.Known {
	b := reader{rest: r.seen}
	if len(r.seen) == 0 || b.byte() != seenVersion {
		return nil
	}
	k := &transfer.Known{Source: vfs.Entry{Name: r.Source.Path.Base(), Type: vfs.TypeFile, Size: r.Size}}
	b.entry(&k.Source)
	if b.byte() == 1 {
		k.Target = &vfs.Entry{Name: r.Target.Path.Base(), Type: vfs.Type(b.byte()), TargetType: vfs.Type(b.byte()), Size: b.varint()}
		b.entry(k.Target)
	}
	if b.failed {
		return nil
	}
	return k
}

// reader takes values off what seenText wrote. What is cut off or odd, in a
// journal that was damaged, is remembered in failed.
type reader struct {
	rest   []byte
	failed bool
}

func (b *reader) take(n int) {
	if n <= 0 || n > len(b.rest) {
		b.failed, b.rest = true, nil
		return
	}
	b.rest = b.rest[n:]
}

func (b *reader) byte() byte {
	if len(b.rest) == 0 {
		b.failed = true
		return 0
	}
	out := b.rest[0]
	b.take(1)
	return out
}

func (b *reader) varint() int64 {
	v, n := binary.Varint(b.rest)
	b.take(n)
	return v
}

func (b *reader) uvarint() uint64 {
	v, n := binary.Uvarint(b.rest)
	b.take(n)
	return v
}

func (b *reader) entry(e *vfs.Entry) {
	seconds, rest := b.varint(), b.uvarint()
	if when := time.Unix(seconds, int64(rest%uint64(time.Second))).UTC(); !when.Equal(time.Time{}) {
		e.ModTime = sane(when)
	}
	e.Accuracy = time.Duration(b.varint())
	e.HasMode = b.byte() == 1
	e.Mode = fs.FileMode(b.uvarint())
}

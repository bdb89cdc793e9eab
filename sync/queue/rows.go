package queue

import (
	"database/sql"
	"encoding/json"
	"hash/fnv"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// row is one row of the journal.
type row struct {
	Item
	job     ID
	rank    int64 // by which it is taken, within its priority
	depth   int
	name    string
	made    *transfer.Identity // the source a part was made from
	chosen  vfs.Path           // the target's name under the rule Rename; the root for none
	probes  bool               // it was taken to see whether its site is back
	scanned bool               // a folder whose content is in the journal
	tally   tally              // of a folder
	seen    []byte             // what listings told, see known
	arrive  Arrival            // how the target is meant, see arrive.go
	asked   string             // Question as the journal has it
}

// tally counts what is below a folder, or a change of it.
type tally struct{ total, ended, failed, skipped int64 }

const columns = `id, job, parent, depth, name, src_site, src_path, dst_site, dst_path, type, state, exists_,
	size, done, made_size, made_time, attempts, next_try, kind, message, verified, question, added, ended,
	scanned, total, below, failed, skipped, chosen, about, prio, rank, keep_mode, not_before, seen, segments, arrive`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(...any) error }

func scanRow(from scanner) (row, error) {
	var r row
	var name, src, dst, chosen, about []byte
	var typ, exists, kind, question string
	var next, added, ended, notBefore int64
	var madeSize sql.NullInt64
	var madeTime sql.NullString
	err := from.Scan(&r.ID, &r.job, &r.Parent, &r.depth, &name, &r.Source.Site, &src, &r.Target.Site, &dst, &typ, &r.State, &exists,
		&r.Size, &r.Done, &madeSize, &madeTime, &r.Attempts, &next, &kind, &r.Message, &r.Verified, &question, &added, &ended,
		&r.scanned, &r.tally.total, &r.tally.ended, &r.tally.failed, &r.tally.skipped, &chosen, &about, &r.Priority, &r.rank,
		&r.KeepMode, &notBefore, &r.seen, &r.Segments, &r.arrive)
	if err != nil {
		return row{}, err
	}
	r.name, r.Type, r.Exists = string(name), typeOf(typ), transfer.Rule(exists)
	r.Kind, r.About = vfs.ParseKind(kind), string(about)
	r.NextTry, r.Added, r.Ended, r.NotBefore = fromNanos(next), fromNanos(added), fromNanos(ended), fromNanos(notBefore)
	if r.Source.Path, err = vfs.Parse(string(src)); err != nil {
		return row{}, err
	}
	if r.Target.Path, err = vfs.Parse(string(dst)); err != nil {
		return row{}, err
	}
	if chosen != nil {
		if r.chosen, err = vfs.Parse(string(chosen)); err != nil {
			return row{}, err
		}
	}
	if madeSize.Valid {
		when, err := time.Parse(time.RFC3339Nano, madeTime.String)
		if err != nil {
			return row{}, err
		}
		r.made = &transfer.Identity{Size: madeSize.Int64, ModTime: when}
	}
	if r.Type == vfs.TypeDir {
		r.Size, r.Done = r.tally.total, r.tally.ended
	}
	if r.Parent != 0 && r.Kind == vfs.KindBadName && r.Type == vfs.TypeOther {
		r.Name = r.name
	}
	if r.State == Asking {
		r.asked = question
		r.Question, err = parseQuestion(question, r.Source.Path, r.Target.Path)
	}
	return r, err
}

// collect reads all rows and closes them.
func collect(rows *sql.Rows) ([]row, error) {
	var out []row
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			_ = rows.Close() // the first error counts
			return nil, err
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return out, rows.Close()
}

// identityColumns are what made_size and made_time get. The time is text
// because servers tell years that do not fit into nanoseconds. What has no time
// is no word on what a part is made from (transfer.Job.OnStart).
func identityColumns(id transfer.Identity) (size int64, when string) {
	made := sane(id.ModTime)
	if made.IsZero() {
		id.Size = inDoubt
	}
	return id.Size, made.Format(time.RFC3339Nano)
}

// sane makes a time that text can hold of any: a year that RFC 3339 cannot
// write becomes the zero time, which is no source's, so that its part is begun
// anew and the row stays readable.
func sane(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// The words of types; unlike vfs.Type.String they tell unknown from other.
const (
	wordFile = "file"
	wordDir  = "dir"
	wordLink = "link"
)

func typeWord(t vfs.Type) string {
	if t == vfs.TypeUnknown {
		return "unknown"
	}
	return t.String()
}

func typeOf(word string) vfs.Type {
	switch word {
	case wordFile:
		return vfs.TypeFile
	case wordDir:
		return vfs.TypeDir
	case wordLink:
		return vfs.TypeLink
	case "other":
		return vfs.TypeOther
	}
	return vfs.TypeUnknown
}

// pairOf is the hash by which a row asked for twice is found. Equal hashes
// are only candidates.
func pairOf(src, dst Place) int64 {
	h := fnv.New64a()
	for _, part := range []string{string(src.Site), src.Path.String(), string(dst.Site), dst.Path.String()} {
		_, _ = h.Write([]byte(part)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return int64(h.Sum64())
}

// openQuestion is how a question is kept: the entries without their names,
// which are the row's own.
type openQuestion struct {
	SourceSize, TargetSize int64
	SourceTime, TargetTime time.Time
	SourceStep, TargetStep time.Duration
	TargetType             string
	NoReplace              bool `json:",omitempty"`
}

func questionText(q transfer.Question) (string, error) {
	text, err := json.Marshal(openQuestion{
		SourceSize: q.SourceEntry.Size, SourceTime: sane(q.SourceEntry.ModTime), SourceStep: q.SourceEntry.Accuracy,
		TargetSize: q.TargetNow.Size, TargetTime: sane(q.TargetNow.ModTime), TargetStep: q.TargetNow.Accuracy,
		TargetType: typeWord(q.TargetNow.Type), NoReplace: q.NoReplace,
	})
	return string(text), err
}

func parseQuestion(text string, src, dst vfs.Path) (*transfer.Question, error) {
	var o openQuestion
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return nil, err
	}
	return &transfer.Question{
		Source: src, Target: dst, NoReplace: o.NoReplace,
		SourceEntry: vfs.Entry{Name: src.Base(), Type: vfs.TypeFile, Size: o.SourceSize, ModTime: o.SourceTime, Accuracy: o.SourceStep},
		TargetNow:   vfs.Entry{Name: dst.Base(), Type: typeOf(o.TargetType), Size: o.TargetSize, ModTime: o.TargetTime, Accuracy: o.TargetStep},
	}, nil
}

// sites lists the row's ends that are not this computer.
func (r row) sites() []site.ID {
	var out []site.ID
	for _, id := range []site.ID{r.Source.Site, r.Target.Site} {
		if id != site.Local {
			out = append(out, id)
		}
	}
	return out
}

package queue

import (
	"context"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// dater asks one side of a folder for exact times, where its listing tells minutes
// or days. fs is nil where that side cannot tell, or has told nothing of what it was
// asked: one refusal speaks for the whole folder.
type dater struct {
	fs  vfs.Dater
	dir vfs.Path
}

func daterOf(f vfs.FS, dir vfs.Path) *dater {
	able, _ := f.(vfs.Dater)
	return &dater{able, dir}
}

// canTell says whether e's exact time is told, or may be.
func (d *dater) canTell(e vfs.Entry) bool { return e.Exact() || d != nil && d.fs != nil }

// ask returns what is told of names. That nothing is told is no error, but where a
// listing would be tried again so is this.
func (d *dater) ask(ctx context.Context, names []string) (map[string]time.Time, error) {
	if len(names) == 0 {
		return nil, nil
	}
	told, err := d.fs.Dates(ctx, d.dir, names)
	if triedAgain(err) {
		return nil, err
	}
	if len(told) == 0 {
		d.fs = nil
	}
	return told, nil
}

// date makes exact the times of entries, and of what stands in their place, where
// the rule waits for nothing else to leave them. It asks about no more files than
// entries has, so that what is told does not grow old while a long folder is asked
// about, and the first rows of one need not wait for the last.
func (b beside) date(ctx context.Context, rule transfer.Rule, entries []vfs.Entry) error {
	if !b.alone {
		return nil
	}
	var from, to []string
	for _, e := range entries {
		stands, ok := b.there.under(e)
		switch {
		case !ok, stands == nil, isHalf(e), !transfer.Known{Source: e, Target: stands}.WantsTimes(rule):
			continue
		case !b.source.canTell(e), !b.target.canTell(*stands):
			continue
		}
		if !e.Exact() {
			from = append(from, e.Name)
		}
		if !stands.Exact() {
			to = append(to, e.Name)
		}
	}
	sources, err := b.source.ask(ctx, from)
	if err != nil {
		return err
	}
	targets, err := b.target.ask(ctx, to)
	if err != nil {
		return err
	}
	for i := range entries {
		entries[i] = dated(entries[i], sources)
	}
	for _, name := range to {
		b.there.names[alikeName(name)] = dated(b.there.names[alikeName(name)], targets)
	}
	return nil
}

// dated is e with the time that was told of it. One that the listing contradicts is
// left to who looks at the file: it has changed since, or one of the two is wrong.
func dated(e vfs.Entry, told map[string]time.Time) vfs.Entry {
	at, ok := told[e.Name]
	now := e
	now.ModTime, now.Accuracy = at, time.Second
	if !ok || !now.Same(e) {
		return e
	}
	return now
}

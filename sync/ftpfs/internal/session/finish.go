package session

import (
	"errors"
	"fmt"
	"path"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// step is a part of an upload's end: what is sent for it, and whether the
// replies are all that they should be.
type step struct {
	lines []string
	right func(replies []wire.Reply) bool
}

// ending is the end of an upload in one flight, up to the rename itself.
type ending struct {
	o      *operation
	part   vfs.Path
	target string // in the server's bytes
	steps  []step // the first asks for the size
	moves  []string
	out    vfs.Finished
}

// newEnding makes the steps of f for the file at part; without any where the
// server cannot be asked so.
func (o *operation) newEnding(part vfs.Path, f vfs.Finish) *ending {
	e := &ending{o: o, out: vfs.Finished{Size: vfs.SizeUnknown}}
	name, bad := o.names.encode(part)
	target, worse := o.names.encode(f.Target)
	if bad != nil || worse != nil || f.Old != nil && f.Old.Type != vfs.TypeFile {
		return e
	}
	size, now := o.glance(name, false), []string(nil)
	switch {
	case size == nil:
	case f.Old != nil:
		now = o.glance(target, true)
	default:
		now = o.vacancy(target) // counts what it has read, and leaves the folder
	}
	if now == nil {
		return e
	}
	e.part, e.target = part, target
	e.steps = append(e.steps, step{size, func(r []wire.Reply) bool {
		told, ok := o.glanced(part, r)
		return ok && told.Size == f.Size
	}})
	e.dress(name, f)
	e.steps = append(e.steps, step{now, func(r []wire.Reply) bool {
		if f.Old == nil {
			return o.vacant(r)
		}
		told, ok := o.glanced(f.Target, r)
		return ok && told.Same(*f.Old)
	}})
	e.moves = []string{"RNFR " + name, "RNTO " + target}
	return e
}

// dress adds the steps for time and permissions. A server that refuses them
// for good is right: the file is whole without.
func (e *ending) dress(name string, f vfs.Finish) {
	clear := func(r wire.Reply) bool { return r.OK() || r.Code >= 500 && !unknown(r.Code) }
	if f.Mode != nil {
		line := fmt.Sprintf("SITE CHMOD %03o %s", f.Mode.Perm(), name)
		e.steps = append(e.steps, step{[]string{line}, func(r []wire.Reply) bool {
			e.out.ModeRefused = !r[0].OK()
			return clear(r[0])
		}})
	}
	verb := ""
	switch {
	case f.ModTime.IsZero():
	case e.o.supports("MFMT"):
		verb = "MFMT "
	case e.o.writesMDTM():
		verb = "MDTM "
	}
	if verb != "" {
		line := verb + f.ModTime.UTC().Format(stampForm) + " " + name
		e.steps = append(e.steps, step{[]string{line}, func(r []wire.Reply) bool {
			e.out.TimeKept = r[0].OK()
			return clear(r[0])
		}})
	}
}

func (e *ending) lines() []string {
	var lines []string
	for _, s := range e.steps {
		lines = append(lines, s.lines...)
	}
	return lines
}

// right says whether the rename may be sent.
func (e *ending) right(replies []wire.Reply) bool {
	for _, s := range e.steps {
		if len(replies) < len(s.lines) || !s.right(replies[:len(s.lines)]) {
			return false
		}
		replies = replies[len(s.lines):]
	}
	return len(e.steps) > 0
}

// arrived says whether the server tells that it has size bytes.
func (e *ending) arrived(replies []wire.Reply, size int64) bool {
	if len(e.steps) == 0 || len(replies) < len(e.steps[0].lines) {
		return false
	}
	told, ok := e.o.glanced(e.part, replies[:len(e.steps[0].lines)])
	return ok && told.Size >= size
}

// cutShort is the failure of an upload that ended in haste by err, with fewer
// bytes than were sent, or with no word on how many.
func (o *operation) cutShort(err error) error {
	o.ctl.CameShort()
	cause := vfs.ErrCutShort
	if errors.Is(err, ErrNoVerdict) {
		cause = fmt.Errorf("%w: %w", cause, ErrNoVerdict)
	}
	return &vfs.Error{Op: o.verb, Path: o.path, Kind: vfs.KindLost, Reply: "the end of the upload was lost", Err: cause}
}

// rename sends RNFR and RNTO together, of which the second does nothing where
// the first was refused (RFC 959, 5.4): RNFR is never left alone, after which
// ProFTPD refuses whatever else comes, for ever. A refusal leaves everything as
// it was, and is explained by the single steps; so is a goodbye to RNFR.
func (e *ending) rename(f vfs.Finish) (out vfs.Finished, done bool, err error) {
	e.o.verb = "rename" // for errors: the writing is over
	replies, err := e.o.ctl.Batch(e.moves)
	switch {
	case len(replies) == 1 && replies[0].Code == 421:
		return out, false, nil
	case err != nil:
		return out, false, err
	case replies[1].Code >= 400:
		return out, false, nil
	case replies[0].Code >= 400:
		return out, false, e.o.kinded(vfs.KindLost, "renamed, and yet not: "+replies[0].String())
	case !replies[1].OK():
		return out, false, e.o.kinded(vfs.KindProtocol, replies[1].String())
	}
	if e.out.Size = f.Size; f.Old == nil {
		e.o.conf.Learned.folders.filled(path.Dir(e.target))
	}
	return e.out, true, nil
}

// Finish is Commit with what vfs.Finisher does besides. done tells that all of
// it was done. Where it is false and err is nil the file stands, and everything
// else is to be asked step by step: nothing was renamed.
func (w *writer) Finish(f vfs.Finish) (out vfs.Finished, done bool, err error) {
	w.once.Do(func() {
		o := w.o
		if w.failed != nil {
			_ = o.end(nil)
			w.verdict = w.failed
			return
		}
		e := o.newEnding(w.path, f)
		o.ctl.Behind(e.lines()...)
		if len(e.steps) > 0 {
			o.ctl.Compared()
		}
		err := w.ended()
		replies := []wire.Reply(nil)
		if err == nil {
			replies, _ = o.behind() // each step looks for its own
		}
		switch {
		case w.hand.data.Hasty() && o.ctx.Err() == nil && (err == nil && !e.arrived(replies, f.Size) || brokenOff(o.kind(err))):
			err = o.cutShort(err)
		case err == nil && e.right(replies) && o.ctl.InStep():
			out, done, err = e.rename(f)
		}
		w.verdict = o.end(err)
	})
	return out, done, w.verdict
}

// behind are the replies to what was asked behind the transfer that has ended;
// where the connection broke on the way, which all says, those that had come.
func (o *operation) behind() (replies []wire.Reply, all bool) {
	_, replies, err := o.ctl.Followed()
	return replies, err == nil
}

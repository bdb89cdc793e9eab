package doctor

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"strconv"
	"time"

	"wherry/sync/vfs"
)

// sampleSize of the temporary file in bytes: more than one packet and one TLS
// record, and no burden for a modem.
const sampleSize = 64 << 10

// The limits of tidying up: a server gets the time of any wait. A person who
// cancelled gets the check's end within a second, half of which the step that
// was broken off may have taken.
const (
	tidyLimit  = 20 * time.Second
	tidyAtOnce = 450 * time.Millisecond
)

// written is what the writing steps made.
type written struct {
	sample []byte
	file   vfs.Path   // the whole upload
	made   []vfs.Path // whatever may be there now
	entry  vfs.Entry  // as the server described it at once
	began  time.Time  // when its writing began, by our clock,
	at     time.Time  // and when it was over
}

// write tries transfers with temporary files, where the person allows that
// and a data connection works. Whatever happens, they are removed.
func (c *checkup) write() {
	ids := []StepID{Upload, Download, Resume, Rename, Delete}
	_, works := c.best()
	switch {
	case c.over || c.ctx.Err() != nil || !works:
		c.skip(NotPossible, ids)
		return
	case !c.conf.Write:
		c.skip(NotAllowed, ids)
		return
	}
	up := c.try(Upload, c.upload)
	for _, next := range []struct {
		id   StepID
		work func(context.Context, *Step) error
	}{{Download, c.download}, {Resume, c.resume}, {Rename, c.rename}} {
		if up.Status != Passed {
			c.tell(Step{ID: next.id, Status: NotPossible})
			continue
		}
		c.try(next.id, next.work)
	}
	if len(c.written.made) == 0 {
		c.skip(NotPossible, ids[4:])
		return
	}
	limit := tidyLimit
	if c.ctx.Err() != nil {
		limit = cmp.Or(c.conf.atOnce, tidyAtOnce)
	}
	c.force(Delete, context.WithoutCancel(c.ctx), limit, c.tidy)
}

func (c *checkup) skip(status Status, ids []StepID) {
	for _, id := range ids {
		c.tell(Step{ID: id, Status: status})
	}
}

// temporary names a file that nobody has, and plans its removal.
func (c *checkup) temporary() (vfs.Path, error) {
	var random [12]byte
	rand.Read(random[:]) // never fails (crypto/rand since Go 1.24)
	p, err := c.dir().Join("wherry-check-" + hex.EncodeToString(random[:]) + ".tmp")
	if err == nil {
		c.written.made = append(c.written.made, p)
	}
	return p, err
}

// ready makes sure of a session over the first way that works and is allowed.
func (c *checkup) ready(ctx context.Context) error {
	best, _ := c.best()
	return c.use(ctx, best.rung)
}

// upload writes the sample and asks the server what it has.
func (c *checkup) upload(ctx context.Context, s *Step) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	w := &c.written
	w.sample = make([]byte, sampleSize) // every byte value, so that changed line ends show
	rand.Read(w.sample)
	s.add(FactFolder, c.dir().String())
	var err error
	if w.file, err = c.temporary(); err != nil {
		return err
	}
	s.add(FactFile, w.file.Base())
	began := time.Now()
	if err := c.put(ctx, w.file, w.sample, 0); err != nil {
		return err
	}
	w.began, w.at = began, time.Now()
	if w.entry, err = c.s.Stat(ctx, w.file); err != nil {
		return err
	}
	if n := w.entry.Size; n != vfs.SizeUnknown && n != sampleSize {
		return c.kinded(vfs.KindSize, "%d bytes were sent, and the server has %d", sampleSize, n)
	}
	s.add(FactBytes, strconv.Itoa(sampleSize))
	return nil
}

// put uploads content from at on.
func (c *checkup) put(ctx context.Context, p vfs.Path, content []byte, at int64) error {
	w, err := c.s.Write(ctx, p, at)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		_ = w.Abort() // the failure is what there is to tell
		return err
	}
	return w.Commit()
}

// download reads the sample back.
func (c *checkup) download(ctx context.Context, s *Step) error {
	if err := c.compare(ctx, c.written.file, 0); err != nil {
		return err
	}
	s.add(FactBytes, strconv.Itoa(sampleSize))
	return nil
}

// compare reads p from offset on and holds it against the sample.
func (c *checkup) compare(ctx context.Context, p vfs.Path, offset int64) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	r, err := c.s.Read(ctx, p, offset)
	if err != nil {
		return err
	}
	want := c.written.sample[offset:]
	got, err := io.ReadAll(io.LimitReader(r, sampleSize+1))
	if closed := r.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return err
	case len(got) != len(want):
		return c.kinded(vfs.KindSize, "%d bytes were expected, and %d came", len(want), len(got))
	case !bytes.Equal(got, want):
		return c.kinded(vfs.KindHash, "what came back is not what was sent")
	}
	return nil
}

// resume uploads a second file in two parts, which proves the offset of
// uploads, and reads it from within the first part on, which proves that of
// downloads and the seam.
func (c *checkup) resume(ctx context.Context, s *Step) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	p, err := c.temporary()
	if err != nil {
		return err
	}
	const seam = sampleSize / 2
	if err := c.put(ctx, p, c.written.sample[:seam], 0); err != nil {
		return err
	}
	if err := c.put(ctx, p, c.written.sample[seam:], seam); err != nil {
		return err
	}
	s.add(FactFile, p.Base())
	return c.compare(ctx, p, seam/2)
}

// rename gives the first file another name.
func (c *checkup) rename(ctx context.Context, s *Step) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	to, err := c.temporary()
	if err != nil {
		return err
	}
	if err := c.s.Rename(ctx, c.written.file, to); err != nil {
		return err
	}
	s.add(FactFile, to.Base())
	_, err = c.s.Stat(ctx, to)
	return err
}

// tidy removes every file that may be there, and names those that it could
// not. Where none was there, nothing has shown that files can be deleted.
func (c *checkup) tidy(ctx context.Context, s *Step) error {
	var failed error
	s.Status = NotPossible
	for _, p := range c.written.made {
		switch gone, err := c.remove(ctx, p); {
		case err != nil:
			s.add(FactLeft, p.String())
			failed = err
		case gone:
			s.Status = Passed
		}
	}
	return failed
}

// remove deletes p, over the session there is, or where that is of no use now
// a new one. gone is false for a file that was not there, which is as good.
func (c *checkup) remove(ctx context.Context, p vfs.Path) (gone bool, err error) {
	if c.over && (c.s == nil || !c.s.Usable()) && c.ctx.Err() == nil {
		return false, c.kinded(vfs.KindLogin, "the server lets nobody in any more")
	}
	if err := c.ready(ctx); err != nil {
		return false, err
	}
	err = c.s.Remove(ctx, p)
	if vfs.KindOf(err) == vfs.KindNotFound {
		return false, nil
	}
	if c.ctx.Err() != nil {
		return err == nil, err // no time for a second look
	}
	_, look := c.s.Stat(ctx, p)
	switch {
	case vfs.KindOf(look) == vfs.KindNotFound:
		return err == nil, nil // servers refuse a DELE in a folder that is read-only whatever is there
	case err == nil && look == nil:
		return false, c.kinded(vfs.KindOther, "the server says that it is deleted, and it is still there")
	}
	return err == nil, err
}

package ftpfs

import (
	"time"

	"wherry/sync/ftpfs/internal/pool"
	"wherry/sync/vfs"
)

// lookAgain is the pause between looks at a file that is growing still. An
// upload's last bytes lie in buffers on the way for a while.
const lookAgain = 500 * time.Millisecond

// stands answers, where all bytes went through and only the server's word on
// them is missing, whether the file has exactly those. It asks on another
// session, that of the stream being lost: a control connection that a firewall
// forgot during a long transfer ends so.
//
//	as many bytes as moved           -> it stands, where it is new
//	fewer, or not there yet (servers
//	that rename at the end)          -> look again while it grows, and twice
//	anything else, or no answer      -> nobody knows: the loss is the error
//
// New is what was seen to grow or to appear, and what isNew says is.
func (s *stream) stands() bool {
	size, looks := int64(-1), 0
	for still := 0; still < 2; {
		var e vfs.Entry
		err := s.fs.do(s.ctx, call{"stat", s.call.path, pool.Browse | pool.Sure, true}, func(c conn) (err error) {
			e, err = c.Stat(s.ctx, s.call.path)
			return err
		})
		switch {
		case vfs.KindOf(err) == vfs.KindNotFound:
			still++
		case err != nil || e.Type != vfs.TypeFile || e.Size == vfs.SizeUnknown || e.Size > s.at:
			return false
		case e.Size == s.at:
			return looks > 0 || s.isNew == nil || s.isNew(e)
		case e.Size > size:
			size, still = e.Size, 0
		default:
			still++
		}
		looks++
		pause := time.NewTimer(lookAgain)
		select {
		case <-pause.C:
		case <-s.ctx.Done():
			pause.Stop()
			return false
		}
	}
	return false
}

// clocksApart is how far the server's clock may be from ours where a time is
// compared with one of ours. One that is further off costs an upload without a
// verdict another try.
const clocksApart = 5 * time.Second

// sinceNow returns what tells whether p was written from now on. Its size does
// not: a server that keeps what it gets under another name until the end has the
// older file there all the while. Its time does where it is of this upload by our
// clock, or has become another one since an upload before this was lost.
func (f *FS) sinceNow(p vfs.Path) func(vfs.Entry) bool {
	began := time.Now()
	return func(e vfs.Entry) bool {
		last, known := f.swapDoubtful(p, e)
		if e.ModTime.IsZero() {
			return false
		}
		if known && e.Accuracy == last.Accuracy && !last.ModTime.IsZero() && !e.ModTime.Equal(last.ModTime) {
			return true
		}
		slack := e.Accuracy + clocksApart
		return e.Accuracy <= time.Minute && !e.ModTime.Before(began.Add(-slack)) && !e.ModTime.After(time.Now().Add(slack))
	}
}

// maxDoubtful bounds how many files are remembered whose upload nobody knows to
// have come to its end.
const maxDoubtful = 100

// swapDoubtful remembers what stood at p when an upload was lost, and returns
// what did the last time.
func (f *FS) swapDoubtful(p vfs.Path, e vfs.Entry) (last vfs.Entry, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, known = f.doubtful[p]
	if f.doubtful == nil || len(f.doubtful) >= maxDoubtful && !known {
		f.doubtful = map[vfs.Path]vfs.Entry{}
	}
	f.doubtful[p] = e
	return last, known
}

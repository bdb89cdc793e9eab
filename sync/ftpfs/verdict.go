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
//	as many bytes as moved           -> it stands
//	fewer, or not there yet (servers
//	that rename at the end)          -> look again while it grows, and twice
//	anything else, or no answer      -> nobody knows: the loss is the error
func (s *stream) stands() bool {
	size := int64(-1)
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
			return true
		case e.Size > size:
			size, still = e.Size, 0
		default:
			still++
		}
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

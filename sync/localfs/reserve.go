package localfs

import "os"

// reserveLeast is the smallest file that room is set aside for: a smaller one
// is written in less time than the question takes, and a file system that
// delays its choice of blocks places it better alone.
const reserveLeast = 1 << 20

// Reserve implements vfs.Reserver.
func (w *writer) Reserve(size int64) error {
	if err := w.alive("reserve"); err != nil || size < reserveLeast {
		return err
	}
	w.mu.Lock()
	w.reserved = true
	w.mu.Unlock()
	return failed("reserve", w.path, reserve(w.file, size, func() error { return w.alive("reserve") }))
}

// giveBackLocked frees blocks behind the file's end. Cutting a file to the
// length that it has does that on ext4, XFS, tmpfs and APFS.
func (s *stream) giveBackLocked() {
	if !s.reserved {
		return
	}
	if info, err := s.file.Stat(); err == nil {
		_ = s.file.Truncate(info.Size()) // it costs room and no content where it fails
	}
}

// control calls do with the file's number, which stays its own meanwhile.
func control(file *os.File, do func(fd int) error) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	if err := conn.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil {
		return err
	}
	return done
}

package wire

import (
	"errors"
	"net"
	"syscall"
)

// gather lets reads of conn wait until so many bytes are there, or the end, by
// SO_RCVLOWAT (socket(7)). What is there can be read all the same.
func gather(conn *net.TCPConn, bytes int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = raw.Control(func(fd uintptr) {
		refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, bytes)
	})
	return errors.Join(err, refused)
}

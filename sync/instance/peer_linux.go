package instance

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Private says whether a message may hold a secret: each side then knows that
// the other one belongs to the same user.
const Private = true

// ours asks the kernel whose process is at the other end.
func ours(conn net.Conn) bool {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return false
	}
	var peer *unix.Ucred
	var got error
	if err := raw.Control(func(fd uintptr) { peer, got = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil || got != nil {
		return false
	}
	return int(peer.Uid) == os.Geteuid()
}

// maxName is what the kernel takes as a socket's name, in bytes (unix(7)).
const maxName = 107

// reachable is the name under which a socket can be made and found. A long one
// leads through its folder, held open until done is called.
func reachable(socket string) (name string, done func(), err error) {
	if len(socket) <= maxName {
		return socket, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(socket))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(socket)), func() { _ = dir.Close() }, nil
}

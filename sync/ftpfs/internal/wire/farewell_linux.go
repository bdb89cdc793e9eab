package wire

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// link asks the system about a connection: how long a round trip takes, and how
// many of the bytes written have not been sent yet, our end being one (tcp(7),
// TCP_INFO).
func link(conn *net.TCPConn) (trip time.Duration, unsent uint32, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, false
	}
	var info *unix.TCPInfo
	cannot := raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	if cannot != nil || err != nil {
		return 0, 0, false
	}
	return time.Duration(info.Rtt) * time.Microsecond, info.Notsent_bytes, true
}

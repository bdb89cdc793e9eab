package wire

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// established is the state of a connection that neither side has ended (TCP_INFO).
const established = 1

// link asks the system about a connection (tcp(7), TCP_INFO).
func link(conn *net.TCPConn) (l linked, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return linked{}, false
	}
	var info *unix.TCPInfo
	cannot := raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	if cannot != nil || err != nil {
		return linked{}, false
	}
	return linked{time.Duration(info.Rtt) * time.Microsecond, info.Notsent_bytes, info.State != established}, true
}

//go:build !linux

package wire

import "net"

// link is not known here.
func link(*net.TCPConn) (l linked, ok bool) { return linked{}, false }

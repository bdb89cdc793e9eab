package wire

import (
	"syscall"
	"testing"

	"wherry/sync/ftptest"
)

// TestKeepAlive: the control connection is probed while a transfer keeps it
// silent, straight and through a proxy.
func TestKeepAlive(t *testing.T) {
	for outcome, proxied := range map[string]bool{"straight": false, "through a proxy": true} {
		r := script(t, ftptest.Plan{})
		if proxied {
			r.conf.Site.Proxy = startProxy(t, habits{}).url()
		}
		raw, err := r.login().tcp.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var on, idle, interval int
		if err := raw.Control(func(fd uintptr) {
			on, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
			idle, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE)
			interval, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL)
		}); err != nil {
			t.Fatal(err)
		}
		if on != 1 || idle != 30 || interval != 15 {
			t.Errorf("%s: on %d, idle %d s, interval %d s", outcome, on, idle, interval)
		}
	}
}

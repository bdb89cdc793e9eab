package session

import (
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// blackHole returns a port of loopback that answers no call, as behind a
// firewall that drops: a listener whose queue is full.
func blackHole(t *testing.T) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	port := name.(*syscall.SockaddrInet4).Port
	for {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), 100*time.Millisecond)
		if err != nil {
			return port // full
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
}

// TestBlackHole: the failure people really have. A data port that stays
// silent costs its own short limit and not the operation.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	port := blackHole(t)
	r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"EPSV": func(c *ftptest.Conn, _ string) { c.Say("229 Here (|||%d|)", port) },
		"PASV": func(c *ftptest.Conn, _ string) { c.Say("227 (10,1,2,3,%d,%d)", port>>8, port&255) },
	}})
	r.patience(vfs.KindNoData)
	s := r.open()
	r.conf.Site.Mode = "passive"
	forced := r.open()
	r.works(s)
	if via := s.Facts().Via; via != "EPRT" {
		t.Errorf("via %s", via)
	}
	for _, word := range []string{"EPSV: no answer from 127.0.0.1:", "PASV: no answer", "10,1,2,3", "active mode"} {
		if !strings.Contains(r.transcript(), word) {
			t.Errorf("%q is not told", word)
		}
	}
	if got := outcomes(s.ctl.Attempts()); got != "EPSV no_answer, PASV no_answer, EPRT worked" {
		t.Error(got)
	}
	_, err := forced.List(t.Context(), vfs.Root())
	r.wants(err, vfs.KindNoData)
	if got := blocked(t, err); got != "EPSV no_answer, PASV no_answer" {
		t.Error(got)
	}
	r.must(forced.Noop(t.Context()))
}

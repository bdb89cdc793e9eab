package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

// The two ends of the delayed link, of the range that RFC 2544 keeps for
// measurements. What connects to farHost reaches this machine's own nearHost.
const (
	nearHost = "198.18.77.1"
	farHost  = "198.18.77.2"
)

// A connection over the link must not be quicker than a real one at setting
// itself up, so the handshake of TCP is delayed too. A relay of connections
// cannot do that: the system answers for it at once.
const linkMTU = 1500

// far makes the link until the function it returns is called. It needs root
// (CAP_NET_ADMIN) and /dev/net/tun.
func far(ctx context.Context, oneWay time.Duration) (stop func() error, err error) {
	fd, name, err := tun()
	if err != nil {
		return nil, err
	}
	// Non-blocking, so that Close ends a Read.
	device := os.NewFile(uintptr(fd), "/dev/net/tun")
	for _, args := range [][]string{
		{"addr", "add", nearHost + "/30", "dev", name},
		{"link", "set", name, "mtu", fmt.Sprint(linkMTU), "up"},
	} {
		if out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput(); err != nil {
			return nil, errors.Join(fmt.Errorf("ip %v: %w: %s", args, err, out), device.Close())
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	read := func() ([]byte, error) {
		buf := make([]byte, linkMTU)
		n, err := device.Read(buf)
		return buf[:n], err
	}
	go func() { ended <- delay(ctx, read, device, oneWay) }()
	return func() error {
		cancel()
		err := device.Close()
		if cause := <-ended; !errors.Is(cause, os.ErrClosed) && !errors.Is(cause, context.Canceled) {
			err = errors.Join(err, cause)
		}
		return err
	}, nil
}

// tun opens a new network device whose packets are this program's (Linux,
// Documentation/networking/tuntap.rst). It goes when it is closed.
func tun() (fd int, name string, err error) {
	fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, "", fmt.Errorf("/dev/net/tun: %w", err)
	}
	ifr, err := unix.NewIfreq("wherry%d")
	if err == nil {
		ifr.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr)
	}
	if err != nil {
		return 0, "", errors.Join(fmt.Errorf("a network device: %w", err), unix.Close(fd))
	}
	return fd, ifr.Name(), nil
}

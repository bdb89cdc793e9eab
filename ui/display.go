//go:build !headless

package ui

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"wherry/ui/cli"
)

// display looks for something to show a window on. Fyne panics without a
// display, so it must not be started then. The error wraps cli.ErrNoDisplay.
func display(ctx context.Context) error {
	if runtime.GOOS != "linux" && !strings.HasSuffix(runtime.GOOS, "bsd") {
		return nil // the system has one as soon as somebody is logged in
	}
	if name := os.Getenv("WAYLAND_DISPLAY"); name != "" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), name)
		}
		if answers(ctx, "unix", name) {
			return nil
		}
	}
	name := os.Getenv("DISPLAY")
	if name == "" {
		return cli.ErrNoDisplay
	}
	host, rest, ok := strings.Cut(name, ":")
	number, _, _ := strings.Cut(rest, ".")
	if !ok || number == "" {
		return fmt.Errorf("%w: DISPLAY names none", cli.ErrNoDisplay)
	}
	var there bool
	if host == "" || host == "unix" {
		socket := "/tmp/.X11-unix/X" + number
		there = answers(ctx, "unix", socket) || answers(ctx, "unix", "@"+socket)
	} else {
		var n int
		if _, err := fmt.Sscan(number, &n); err == nil {
			there = answers(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(6000+n)))
		}
	}
	if !there {
		return fmt.Errorf("%w: nothing answers at DISPLAY", cli.ErrNoDisplay)
	}
	return nil
}

// answers says whether somebody listens there.
func answers(ctx context.Context, network, address string) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

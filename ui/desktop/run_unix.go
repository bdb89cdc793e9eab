//go:build unix

package desktop

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

func shell(ctx context.Context, command string) *exec.Cmd {
	name := os.Getenv("SHELL")
	if !filepath.IsAbs(name) {
		name = "/bin/sh"
	}
	c := exec.CommandContext(ctx, name, "-c", command)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	return c
}

package ftptest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// limits of starting and stopping; generous, for a loaded machine.
const (
	startLimit = 2 * time.Minute
	stopLimit  = 5 * time.Second
	retryEvery = 20 * time.Millisecond
)

// command is a program to run.
type command struct {
	path string
	args []string
	env  []string // beyond installation.environment
	// netns is the network namespace to run in, "" for this process's own.
	netns string
}

// process is a running server: a process group of its own.
type process struct {
	cmd   *exec.Cmd
	alive *os.File      // the server ends when this end closes
	ended chan struct{} // closed when the server's first process has ended
}

// watch starts a watcher that ends the group when descriptor 3 closes, and
// becomes the server. A test that is killed runs no cleanup; its descriptors
// close all the same.
const watch = `{ cat >/dev/null; kill -TERM 0; } <&3 & exec "$@" 3<&-`

// run starts a command with its output in a file.
func run(c command, output string) (*process, error) {
	out, err := os.Create(output)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", watch, "sh", c.path}, c.args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.env, out, out
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := inside(c.netns, cmd.Start); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	p := &process{cmd: cmd, alive: ours, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		// How it ended is in the log; a killed server always "fails".
		_ = cmd.Wait()
	}()
	return p, nil
}

// stop ends the group and waits for its first process.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopLimit):
	}
	// Sessions that outlive their server, and the watcher.
	_ = syscall.Kill(group, syscall.SIGKILL)
	<-p.ended
	_ = p.alive.Close()
}

// choosePorts sets Port and PassivePorts; the closer gives them back. In a
// namespace of its own a server has the ports that everybody knows.
func (s *Server) choosePorts() (io.Closer, error) {
	if s.Options.Netns != "" {
		s.Port, s.PassivePorts = 21, s.Options.PassivePorts
		if s.PassivePorts == [2]int{} {
			s.PassivePorts = [2]int{50000, 50099}
		}
		return io.NopCloser(nil), nil
	}
	p, err := reservePorts(s.Host)
	if err != nil {
		return nil, err
	}
	s.Port, s.PassivePorts = p.control, s.Options.PassivePorts
	if s.PassivePorts == [2]int{} {
		s.PassivePorts = [2]int{p.low, p.high}
	}
	return p.held, nil
}

// remove deletes the server's folder. Sessions that were killed may still be
// on their way out and hold a name for an instant.
func (s *Server) remove() error {
	return eventually(startLimit, nil, func() error { return os.RemoveAll(s.base) })
}

// awaitGreeting connects until the server says 220.
func (s *Server) awaitGreeting() error {
	return eventually(startLimit, s.process.ended, func() error {
		conn, err := s.dial()
		if err != nil {
			return err
		}
		defer conn.Close()
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err == nil && !strings.HasPrefix(line, "220") {
			err = fmt.Errorf("greeting %q", line)
		}
		return err
	})
}

// dial opens a control connection in the way of the options.
func (s *Server) dial() (net.Conn, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	d := &net.Dialer{Timeout: startLimit}
	if s.Host == "127.0.0.1" && runtime.GOOS == "linux" {
		// Not counted against Options.PerAddress of the test's own address.
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	var conn net.Conn
	err := inside(s.Options.Netns, func() (err error) {
		if s.Options.Implicit {
			conn, err = (&tls.Dialer{NetDialer: d, Config: s.clientTLS()}).DialContext(ctx, "tcp", address)
		} else {
			conn, err = d.DialContext(ctx, "tcp", address)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(startLimit))
}

func (s *Server) clientTLS() *tls.Config { return &tls.Config{RootCAs: s.CA, ServerName: s.Host} }

// eventually repeats try until it succeeds, the limit has passed or ended is
// closed, and returns try's last error.
func eventually(limit time.Duration, ended <-chan struct{}, try func() error) error {
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	deadline := time.After(limit)
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("after %v: %w", limit, err)
		case <-ended:
			return fmt.Errorf("the program has ended: %w", err)
		}
	}
}

// Package instance lets the first process of a folder be found by the next
// one, which hands it a message and ends.
//
// It exists so that a second start of the window raises the first one. Which
// process is the first is decided by a lock that the system ends with the
// process, so a killed one leaves nothing that has to be guessed about; the
// socket beside it only carries the message. What a message says is its
// owner's business.
package instance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// MaxMessage bounds a message, in bytes.
const MaxMessage = 64 << 10

// The limits of a conversation. Patience is for a first process that is just
// starting or just ending.
const (
	patience = 5 * time.Second
	pause    = 50 * time.Millisecond
	// turn is how long a message may take to arrive: it is one write of a
	// program on the same computer.
	turn = 2 * time.Second
)

// ErrTold is returned by Claim when the first process took the message.
var ErrTold = errors.New("the first process took the message")

// errSilent is a first process that does not answer in time.
var errSilent = errors.New("another process has the folder and does not answer")

// accepted is the answer to a message that was taken.
const accepted = "ok\n"

// First is this process's right to be found in a folder.
type First struct {
	lock     *flock.Flock
	listener net.Listener
	socket   string // its name, to be removed
	serving  sync.WaitGroup
	ended    func() error
}

// Claim makes this process the first one of a folder, which is made where it
// is missing. Where another one is, message goes to it and the error is
// ErrTold once it was taken. Any other error means that this process is not
// the first and could tell nobody: the other one hangs or refused the message,
// or the folder bears no lock or socket. It takes seconds at most.
func Claim(ctx context.Context, dir string, message []byte) (*First, error) {
	if len(message) > MaxMessage {
		return nil, fmt.Errorf("a message of %d bytes is too long", len(message))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSilent)
	defer cancel()
	lock := flock.New(filepath.Join(dir, "window.lock"), flock.SetPermissions(0o600))
	for {
		switch ok, err := lock.TryLock(); {
		case err != nil:
			return nil, err
		case ok:
			return listen(ctx, lock, filepath.Join(dir, "window.sock"))
		}
		var unreachable *net.OpError
		if err := tell(ctx, filepath.Join(dir, "window.sock"), message); err == nil {
			return nil, ErrTold
		} else if !errors.As(err, &unreachable) {
			return nil, err
		}
		select {
		case <-time.After(pause): // it is not yet, or no longer, there
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func listen(ctx context.Context, lock *flock.Flock, socket string) (*First, error) {
	// What lies there is of a process that was killed: who has the lock is alone.
	_ = os.Remove(socket)
	name, done, err := reachable(socket)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	defer done()
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", name)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // name may lead nowhere by then
	f := &First{lock: lock, listener: l, socket: socket}
	f.ended = sync.OnceValue(f.end)
	if err := os.Chmod(socket, 0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Serve takes messages from now on, those that came since Claim included, and
// returns at once. take is called in a goroutine of its own, one call at a
// time; its error refuses the message. It must be called once at most.
func (f *First) Serve(take func(message []byte) error) {
	f.serving.Go(func() {
		for {
			conn, err := f.listener.Accept()
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err != nil: // such as too many open files
				time.Sleep(pause)
				continue
			}
			converse(conn, take)
			_ = conn.Close()
		}
	})
}

// converse takes one message. Whoever is another user, slow, or sends too much
// gets no answer.
func converse(conn net.Conn, take func([]byte) error) {
	_ = conn.SetDeadline(time.Now().Add(turn))
	if !ours(conn) {
		return
	}
	message, err := io.ReadAll(io.LimitReader(conn, MaxMessage+1))
	if err != nil || len(message) > MaxMessage || take(message) != nil {
		return
	}
	_, _ = io.WriteString(conn, accepted)
}

// tell hands the message over. An error that is a *net.OpError means that
// nobody was reached.
func tell(ctx context.Context, socket string, message []byte) error {
	name, done, err := reachable(socket)
	if err != nil {
		return err
	}
	defer done()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", name)
	if err != nil {
		return err
	}
	defer conn.Close()
	if !ours(conn) {
		return errors.New("the folder's socket is another user's")
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	answer, err := exchange(conn, message)
	switch {
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case err == nil && answer != accepted:
		return errors.New("the first process refused the message")
	}
	return err
}

func exchange(conn net.Conn, message []byte) (string, error) {
	if _, err := conn.Write(message); err != nil {
		return "", err
	}
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, int64(len(accepted))))
	return string(answer), err
}

// Close gives the folder to the next process, once it was called or more
// often. It waits for a message that is being taken.
func (f *First) Close() error { return f.ended() }

func (f *First) end() error {
	err := f.listener.Close()
	f.serving.Wait()
	if gone := os.Remove(f.socket); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return errors.Join(err, f.lock.Close())
}

package vault

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Chain is the system's keychain. Its methods may be called from any
// goroutine.
//
// A call into the keychain cannot be cancelled. It runs in a goroutine of its
// own, which is the one kind in the program that nobody waits for when it is
// late: it may stay until the person answers the keychain's question, or the
// process ends. That is bounded, as a Chain has at most one call on its way:
// calls come one after the other, and while one is late all others fail at
// once with KindBusy. What a late call does in the end still holds (a password
// is kept after all); what it found is dropped, and a person who answered gets
// it by the next call without being asked again.
type Chain struct {
	service string          // fixed
	limit   time.Duration   // fixed
	ring    keyring.Keyring // fixed; another one in tests
	missing func() string   // fixed; why the keychain must not be called, or ""

	// Exactly one of the two holds something, or a call is being waited for.
	turn chan struct{}  // a token while no call is on its way
	left chan *underway // the call whose caller has left it
}

// underway is a call into the keychain. done has room for its result.
type underway struct {
	done  chan result
	until time.Time // its limit
}

type result struct {
	password string
	err      error
}

// Keychain returns the keychain's entries of the service, "wherry" for the
// program. limit bounds each call; a prompt needs a person's time, so half a
// minute is a good one. Nothing is called before the first method.
func Keychain(service string, limit time.Duration) *Chain {
	return newChain(service, limit, system{}, NoBus)
}

func newChain(service string, limit time.Duration, ring keyring.Keyring, missing func() string) *Chain {
	c := &Chain{
		service: service, limit: limit, ring: ring, missing: missing,
		turn: make(chan struct{}, 1), left: make(chan *underway, 1),
	}
	c.turn <- struct{}{}
	return c
}

// Get returns the password kept for id; found is false where none is.
func (c *Chain) Get(ctx context.Context, id site.ID) (password string, found bool, err error) {
	r := c.call(ctx, "read password", func() result {
		p, err := c.ring.Get(c.service, string(id))
		return result{p, err}
	})
	if errors.Is(r.err, keyring.ErrNotFound) {
		return "", false, nil
	}
	return r.password, r.err == nil, r.err
}

// Set keeps the password, replacing an earlier one.
func (c *Chain) Set(ctx context.Context, id site.ID, password string) error {
	return c.call(ctx, "save password", func() result {
		return result{err: c.ring.Set(c.service, string(id), password)}
	}).err
}

// Delete forgets the password; nothing to forget is no error.
func (c *Chain) Delete(ctx context.Context, id site.ID) error {
	r := c.call(ctx, "forget password", func() result {
		return result{err: c.ring.Delete(c.service, string(id))}
	})
	if errors.Is(r.err, keyring.ErrNotFound) {
		return nil
	}
	return r.err
}

// call runs work within the limit, after the calls before it.
func (c *Chain) call(ctx context.Context, op string, work func() result) result {
	if why := c.missing(); why != "" {
		return result{err: &vfs.Error{Op: op, Kind: vfs.KindUnsupported, Reply: why}}
	}
	if ctx.Err() != nil {
		return result{err: cancelled(ctx, op)}
	}
	if err := c.takeTurn(ctx, op); err != nil {
		return result{err: err}
	}
	now := &underway{done: make(chan result, 1), until: time.Now().Add(c.limit)}
	go func() { now.done <- work() }()
	timer := time.NewTimer(c.limit)
	defer timer.Stop()
	select {
	case r := <-now.done:
		c.turn <- struct{}{}
		r.err = inWords(op, r.err)
		return r
	case <-ctx.Done():
		c.left <- now
		return result{err: cancelled(ctx, op)}
	case <-timer.C:
		c.left <- now
		return result{err: asking(op, vfs.KindTimeout)}
	}
}

// takeTurn waits for the call before, but not for one that is past its limit.
// With an error the turn is not taken.
func (c *Chain) takeTurn(ctx context.Context, op string) error {
	timer := time.NewTimer(c.limit)
	defer timer.Stop()
	select {
	case <-c.turn:
		return nil
	case before := <-c.left:
		timer.Reset(time.Until(before.until))
		select {
		case <-before.done:
			return nil
		default: // an ended call is seen even when its limit has passed too
		}
		select {
		case <-before.done:
			return nil
		case <-ctx.Done():
			c.left <- before
			return cancelled(ctx, op)
		case <-timer.C:
			c.left <- before
			return asking(op, vfs.KindBusy)
		}
	case <-ctx.Done():
		return cancelled(ctx, op)
	case <-timer.C:
		return asking(op, vfs.KindBusy)
	}
}

func asking(op string, kind vfs.Kind) error {
	return &vfs.Error{Op: op, Kind: kind, Reply: "the system's keychain is asking for its own password; look for its window"}
}

func cancelled(ctx context.Context, op string) error {
	return &vfs.Error{Op: op, Kind: vfs.KindOf(ctx.Err()), Err: ctx.Err()}
}

// inWords sorts the keychain's errors. go-keyring has two errors to compare
// with; the others come from D-Bus and can only be told by their text.
func inWords(op string, err error) error {
	if err == nil || errors.Is(err, keyring.ErrNotFound) {
		return err
	}
	e := &vfs.Error{Op: op, Kind: vfs.KindOther, Err: err}
	text := err.Error()
	switch {
	case errors.Is(err, keyring.ErrSetDataTooBig):
		e.Kind, e.Reply = vfs.KindNoSpace, "the password is longer than the system's keychain takes"
	case errors.Is(err, keyring.ErrUnsupportedPlatform),
		strings.Contains(text, "org.freedesktop.secrets was not provided"),
		strings.Contains(text, "org.freedesktop.DBus.Error.ServiceUnknown"),
		strings.Contains(text, "couldn't determine address of session bus"),
		strings.Contains(text, "connection refused"),
		strings.Contains(text, "no such file or directory"):
		e.Kind, e.Reply = vfs.KindUnsupported, "this desktop session has no keychain"
	case strings.Contains(text, "failed to unlock"), strings.Contains(text, "IsLocked"):
		e.Kind, e.Reply = vfs.KindPermission, "the system's keychain is locked"
	}
	return e
}

// system is go-keyring's own choice for this operating system.
type system struct{}

func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Set(service, user, password string) error { return keyring.Set(service, user, password) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }
func (system) DeleteAll(service string) error           { return keyring.DeleteAll(service) }

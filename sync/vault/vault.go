// Package vault keeps passwords: in the system's keychain, or in memory for
// as long as the program runs. It is the only room that knows go-keyring.
//
// It exists apart because a keychain is a strange neighbour. It may not be
// there (a server without a desktop), it may be locked, and while it is locked
// it asks the person in a window of its own and lets the caller wait without
// any limit. Here each of these becomes a *vfs.Error with its own Kind, in
// bounded time:
//
//	KindUnsupported  there is no keychain: keep the password for this session
//	KindPermission   it is locked, or the person closed its question
//	KindTimeout      it is asking the person at this moment: answer, try again
//	KindBusy         an earlier call still waits for that answer
//	KindNoSpace      the password is longer than this keychain takes
//	KindCancelled    ctx ended
//	KindOther        anything else, with the keychain's words
//
// No error holds a password.
package vault

import (
	"context"
	"sync"

	"wherry/sync/site"
)

// Both are what the engine takes.
var (
	_ site.Vault = (*Chain)(nil)
	_ site.Vault = (*Mem)(nil)
)

// Mem keeps passwords until the process ends. Its methods may be called from
// any goroutine and never fail.
type Mem struct {
	mu   sync.Mutex
	kept map[site.ID]string // guarded
}

// Memory returns an empty Mem.
func Memory() *Mem { return &Mem{kept: map[site.ID]string{}} }

// Get returns the password kept for id.
func (m *Mem) Get(_ context.Context, id site.ID) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	password, ok := m.kept[id]
	return password, ok, nil
}

// Set keeps the password.
func (m *Mem) Set(_ context.Context, id site.ID, password string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[id] = password
	return nil
}

// Delete forgets the password.
func (m *Mem) Delete(_ context.Context, id site.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	return nil
}

//go:build !(linux || freebsd || openbsd || netbsd)

package desktop

import "context"

// Tray tells whether somebody shows the icons of programs; on this system the
// desktop itself always does.
type Tray struct{}

// OpenTray has nobody to ask.
func OpenTray(context.Context) (*Tray, error) { return &Tray{}, nil }

// Hosted is always true.
func (*Tray) Hosted() bool { return true }

// Watch has nothing to tell, and returns when ctx ends.
func (*Tray) Watch(ctx context.Context, _ func(hosted bool)) { <-ctx.Done() }

// Close has nothing to end.
func (*Tray) Close() error { return nil }

//go:build !(linux || freebsd || openbsd || netbsd)

package desktop

import (
	"context"
	"errors"
)

// HasBus says whether Notify has a message bus to speak over on this system;
// where not, Fyne's own way is the one.
const HasBus = false

// Notify has nobody to speak to on this system.
func Notify(context.Context, string, string, string) error { return errors.ErrUnsupported }

//go:build !(linux || freebsd || openbsd || netbsd)

package desktop

import (
	"context"
	"errors"
)

// CanStayAwake says whether StayAwake has somebody to ask on this system.
const CanStayAwake = false

// StayAwake has nobody to ask on this system.
func StayAwake(context.Context, string) (release func(), err error) {
	return nil, errors.ErrUnsupported
}

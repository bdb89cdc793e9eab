//go:build !linux

package main

import (
	"context"
	"errors"
	"time"
)

// The addresses are those of far_linux.go, so that the rows can name them.
const (
	nearHost = "198.18.77.1"
	farHost  = "198.18.77.2"
)

func far(context.Context, time.Duration) (func() error, error) {
	return nil, errors.New("delayed links are made with Linux's TUN devices")
}

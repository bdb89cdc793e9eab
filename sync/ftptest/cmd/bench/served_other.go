//go:build !linux

package main

import "time"

// adopt and served need /proc; elsewhere the servers' time is shown as 0.
func adopt() error { return nil }

func served() (spent time.Duration, living int, err error) { return 0, 0, nil }

package main

import (
	"context"
	"io"
	"time"
)

// packet is one IP packet that is under way, and when it arrives.
type packet struct {
	data []byte
	due  time.Time
}

// underWay bounds the packets of the line; more than a few hundred are never
// there, and a full line only holds the sender up.
const underWay = 1 << 14

// delay carries packets from read to write, each one so long after it came,
// and makes of the near end's packets those of the far end (see turn). Without
// limit of bandwidth and without loss: what is measured is round trips alone.
// Returns when read fails or ctx ends, after everything under way was dropped.
func delay(ctx context.Context, read func() ([]byte, error), w io.Writer, long time.Duration) error {
	line := make(chan packet, underWay)
	arrived := make(chan error, 1)
	go func() { arrived <- arrive(ctx, line, w) }()
	var err error
	for err == nil {
		var data []byte
		if data, err = read(); err != nil || !turn(data) {
			continue
		}
		select {
		case line <- packet{data, time.Now().Add(long)}:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	close(line)
	if late := <-arrived; late != nil && ctx.Err() == nil {
		return late
	}
	return err
}

// arrive writes each packet when it is due.
func arrive(ctx context.Context, line <-chan packet, w io.Writer) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for p := range line {
		timer.Reset(time.Until(p.due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if _, err := w.Write(p.data); err != nil {
			return err
		}
	}
	return nil
}

// turn exchanges an IPv4 packet's source and destination, so that what was
// sent to the far address comes back as if the far address had sent it to the
// near one: one machine is both ends. The checksums of IP and TCP are sums in
// which both addresses stand, so they stay right. False for anything but IPv4,
// such as the router solicitations that systems send by themselves.
func turn(p []byte) bool {
	const minHeader, source, destination = 20, 12, 16
	if len(p) < minHeader || p[0]>>4 != 4 {
		return false
	}
	var near [4]byte
	copy(near[:], p[source:])
	copy(p[source:], p[destination:destination+4])
	copy(p[destination:], near[:])
	return true
}

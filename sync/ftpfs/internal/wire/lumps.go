package wire

import "time"

// lumpSize is what a fast download gathers in the system before it is read. A
// line on which proofSize comes within proofTime is fast; it is no longer when
// nothing is due after lumpWait.
const (
	lumpSize  = 256 << 10
	proofSize = 2 << 20
	proofTime = 40 * time.Millisecond
	lumpWait  = 20 * time.Millisecond
)

// lumps reads from a flow. Below TLS a fast download would wake us for each
// record; being woken for sixteen of them takes two thirds of the processor
// time. A slow line is read as it comes.
type lumps struct {
	flow  *flow
	on    bool
	have  int // bytes since began
	began time.Time
}

func (l *lumps) Read(p []byte) (int, error) {
	if !l.on {
		n, err := l.flow.Read(p)
		l.prove(n)
		return n, err
	}
	if err := l.flow.tcp.SetReadDeadline(time.Now().Add(lumpWait)); err != nil {
		return 0, err
	}
	n, err := l.flow.tcp.Read(p)
	if n == 0 && isTimeout(err) {
		l.turn(false)
		return l.flow.Read(p) // whatever is there, or the limit without progress
	}
	return n, err
}

// prove turns lumps on where the last bytes came fast.
func (l *lumps) prove(n int) {
	if l.have += n; l.have < proofSize {
		return
	}
	if time.Since(l.began) < proofTime {
		l.turn(true)
	}
	l.began, l.have = time.Now(), 0
}

func (l *lumps) turn(on bool) {
	bytes := 1
	if on {
		bytes = lumpSize
	}
	l.on = gather(l.flow.tcp, bytes) == nil && on
}

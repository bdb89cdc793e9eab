package wire

import (
	"net"
	"time"
)

// flow is a TCP connection on which nothing waits longer than a limit without
// a byte moving; 0 is no limit. A write that moved some bytes before the
// limit goes on: TLS above it cannot recover from half a record.
type flow struct {
	tcp                   *net.TCPConn
	readLimit, writeLimit time.Duration
}

func (f *flow) Read(p []byte) (int, error) {
	if f.readLimit != 0 {
		if err := f.tcp.SetReadDeadline(time.Now().Add(f.readLimit)); err != nil {
			return 0, err
		}
	}
	return f.tcp.Read(p)
}

func (f *flow) Write(p []byte) (int, error) {
	done := 0
	for {
		if err := f.tcp.SetWriteDeadline(time.Now().Add(f.writeLimit)); err != nil {
			return done, err
		}
		n, err := f.tcp.Write(p[done:])
		done += n
		if err == nil || n == 0 || !isTimeout(err) {
			return done, err
		}
	}
}

func (f *flow) Close() error                       { return f.tcp.Close() }
func (f *flow) LocalAddr() net.Addr                { return f.tcp.LocalAddr() }
func (f *flow) RemoteAddr() net.Addr               { return f.tcp.RemoteAddr() }
func (f *flow) SetDeadline(t time.Time) error      { return f.tcp.SetDeadline(t) }
func (f *flow) SetReadDeadline(t time.Time) error  { return f.tcp.SetReadDeadline(t) }
func (f *flow) SetWriteDeadline(t time.Time) error { return f.tcp.SetWriteDeadline(t) }

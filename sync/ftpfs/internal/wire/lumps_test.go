package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// TestNothingIsLeftOfALump: whatever comes behind a fast beginning is read, be
// it less than a lump, the end, or nothing.
func TestNothingIsLeftOfALump(t *testing.T) {
	for outcome, tc := range map[string]struct {
		send int
		late bool // behind the wait for a lump
		end  bool
		want error // of the read behind it
	}{
		"less than a lump is read":            {lumpSize - 1, false, false, os.ErrDeadlineExceeded},
		"less than a lump that comes late":    {1, true, false, os.ErrDeadlineExceeded},
		"the rest before the end is read":     {100, true, true, io.EOF},
		"the end alone is seen":               {0, true, true, io.EOF},
		"a server that stops meets the limit": {0, false, false, os.ErrDeadlineExceeded},
	} {
		t.Run(outcome, func(t *testing.T) {
			here, there := pair(t)
			l := &lumps{flow: &flow{tcp: here, readLimit: time.Minute}}
			l.turn(true)
			send := func() {
				_, _ = there.Write(make([]byte, tc.send)) // what is missing is missed below
				if tc.end {
					_ = there.CloseWrite()
				}
			}
			if tc.late {
				time.AfterFunc(3*lumpWait, send)
			} else {
				send()
			}
			if n, err := io.ReadFull(l, make([]byte, tc.send)); err != nil {
				t.Errorf("%d bytes of %d: %v", n, tc.send, err)
			}
			if !tc.end {
				l.flow.readLimit = lumpWait
			}
			if n, err := l.Read(make([]byte, 1)); n != 0 || !errors.Is(err, tc.want) {
				t.Errorf("then %d bytes and %v, want %v", n, err, tc.want)
			}
		})
	}
}

// pair is a connection's two ends.
func pair(t *testing.T) (here, there *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialled, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	called, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = dialled.Close(), called.Close() })
	return dialled.(*net.TCPConn), called.(*net.TCPConn)
}

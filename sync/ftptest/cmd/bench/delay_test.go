package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"wherry/sync/ftptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ipv4 is a packet of 20 bytes of header with a body of one.
func ipv4(from, to, body byte) []byte {
	p := make([]byte, 21)
	p[0], p[20] = 0x45, body
	copy(p[12:], []byte{10, 0, 0, from})
	copy(p[16:], []byte{10, 0, 0, to})
	return p
}

// arrivals notes when each packet was written.
type arrivals struct {
	start time.Time
	at    []time.Duration
	got   [][]byte
}

func (a *arrivals) Write(p []byte) (int, error) {
	a.at, a.got = append(a.at, time.Since(a.start)), append(a.got, p)
	return len(p), nil
}

func TestPacketsArriveSoLongAfterTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ms = time.Millisecond
		pauses := []time.Duration{0, 0, 10 * ms, 100 * ms}
		sent := 0
		read := func() ([]byte, error) {
			if sent == len(pauses) {
				time.Sleep(time.Second) // the bubble's clock; until all have arrived
				return nil, io.EOF
			}
			time.Sleep(pauses[sent])
			sent++
			return ipv4(1, 2, byte(sent)), nil
		}
		a := &arrivals{start: time.Now()}
		if err := delay(t.Context(), read, a, 25*ms); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{25 * ms, 25 * ms, 35 * ms, 135 * ms}, a.at); diff != "" {
			t.Fatal(diff)
		}
		for i, p := range a.got {
			if diff := cmp.Diff(ipv4(2, 1, byte(i+1)), p); diff != "" {
				t.Errorf("packet %d: %s", i, diff)
			}
		}
	})
}

func TestWhatIsNotIPv4IsNotCarried(t *testing.T) {
	for outcome, p := range map[string][]byte{
		"IPv6":      append([]byte{0x60}, make([]byte, 40)...),
		"cut short": ipv4(1, 2, 0)[:19],
		"empty":     {},
	} {
		if turn(p) {
			t.Errorf("%s: turned", outcome)
		}
	}
}

func TestFarAddressReachesThisMachineLater(t *testing.T) {
	const oneWay = 5 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop, err := far(ctx, oneWay)
	if err != nil {
		ftptest.Missing(t, "a delayed link: %v", err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(nearHost, "0"))
	if err != nil {
		t.Fatal(err)
	}
	echoed := make(chan error, 1)
	go func() { echoed <- echo(l) }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	start := time.Now()
	conn, err := net.Dial("tcp", net.JoinHostPort(farHost, port))
	if err != nil {
		t.Fatal(err)
	}
	// Not a limit that a slow machine could miss: nothing can be quicker.
	if took := time.Since(start); took < 2*oneWay {
		t.Errorf("connected after %v, before a packet could have gone there and back", took)
	}
	if _, err := io.WriteString(conn, "ahoy\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != farHost+" ahoy\n" {
		t.Errorf("read %q, %v", line, err)
	}
	if err := errors.Join(conn.Close(), <-echoed, l.Close(), stop()); err != nil {
		t.Fatal(err)
	}
}

// echo answers one connection's line with the peer's address before it.
func echo(l net.Listener) error {
	conn, err := l.Accept()
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	peer, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		return err
	}
	_, err = io.WriteString(conn, peer+" "+line)
	return errors.Join(err, conn.Close())
}

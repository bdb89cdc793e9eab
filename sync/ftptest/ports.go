package ftptest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// portBlock is a control port, a passive range and the port whose listener
// keeps other tests, of this process or another, off the block.
const portBlock = 128

// ports are one server's.
type ports struct {
	control, low, high int
	held               net.Listener
}

// reservePorts finds a free block below the range from which systems give out
// ports by themselves (32768 on Linux, 49152 elsewhere).
func reservePorts(host string) (ports, error) {
	const first, blocks = 20000, 96
	start := rand.IntN(blocks)
	var last error
	for i := range blocks {
		base := first + (start+i)%blocks*portBlock
		held, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(base+portBlock-1)))
		if err != nil {
			last = err
			continue
		}
		if free(host, base) {
			return ports{control: base, low: base + 1, high: base + portBlock - 2, held: held}, nil
		}
		if err := held.Close(); err != nil {
			return ports{}, err
		}
	}
	return ports{}, fmt.Errorf("no free ports on %s: %w", host, last)
}

func free(host string, port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	return err == nil && l.Close() == nil
}

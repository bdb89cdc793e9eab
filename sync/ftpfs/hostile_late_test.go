package ftpfs_test

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftpfs"
)

// late has the site reached through a way on which a reply that nobody waits
// for comes behind the next command: what a busy machine does now and then, and
// the worst that replies too many can do, as each is taken for an answer.
func late(b *bench, c *ftpfs.Config) {
	to := net.JoinHostPort(c.Site.Host, strconv.Itoa(c.Site.Port))
	ln, err := net.Listen("tcp", net.JoinHostPort(c.Site.Host, "0"))
	if err != nil {
		b.Fatal(err)
	}
	c.Site.Port = ln.Addr().(*net.TCPAddr).Port
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { lag(b, client, to) })
		}
	})
	b.Cleanup(func() {
		_ = ln.Close()
		all.Wait()
	})
}

// lag carries one control connection until either end closes it.
func lag(t testing.TB, client net.Conn, to string) {
	server, err := net.Dial("tcp", to)
	if err != nil {
		t.Error(err)
		_ = client.Close()
		return
	}
	asked := make(chan struct{}, 1000) // a token for each reply that is waited for
	asked <- struct{}{}                // the greeting
	var both sync.WaitGroup
	both.Go(func() {
		defer func() { _ = server.Close() }()
		in := bufio.NewReader(client)
		for {
			line, err := in.ReadString('\n')
			if _, cannot := io.WriteString(server, line); err != nil || cannot != nil {
				return
			}
			asked <- struct{}{}
		}
	})
	both.Go(func() {
		defer func() { _ = client.Close() }()
		in := bufio.NewReader(server)
		for {
			line, err := in.ReadString('\n')
			if final := len(line) > 3 && line[0] >= '2' && line[0] <= '6' && line[3] == ' '; final {
				select {
				case <-asked:
				case <-time.After(50 * time.Millisecond): // it is waited for all the same
				}
			}
			if _, cannot := io.WriteString(client, line); err != nil || cannot != nil {
				return
			}
		}
	})
	both.Wait()
}

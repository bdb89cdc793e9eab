package wire

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// habits are what a proxy does.
type habits struct {
	http   bool
	user   string // with proxyPassword where it is set
	odd    []byte // answered in place of everything; nil for none
	reply  byte   // of SOCKS to the request; 0 is success
	status string // of HTTP; "" is success
	silent bool
}

// testProxy is a proxy on loopback that takes every name for this computer.
type testProxy struct {
	habits
	t       *testing.T
	address string

	running sync.WaitGroup
	mu      sync.Mutex
	targets []string   // guarded
	open    []net.Conn // guarded
	calls   int        // guarded
}

const proxyPassword = "p:w"

func startProxy(t *testing.T, h habits) *testProxy {
	t.Helper()
	p := &testProxy{habits: h}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.t, p.address = t, ln.Addr().String()
	p.running.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			p.keep(conn)
			p.running.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		p.mu.Lock()
		for _, c := range p.open {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.running.Wait()
	})
	return p
}

func (p *testProxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, c)
	p.calls++
}

func (p *testProxy) asked() (targets []string, calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(targets, p.targets...), p.calls
}

func (p *testProxy) url() string {
	scheme := "socks5://"
	if p.http {
		scheme = "http://"
	}
	if p.user != "" {
		scheme += p.user + "@"
	}
	return scheme + p.address
}

func (p *testProxy) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	switch {
	case p.silent:
		_, _ = io.Copy(io.Discard, conn)
	case p.odd != nil:
		_, _ = in.ReadByte()
		_, _ = conn.Write(p.odd)
		_ = conn.Close()
	case p.http:
		p.serveHTTP(conn, in)
	default:
		p.serveSOCKS(conn, in)
	}
}

func (p *testProxy) serveHTTP(conn net.Conn, in *bufio.Reader) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	secret := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.user+":"+proxyPassword))
	status := p.status
	if p.user != "" && req.Header.Get("Proxy-Authorization") != secret {
		status = "407 Proxy Authentication Required"
	}
	if req.Method != http.MethodConnect || req.Host != req.RequestURI {
		status = "400 Bad Request"
	}
	if status != "" {
		_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
		_ = conn.Close()
		return
	}
	p.join(conn, in, req.Host, "HTTP/1.0 200 Connection established\r\nX-Via: test\r\n\r\n")
}

func (p *testProxy) serveSOCKS(conn net.Conn, in *bufio.Reader) {
	read := func(n int) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(in, b); err != nil {
			return make([]byte, n)
		}
		return b
	}
	offered, method := read(int(read(2)[1])), byte(0)
	if p.user != "" {
		if method = 0xff; len(offered) == 2 {
			method = 2
		}
	}
	_, _ = conn.Write([]byte{5, method})
	if method == 2 {
		user := read(int(read(2)[1]))
		password := read(int(read(1)[0]))
		var status byte
		if string(user) != p.user || string(password) != proxyPassword {
			status = 1
		}
		_, _ = conn.Write([]byte{1, status})
	}
	head := read(4)
	var host string
	switch head[3] {
	case 1:
		host = net.IP(read(4)).String()
	case 3:
		host = string(read(int(read(1)[0])))
	}
	port := read(2)
	answer := string([]byte{5, p.reply, 0, 1, 0, 0, 0, 0, 0, 0})
	if p.reply != 0 {
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
		return
	}
	p.join(conn, in, net.JoinHostPort(host, strconv.Itoa(int(port[0])<<8|int(port[1]))), answer)
}

// join connects to target's port here. The server's greeting goes out in one
// piece with the proxy's answer.
func (p *testProxy) join(conn net.Conn, in *bufio.Reader, target, answer string) {
	p.mu.Lock()
	p.targets = append(p.targets, target)
	isControl := len(p.targets) == 1
	p.mu.Unlock()
	_, port, _ := net.SplitHostPort(target)
	far, err := new(net.Dialer).DialContext(p.t.Context(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		refusal := string([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		if p.http {
			refusal = "HTTP/1.1 502 Bad Gateway\r\n\r\n"
		}
		_, _ = io.WriteString(conn, refusal)
		_ = conn.Close()
		return
	}
	p.keep(far)
	var first [4096]byte
	n := 0
	if isControl { // its greeting comes with the answer
		n, _ = far.Read(first[:])
	}
	_, _ = conn.Write(append([]byte(answer), first[:n]...))
	p.running.Go(func() {
		_, _ = io.Copy(conn, far)
		_ = conn.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(far, in)
	_ = far.(*net.TCPConn).CloseWrite()
}

func constant(secret string, asked *int) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { *asked++; return secret, nil }
}

package ftptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/site"
)

// Plan is what a scripted server does differently. The zero value is a small
// correct server in clear on 127.0.0.1 with an empty folder.
type Plan struct {
	// Greeting says the first words; nil is "220 Scripted server".
	Greeting Handler
	// Verbs answers commands in place of the server. The key is the command
	// in capitals, or a command with its first word, such as "SITE CHMOD".
	Verbs map[string]Handler
	// Without names commands that are unknown (500) and not in FEAT.
	Without []string
	// Files by absolute path; the folders above come by themselves. A name
	// that ends in "/" is an empty folder.
	Files map[string]string

	// Extra are further lines of FEAT, for what Verbs adds.
	Extra []string

	User, Password string // "sailor" and "tide" when empty; anyone else gets 530

	IPv6     bool
	TLS      bool // AUTH TLS is offered
	Implicit bool // TLS from the first byte
	// Reuse demands that TLS data connections resume the control
	// connection's session, as vsftpd does (522).
	Reuse bool
	// CallFrom is the address that active data connections come from, ""
	// for the server's own. Another one is the mark of a server farm, or of
	// somebody else.
	CallFrom string
	// Identity replaces the certificate for localhost that is valid today.
	Identity *Identity
	// TuneTLS changes the server's side of TLS.
	TuneTLS func(*tls.Config)

	strictRename bool // see AsProFTPD
}

// Scripted is a running server in this process. Its methods may be called
// from any goroutine.
type Scripted struct {
	Host     string
	Port     int
	User     string
	Password string
	CA       *x509.CertPool
	Identity *Identity

	t        testing.TB
	plan     Plan
	tls      *tls.Config
	tree     *tree
	verbs    map[string]Handler
	listener net.Listener
	stopping chan struct{} // closed when the test ends
	running  sync.WaitGroup

	mu       sync.Mutex
	commands []Command          // guarded
	news     chan struct{}      // guarded; closed and replaced at each command and each end of a connection
	sessions int                // guarded
	clear    int                // guarded; data connections without TLS
	open     map[io.Closer]bool // guarded; what the end must close
	taken    atomic.Int64       // bytes that clients have taken
}

// Command is one line that a client sent.
type Command struct {
	Session int    // the control connection, from 1
	Verb    string // in capitals
	Arg     string // as sent, passwords too
	Secure  bool   // it came through TLS
}

// String returns the command as it was sent.
func (c Command) String() string { return strings.TrimRight(c.Verb+" "+c.Arg, " ") }

// handlerLimit is how long handlers may take to end when the test has ended.
const handlerLimit = 2 * time.Minute

// Script starts a server that follows a plan until the test ends. All its
// goroutines have ended when the test's cleanup is over: a handler that waits
// must do so with Conn.Hold.
func Script(t testing.TB, plan Plan) *Scripted {
	t.Helper()
	s := &Scripted{
		Host: "127.0.0.1", User: "sailor", Password: "tide", Identity: plan.Identity,
		t: t, plan: plan, tree: newTree(), verbs: defaultVerbs(),
		stopping: make(chan struct{}), news: make(chan struct{}), open: map[io.Closer]bool{},
	}
	if plan.User != "" {
		s.User, s.Password = plan.User, plan.Password
	}
	if plan.IPv6 {
		s.Host = "::1"
	}
	for name, content := range plan.Files {
		if dir, ok := strings.CutSuffix(name, "/"); ok {
			s.tree.plant(dir, node{dir: true, mode: 0o755, mod: birth()})
		} else {
			s.Put(name, []byte(content))
		}
	}
	for _, verb := range plan.Without {
		delete(s.verbs, verb)
	}
	s.secure()
	var err error
	if s.listener, err = net.Listen("tcp", net.JoinHostPort(s.Host, "0")); err != nil {
		t.Fatalf("ftptest: %v", err)
	}
	s.Port = s.listener.Addr().(*net.TCPAddr).Port
	s.running.Go(s.accept)
	t.Cleanup(s.stop)
	return s
}

// secure prepares the certificate and the settings of TLS.
func (s *Scripted) secure() {
	s.t.Helper()
	if s.Identity == nil {
		id, err := NewIdentity(Validity{})
		if err != nil {
			s.t.Fatalf("ftptest: %v", err)
		}
		s.Identity = id
	}
	s.CA = s.Identity.CA
	s.tls = &tls.Config{Certificates: []tls.Certificate{s.Identity.TLS}}
	if s.plan.TuneTLS != nil {
		s.plan.TuneTLS(s.tls)
	}
}

func (s *Scripted) accept() {
	for {
		raw, err := s.listener.Accept()
		if err != nil {
			return // closed by stop
		}
		if !s.keep(raw) {
			return
		}
		s.mu.Lock()
		s.sessions++
		c := &Conn{Number: s.sessions, server: s, raw: raw.(*net.TCPConn), dir: "/"}
		s.mu.Unlock()
		s.running.Go(c.serve)
	}
}

// stop closes everything and waits for the handlers.
func (s *Scripted) stop() {
	close(s.stopping)
	s.mu.Lock()
	for closer := range s.open {
		_ = closer.Close()
	}
	s.mu.Unlock()
	_ = s.listener.Close()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(handlerLimit):
		s.t.Errorf("ftptest: a handler of the scripted server still runs; handlers wait with Conn.Hold")
	}
}

// keep registers what stop must close; false when it is too late, and then it
// is closed.
func (s *Scripted) keep(c io.Closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.stopping:
		_ = c.Close()
		return false
	default:
		s.open[c] = true
		return true
	}
}

// release closes what keep registered.
func (s *Scripted) release(c io.Closer) {
	_ = c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	s.tellLocked()
}

func (s *Scripted) record(c Command) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, c)
	s.tellLocked()
}

// tellLocked wakes all who wait for something to happen.
func (s *Scripted) tellLocked() {
	close(s.news)
	s.news = make(chan struct{})
}

// Commands returns what clients have sent so far, in the order received.
func (s *Scripted) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Count returns how often clients have sent a command so far.
func (s *Scripted) Count(verb string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.countLocked(verb)
}

func (s *Scripted) countLocked(verb string) int {
	n := 0
	for _, c := range s.commands {
		if c.Verb == verb {
			n++
		}
	}
	return n
}

// Await waits until clients have sent a command n times, and fails when ctx
// ends first. It returns when the command was received, which is before it is
// answered.
func (s *Scripted) Await(ctx context.Context, verb string, n int) error {
	for {
		s.mu.Lock()
		got, news := s.countLocked(verb), s.news
		s.mu.Unlock()
		if got >= n {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("%s came %d times, not %d: %w", verb, got, n, ctx.Err())
		}
	}
}

// AwaitGone waits until the server holds no connection any more, control or
// data, and fails when ctx ends first.
func (s *Scripted) AwaitGone(ctx context.Context) error {
	for {
		left := 0
		s.mu.Lock()
		news := s.news
		for c := range s.open {
			if _, isConn := c.(net.Conn); isConn {
				left++
			}
		}
		s.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("%d connections stand: %w", left, ctx.Err())
		}
	}
}

// Taken returns how many bytes of replies and content were given to clients,
// as far as the system took them: what lies in its buffers counts.
func (s *Scripted) Taken() int64 { return s.taken.Load() }

// ClearData returns how many data connections there were without TLS.
func (s *Scripted) ClearData() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clear
}

// Sessions returns how many control connections there have been.
func (s *Scripted) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Put stores a file on the server, with the folders above it.
func (s *Scripted) Put(name string, content []byte) {
	s.tree.plant(name, node{data: slices.Clone(content), mode: 0o644, mod: birth()})
}

// Get returns a file's content on the server; false when there is none.
func (s *Scripted) Get(name string) ([]byte, bool) {
	n, ok := s.tree.get(name)
	return slices.Clone(n.data), ok && !n.dir
}

// Names returns the names directly in a folder on the server, sorted.
func (s *Scripted) Names(dir string) []string { return s.tree.list(dir) }

// Site describes the server as a person would enter it.
func (s *Scripted) Site(mode site.Mode, tls site.TLS) site.Site {
	return site.Site{Name: "scripted", Host: s.Host, Port: s.Port, User: s.User, Mode: mode, TLS: tls}
}

package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"sync"

	"goftp.io/server/v2"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// User is the name of the one login.
const User = "demo"

// Server is a running demo server. Its methods may be called from any
// goroutine.
type Server struct {
	dir      string    // fixed
	password string    // fixed
	site     site.Site // fixed
	files    *tree     // fixed
	listener *net.TCPListener
	unwatch  func() bool // fixed; takes the server off Start's ctx

	serving  sync.WaitGroup // the goroutine that accepts
	sessions sync.WaitGroup // those of the library, one for each client

	mu     sync.Mutex
	peers  map[string]*peer // guarded; by the client's address
	closed bool             // guarded

	closing  sync.Once
	closeErr error // set by closing
}

// Start makes a folder of sample files in the system's place for temporary
// ones, about 60 MB, and serves it on a port of 127.0.0.1 that the system
// chooses, with a password made for this run. When ctx ends, so do all
// connections; Close must be called in any case. Errors are *vfs.Error.
func Start(ctx context.Context) (*Server, error) {
	dir, err := os.MkdirTemp("", "wherry-demo-")
	if err != nil {
		return nil, fault("make a folder for", err)
	}
	s := &Server{dir: dir, password: rand.Text(), peers: map[string]*peer{}}
	if err := s.start(ctx); err != nil {
		_ = os.RemoveAll(dir) // the error that matters is the first one
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if err := writeSamples(ctx, s.dir); err != nil {
		return fault("write the files of", err)
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return fault("open the folder of", err)
	}
	s.files = &tree{root}
	lib, err := server.NewServer(&server.Options{
		Name:           "Wherry demo",
		WelcomeMessage: "Wherry demo server",
		Driver:         s.files,
		Auth:           &server.SimpleAuth{Name: User, Password: s.password},
		Perm:           server.NewSimplePerm(User, User),
		Commands:       s.commands(),
		Logger:         &server.DiscardLogger{},
	})
	if err == nil {
		s.listener, err = net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	}
	if err != nil {
		_ = root.Close() // the error that matters is the first one
		return fault("start", err)
	}
	s.site = site.Site{
		ID: site.NewID(), Name: "Demo", Host: "127.0.0.1", Port: s.listener.Addr().(*net.TCPAddr).Port,
		TLS: site.TLSOff, User: User, Mode: site.ModeAuto, Quick: true,
	}
	s.serving.Go(func() { _ = lib.Serve(gate{s}) }) // ends by hangUp only
	s.unwatch = context.AfterFunc(ctx, s.hangUp)
	return nil
}

// Site describes the server; its ID is made for this run.
func (s *Server) Site() site.Site { return s.site }

// Password of User.
func (s *Server) Password() string { return s.password }

// Dir is the folder that is served.
func (s *Server) Dir() string { return s.dir }

// URL returns the server's address with user and password, which are good for
// this run and this computer only. The server has no TLS, so a client must be
// told to do without.
func (s *Server) URL() string {
	u := url.URL{
		Scheme: "ftp", User: url.UserPassword(User, s.password), Path: "/",
		Host: net.JoinHostPort(s.site.Host, strconv.Itoa(s.site.Port)),
	}
	return u.String()
}

// Close ends all connections, waits until nothing runs any more, and removes
// the folder. A second call returns what the first one did.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.unwatch()
		s.hangUp()
		s.serving.Wait()
		s.sessions.Wait()
		err := s.files.root.Close()
		if removed := os.RemoveAll(s.dir); err == nil {
			err = removed
		}
		if err != nil {
			s.closeErr = fault("remove the folder of", err)
		}
	})
	return s.closeErr
}

func (s *Server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.listener.Close()
	for _, p := range s.peers {
		_ = p.Conn.Close() // the session notices and closes p
		p.drop()
	}
}

func fault(what string, err error) error {
	kind := vfs.KindOf(err)
	if errors.Is(err, os.ErrPermission) {
		kind = vfs.KindPermission
	}
	return &vfs.Error{Op: what + " the demo server", Kind: kind, Err: err}
}

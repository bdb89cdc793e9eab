package ftptest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/site"
)

// RequireServers is the environment variable that turns "not installed" from a
// skipped test into a failed one; .ci/run sets it to 1.
const RequireServers = "REQUIRE_SERVERS"

// Missing ends a test that lacks something of the machine: skipped at a desk
// with a line that says what, failed where RequireServers is set, so that no
// proof is lost unseen.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	what := fmt.Sprintf(format, args...)
	if os.Getenv(RequireServers) == "1" {
		t.Fatalf("needed here: %s", what)
	}
	t.Skipf("skipped without %s", what)
}

// Server is a running server program. Its fields do not change.
type Server struct {
	Kind     Kind
	Options  Options
	Host     string // 127.0.0.1, ::1 or Options.Host, without brackets
	Port     int
	User     string
	Password string // of this server alone, so a leak can be searched for
	// Dir is the login's folder on this machine. It and what the server
	// writes belong to UID and GID, mode 0755 and 0644: as root the test can
	// do anything there, otherwise it is the same account. What root puts
	// there without MkdirAll and WriteFile the server can only read.
	Dir string
	// Home is Dir as the server names it to the client, without a trailing
	// slash unless it is "/".
	Home     string
	UID, GID int
	// PassivePorts is the inclusive range the server listens on for data.
	PassivePorts [2]int

	CA          *x509.CertPool // made for this server; not in the system's
	CAFile      string         // the same, for --ca
	CertFile    string
	Certificate *x509.Certificate
	Identity    *Identity

	base    string // holds everything of this server
	account account
	install installation
	process *process
	held    io.Closer // the ports, for this server alone
}

// Start runs a server until the test ends and returns when it has greeted.
// A program that is not installed skips the test with a line that says so, or
// fails it where RequireServers is set; options that the program cannot serve
// (Kind.Cannot) fail it.
func Start(t testing.TB, kind Kind, opt Options) *Server {
	t.Helper()
	s, err := Launch(kind, opt)
	if s != nil {
		t.Cleanup(func() {
			if t.Failed() && s.process != nil {
				t.Logf("the end of the log of %s:\n%s", kind, tail(s.Log()))
			}
			if err := s.Stop(); err != nil {
				t.Errorf("ftptest: %s: %v", kind, err)
			}
		})
	}
	var absent *absentError
	switch {
	case errors.As(err, &absent):
		Missing(t, "a real %s: %v", kind, err)
	case err != nil:
		t.Fatalf("ftptest: %s: %v", kind, err)
	}
	return s
}

// Launch is Start without a test: a program that measures needs servers too.
// Whoever calls it calls Stop, also after an error where the server is not
// nil: it has not greeted then, and its Log says why.
func Launch(kind Kind, opt Options) (*Server, error) {
	if why := kind.Cannot(opt); why != "" {
		return nil, errors.New(why)
	}
	s, err := prepare(kind, opt)
	if err != nil {
		return s, err
	}
	if s.held, err = s.choosePorts(); err != nil {
		return s, err
	}
	command, err := s.configure()
	if err != nil {
		return s, err
	}
	if s.process, err = run(command, s.file("output")); err != nil {
		return s, err
	}
	if err := s.awaitGreeting(); err != nil {
		return s, fmt.Errorf("does not greet: %w\n%s", err, s.Log())
	}
	return s, nil
}

// Stop ends the server and removes its folder with all that is in it.
func (s *Server) Stop() error {
	if s.process != nil {
		s.process.stop()
	}
	var err error
	if s.held != nil {
		err = s.held.Close()
	}
	if gone := s.remove(); gone != nil {
		err = errors.Join(err, fmt.Errorf("removing its folder: %w", gone))
	}
	return err
}

// absentError says that a program is not on this machine.
type absentError struct{ err error }

func (e *absentError) Error() string { return e.err.Error() }
func (e *absentError) Unwrap() error { return e.err }

// prepare makes the folders, the account and the certificate.
func prepare(kind Kind, opt Options) (*Server, error) {
	who, err := newAccount()
	if err != nil {
		return nil, err
	}
	// Not testing.TB.TempDir: that one is closed to other accounts.
	base, err := os.MkdirTemp("", "wherry-"+string(kind)+"-")
	if err != nil {
		return nil, err
	}
	if base, err = filepath.EvalSymlinks(base); err != nil {
		return nil, err
	}
	s := &Server{
		Kind: kind, Options: opt, Host: "127.0.0.1", User: who.user, Password: who.password,
		Dir: filepath.Join(base, "home"), UID: who.uid, GID: who.gid,
		base: base, account: who, install: findInstallation(),
	}
	if opt.IPv6 {
		s.Host = "::1"
	}
	if opt.Host != "" {
		s.Host = opt.Host
	}
	s.Home = filepath.ToSlash(s.Dir)
	if kind == PyFTPD {
		s.Home = "/"
	}
	return s, errors.Join(os.Chmod(base, 0o755), s.MkdirAll("."), s.writeIdentity())
}

func (s *Server) writeIdentity() error {
	var names []string
	if s.Options.Host != "" {
		names = []string{s.Options.Host}
	}
	id, err := NewIdentity(Validity{}, names...)
	if err != nil {
		return err
	}
	s.Identity, s.CA, s.Certificate = id, id.CA, id.Certificate
	s.CAFile, s.CertFile = s.file("ca.pem"), s.file("cert.pem")
	return errors.Join(
		os.WriteFile(s.CAFile, id.CAPEM, 0o644),
		os.WriteFile(s.CertFile, id.CertPEM, 0o644),
		os.WriteFile(s.file("key.pem"), id.KeyPEM, 0o600),
		os.WriteFile(s.file("both.pem"), append(append([]byte(nil), id.KeyPEM...), id.CertPEM...), 0o600),
		os.WriteFile(s.file("openssl.cnf"), []byte(opensslConf(s.Options)), 0o644),
	)
}

// file names a file of this server beside the login's folder.
func (s *Server) file(name string) string { return filepath.Join(s.base, name) }

// Site describes the server as a person would enter it; the password is apart.
func (s *Server) Site(mode site.Mode, tls site.TLS) site.Site {
	return site.Site{
		Name: string(s.Kind), Host: s.Host, Port: s.Port, User: s.User, Mode: mode, TLS: tls,
	}
}

// Log returns what the server has written so far, for failed tests.
func (s *Server) Log() string {
	var b strings.Builder
	for _, name := range []string{"output", "log", "tls.log"} {
		if text, err := os.ReadFile(s.file(name)); err == nil && len(text) > 0 {
			fmt.Fprintf(&b, "--- %s\n%s", name, text)
		}
	}
	return b.String()
}

// tail is the last lines of a log: a failed test shows its last steps, and
// Server.Log has all of them.
func tail(log string) string {
	const lines = 40
	all := strings.SplitAfter(log, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "")
}

// MkdirAll makes a folder below Dir that belongs to the login. name is
// relative, with slashes.
func (s *Server) MkdirAll(name string) error {
	dir := s.Dir
	for elem := range strings.SplitSeq(name, "/") {
		dir = filepath.Join(dir, elem)
		if err := os.Mkdir(dir, 0o755); errors.Is(err, os.ErrExist) {
			continue
		} else if err != nil {
			return err
		}
		// Chmod, whatever the umask of a person at a desk.
		if err := errors.Join(os.Chmod(dir, 0o755), s.own(dir)); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile puts a file below Dir that belongs to the login, with the folders
// above it. name is relative, with slashes.
func (s *Server) WriteFile(name string, content []byte) error {
	path := filepath.Join(s.Dir, filepath.FromSlash(name))
	rel, err := filepath.Rel(s.Dir, filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := s.MkdirAll(filepath.ToSlash(rel)); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(path, content, 0o644), s.own(path))
}

func (s *Server) own(path string) error {
	if !isRoot() {
		return nil
	}
	return os.Lchown(path, s.UID, s.GID)
}

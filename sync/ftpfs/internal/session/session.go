package session

import (
	"context"
	"crypto/x509"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jlaffaye/ftp"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// Learned remembers, for all sessions of a site, which way to a data
// connection worked, how long folders are, and by what they are told apart. The
// zero value knows nothing.
type Learned struct {
	wire.Learned
	folders folders
	uniques uniques
}

// Config says how to connect and whom to ask.
type Config struct {
	Site site.Site
	// Password is asked once, after TLS stands where it is required; not at
	// all for anonymous logins. nil is an empty password.
	Password func(ctx context.Context) (string, error)
	// Verify judges the certificate; nil: any problem is final.
	Verify func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error
	// Roots are the trusted authorities; nil: the system's.
	Roots *x509.CertPool
	// Trace takes the transcript; may be nil.
	Trace *trace.Ring
	// Number is the session's in the transcript.
	Number int
	// Timeout ends every wait in which nothing moves; 0 is DefaultTimeout.
	Timeout time.Duration
	// DataTimeout ends one try for a data connection; 0 is
	// DefaultDataTimeout.
	DataTimeout time.Duration
	// FinalTimeout ends the wait for a transfer's final reply behind its last
	// byte; 0 is six times Timeout.
	FinalTimeout time.Duration
	// Worth is the round trip from which on a data connection may be ended early,
	// or hastily; 0 is 20 ms.
	Worth time.Duration
	// Only, where it is not nil, are the ways that data connections may be
	// made, in this order, whatever the site's mode says.
	Only []wire.Rung
	// ProxyPassword is asked where the site's proxy has a user and no
	// password in its address; nil is an empty one.
	ProxyPassword func(ctx context.Context) (string, error)
	// Environ reads the environment, for ALL_PROXY and NO_PROXY; nil is
	// os.Getenv.
	Environ func(name string) string
	// MaxTLS caps the TLS version; 0 is the best both can.
	MaxTLS uint16
	// Learned is shared by a site's sessions; may be nil.
	Learned *Learned
}

// The limits where the Config says nothing. A data connection that comes
// about does so within a few round trips; 6 s is two retransmissions of a lost
// SYN and leaves auto mode time for another way.
const (
	DefaultTimeout     = 20 * time.Second
	DefaultDataTimeout = 6 * time.Second
)

// patience is how long an operation that ended early waits for the session to
// be in step again before it returns: well within the second that a cancelled
// call may take.
const patience = 500 * time.Millisecond

// settleTotal bounds the settling that goes on behind the caller's back.
const settleTotal = 8 * time.Second

// Session is one logged-in control connection.
//
// One operation at a time: a second one waits for the first, a Reader or
// Writer counts until it is closed. Facts, Usable and Close may be called from
// any goroutine at any time. Errors are *vfs.Error.
type Session struct {
	conf    Config            // fixed
	ctl     *wire.Control     // fixed
	lib     *ftp.ServerConn   // fixed
	names   names             // fixed
	facts   Facts             // of the turn; written under mu after Open
	turn    chan struct{}     // holds one token while an operation runs
	cwd     string            // of the turn: the server's current folder, "" unknown
	feats   map[string]string // of the turn: see supports
	sizes   int               // of the turn: see sizeIsOfFiles
	renames bool              // of the turn: MLST calls names otherwise
	keeps   bool              // of the turn: RNTO onto a file was refused because that exists
	denied  bool              // of the turn: STAT was refused
	hidden  answer            // of the turn: whether "LIST -a" shows hidden names
	clock   clock             // of the turn
	hashing vfs.HashName      // of the turn: what HASH computes, "" as FEAT has it

	settling atomic.Bool
	severed  atomic.Bool // by Sever
	doubt    atomic.Bool // the type is to be set before the next transfer

	life context.Context // fixed; its end, by die, ends every operation
	die  context.CancelFunc

	mu     sync.Mutex
	closed bool           // guarded
	work   sync.WaitGroup // goroutines; nothing is added once closed
}

// Usable says whether the session can take an operation now: false once it is
// broken, and while a broken-off operation is being settled.
func (s *Session) Usable() bool { return s.ctl.Err() == nil && !s.settling.Load() }

// Close says goodbye where the connection is idle, within half a second, and
// ends it; an operation in progress fails with KindCancelled. It waits for
// every goroutine of the session. A second call does nothing.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.work.Wait()
		<-s.ctl.Done()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	defer s.die()
	select {
	case s.turn <- struct{}{}:
		s.ctl.Close(true)
		<-s.turn
	default:
		s.die()
		s.ctl.Close(false)
	}
	s.work.Wait()
	return nil
}

// Sever cuts the connection at once, as somebody does who knows that the network
// under it is gone. Whatever is in progress fails with KindLost. It waits for
// nothing, and may be called from any goroutine.
func (s *Session) Sever() {
	s.severed.Store(true)
	s.ctl.Break(&vfs.Error{Op: "talk", Kind: vfs.KindLost, Reply: severedReply})
	s.die()
}

const severedReply = "the network under the connection is gone"

// spawn runs f in a goroutine that Close waits for; false when it is too late
// for that.
func (s *Session) spawn(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Go(f)
	return true
}

// guard runs a library call. The library panics on some replies; the session
// cannot be trusted afterwards.
func (s *Session) guard(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			fault := &vfs.Error{Op: "talk", Kind: vfs.KindProtocol, Reply: "the server's answer could not be read", Err: fmt.Errorf("panic: %v", p)}
			s.ctl.Break(fault)
			err = fault
		}
	}()
	return call()
}

package trust

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"maps"
	"sync"
	"syscall"
	"time"

	"wherry/sync/jsonfile"
	"wherry/sync/vfs"
)

// storeVersion grows with each field that an older program must not lose.
const storeVersion = 1

// Accepted is one certificate that a person accepted for good.
type Accepted struct {
	Fingerprint string    `json:"fingerprint"`
	Subject     string    `json:"subject"`
	NotAfter    time.Time `json:"not_after"`
	Since       time.Time `json:"since"`
}

// Store remembers decisions by host:port: Always in a JSON file (see package
// jsonfile), Once until the process ends. Its methods may be called from any
// goroutine.
type Store struct {
	file string                              // fixed; for errors
	doc  *jsonfile.File[map[string]Accepted] // fixed

	mu     sync.Mutex
	once   map[string]string  // guarded; fingerprint by host
	asking map[string]*asking // guarded; by host, the question being asked
}

// asking is one question on its way. done is closed after the answer stands.
type asking struct {
	fingerprint string
	done        chan struct{}
	err         error
}

// OpenStore opens the file, which need not exist; "" keeps everything in
// memory. The notices are sentences for people. The error (*vfs.Error) means
// that the file is there and cannot be read.
func OpenStore(file string) (*Store, []string, error) {
	doc, notices, err := jsonfile.Open[map[string]Accepted](file, "certificates", storeVersion)
	if err != nil {
		return nil, nil, &vfs.Error{Op: "read accepted certificates", Path: file, Kind: kindOf(err), Err: err}
	}
	return &Store{file: file, doc: doc, once: map[string]string{}, asking: map[string]*asking{}}, notices, nil
}

// Accepted returns what was accepted for good, by host:port.
func (s *Store) Accepted() map[string]Accepted {
	all, _ := s.doc.View() // the last good ones while the file cannot be read
	return maps.Clone(all)
}

// Accept accepts the certificate with a fingerprint for host:port for good, as
// a person does who was told it by the provider; whose it is shows when it is
// met. A text that is no fingerprint is KindBadName.
func (s *Store) Accept(host, fingerprint string) error {
	clean, err := ParseFingerprint(fingerprint)
	if err != nil {
		return err
	}
	return s.save("accept the certificate", func(all *map[string]Accepted) error {
		if *all == nil {
			*all = map[string]Accepted{}
		}
		(*all)[host] = Accepted{Fingerprint: clean, Since: time.Now().UTC()}
		return nil
	})
}

// Forget takes back whatever was accepted for host:port; nothing is no error.
func (s *Store) Forget(host string) error {
	s.mu.Lock()
	delete(s.once, host)
	s.mu.Unlock()
	if _, ok := s.Accepted()[host]; !ok {
		return nil
	}
	return s.save("forget a certificate", func(all *map[string]Accepted) error {
		delete(*all, host)
		return nil
	})
}

// Refusal is the cause inside the *vfs.Error of a certificate that was not
// accepted; faces find it with errors.As and tell the person what to do.
type Refusal struct {
	Question Question
	// Pinned is the only fingerprint that would have been accepted, "" where
	// a person was, or would have been, asked.
	Pinned string
}

// Error returns one line for logs and the queue's journal.
func (r *Refusal) Error() string {
	q := r.Question
	switch {
	case q.Problem == nil:
		return "the certificate is not the one that was asked for"
	case q.Known != "" && q.Known != q.Fingerprint:
		return "another certificate was accepted before: " + q.Problem.Error()
	}
	return q.Problem.Error()
}

// Unwrap returns the system's own verdict.
func (r *Refusal) Unwrap() error { return r.Question.Problem }

// Verify returns the check for a session's handshake. The check gets
// host:port, the server's chain, and the problem that the system's own check
// found, nil for none; it accepts by returning nil:
//
//	pinned given                -> only that certificate, whatever the system says
//	no problem                  -> yes
//	accepted for this host      -> yes
//	otherwise                   -> ask; nil asks nobody, and refuses
//
// Several sessions that meet the same certificate at once ask once and share
// the answer. ask gets the ctx of the session that came first; when that one
// is cancelled, the next session asks. An error of ask is returned as it is.
//
// The check returns *vfs.Error with Op "connect", KindCert, a *Refusal inside
// and the fingerprint in Reply; or the reason why an Always could not be
// saved: then the connection is not made, and the person can say Once.
func (s *Store) Verify(ask func(context.Context, Question) (Answer, error), pinned string) func(context.Context, string, []*x509.Certificate, error) error {
	return func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error {
		if len(chain) == 0 {
			return &vfs.Error{
				Op: "connect", Path: host, Kind: vfs.KindCert,
				Reply: "the server showed no certificate", Err: problem,
			}
		}
		q := Question{Host: host, Chain: chain, Problem: problem, Fingerprint: Fingerprint(chain[0])}
		switch {
		case pinned != "":
			if want, err := ParseFingerprint(pinned); err != nil || want != q.Fingerprint {
				return refusal(q, pinned)
			}
			return nil
		case problem == nil:
			return nil
		}
		for {
			mine, theirs := s.begin(&q)
			switch {
			case mine == nil && theirs == nil:
				return nil
			case mine != nil:
				return s.ask(ctx, ask, q, mine)
			}
			select {
			case <-theirs.done:
				if theirs.fingerprint == q.Fingerprint && !isCancelled(theirs.err) {
					return theirs.err
				}
			case <-ctx.Done():
				return &vfs.Error{Op: "connect", Path: host, Kind: vfs.KindOf(ctx.Err()), Err: ctx.Err()}
			}
		}
	}
}

// begin returns nothing when q's certificate is accepted; else the caller's
// turn to ask, or the question that another session is asking for this host.
func (s *Store) begin(q *Question) (mine, theirs *asking) {
	kept := s.Accepted()[q.Host].Fingerprint
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Known = s.once[q.Host]; q.Known == q.Fingerprint || kept == q.Fingerprint {
		return nil, nil
	}
	if q.Known == "" {
		q.Known = kept
	}
	if a := s.asking[q.Host]; a != nil {
		return nil, a
	}
	a := &asking{fingerprint: q.Fingerprint, done: make(chan struct{})}
	s.asking[q.Host] = a
	return a, nil
}

// ask puts the question and settles a, also when ask panics.
func (s *Store) ask(ctx context.Context, ask func(context.Context, Question) (Answer, error), q Question, a *asking) error {
	a.err = refusal(q, "")
	defer func() {
		s.mu.Lock()
		delete(s.asking, q.Host)
		s.mu.Unlock()
		close(a.done)
	}()
	if ask == nil {
		return a.err
	}
	answer, err := ask(ctx, q)
	switch {
	case err != nil:
		a.err = err
	case answer == Always:
		a.err = s.save("save an accepted certificate", func(all *map[string]Accepted) error {
			if *all == nil {
				*all = map[string]Accepted{}
			}
			(*all)[q.Host] = Accepted{
				Fingerprint: q.Fingerprint, Subject: q.Subject(),
				NotAfter: q.NotAfter().UTC(), Since: time.Now().UTC().Truncate(time.Second),
			}
			return nil
		})
	case answer == Once:
		s.mu.Lock()
		s.once[q.Host] = q.Fingerprint
		s.mu.Unlock()
		a.err = nil
	}
	return a.err
}

func (s *Store) save(op string, change func(*map[string]Accepted) error) error {
	if err := s.doc.Update(change); err != nil {
		return &vfs.Error{Op: op, Path: s.file, Kind: kindOf(err), Err: err}
	}
	return nil
}

func refusal(q Question, pinned string) error {
	return &vfs.Error{
		Op: "connect", Path: q.Host, Kind: vfs.KindCert,
		Reply: q.Fingerprint, Err: &Refusal{Question: q, Pinned: pinned},
	}
}

func isCancelled(err error) bool {
	kind := vfs.KindOf(err)
	return err != nil && (kind == vfs.KindCancelled || kind == vfs.KindTimeout)
}

func kindOf(err error) vfs.Kind {
	switch {
	case errors.Is(err, jsonfile.ErrReadOnly):
		return vfs.KindUnsupported
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return vfs.KindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return vfs.KindPermission
	}
	return vfs.KindOther
}

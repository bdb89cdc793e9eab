// Package engine is the one thing that a face holds: it opens sites, keeps
// the queue, and ends everything in order.
//
// It exists so that the window and the command line are two faces over the
// same program. It is a facade: what it does beyond passing on is to own the
// lifetimes (the root context, the open file systems, the queue's workers) and
// to answer where a password comes from.
package engine

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/learned"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vault"
	"wherry/sync/vfs"
)

// keychainLimit is how long a person has to unlock the keychain when the
// system asks for it.
const keychainLimit = 2 * time.Minute

// traceLines bounds the transcript held in memory: some megabytes at most.
const traceLines = 5000

// Asker puts questions to a person. A nil Asker means that nobody is there:
// passwords that are not kept and certificates that are not trusted then fail,
// and a transfer that has to ask waits in state asking. The methods are called
// from any goroutine, block until the answer or ctx's end, and may be called
// several at a time.
type Asker interface {
	// Password asks for the password of s, or of its proxy, which comes as a
	// site with the proxy's host:port as Host. keep asks to put it into the
	// keychain.
	Password(ctx context.Context, s site.Site) (password string, keep bool, err error)
	// Certificate asks whether to trust a certificate the system does not.
	Certificate(ctx context.Context, q trust.Question) (trust.Answer, error)
	// Exists asks what to do when the target's name is taken, or with NoReplace
	// how to replace it where the server refuses to rename onto it; the answer
	// to that is kept with the site.
	Exists(ctx context.Context, q transfer.Question) (transfer.Answer, error)
}

// Config of an Engine. The zero value of a field is its default.
type Config struct {
	Dirs Dirs
	// OneShot keeps the queue in memory: for a command that does its work
	// and ends, and writes nothing beside it but what it learned of servers and
	// what a person said of a site for good.
	OneShot bool
	// Work lets this process work on the queue from the start.
	Work  bool
	Asker Asker
	// Exists answers in place of Asker.Exists, nil for nobody else.
	Exists func(ctx context.Context, q transfer.Question) (transfer.Answer, error)
	// Vault replaces the system's keychain.
	Vault site.Vault
	// Timeout without progress on every wait for a server; 20 s by default.
	Timeout time.Duration
	// Tuning of the queue to begin with; Tune replaces it.
	Tuning queue.Tuning
	// Retries of a failed transfer; negative for none, 5 by default.
	Retries int
	// Replace says how files are replaced on a site that says nothing of it,
	// where its server refuses to rename onto them; ReplaceAsk by default.
	Replace transfer.ReplaceWay
	// Verify says when the content of a file is compared by a hash; it is
	// asked before each transfer, from any goroutine. nil means
	// transfer.VerifyOffered.
	Verify func() transfer.Verify
	// Roots replaces the system's certificate roots.
	Roots *x509.CertPool
	// Pinned is the only certificate fingerprint to accept, "" for any
	// trusted one.
	Pinned string
	// Log gets the transcript, masked, line by line.
	Log io.Writer
	// OnEvent is told of each change of a transfer; it must not block.
	OnEvent func(queue.Event)

	// around replaces what is looked at for another network and for sleep.
	around *surroundings
}

// Engine is Wherry without a face. Its methods may be called from any
// goroutine.
type Engine struct {
	cfg     Config          // fixed
	root    context.Context // fixed; ends with Close
	stop    context.CancelFunc
	local   vfs.FS
	sites   *site.Store
	trust   *trust.Store
	vault   site.Vault
	session *vault.Mem // passwords of this session
	learned *learned.Store
	trace   *trace.Ring
	around  surroundings
	queue   *queue.Queue
	notices []string
	workers sync.WaitGroup
	// sessions counts control connections, for the transcript.
	sessions atomic.Int64
	// moving is how many files the queue moves at a time.
	moving atomic.Int64

	mu   sync.Mutex
	open map[site.ID]*opened // guarded
	// given holds descriptions that hold for this session: quick connections,
	// and saved sites with changes; guarded.
	given map[site.ID]site.Site
	many  map[site.ID]bool // guarded: see expectMany
	// edition grows, under mu, with every change of a description.
	edition atomic.Uint64
}

// Start opens the stores and the queue; no connection is made. ctx is the
// root of everything the engine does; Close ends it too.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	e := &Engine{
		cfg: cfg, local: localfs.New(), vault: cfg.Vault, session: vault.Memory(),
		trace: trace.NewRing(traceLines, cfg.Log), around: theSurroundings(),
		open: map[site.ID]*opened{}, given: map[site.ID]site.Site{}, many: map[site.ID]bool{},
	}
	if e.vault == nil {
		e.vault = vault.Keychain("wherry", keychainLimit)
	}
	e.root, e.stop = context.WithCancel(ctx)
	e.movesAtOnce(cfg.Tuning)
	if err := e.openStores(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if cfg.around != nil {
		e.around = *cfg.around
	}
	e.workers.Go(e.watch)
	if cfg.Work {
		e.workers.Go(e.work)
	}
	return e, nil
}

func (e *Engine) openStores() error {
	var notices []string
	var err error
	if e.sites, notices, err = site.OpenStore(filepath.Join(e.cfg.Dirs.Config, "sites.json")); err != nil {
		return err
	}
	e.notices = append(e.notices, notices...)
	if e.trust, notices, err = trust.OpenStore(filepath.Join(e.cfg.Dirs.Config, "trust.json")); err != nil {
		return err
	}
	e.notices = append(e.notices, notices...)
	if err := e.openLearned(); err != nil {
		return err
	}
	file := filepath.Join(e.cfg.Dirs.State, "queue.db")
	if e.cfg.OneShot {
		file = queue.Memory
	}
	qc := queue.Config{
		File: file, Open: e.forWork, Tuning: e.cfg.Tuning, Retries: e.cfg.Retries,
		OnEvent: e.cfg.OnEvent, Verify: e.cfg.Verify, PerSite: e.transfers,
		SiteLimit: e.siteLimits, Replace: e.replaceWay, Replaced: e.replaced, Again: e.again,
	}
	switch {
	case e.cfg.Exists != nil:
		qc.Ask = e.cfg.Exists
	case e.cfg.Asker != nil:
		qc.Ask = e.cfg.Asker.Exists
	}
	if e.queue, notices, err = queue.Open(e.root, qc); err != nil {
		return err
	}
	e.notices = append(e.notices, notices...)
	return nil
}

// openLearned opens what was learned of servers. It is no reason not to start:
// where the file cannot be read, this run learns for itself alone.
func (e *Engine) openLearned() error {
	store, notices, err := learned.Open(filepath.Join(e.cfg.Dirs.State, "learned.json"))
	if err != nil {
		notices = append(notices, "What was learned of servers cannot be read: "+err.Error())
		if store, _, err = learned.Open(""); err != nil {
			return err
		}
	}
	e.learned = store
	e.notices = append(e.notices, notices...)
	return nil
}

// Close ends transfers (they go on at the next start), closes sites, and
// waits for all of it. It is safe to call twice.
func (e *Engine) Close() error {
	e.stop()
	e.workers.Wait()
	var errs []error
	if e.queue != nil {
		errs = append(errs, e.queue.Close())
	}
	e.mu.Lock()
	open := e.open
	e.open = map[site.ID]*opened{}
	e.mu.Unlock()
	var closing sync.WaitGroup
	for _, o := range open {
		closing.Go(func() { _ = o.fs.Close() }) // nothing is left to save there
	}
	closing.Wait()
	if e.learned != nil {
		// A hint for next time that is lost is no failure of anything.
		if err := e.learned.Close(); err != nil {
			e.tellTrouble(err.Error())
		}
	}
	return errors.Join(append(errs, e.local.Close(), e.trace.Err())...)
}

// Local is this computer.
func (e *Engine) Local() vfs.FS { return e.local }

// Sites is the store of saved sites.
func (e *Engine) Sites() *site.Store { return e.sites }

// Trace is the transcript.
func (e *Engine) Trace() *trace.Ring { return e.trace }

// Queue is the transfer queue. Add to it by Enqueue.
func (e *Engine) Queue() *queue.Queue { return e.queue }

// Retry sends rows back to waiting. A login that was refused is tried again
// then: the person may know that the server has changed its mind.
func (e *Engine) Retry(ctx context.Context, ids ...queue.ID) error {
	e.mu.Lock()
	for _, o := range e.open {
		o.fs.Reset()
	}
	e.mu.Unlock()
	return e.queue.Retry(ctx, ids...)
}

// Notices are what the person should know about the start, such as a damaged
// file that was set aside.
func (e *Engine) Notices() []string { return e.notices }

// Enqueue adds transfers. Sites of quick connections that they name are kept
// in the store, without password, so that the rows mean something after a
// restart.
func (e *Engine) Enqueue(ctx context.Context, reqs ...queue.Request) ([]queue.ID, error) {
	if !e.cfg.OneShot {
		for _, r := range reqs {
			for _, id := range []site.ID{r.Source.Site, r.Target.Site} {
				if err := e.keepQuick(id); err != nil {
					return nil, err
				}
			}
		}
	}
	e.expectMany(reqs)
	return e.queue.Add(ctx, reqs...)
}

package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// Queue is an open journal and, while Run or Drain is under way, the work on
// it. Its methods may be called from any goroutine. Locks are taken in the
// order store.mu, Queue.mu; OnEvent, Ask and Opener are called under neither.
type Queue struct {
	c        Config    // fixed
	clock    clock     // fixed
	s        *store    // fixed
	throttle *throttle // fixed
	most     int64     // fixed; entries of one request, vfs.MaxEntries
	crowd    int64     // fixed; rows altered at once that make a mass change, massFrom
	// base carries Open's values and never ends: Snapshot, which waits for
	// nobody, has no ctx of its own.
	base context.Context // fixed

	mu      sync.Mutex
	tuning  Tuning        // guarded
	tuned   chan struct{} // guarded; closed and replaced by Tune
	flow    flow          // guarded
	open    bool          // guarded; openLocked when the coordinator last looked
	running map[ID]*work  // guarded; what this process works on
	bells   bells         // guarded
	notes   []note        // guarded; for the settler, oldest first
	hurry   bool          // guarded; the notes are to be written at once
	// guarded; how many of running have ended and are not written yet
	unsettled int
	settled   chan struct{} // guarded; closed and replaced when notes were taken
	// guarded; the settler has notes in hand that are not written yet
	settling bool
	deaf     bool          // guarded; no settler takes notes
	foreign  bool          // guarded; another process wrote, and running was not compared yet
	seq      uint64        // guarded; of every change
	loud     uint64        // guarded; of the changes that were not quiet, see changed
	askedAt  uint64        // guarded; the loud at which no question was left to put
	stale    bool          // guarded; counts must be read again
	counts   counts        // guarded
	held     bool          // guarded; the journal's setting as last seen
	stop     func(error)   // guarded; ends the present run, nil for none
	stopped  chan struct{} // guarded; closed when the present run ended
	closed   bool          // guarded
	// guarded; by the target's site, and each bounded
	spellings map[site.ID]*transfer.Spellings

	// guarded; by the target's site, what a person answered in this process
	replaced map[site.ID]transfer.ReplaceWay
	wayMade  map[Place]bool // guarded; folders that makeWay has seen to in this run
	bare     map[ID]bool    // guarded; rows whose folder was made in this process and has no permissions yet, see makeCopy

	parts parts // guarded, shared by store.mu

	hand  hand // guarded by store.mu
	sized bool // guarded by store.mu; rows_small is there
	// guarded by store.mu; when keepProgress last looked
	lastKept time.Time
	// guarded by store.mu; what the clock showed when the coordinator last looked
	lookedAt time.Time
	told     hours               // guarded by store.mu; see tellHours
	refused  map[site.ID]refusal // guarded by store.mu
}

// work is a row in the hands of this process.
type work struct {
	row     row                     // fixed
	cancel  context.CancelCauseFunc // guarded by Queue.mu; nil until adopted
	taken   bool                    // guarded by Queue.mu; it is no longer ours
	light   bool                    // guarded by Queue.mu; the journal does not have it as taken, see isLight
	looked  bool                    // guarded by Queue.mu; the coordinator has seen it at work
	told    bool                    // guarded by Queue.mu; its start was reported
	ended   bool                    // guarded by Queue.mu; nothing moves any more, and the settler was told
	begun   *transfer.Identity      // guarded by Queue.mu; what a light row's part is made from
	kept    int64                   // guarded by Queue.mu; the bytes done as the journal has them
	summed  int64                   // guarded by Queue.mu; the same as of Queue.counts
	counter transfer.Counter
	counted counted  // guarded by Queue.mu
	meter   meter    // guarded by Queue.mu
	chosen  vfs.Path // guarded by Queue.mu; where the file goes, the root before that is known
	names   []string // guarded by Queue.mu; target and chosen as alike has them
}

// Open opens the journal of c.File, made where missing. A damaged file is
// kept aside and said so in the notices, which are sentences for a person. A
// journal of a newer Wherry is an error of KindUnsupported and stays as it
// is. Nothing runs yet.
func Open(ctx context.Context, c Config) (*Queue, []string, error) {
	c = c.withDefaults()
	if c.File == "" || c.Open == nil {
		return nil, nil, &vfs.Error{Op: "open queue", Kind: vfs.KindUnsupported, Reply: "no file or no opener is given"}
	}
	s, notices, err := openJournal(ctx, c.File)
	if err != nil {
		return nil, nil, err
	}
	q := &Queue{
		c: c, s: s, clock: wallClock{now: c.Now}, most: vfs.MaxEntries, crowd: massFrom, base: context.WithoutCancel(ctx),
		throttle: newThrottle(wallClock{now: time.Now}, c.SiteLimit, c.Tuning), tuning: c.Tuning, tuned: make(chan struct{}),
		running: map[ID]*work{}, spellings: map[site.ID]*transfer.Spellings{}, replaced: map[site.ID]transfer.ReplaceWay{}, wayMade: map[Place]bool{}, bare: map[ID]bool{}, refused: map[site.ID]refusal{}, bells: newBells(), settled: make(chan struct{}), stale: true,
	}
	if err := q.refresh(ctx); err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	return q, notices, nil
}

// Close ends a Run or Drain under way, waits for it, and closes the journal.
// It may be called more than once.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	stop, stopped := q.stop, q.stopped
	q.mu.Unlock()
	if stop != nil {
		stop(errShutdown)
		<-stopped
	}
	return q.s.close()
}

// write changes the journal and tells everybody who waits for a change.
func (q *Queue) write(ctx context.Context, d durability, fn func() error) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return q.writeLocked(ctx, d, fn)
}

// writeThen is write that calls then after the commit, while nobody else can
// read or write yet.
func (q *Queue) writeThen(ctx context.Context, d durability, fn, then func() error) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.writeLocked(ctx, d, fn); err != nil {
		return err
	}
	return then()
}

// writeLocked is write with the store's lock held.
func (q *Queue) writeLocked(ctx context.Context, d durability, fn func() error) error {
	if err := q.s.writeLocked(ctx, d, fn); err != nil {
		return q.judgeLocked(err)
	}
	q.changed()
	return nil
}

// writeQuietly is writeLocked for what gives no row to anybody (changedQuietly).
func (q *Queue) writeQuietly(ctx context.Context, d durability, fn func() error) error {
	if err := q.s.writeLocked(ctx, d, fn); err != nil {
		return q.judgeLocked(err)
	}
	q.changedQuietly()
	return nil
}

// judgeLocked keeps damage in mind: on a damaged journal nothing more is
// built, and the next start sets it aside.
func (q *Queue) judgeLocked(err error) error {
	if isDamage(err) && q.s.failed == nil {
		q.s.failed = err
		markDamaged(q.c.File)
	}
	return err
}

package queue

// bells wake who waits. Each is a channel that is closed and replaced; it is
// taken before looking, so that no change falls between. There are several
// because each who wakes looks into the journal, and most of what happens is the
// end of a file, which gives nobody but the settler anything to do.
type bells struct {
	any   chan struct{} // everything
	turn  chan struct{} // a row may be taken that could not be before
	loud  chan struct{} // what rows there are to be taken has changed, or nothing is in work
	noted chan struct{} // the settler has something to write
}

func newBells() bells {
	return bells{any: make(chan struct{}), turn: make(chan struct{}), loud: make(chan struct{}), noted: make(chan struct{})}
}

func ring(c *chan struct{}) {
	close(*c)
	*c = make(chan struct{})
}

// ringLocked wakes everybody.
func (q *Queue) ringLocked() {
	for _, c := range []*chan struct{}{&q.bells.any, &q.bells.turn, &q.bells.loud, &q.bells.noted} {
		ring(c)
	}
}

// ringEndedLocked wakes who can go on because work on a row has ended.
func (q *Queue) ringEndedLocked() {
	ring(&q.bells.any)
	ring(&q.bells.turn)
	// A site that is waited for is tried by one row at a time, which may be a
	// folder's.
	if len(q.running) == 0 || len(q.counts.waits) > 0 {
		ring(&q.bells.loud)
	}
}

// changed wakes whoever waits for a change.
func (q *Queue) changed() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seq++
	q.loud++
	q.stale = true
	q.ringLocked()
}

// changedQuietly is changed for what gives no row to anybody: one was taken, or
// has ended well.
func (q *Queue) changedQuietly() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seq++
	q.stale = true
	ring(&q.bells.any)
	if len(q.running) == 0 {
		ring(&q.bells.loud) // no end of work will have the coordinator look again
	}
}

// nextBell returns the channel that everything closes.
func (q *Queue) nextBell() <-chan struct{} {
	return q.bellOf(func(b *bells) chan struct{} { return b.any })
}

func (q *Queue) bellOf(which func(*bells) chan struct{}) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return which(&q.bells)
}

func atTurn(b *bells) chan struct{}   { return b.turn }
func whenLoud(b *bells) chan struct{} { return b.loud }
func atNote(b *bells) chan struct{}   { return b.noted }

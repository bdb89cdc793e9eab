package pool

import "context"

// Expect tells that so many transfers are about to come, as those of a folder that
// has yet to be listed. The members that they will want are made meanwhile, with the
// one for browsing, as far as there may be so many: over a long way a login takes as
// long as the listing. Where nothing stands nothing is done, as the first login shows
// whether there can be others, and for a single transfer, which needs no second one.
//
// Nobody waits for these members: they idle until they are wanted, and out as all
// others do. ctx governs the making, and has to last until that is over; what fails
// is told to nobody, and counts as it does for a transfer.
func (p *Pool[M]) Expect(ctx context.Context, transfers int) {
	if transfers < 2 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused != nil || len(p.members) == p.closing { // as also once it is closed
		return
	}
	for range min(p.limitLocked(), transfers+1) - len(p.members) - p.dialing {
		w := &waiter[M]{ctx: ctx, use: Browse, expected: true, gone: true}
		p.dialing++
		p.startLocked(w, func(ctx context.Context) { p.open(ctx, w) })
	}
}

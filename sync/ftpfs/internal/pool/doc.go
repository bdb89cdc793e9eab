// Package pool lends out the sessions of one site.
//
// It exists because servers count connections, each in its own way, and say
// how many they bear only by refusing one more. So one place per site decides
// who may connect, who waits and which connection is kept:
//
//   - Two uses: browsing (short: a listing, a rename) and transfers (long).
//     All but one of the sessions may carry transfers, so that a listing never
//     waits behind a file, unless the server bears a single session. A transfer
//     that is alone may have the one that browsing left, and the next login is
//     for browsing again.
//   - The limit is what the site says, plus one for browsing, until a dial
//     fails with KindBusy (421, 530 "too many"): then it is what stands or is
//     being made at that moment, and who asked waits. For a transfer a server that cannot be
//     reached while sessions stand is the same: firewalls count connections
//     too, and drop what is above. After Again one more is tried, and after
//     each success the next.
//   - While nothing stands, one dial runs at a time and its failure answers
//     all who wait: a refused password costs one attempt and not five, which
//     is what gets addresses banned. It is remembered until Reset.
//     What a server has told of its limit can be taken from an earlier run
//     (Learn) and for a later one (Stats).
//   - Who waits is served in order, passed over only while its use is full.
//   - Where transfers are expected (Expect) their sessions are made ahead, within
//     the same limits.
//   - With KeepAlive one idle member is kept for ever, the one used last: it
//     is what a person clicks with. The others idle out as ever, so that a
//     server is never held by more than somebody needs.
//
// The pool knows nothing of FTP: a Member is anything that can tell whether
// it is usable, answer a NOOP and be closed.
package pool

import (
	"context"
	"time"

	"wherry/sync/vfs"
)

// Member is one session. Usable must answer at once, from any goroutine.
// Close must be safe at any time and end an operation in progress.
type Member interface {
	Usable() bool
	Noop(ctx context.Context) error
	Close() error
}

// Use says what a lease is for; Sure may be added to either,
// Spare to Transfer.
type Use uint8

// The uses.
const (
	// Browse is for operations that end soon.
	Browse Use = 0
	// Transfer is for streams.
	Transfer Use = 1
	// Sure asks for a member that has shown life within SureFor. It is for
	// operations that must not be repeated when the connection turns out to
	// have died while it idled.
	Sure Use = 2
	// Spare, added to Transfer, asks for a member more than is needed: where
	// one would have to be waited for, and where the server refuses one more,
	// the answer is KindBusy.
	Spare Use = 4
)

// SureFor is how old a sign of life may be for Sure.
const SureFor = time.Second

// Config of a Pool. All fields but Dial have defaults for zero.
type Config[M Member] struct {
	// Dial makes a member. ctx governs the making only, never its later life.
	Dial func(ctx context.Context) (M, error)
	// Transfers is how many leases for transfers there may be; at least 1.
	Transfers int
	// Doubt is the idle time after which a member is asked by NOOP before it
	// is lent; 5 s. It costs a round trip then, which nobody notices, where a
	// connection that is gone would cost the full limit of an operation.
	Doubt time.Duration
	// Answer is how long that NOOP may take; 3 s. Routers forget idle
	// connections without a word, and a person should not wait the full
	// limit of an operation to learn it. A server so slow that it answers
	// later costs a login more.
	Answer time.Duration
	// Idle is when an unused member is closed; 1 min.
	Idle time.Duration
	// IdleLast is the same for the last one, which saves a person who reads
	// for a while the login; 10 min. While transfers run it is kept.
	IdleLast time.Duration
	// Again is how long after a refusal one session more than then stood is
	// tried; 5 min. Others may have left the server meanwhile, and most
	// limits on attempts forget within minutes.
	Again time.Duration
	// KeepAlive is how often the idle member used last says NOOP, so that
	// neither the server nor a firewall forgets it; 0 is never. One that does
	// not answer is closed without a word.
	KeepAlive time.Duration
}

func (c Config[M]) withDefaults() Config[M] {
	c.Transfers = max(c.Transfers, 1)
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Doubt, 5 * time.Second},
		{&c.Answer, 3 * time.Second},
		{&c.Idle, time.Minute},
		{&c.IdleLast, 10 * time.Minute},
		{&c.Again, 5 * time.Minute},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return c
}

// Stats are numbers for people, true at one moment.
type Stats struct {
	// Sessions that stand, idle ones included.
	Sessions int
	// Limit is how many there may be, browsing included.
	Limit int
	// Told is how many the server has said it bears, by refusing one more;
	// 0 where that is more than are wanted. Refusals that may have had
	// another reason, as those of a network that is gone, are not in it.
	Told int
}

func closedError() error {
	return &vfs.Error{Op: "connect", Kind: vfs.KindCancelled, Reply: "the connection was closed by us"}
}

func noSpare() error {
	return &vfs.Error{Op: "connect", Kind: vfs.KindBusy, Reply: "no connection can be spared"}
}

// ended is the error of a ctx that is done.
func ended(ctx context.Context) error {
	err := ctx.Err()
	return &vfs.Error{Op: "connect", Kind: vfs.KindOf(err), Err: err}
}

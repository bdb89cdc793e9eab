package queue

import (
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// ending is how the work on a row ended.
type ending struct {
	result transfer.Result // when err is nil
	err    error
	// culprit is the site that err belongs to where stopsSite says so; the
	// zero ID where that is not known.
	culprit site.ID
	// stopped tells that the work was cut off from here: by a shutdown, a
	// pause, a cancel. It says nothing about the row.
	stopped bool
}

// stopsSite tells the errors that every other row of the site would meet too,
// and of which a repetition does harm: an account is locked after some wrong
// passwords, and a certificate is a person's decision. The site's waiting rows
// are paused with the reason until a person says Retry or Resume.
func stopsSite(k vfs.Kind) bool {
	return k == vfs.KindLogin || k == vfs.KindProxyLogin || k == vfs.KindCert || k == vfs.KindTLS
}

// stopsPlace tells the error that every other row to the same place would
// meet too: the disk is full, or the quota is reached.
func stopsPlace(k vfs.Kind) bool { return k == vfs.KindNoSpace }

// progressed tells the errors after which an attempt that moved the part on
// does not count as one of the Retries: a 50 GB file over a line that drops
// every hour comes through. The others could go on for ever.
func progressed(k vfs.Kind) bool { return k == vfs.KindLost || k == vfs.KindTimeout }

// verdict is what becomes of a row.
type verdict struct {
	state State
	// again tells that Waiting is for another attempt after the back-off, not
	// because the work was stopped.
	again bool
	// attempts made so far, this one included.
	attempts int
}

// judge decides what becomes of a row after an attempt. before and after are
// the bytes in its part then and now.
func judge(e ending, attempts, retries int, before, after int64) verdict {
	switch {
	case e.err == nil && e.result.Outcome == transfer.Done:
		return verdict{state: Done, attempts: attempts + 1}
	case e.err == nil && e.result.Outcome == transfer.Asking:
		return verdict{state: Asking, attempts: attempts}
	case e.err == nil:
		return verdict{state: Skipped, attempts: attempts + 1}
	case e.stopped:
		return verdict{state: Waiting, attempts: attempts}
	case lacksPassword(e.err):
		return verdict{state: Paused, attempts: attempts}
	}
	kind := vfs.KindOf(e.err)
	if progressed(kind) && after > before {
		attempts = 0
	}
	attempts++
	// A firewall stays where it is, and the attempt has tried every way already.
	// KindCancelled without our doing is a file system that was closed under
	// us: the next Open gives a fresh one.
	again := kind.Temporary() || kind == vfs.KindCancelled
	if kind == vfs.KindNoData {
		retries = min(retries, 1)
	}
	if again && attempts <= max(retries, 0) {
		return verdict{state: Waiting, again: true, attempts: attempts}
	}
	return verdict{state: Failed, attempts: attempts}
}

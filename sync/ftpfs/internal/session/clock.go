package session

import (
	"time"

	"wherry/sync/ftpfs/internal/listing"
	"wherry/sync/vfs"
)

// clock is what is known of the clock by which LIST tells times: RFC 959 says
// nothing about it, and servers use the zone they stand in. MDTM is in UTC (RFC
// 3659, 3), so one file told by both gives it away.
type clock struct {
	asked  bool          // the one MDTM is spent
	told   bool          // MDTM has been answered with a time
	offset time.Duration // of LIST minus UTC; 0 where nothing was learned
}

// A zone is a multiple of a quarter of an hour, from 12 hours behind to 14
// ahead of UTC. Anything else is a clock that is wrong, or two files.
const (
	zoneStep = 15 * time.Minute
	zoneMost = 24 * time.Hour
)

func (o *operation) listingOptions() listing.Options {
	// The year that LIST leaves out is the one by the server's clock.
	options := listing.Options{Now: time.Now().Add(o.clock.offset), Decode: o.names.decode}
	if o.uniques != nil {
		options.Unique = o.keepUnique
	}
	return options
}

// inUTC corrects the times of entries, which LIST told of dir, asking about
// one of them where the server's clock is not known yet. Times of a day alone
// stay: they are right to the day, and must be the same before and after the
// clock is known.
func (o *operation) inUTC(dir vfs.Path, entries []vfs.Entry) error {
	if err := o.learnClock(dir, entries); err != nil || o.clock.offset == 0 {
		return err
	}
	for i := range entries {
		if e := &entries[i]; hasClock(*e) {
			e.ModTime = e.ModTime.Add(-o.clock.offset)
		}
	}
	return nil
}

// hasClock says whether e's time holds hours and minutes.
func hasClock(e vfs.Entry) bool {
	return !e.ModTime.IsZero() && e.Accuracy > 0 && e.Accuracy <= time.Minute
}

// learnClock compares LIST and MDTM of the first file that can tell. It costs
// a session one command.
func (o *operation) learnClock(dir vfs.Path, entries []vfs.Entry) error {
	if o.clock.asked || !o.supports("MDTM") || o.supports("MLST") {
		return nil
	}
	for _, e := range entries {
		p, err := dir.Join(e.Name)
		if e.Type != vfs.TypeFile || !hasClock(e) || err != nil {
			continue
		}
		o.clock.asked = true
		told, err := o.exactTime(p, vfs.Entry{})
		if err != nil || told.ModTime.IsZero() {
			return err
		}
		offset := e.ModTime.Sub(told.ModTime.Truncate(e.Accuracy))
		if offset%zoneStep == 0 && offset.Abs() <= zoneMost {
			o.knowClock(offset)
		}
		return nil
	}
	return nil
}

func (o *operation) knowClock(offset time.Duration) {
	o.clock.offset = offset
	o.mu.Lock()
	defer o.mu.Unlock()
	o.facts.ClockOffset, o.facts.ClockKnown = offset, true
}

package session

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"wherry/sync/vfs"
)

// datesAtOnce is how many files are asked about without waiting between: with the
// PWD behind them as many commands as wire.Control.Batch sends at once.
const datesAtOnce = 15

// Dates asks MDTM of files in dir, many at a time; see vfs.Dater. Where there is MLST
// a listing tells seconds, or Stat would ask for another time than MDTM's; and where
// commands have to wait for each other, sessions that look at a file each are faster
// than one that asks about all.
func (s *Session) Dates(ctx context.Context, dir vfs.Path, names []string) (map[string]time.Time, error) {
	var told map[string]time.Time
	err := s.do(ctx, "stat", dir, func(o *operation) (err error) {
		told, err = o.dates(dir, names)
		return err
	})
	if err != nil {
		return nil, err
	}
	return told, nil
}

func (o *operation) dates(dir vfs.Path, names []string) (map[string]time.Time, error) {
	var asked, lines []string
	for _, name := range names {
		p, err := dir.Join(name)
		if err != nil {
			continue
		}
		// A line with a control character would not be sent, nor those beside it.
		if raw, err := o.names.encode(p); err == nil && !strings.ContainsFunc(raw, unicode.IsControl) {
			asked, lines = append(asked, name), append(lines, "MDTM "+raw)
		}
	}
	told := make(map[string]time.Time, len(asked))
	for len(asked) > 0 && o.supports("MDTM") && !o.supports("MLST") && o.ctl.Together() {
		n := min(len(asked), datesAtOnce)
		if !o.clock.told {
			n = 1 // it may be refused, of all files alike
		}
		times, err := o.stamps(lines[:n])
		if err != nil {
			return nil, err
		}
		some := false
		for i, at := range times {
			if !at.IsZero() {
				told[asked[i]], some = at, true
			}
		}
		if !some {
			break
		}
		asked, lines = asked[n:], lines[n:]
	}
	return told, nil
}

// stamps are the times that were told in answer to lines, each an MDTM; zero where
// that was refused. All such answers look alike, and one reply too many or too few
// would give files the times of others: what is asked behind them, and answered as
// nothing else is, shows that each line had one reply. It is not NOOP, by which wire
// gets into step after a cancel.
func (o *operation) stamps(lines []string) ([]time.Time, error) {
	n := len(lines)
	if n > 1 {
		lines = append(slices.Clone(lines), "PWD")
	}
	replies, err := o.ctl.Batch(lines)
	if err != nil {
		return nil, err
	}
	if n > 1 && !replies[n].OK() {
		o.ctl.Suspect()
		return nil, nil
	}
	times := make([]time.Time, n)
	for i, r := range replies[:n] {
		if at, ok := stampOf(r); ok {
			times[i], o.clock.told = at, true
		} else if unknown(r.Code) {
			o.unlearn("MDTM")
			return nil, nil
		}
	}
	return times, nil
}

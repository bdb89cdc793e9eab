package queue

import (
	"context"
	"slices"
	"time"
)

// openLocked is hours.at of the tuning. Queue.mu is held.
func (q *Queue) openLocked(now time.Time) (open bool, next time.Time) {
	return hours{q.tuning.From, q.tuning.Until}.at(now)
}

// hours are Tuning.From and Until.
type hours struct{ from, until time.Duration }

// at tells whether a file may begin to move at now, and when that changes next;
// zero where it never does.
//
// What counts is what the clock shows in now's own location. Where the clocks
// change, a time that is left out is never shown, and one that comes twice
// counts both times.
func (h hours) at(now time.Time) (open bool, next time.Time) {
	from, until := h.from, h.until
	if from == until {
		return true, time.Time{}
	}
	open = shown(now, from, until)
	// It changes where the clock shows one of the two times, or is changed.
	_, shift := now.ZoneBounds()
	at := []time.Time{shift}
	for day := range 3 {
		for _, clock := range []time.Duration{from, until} {
			at = append(at, onClock(now, day, clock, now), onClock(now, day, clock, shift))
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	for _, t := range at {
		if t.After(now) && shown(t, from, until) != open {
			return open, t
		}
	}
	return open, time.Time{}
}

// shown tells whether the clock shows a time from from on and before until.
func shown(now time.Time, from, until time.Duration) bool {
	h, m, s := now.Clock()
	clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if from < until {
		return from <= clock && clock < until
	}
	return from <= clock || clock < until
}

// onClock is when a clock that goes as it does at zone shows the time so many
// days after now's.
func onClock(now time.Time, days int, clock time.Duration, zone time.Time) time.Time {
	y, m, d := now.Date()
	name, offset := zone.In(now.Location()).Zone()
	return time.Date(y, m, d+days, 0, 0, int(clock/time.Second), 0, time.FixedZone(name, offset)).In(now.Location())
}

// isOpen is openLocked for who takes rows.
func (q *Queue) isOpen() bool {
	now := q.clock.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	open, _ := q.openLocked(now)
	if !open {
		q.open = false // who found it so sleeps until watchHours sees another
	}
	return open
}

// watchHours wakes those who take rows when the hours begin, and tells when
// they begin or end next; zero for never.
func (q *Queue) watchHours(now time.Time) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	open, next := q.openLocked(now)
	if open != q.open {
		q.open = open
		q.ringLocked()
	}
	return next
}

// Schedule has rows, and all that is below them, begin at when and not before;
// a when of zero or in the past means at once. What moves already goes back to
// Waiting and keeps its part. Rows that have ended stay as they are; paused
// ones stay paused, and begin at when where they are resumed before.
func (q *Queue) Schedule(ctx context.Context, when time.Time, ids ...ID) error {
	if !when.After(q.clock.Now()) {
		when = time.Time{}
	}
	return q.change(ctx, ids, `ended = 0 AND state <> 'removing'`, func() error {
		return q.alter(ctx, ofState, `UPDATE OR FAIL rows SET not_before = ?1,
			next_try = CASE WHEN state = 'paused' OR scanned = 1 THEN 0 ELSE ?1 END,
			state = CASE WHEN ?1 > 0 AND scanned = 0 AND state IN ('active', 'scanning') THEN 'waiting' ELSE state END`+ofPicked, nanos(when))
	})
}

// Nudge tells that the network is another now, or that the computer was
// asleep: what waits for another attempt, or for a site that could not be
// reached, is due now and counts its attempts from zero. A time that a person
// set stays.
func (q *Queue) Nudge(ctx context.Context) error {
	return q.write(ctx, cheap, func() error {
		if _, err := q.s.exec(ctx, `UPDATE rows SET next_try = not_before, attempts = 0 WHERE next_try > 0 AND next_try > not_before AND state = 'waiting'`); err != nil {
			return err
		}
		_, err := q.s.exec(ctx, `UPDATE sites SET next_try = 0, attempts = 0`)
		return err
	})
}

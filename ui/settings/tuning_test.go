package settings

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
)

func TestSettingsMeanToTheQueue(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kept        Settings
		given, want queue.Tuning
	}{
		"nothing kept is all by default": {},
		"limits that are on hold": {
			Settings{LimitsOn: true, LimitUp: 500, LimitDown: 900}, queue.Tuning{}, queue.Tuning{Up: 500, Down: 900},
		},
		"limits that are off do not": {Settings{LimitUp: 500, LimitDown: 900}, queue.Tuning{}, queue.Tuning{}},
		"hours that are on hold": {
			Settings{HoursOn: true, From: "22:00", Until: "06:30"},
			queue.Tuning{},
			queue.Tuning{From: 22 * time.Hour, Until: 6*time.Hour + 30*time.Minute},
		},
		"hours that nobody set are the usual ones": {
			Settings{HoursOn: true, Until: "07:00"}, queue.Tuning{}, queue.Tuning{From: 22 * time.Hour, Until: 7 * time.Hour},
		},
		"hours that are off do not":             {Settings{From: "22:00", Until: "06:30"}, queue.Tuning{}, queue.Tuning{}},
		"hours that cannot be read do not":      {Settings{HoursOn: true, From: "25:00", Until: "6"}, queue.Tuning{}, queue.Tuning{}},
		"the rest is as it is kept":             {Settings{SmallFirst: true, KeepDays: 3, Workers: 7}, queue.Tuning{}, queue.Tuning{SmallFirst: true, KeepEnded: 72 * time.Hour, Workers: 7}},
		"the command line goes first":           {Settings{Workers: 7}, queue.Tuning{Workers: 2, Total: 5}, queue.Tuning{Workers: 2, Total: 5}},
		"the lower one of two limits holds":     {Settings{LimitsOn: true, LimitUp: 9, LimitDown: 900}, queue.Tuning{Up: 5, Down: 2000}, queue.Tuning{Up: 5, Down: 900}},
		"a limit beside none holds":             {Settings{LimitsOn: true, LimitDown: 900}, queue.Tuning{Up: 5}, queue.Tuning{Up: 5, Down: 900}},
		"numbers that nobody means are default": {Settings{Workers: -1, KeepDays: -1, LimitsOn: true, LimitUp: -5}, queue.Tuning{}, queue.Tuning{}},
	} {
		if diff := cmp.Diff(tc.want, tc.kept.Tuning(tc.given)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", outcome, diff)
		}
	}
}

func TestOneFileIsReadOverSeveralConnectionsWhereThatIsOn(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kept Settings
		want int
	}{
		"off":                        {Settings{}, 0},
		"off, with a number":         {Settings{Segments: 3}, 0},
		"on":                         {Settings{SegmentsOn: true}, 4},
		"on, with a number":          {Settings{SegmentsOn: true, Segments: 3}, 3},
		"a number that nobody means": {Settings{SegmentsOn: true, Segments: -3}, 4},
		"more than are of use":       {Settings{SegmentsOn: true, Segments: 99}, transfer.MaxSegments},
	} {
		if got := tc.kept.Tuning(queue.Tuning{}).Segments; got != tc.want {
			t.Errorf("%s: %d, want %d", outcome, got, tc.want)
		}
	}
}

func TestTakenNameFollowsTheRuleOfItsDirection(t *testing.T) {
	s := Settings{ExistsUp: "newer", ExistsDown: "rename"}
	if got := s.Exists("shop"); got != transfer.Newer {
		t.Errorf("up: %s", got)
	}
	if got := s.Exists(site.Local); got != transfer.Rename {
		t.Errorf("down: %s", got)
	}
	for _, unset := range []string{"", "eat"} {
		if got := (Settings{ExistsUp: unset}).Exists("shop"); got != transfer.Ask {
			t.Errorf("%q: %s", unset, got)
		}
	}
}

//go:build !headless

package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"wherry/sync/queue"
	"wherry/sync/site"
)

func TestStatusBarTellsHowTheQueueStands(t *testing.T) {
	test.NewTempApp(t)
	bar := newStatusBar(later(new(func())), nil)
	five := map[queue.State]int{queue.Waiting: 5}
	two := queue.Later{Rows: 2, Bytes: 42_000_000, First: time.Unix(1, 0)}
	for outcome, tc := range map[string]struct {
		s    queue.Snapshot
		want string
	}{
		"that nothing is left":                    {queue.Snapshot{}, "Queue empty"},
		"what is left":                            {queue.Snapshot{Count: five, BytesLeft: 102_000_000}, "Queue: 5 items, 102 MB left"},
		"what is left now, and what later":        {queue.Snapshot{Count: five, BytesLeft: 102_000_000, Later: two}, "Queue: 3 items, 60.0 MB left + 2 later"},
		"that all is for later":                   {queue.Snapshot{Count: map[queue.State]int{queue.Waiting: 2}, BytesLeft: 42_000_000, Later: two}, "Queue: 2 later"},
		"the server it waits for":                 {queue.Snapshot{Count: five, Waits: []queue.SiteWait{{Site: "shop"}}}, "Queue: 5 items, waits for Site shop"},
		"how many servers it waits for":           {queue.Snapshot{Count: five, Waits: make([]queue.SiteWait, 2)}, "Queue: 5 items, waits for 2 servers"},
		"that a person holds it, and what failed": {queue.Snapshot{Held: true, Count: map[queue.State]int{queue.Waiting: 1, queue.Failed: 2}}, "Queue: 1 item, on hold, 2 failed"},
	} {
		bar.setQueue(tc.s, func(id site.ID) string { return "Site " + string(id) })
		if got := bar.left.Text(); got != tc.want {
			t.Errorf("%s: %q, want %q", outcome, got, tc.want)
		}
	}
}

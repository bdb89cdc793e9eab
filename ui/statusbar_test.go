//go:build !headless

package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/sync/ftpfs"
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
		told bool // that the site in view does not answer
		want string
	}{
		"that nothing is left":                          {queue.Snapshot{}, false, "Queue empty"},
		"what is left":                                  {queue.Snapshot{Count: five, BytesLeft: 102_000_000}, false, "Queue: 5 items, 102 MB left"},
		"what is left now, and what later":              {queue.Snapshot{Count: five, BytesLeft: 102_000_000, Later: two}, false, "Queue: 3 items, 60.0 MB left + 2 later"},
		"that all is for later":                         {queue.Snapshot{Count: map[queue.State]int{queue.Waiting: 2}, BytesLeft: 42_000_000, Later: two}, false, "Queue: 2 later"},
		"the server it waits for":                       {queue.Snapshot{Count: five, Waits: []queue.SiteWait{{Site: "shop"}}}, false, "Queue: 5 items, waits for Site shop"},
		"not again the server that the left part names": {queue.Snapshot{Count: five, Waits: []queue.SiteWait{{Site: "shop"}}}, true, "Queue: 5 items"},
		"how many servers it waits for":                 {queue.Snapshot{Count: five, Waits: make([]queue.SiteWait, 2)}, false, "Queue: 5 items, waits for 2 servers"},
		"that a person holds it, and what failed":       {queue.Snapshot{Held: true, Count: map[queue.State]int{queue.Waiting: 1, queue.Failed: 2}}, false, "Queue: 1 item, on hold, 2 failed"},
	} {
		bar.setQueue(tc.s, tc.told, func(id site.ID) string { return "Site " + string(id) })
		got := bar.left.Text()
		if bar.failed.Visible() {
			got += ", " + bar.failed.Text()
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", outcome, got, tc.want)
		}
	}
}

func TestStatusBarGivesRoomToWhatIsSaid(t *testing.T) {
	test.NewTempApp(t)
	reason := "Permission denied: the server answered that the folder could not be made there. Ask for the right to do so."
	for outcome, tc := range map[string]struct {
		width         float32
		said, lasting string
		mode, queue   bool
	}{
		"all stands where there is room":           {1600, reason, "", true, true},
		"the queue gives way for a moment":         {900, reason, "", false, false},
		"a short word needs no room":               {900, "Up", "", true, true},
		"only the mode gives way for what lasts":   {900, "", reason, false, true},
		"nothing is said, and everything is there": {900, "", "", true, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			bar := newStatusBar(later(new(func())), nil)
			bar.object.Resize(fyne.NewSize(tc.width, 24))
			bar.mode.SetText("Passive mode (EPSV, auto)")
			bar.left.SetText("Queue: 5 items, 102 MB left")
			bar.say("An earlier one that took all of the room there is, as it was so long as hardly any is")
			bar.announce(tc.lasting)
			if tc.said != "" {
				bar.say(tc.said)
			}
			if bar.mode.Visible() != tc.mode || bar.queue.Visible() != tc.queue {
				t.Errorf("the mode is shown: %v, the queue: %v", bar.mode.Visible(), bar.queue.Visible())
			}
		})
	}
}

func TestStatusBarTellsHowTheSiteAnswers(t *testing.T) {
	test.NewTempApp(t)
	bar := newStatusBar(later(new(func())), nil)
	shop := site.Site{ID: "shop", Host: "ftp.shop.example"}
	greeted := ftpfs.Status{Server: "220 Hello", Mode: "passive", Via: "EPSV", Sessions: 1}
	gone := greeted
	gone.Sessions = 0
	for outcome, tc := range map[string]struct {
		c           connection
		want, means string
	}{
		"that there is none":          {connection{}, "Not connected", ""},
		"a connection":                {connection{site: shop, connected: true, status: greeted}, "ftp.shop.example, not encrypted", "Passive mode (EPSV, auto)"},
		"that none stands":            {connection{site: shop, connected: true, status: gone}, "ftp.shop.example", "Passive mode (EPSV, auto)"},
		"that the queue waits for it": {connection{site: shop, connected: true, status: greeted, silent: true}, "ftp.shop.example does not answer", ""},
	} {
		bar.setConnection(tc.c)
		if got, means := bar.secured.Text(), bar.mode.Text(); got != tc.want || means != tc.means {
			t.Errorf("%s: %q %q, want %q %q", outcome, got, means, tc.want, tc.means)
		}
	}
}

func TestReasonIsGoneWithWhatItSpeaksOf(t *testing.T) {
	test.NewTempApp(t)
	bar := newStatusBar(later(new(func())), nil)
	bar.announce("lasting")
	bar.say(reasonAsking)
	bar.unsay("something else")
	if got := bar.message.Text(); got != reasonAsking {
		t.Errorf("it says %q", got)
	}
	bar.unsay(reasonAsking)
	if got := bar.message.Text(); got != "lasting" {
		t.Errorf("afterwards it says %q", got)
	}
}

// TestTheLimitKeepsItsPlace: who switches it and back clicks twice on one spot.
func TestTheLimitKeepsItsPlace(t *testing.T) {
	test.NewTempApp(t)
	bar := newStatusBar(later(new(func())), nil)
	bar.setLimit(true, false)
	tool, line := bar.limit.MinSize(), bar.object.MinSize()
	bar.setLimit(true, true)
	if got := bar.limit.MinSize(); got != tool {
		t.Errorf("it is %v when on, and %v when off", got, tool)
	}
	bar.setLimit(false, false)
	if got := bar.object.MinSize().Height; got != line.Height {
		t.Errorf("the status bar is %v high without it, and %v with it", got, line.Height)
	}
}

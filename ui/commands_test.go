//go:build !headless

package ui

import (
	"slices"
	"testing"

	"wherry/ui/action"
	"wherry/ui/queueview"
)

// TestMenuOfARowIsThatOfItsList: what has ended cannot be paused or moved up, and
// such items would only be in the way.
func TestMenuOfARowIsThatOfItsList(t *testing.T) {
	for _, tc := range []struct {
		tab        queueview.Tab
		with, lack string
	}{
		{queueview.Left, "queue.pause", "queue.clear"},
		{queueview.Left, "queue.top", "queue.retry-all"},
		{queueview.Lost, "queue.retry-all", "queue.pause"},
		{queueview.Lost, "queue.retry", "queue.high"},
		{queueview.Over, "queue.clear", "queue.clear-failed"},
		{queueview.Over, "queue.details", "queue.cancel-all"},
	} {
		ids := queueMenuOf(tc.tab)
		if !slices.Contains(ids, tc.with) || slices.Contains(ids, tc.lack) {
			t.Errorf("%s offers %q", tc.tab.Title, ids)
		}
		if ids[0] == action.Separator || ids[len(ids)-1] == action.Separator {
			t.Errorf("%s begins or ends with a line: %q", tc.tab.Title, ids)
		}
	}
}

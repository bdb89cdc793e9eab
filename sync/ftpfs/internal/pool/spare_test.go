package pool

import (
	"testing"
	"testing/synctest"

	"wherry/sync/vfs"
)

// TestASpareWaitsForNobody: it gets what nobody else needs, and is told at once
// where there is nothing.
func TestASpareWaitsForNobody(t *testing.T) {
	for outcome, tc := range map[string]struct {
		transfers, bears, leased int
		refused                  bool
	}{
		"where there is room":              {2, 0, 1, false},
		"not above the site's limit":       {2, 0, 2, true},
		"not where the server refuses":     {4, 2, 2, true},
		"not with the one of browsing":     {4, 1, 1, true},
		"beside the login kept to browse":  {2, 3, 1, false},
		"the last that the server has not": {3, 2, 1, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, tc.transfers)
				s.bears = tc.bears
				acquire(t, p, Browse).Release()
				for range tc.leased {
					c := async(t.Context(), p, Transfer)
					synctest.Wait()
					select {
					case a := <-c:
						if a.err != nil {
							t.Fatal(a.err)
						}
						defer a.lease.Release()
					default:
					}
				}
				lease, err := p.Acquire(t.Context(), Transfer|Spare)
				if (vfs.KindOf(err) == vfs.KindBusy) != tc.refused || (err == nil) == tc.refused {
					t.Fatalf("refused: %v, want %t", err, tc.refused)
				}
				if lease != nil {
					lease.Release()
				}
				if p.Stats().Sessions == 0 {
					t.Error("the sessions are gone")
				}
			})
		})
	}
}

//go:build !headless

package ui

import (
	"testing"

	"wherry/ui/settings"
)

// A switch that was pressed twice ends as it was pressed last, though each press
// writes on a goroutine of its own.
func TestSettingsAreWrittenInTheirOrder(t *testing.T) {
	var u unwritten
	var kept settings.Settings
	written := 0
	write := func(change func(*settings.Settings)) error {
		written++
		if written == 1 {
			// Pressed while the file is being written.
			u.add(func(s *settings.Settings) { s.LimitsOn = true })
		}
		change(&kept)
		return nil
	}
	u.add(func(s *settings.Settings) { s.LimitsOn = true })
	u.add(func(s *settings.Settings) { s.LimitsOn = false })
	for range 3 { // one for each press
		if err := u.write(write); err != nil {
			t.Fatal(err)
		}
		if want := written > 1; kept.LimitsOn != want {
			t.Errorf("after %d writes the limit is %v", written, kept.LimitsOn)
		}
	}
	if written != 2 {
		t.Errorf("%d writes", written)
	}
}

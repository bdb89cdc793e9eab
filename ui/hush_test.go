//go:build !headless

package ui

import (
	"errors"
	"log"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func TestOnlyWhatMattersIsLogged(t *testing.T) {
	var got strings.Builder
	before := log.Writer()
	t.Cleanup(func() { log.SetOutput(before) })
	log.SetOutput(&hush{to: &got})
	fyne.LogError("failed to watch theme settings", errors.New("no bus"))
	fyne.LogError("Unable to draw", errors.New("no memory"))
	fyne.LogError("Preferences load error:", errors.New("EOF"))
	log.Print("a plain line")
	for text, told := range map[string]bool{"theme": false, "no bus": false, "Unable to draw": true, "no memory": true, "EOF": false, "a plain line": true} {
		if strings.Contains(got.String(), text) != told {
			t.Errorf("%q is told: %v", text, !told)
		}
	}
	if n := strings.Count(got.String(), "\n"); n != 4 { // with where the one error was
		t.Errorf("%d lines are told:\n%s", n, got.String())
	}
}

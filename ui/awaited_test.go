//go:build !headless

package ui

import (
	"testing"
	"time"

	"wherry/sync/trace"
)

func TestAPaneTellsWhatItWaitsFor(t *testing.T) {
	began := time.Unix(1_000, 0)
	line := func(after time.Duration, session int, host string, dir trace.Direction, text string) trace.Line {
		return trace.Line{Time: began.Add(after), Session: session, Host: host, Dir: dir, Text: text}
	}
	lines := []trace.Line{
		line(-time.Minute, 1, "shop", trace.Sent, "USER anna"), // of another day
		line(0, 2, "other", trace.Sent, "USER bob"),
		line(1, 3, "shop", trace.Sent, "RETR a"),
		line(2, 3, "shop", trace.Received, "150 Here"),
		line(3, 4, "shop", trace.Sent, "EPSV"),
		line(4, 4, "shop", trace.Received, "229 (|||2399|)"),
		line(5, 5, "shop", trace.Sent, "NOOP"),
	}
	if got, want := awaitedOf(lines, "shop", began), "Waiting for a data connection to the server (passive mode)."; got != want {
		t.Errorf("it says %q", got)
	}
	if got := awaitedOf(lines, "elsewhere", began); got != "" {
		t.Errorf("of a host that said nothing it says %q", got)
	}
}

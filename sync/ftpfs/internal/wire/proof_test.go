package wire

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/trace"
)

// TestWhatOneConnectionProvedCountsForTheNext: its first file goes as the others'
// second, where it is the same server by all that can be seen.
func TestWhatOneConnectionProvedCountsForTheNext(t *testing.T) {
	const verbs = "EPSV STOR SIZE RNFR"
	ahead := []string{"EPSV", "STOR", "SIZE EPSV RNFR"}
	plain := []string{"EPSV", "STOR", "SIZE RNFR"}
	for outcome, tc := range map[string]struct {
		files     int // of the first connection
		greeting  ftptest.Handler
		meanwhile func(*Learned)
		sent      []string // by the second
		hurried   bool     // its command went out before its data connection stood
	}{
		"all of it": {files: 3, sent: ahead, hurried: true},
		"not that files follow each other, after one":    {files: 1, sent: plain, hurried: true},
		"that files will follow each other, as is known": {files: 1, meanwhile: (*Learned).Expect, sent: ahead, hurried: true},
		"not as was known long ago":                      {files: 1, meanwhile: func(l *Learned) { l.expected = time.Now().Add(-portLife - 1) }, sent: plain, hurried: true},
		"not where the last reply came late":             {files: 1, meanwhile: func(l *Learned) { l.Expect(); l.proof.quick = false }, sent: plain, hurried: true},
		"nothing of another server":                      {files: 3, greeting: ftptest.InTurn(known, ftptest.Reply("220 vsFTPd, too")), sent: plain},
		"nothing of another address":                     {files: 3, meanwhile: func(l *Learned) { l.proof.of.peer = netip.MustParseAddr("192.0.2.1") }, sent: plain},
		"not that files follow each other, long after":   {files: 3, meanwhile: func(l *Learned) { l.proof.files = time.Now().Add(-portLife - 1) }, sent: plain, hurried: true},
		"nothing where it was given up":                  {files: 3, meanwhile: func(l *Learned) { l.giveUp() }, sent: []string{"EPSV", "STOR", "SIZE", "RNFR"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := plan()
			if tc.greeting != nil {
				p.Greeting = tc.greeting
			}
			r := script(t, p)
			first := r.pipelined()
			for range tc.files - 1 {
				if _, err := first.transfer(t.Context(), "RETR /f", ""); err != nil {
					t.Fatal(err)
				}
			}
			if tc.meanwhile != nil {
				tc.meanwhile(r.conf.Learned)
			}
			r.trace = trace.NewRing(2000, nil)
			r.conf.Trace = r.trace
			second := r.login()
			second.Begin(t.Context())
			second.Behind("SIZE /up", "RNFR /up")
			if _, err := second.once("STOR /up", "new"); err != nil {
				t.Fatal(err)
			}
			if _, behind, err := second.Followed(); err != nil || !cmp.Equal(codes(behind), []int{213, 350}) {
				t.Error(behind, err)
			}
			if diff := cmp.Diff(tc.sent, r.flights(verbs)); diff != "" {
				t.Error(diff)
			}
			if hurried := second.data.dial != nil; hurried != tc.hurried {
				t.Errorf("the command went out before its data connection stood: %t", hurried)
			}
		})
	}
}

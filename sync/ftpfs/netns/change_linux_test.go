package netns

import (
	"errors"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
)

// TestNetworksChange: what is known of the network is learned anew in the very
// click that finds it wrong.
func TestNetworksChange(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	for _, kind := range ftptest.Kinds() {
		for _, way := range []site.TLS{site.TLSOff, site.TLSExplicit} {
			t.Run(string(kind)+" "+string(way), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{Kind: kind, Options: ftptest.Options{TLS: way != site.TLSOff}}
				stage.Play(t, func(t *testing.T, scene *ftptest.Scene) { manyNetworks(t, scene, way) })
			})
		}
	}
}

func manyNetworks(t *testing.T, scene *ftptest.Scene, way site.TLS) {
	n := scene.Net
	d := sit(t, scene, scene.Server.Site(site.ModeAuto, way))
	for _, step := range []struct {
		outcome        string
		router, client []string
		via            string
		silent         int
	}{
		{"an open network", nil, nil, "EPSV", 0},
		{"one that drops passive ports", []string{passiveDropped}, nil, "EPRT", 2},
		{"one that drops active calls", nil, []string{callsDropped}, "EPSV", 1},
		{"one that rejects passive ports", []string{passiveClosed}, nil, "EPRT", 0},
		{"one that rejects active calls", nil, []string{callsRejected}, "EPSV", 0},
	} {
		if err := errors.Join(n.Firewall(ftptest.AtRouter, step.router...), n.Firewall(ftptest.AtClient, step.client...)); err != nil {
			t.Fatal(err)
		}
		seconds, err := d.works()
		if err != nil {
			t.Fatalf("%s: %v", step.outcome, err)
		}
		if via := d.fs.Status().Via; via != step.via {
			t.Errorf("%s: via %s, want %s", step.outcome, via, step.via)
		}
		t.Logf("%s: %s", step.outcome, outcomes(d.first))
		d.patient(step.silent)
		t.Logf("%s: list %.2f s, put %.2f s, get %.2f s", step.outcome, seconds.list.Seconds(), seconds.put.Seconds(), seconds.get.Seconds())
	}
}

// TestForgetfulFirewalls: a connection that is no more, which nobody tells us,
// is replaced without the person noticing more than a wait.
func TestForgetfulFirewalls(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	table := newTable(t, "what happened, server", "way", "list s", "put s", "get s")
	for outcome, tc := range map[string]struct {
		verdict string
		idle    time.Duration
	}{
		// Past the time after which the pool asks before it lends.
		"forgotten in silence":   {"drop", 6 * time.Second},
		"forgotten with a reset": {"reject with tcp reset", 0},
	} {
		for _, kind := range ftptest.Kinds() {
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{Kind: kind, NAT: true, Before: func(n *ftptest.Network) error { return n.Forgetful(tc.verdict) }}
				table.add(stage.Play(t, func(t *testing.T, scene *ftptest.Scene) { forgotten(t, scene, tc.idle) }))
			})
		}
	}
}

func forgotten(t *testing.T, scene *ftptest.Scene, idle time.Duration) {
	d := sit(t, scene, scene.Server.Site(site.ModeAuto, site.TLSOff))
	if _, err := d.works(); err != nil {
		t.Fatal(err)
	}
	logins := d.sent("USER")
	if err := scene.Net.Forget(); err != nil {
		t.Fatal(err)
	}
	<-time.After(idle) // nothing can be waited for: the silence itself is what happens
	seconds, err := d.works()
	if err != nil {
		t.Fatal(err)
	}
	d.row(d.fs.Status().Via, seconds)
	if again := d.sent("USER") - logins; again == 0 {
		t.Error("nothing was forgotten")
	}
}

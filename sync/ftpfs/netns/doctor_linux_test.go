package netns

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
)

// diagnosis is a row: what is in the way, and what the doctor must find.
type diagnosis struct {
	nat     bool
	tls     site.TLS
	opt     ftptest.Options
	before  func(*ftptest.Network) error
	passive bool
	active  bool
	epsv    ftpfs.Outcome
	pasv    ftpfs.Outcome
	eprt    []ftpfs.Outcome // one of these
}

func diagnoses() map[string]diagnosis {
	const ok = ftpfs.Worked
	works := []ftpfs.Outcome{ok}
	return map[string]diagnosis{
		"nothing in the way":           {passive: true, active: true, epsv: ok, pasv: ok, eprt: works},
		"nothing in the way, TLS":      {tls: site.TLSExplicit, opt: ftptest.Options{RequireTLS: true}, passive: true, active: true, epsv: ok, pasv: ok, eprt: works},
		"a router that translates":     {nat: true, passive: true, epsv: ok, pasv: ok, eprt: []ftpfs.Outcome{ftpfs.NotAllowed, ftpfs.CannotCall}},
		"a private address in 227":     {nat: true, opt: ftptest.Options{Advertise: "10.20.30.40"}, passive: true, epsv: ok, pasv: ok, eprt: []ftpfs.Outcome{ftpfs.NotAllowed, ftpfs.CannotCall}},
		"passive ports closed":         {before: rules(ftptest.AtRouter, passiveClosed), active: true, epsv: ftpfs.Rejected, pasv: ftpfs.Rejected, eprt: works},
		"passive ports black-holed":    {before: rules(ftptest.AtRouter, passiveDropped), active: true, epsv: ftpfs.Silent, pasv: ftpfs.Silent, eprt: works},
		"only active is allowed":       {opt: ftptest.Options{NoPassive: true}, active: true, epsv: ftpfs.NotKnown, pasv: ftpfs.NotKnown, eprt: works},
		"EPSV refused":                 {opt: ftptest.Options{NoEPSV: true}, passive: true, active: true, epsv: ftpfs.NotKnown, pasv: ok, eprt: works},
		"our firewall drops calls":     {before: rules(ftptest.AtClient, callsDropped), passive: true, epsv: ok, pasv: ok, eprt: []ftpfs.Outcome{ftpfs.NoCall, ftpfs.NoReply}},
		"our firewall rejects calls":   {before: rules(ftptest.AtClient, callsRejected), passive: true, epsv: ok, pasv: ok, eprt: []ftpfs.Outcome{ftpfs.CannotCall}},
		"nothing gets through":         {before: nothing, epsv: ftpfs.Silent, pasv: ftpfs.Silent, eprt: []ftpfs.Outcome{ftpfs.NoCall, ftpfs.NoReply}},
		"only active, behind a router": {nat: true, opt: ftptest.Options{NoPassive: true}, epsv: ftpfs.NotKnown, pasv: ftpfs.NotKnown, eprt: []ftpfs.Outcome{ftpfs.NotAllowed, ftpfs.CannotCall}},
	}
}

// TestDoctorBehindFirewalls: the verdict is true for each kind of firewall.
func TestDoctorBehindFirewalls(t *testing.T) {
	t.Parallel()
	ftptest.NeedNetworks(t)
	table := newTable(t, "the doctor: what is in the way, server", "passive", "active", "check s")
	for outcome, d := range diagnoses() {
		for _, kind := range two() {
			t.Run(outcome+", "+string(kind), func(t *testing.T) {
				t.Parallel()
				stage := ftptest.Stage{NAT: d.nat, Kind: kind, Options: d.opt, Before: d.before}
				table.add(stage.Play(t, d.play))
			})
		}
	}
}

func (d diagnosis) play(t *testing.T, scene *ftptest.Scene) {
	where := scene.Server.Site(site.ModeAuto, site.TLSOff)
	if d.tls != "" {
		where.TLS = d.tls
	}
	ring := trace.NewRing(2000, nil)
	r := doctor.Run(t.Context(), doctor.Config{
		Site: where, Roots: scene.Server.CA, Trace: ring, Write: true,
		Password: func(context.Context) (string, error) { return scene.Server.Password, nil },
	}, nil)
	if r.Passive.Works != d.passive || r.Active.Works != d.active || r.Works() != (d.passive || d.active) {
		t.Errorf("passive works %v, want %v; active works %v, want %v", r.Passive.Works, d.passive, r.Active.Works, d.active)
	}
	if r.Local.Addr().String() != scene.Net.Client || r.Peer.Addr().String() != scene.Net.Server || r.BehindNAT() != d.nat {
		t.Errorf("from %v to %v, behind NAT %v", r.Local, r.Peer, r.BehindNAT())
	}
	if stopped, early := r.Stopped(); early {
		t.Errorf("it stopped at %s: %v", stopped.ID, stopped.Err)
	}
	for id, want := range map[doctor.StepID][]ftpfs.Outcome{doctor.EPSV: {d.epsv}, doctor.PASV: {d.pasv}, doctor.EPRT: d.eprt} {
		step, ok := r.Step(id)
		if !ok || step.Attempt == nil {
			t.Errorf("%s was not tried: %+v", id, step)
			continue
		}
		if !slices.Contains(want, step.Attempt.Outcome) {
			t.Errorf("%s: %s, want one of %q", id, step.Attempt.Outcome, want)
		}
		if passed := step.Status == doctor.Passed; passed != (step.Attempt.Outcome == ftpfs.Worked) {
			t.Errorf("%s is %s with %s", id, step.Status, step.Attempt.Outcome)
		}
	}
	d.checkTransfers(t, scene, r)
	if t.Failed() {
		lines, _ := ring.Since(0)
		for _, l := range lines {
			t.Log(l)
		}
	}
	row(t, fmt.Sprint(r.Passive.Works), fmt.Sprint(r.Active.Works), seconds(r.Took))
}

// checkTransfers: files were moved if and only if there was a way, and none is
// left behind.
func (d diagnosis) checkTransfers(t *testing.T, scene *ftptest.Scene, r doctor.Report) {
	t.Helper()
	want := doctor.Passed
	if !d.passive && !d.active {
		want = doctor.NotPossible
	}
	for _, id := range []doctor.StepID{doctor.List, doctor.Upload, doctor.Download, doctor.Resume, doctor.Rename, doctor.Delete} {
		if step, ok := r.Step(id); !ok || step.Status != want {
			t.Errorf("%s is %q, want %s: %v", id, step.Status, want, step.Err)
		}
	}
	if pasv, ok := r.Step(doctor.PASV); ok && pasv.Attempt != nil && scene.Server.Options.Advertise != "" {
		if got := pasv.Attempt.Advertised.Addr().String(); got != scene.Server.Options.Advertise {
			t.Errorf("PASV is told to have named %s", got)
		}
	}
	if left := names(t, scene.Server.Dir); len(left) > 0 {
		t.Errorf("left on the server: %s", strings.Join(left, ", "))
	}
}

package transfer_test

import (
	"io/fs"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestOnlyTheFilesOwnPermissionsAreSet: those that nobody tells, a link's and those
// that stand already are not; and the result says so only where somebody wanted them.
func TestOnlyTheFilesOwnPermissionsAreSet(t *testing.T) {
	const usual = 0o644
	for outcome, tc := range map[string]struct {
		keep    bool
		source  fs.FileMode
		arrange func(p *pair)
		want    fs.FileMode
		set     bool // the target was asked to
		refused bool // the result says so
	}{
		"kept": {true, 0o750, func(*pair) {}, 0o750, true, false},
		"a link's are nobody's": {true, 0o750, func(p *pair) {
			p.from.Put("/elsewhere", "content", day(3))
			p.from.PutLink(sourceName, "/elsewhere")
		}, usual, false, false},
		"a link's are nobody's, and none can be set": {true, 0o750, func(p *pair) {
			p.from.Put("/elsewhere", "content", day(3))
			p.from.PutLink(sourceName, "/elsewhere")
			p.to.Limit(func(can *vfs.Features) { can.SetMode = false })
		}, usual, false, false},
		"the replaced link's are nobody's": {false, 0o750, func(p *pair) {
			p.to.Put("/dst/other", "other", day(1))
			p.to.PutLink(targetName, "other")
		}, usual, false, false},
		"nobody tells those of the file that is replaced": {false, 0o750, func(p *pair) {
			p.to.Put(targetName, "old", day(1))
			p.job.Target.FS = modeless{p.job.Target.FS}
		}, usual, false, false},
		"none can be set": {true, 0o750, func(p *pair) {
			p.to.Limit(func(can *vfs.Features) { can.SetMode = false })
		}, usual, false, true},
		"none can be set, nor are told": {true, 0o750, func(p *pair) {
			p.to.Limit(func(can *vfs.Features) { can.SetMode = false })
			p.job.Source.FS = modeless{p.job.Source.FS}
		}, usual, false, false},
		"none can be set, and nobody wanted it": {false, 0o750, func(p *pair) {
			p.to.Limit(func(can *vfs.Features) { can.SetMode = false })
		}, usual, false, false},
		"refused": {true, 0o750, func(p *pair) {
			p.to.Fail(memfs.OpSetMode, "", 1, vfs.KindPermission)
		}, usual, true, true},
		"refused, and nobody wanted it": {false, 0o750, func(p *pair) {
			p.to.Put(targetName, "old", day(1))
			if err := p.to.SetMode(t.Context(), target, 0o600); err != nil {
				t.Error(err)
			}
			p.to.Fail(memfs.OpSetMode, "", 1, vfs.KindPermission)
		}, usual, true, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				p := newPair(t, "content")
				ways(p)
				if err := p.from.SetMode(t.Context(), source, tc.source); err != nil {
					t.Fatal(err)
				}
				p.job.KeepMode, p.job.Verify = tc.keep, transfer.VerifyOff
				tc.arrange(p)
				before := count(p.to, memfs.OpSetMode)
				if result := p.mustBeDone(); result.ModeRefused != tc.refused {
					t.Errorf("the result says refused=%v, want %v", result.ModeRefused, tc.refused)
				}
				if set := count(p.to, memfs.OpSetMode) != before; set != tc.set {
					t.Errorf("permissions were set: %v, want %v", set, tc.set)
				}
				if e, err := p.to.Stat(t.Context(), target); err != nil || e.Type != vfs.TypeFile || e.Mode.Perm() != tc.want {
					t.Errorf("a %v with %v, want %v: %v", e.Type, e.Mode, tc.want, err)
				}
			})
		})
	}
}

func TestPermissionsThatStandAlreadyAreNotSetAgain(t *testing.T) {
	p := newPair(t, "content")
	p.job.Verify = transfer.VerifyAlways // step by step
	if err := p.from.SetMode(t.Context(), source, 0o644); err != nil {
		t.Fatal(err)
	}
	p.job.KeepMode = true
	if result := p.mustBeDone(); result.ModeRefused || count(p.to, memfs.OpSetMode) != 0 {
		t.Errorf("refused=%v, set %d times", result.ModeRefused, count(p.to, memfs.OpSetMode))
	}
}

func TestATargetThatTellsNoSizeIsNoFailure(t *testing.T) {
	bothWays(t, func(t *testing.T, ways func(*pair)) {
		p := newPair(t, "content")
		ways(p)
		p.job.Verify = transfer.VerifyOff
		p.to.Announce(vfs.MustParse(partName), vfs.SizeUnknown)
		if result := p.mustBeDone(); result.Verified != "size" {
			t.Errorf("verified by %q", result.Verified)
		}
		p.wantFiles(map[string]string{targetName: "content"})
	})
}

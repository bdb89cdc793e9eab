package transfer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/sync/vfs/vfstest"
)

// struck is what is left of a run of which one call failed.
type struck struct {
	outcome string
	kind    vfs.Kind
	files   map[string]string
}

// situation is what stands before a run whose every call fails once.
type situation struct {
	rule    transfer.Rule
	replace transfer.ReplaceWay
	known   bool // Known is given
	old     bool // something stands under the target
	came    bool // something came since it was listed
	refuses bool // the server does not rename onto a file
}

func (s situation) String() string {
	return fmt.Sprintf("%s replace=%s known=%v old=%v came=%v refuses=%v", s.rule, s.replace, s.known, s.old, s.came, s.refuses)
}

func situations() []situation {
	all := []situation{}
	for _, rule := range []transfer.Rule{transfer.Overwrite, transfer.Newer, transfer.Skip, transfer.Ask} {
		for _, known := range []bool{false, true} {
			all = append(all, situation{rule: rule, known: known}, situation{rule: rule, known: known, old: true})
			if known {
				all = append(all, situation{rule: rule, known: known, came: true}, situation{rule: rule, known: known, old: true, came: true})
			}
		}
	}
	for _, way := range []transfer.ReplaceWay{transfer.ReplaceAsk, transfer.ReplaceDelete, transfer.ReplaceNever, transfer.ReplaceDirect} {
		all = append(all, situation{rule: transfer.Overwrite, replace: way, known: true, old: true, refuses: true})
	}
	return all
}

const came = "what somebody has put there meanwhile"

// pair prepares a run in this situation.
func (s situation) pair(t *testing.T, content string, singly bool) *pair {
	t.Helper()
	p := newPair(t, content)
	p.job.Exists, p.job.Replace, p.job.Verify, p.job.KeepMode = s.rule, s.replace, transfer.VerifyOff, true
	if err := p.from.SetMode(t.Context(), source, 0o750); err != nil {
		t.Fatal(err)
	}
	if s.old {
		p.to.Put(targetName, oldContent, day(1))
	}
	if s.known {
		p.list()
	}
	if s.came {
		p.to.Put(targetName, came, day(2))
	}
	if s.refuses {
		p.to.Limit(func(can *vfs.Features) { can.Replaces = false })
	}
	if singly {
		p.job.Source.FS, p.job.Target.FS = vfstest.SingleSteps(p.from), vfstest.SingleSteps(p.to)
	}
	return p
}

// strike runs once with a fault and then until nothing is left to do, and
// holds both ends against the promises.
func (s situation) strike(t *testing.T, content string, singly bool, fault memfs.Fault, atSource bool) struck {
	t.Helper()
	p := s.pair(t, content, singly)
	f := p.to
	if atSource {
		f = p.from
	}
	f.Inject(fault)
	result, err := p.run(t.Context())
	got := struck{string(result.Outcome), vfs.KindOf(err), p.to.Files()}
	s.holds(t, p, content, result, err)
	f.Heal()
	again, err := p.run(t.Context())
	s.holds(t, p, content, again, err)
	if err != nil && !refusal(err) && vfs.KindOf(err) != vfs.KindChanged {
		t.Fatalf("%v, singly=%v, source=%v, %+v: a second run fails: %v", s, singly, atSource, fault, err)
	}
	return got
}

func refusal(err error) bool { return vfs.KindOf(err) == vfs.KindExists }

// holds is promises 1 and 2 in any situation.
func (s situation) holds(t *testing.T, p *pair, content string, result transfer.Result, err error) {
	t.Helper()
	files := p.to.Files()
	got, stands := files[targetName]
	part, hasPart := files[partName]
	before := []string{oldContent, came}
	switch {
	case err == nil && result.Outcome == transfer.Done && (got != content || hasPart):
		t.Fatalf("%v: done, and %d bytes stand there, a part: %v", s, len(got), hasPart)
	case stands && got != content && !slices.Contains(before, got) && !(s.replace == transfer.ReplaceDirect && part == content) &&
		s.replace != transfer.ReplaceDirect:
		t.Fatalf("%v: neither old nor new stands there but %d bytes (error %v)", s, len(got), err)
	case !stands && s.old && s.replace == transfer.ReplaceDelete && part != content:
		t.Fatalf("%v: the old one is removed and no whole one stands anywhere (error %v)", s, err)
	case !stands && s.old && s.replace != transfer.ReplaceDelete:
		t.Fatalf("%v: the old one is gone (error %v)", s, err)
	case !strings.HasPrefix(content, part):
		t.Fatalf("%v: the part is no beginning of the source", s)
	}
	if s.came && (s.rule == transfer.Skip || s.rule == transfer.Ask) && got != came {
		t.Fatalf("%v: what came meanwhile was replaced (error %v)", s, err)
	}
	for name := range files {
		if name != targetName && name != partName {
			t.Fatalf("%v: %s is left behind", s, name)
		}
	}
}

// faultsOf are failures of each call that a run of this situation makes, known
// by its kind of call and not by its number, so that both ways meet the same.
func faultsOf(kind vfs.Kind, after bool) []memfs.Fault {
	var all []memfs.Fault
	for _, op := range []memfs.Op{
		memfs.OpFeatures, memfs.OpOpen, memfs.OpRead, memfs.OpClose, memfs.OpCreate, memfs.OpReserve, memfs.OpWrite,
		memfs.OpCommit, memfs.OpSetMode, memfs.OpSetTime, memfs.OpRename, memfs.OpRemove,
	} {
		all = append(all, memfs.Fault{Op: op, Kind: kind, After: after})
	}
	return append(all,
		memfs.Fault{Op: memfs.OpStat, Path: partName, Kind: kind, After: after},
		memfs.Fault{Op: memfs.OpRead, Bytes: 20_000, Kind: kind},
		memfs.Fault{Op: memfs.OpWrite, Bytes: 20_000, Kind: kind},
		memfs.Fault{Op: memfs.OpRead, Bytes: 20_000, Lie: true},
		memfs.Fault{Op: memfs.OpWrite, Bytes: 20_000, Lie: true, Times: 1},
	)
}

func TestBothWaysComeToTheSameAfterEveryFailure(t *testing.T) {
	content := random(40_000, 91)
	for _, s := range situations() {
		t.Run(s.String(), func(t *testing.T) {
			for _, kind := range []vfs.Kind{vfs.KindLost, vfs.KindPermission, vfs.KindNoSpace, vfs.KindTimeout, vfs.KindBusy} {
				for _, after := range []bool{false, true} {
					for _, fault := range faultsOf(kind, after) {
						if fault.Op == memfs.OpRename && s.came && !s.old {
							continue // a single Rename finds it, and Finish before it renames
						}
						for _, atSource := range []bool{false, true} {
							once := s.strike(t, content, false, fault, atSource)
							singly := s.strike(t, content, true, fault, atSource)
							if once.outcome != singly.outcome || once.kind != singly.kind || !equalFiles(once.files, singly.files) {
								t.Errorf("source=%v %+v:\nat once %s %v %v\nsingly  %s %v %v", atSource, fault,
									once.outcome, once.kind, brief(once.files), singly.outcome, singly.kind, brief(singly.files))
							}
						}
					}
				}
			}
		})
	}
}

func equalFiles(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, content := range a {
		if other, there := b[name]; !there || other != content {
			return false
		}
	}
	return true
}

// TestEveryCallOfEachWayCanFail strikes by number: the calls of the two ways
// differ, the promises do not.
func TestEveryCallOfEachWayCanFail(t *testing.T) {
	content := random(40_000, 92)
	for _, s := range situations() {
		for _, singly := range []bool{false, true} {
			for _, atSource := range []bool{false, true} {
				for _, after := range []bool{false, true} {
					for _, kind := range []vfs.Kind{vfs.KindLost, vfs.KindPermission} {
						for k := range 14 {
							s.strike(t, content, singly, memfs.Fault{Skip: k, Kind: kind, After: after}, atSource)
						}
					}
				}
			}
		}
	}
}

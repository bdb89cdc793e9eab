package transfer_test

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// refusing is a pair whose target's server does not rename onto a file. It
// finds that out by being asked, or knows it.
func refusing(t *testing.T, content string, knows bool) *pair {
	t.Helper()
	p := newPair(t, content)
	p.to.Put(targetName, oldContent, day(1))
	p.to.Limit(func(can *vfs.Features) { can.Replaces = false })
	if !knows {
		p.job.Target.FS = hopeful{p.to}
	}
	return p
}

// hopeful says that it replaces.
type hopeful struct{ vfs.FS }

func (h hopeful) Features(ctx context.Context) (vfs.Features, error) {
	can, err := h.FS.Features(ctx)
	can.Replaces = true
	return can, err
}

func bothRefusals(t *testing.T, do func(t *testing.T, content string, p *pair)) {
	t.Helper()
	content := random(200_000, 81)
	bothWays(t, func(t *testing.T, ways func(*pair)) {
		for name, knows := range map[string]bool{"that knows it": true, "that finds out": false} {
			t.Run(name, func(t *testing.T) {
				p := refusing(t, content, knows)
				if knows {
					ways(p)
				}
				do(t, content, p)
			})
		}
	})
}

func TestAServerThatDoesNotReplaceIsServedAsThePersonSays(t *testing.T) {
	for outcome, tc := range map[string]struct {
		way  transfer.ReplaceWay
		want transfer.Outcome // "" for a failure
		left func(content string) map[string]string
	}{
		"nothing said asks, and keeps all": {transfer.ReplaceAsk, transfer.Asking, func(c string) map[string]string {
			return map[string]string{targetName: oldContent, partName: c}
		}},
		"direct":   {transfer.ReplaceDirect, transfer.Done, func(c string) map[string]string { return map[string]string{targetName: c} }},
		"delete":   {transfer.ReplaceDelete, transfer.Done, func(c string) map[string]string { return map[string]string{targetName: c} }},
		"never":    {transfer.ReplaceNever, "", func(string) map[string]string { return map[string]string{targetName: oldContent} }},
		"nonsense": {"nonsense", "", func(c string) map[string]string { return map[string]string{targetName: oldContent} }},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothRefusals(t, func(t *testing.T, content string, p *pair) {
				p.job.Replace = tc.way
				result, err := p.run(t.Context())
				var e *vfs.Error
				switch {
				case err == nil && result.Outcome == tc.want:
				case tc.want != "" || !errors.As(err, &e):
					t.Fatalf("%+v, %v; want %q", result, err, tc.want)
				case tc.way == transfer.ReplaceNever && (e.Kind != vfs.KindExists || e.Op != vfs.OpReplace):
					t.Fatalf("failed by %v", err)
				}
				p.wantFiles(tc.left(content))
				if q := result.Question; result.Outcome == transfer.Asking && (!q.NoReplace || q.TargetNow.Size != int64(len(oldContent)) || q.SourceEntry.Size != 200_000) {
					t.Errorf("the question is %+v", q)
				}
				if e, err := p.to.Stat(t.Context(), target); result.Outcome == transfer.Done && (err != nil || !e.ModTime.Equal(day(10))) {
					t.Errorf("the time is %v: %v", e.ModTime, err)
				}
			})
		})
	}
}

// TestAFileInAFolderWhereNothingMayBeMade is written itself where the person has said
// so, and else is left as it is.
func TestAFileInAFolderWhereNothingMayBeMade(t *testing.T) {
	for outcome, tc := range map[string]struct {
		way    transfer.ReplaceWay
		rule   transfer.Rule
		stands bool
		breaks bool // the first attempt, in its midst
		done   bool
		op     memfs.Op // with which the part is refused, Create unless told
		part   bool     // somebody's part stands there
	}{
		"nothing said":                     {way: transfer.ReplaceAsk, rule: transfer.Overwrite, stands: true},
		"never":                            {way: transfer.ReplaceNever, rule: transfer.Overwrite, stands: true},
		"delete":                           {way: transfer.ReplaceDelete, rule: transfer.Overwrite, stands: true},
		"direct":                           {way: transfer.ReplaceDirect, rule: transfer.Overwrite, stands: true, done: true},
		"direct, if newer":                 {way: transfer.ReplaceDirect, rule: transfer.Newer, stands: true, done: true},
		"direct, if newer, broken off":     {way: transfer.ReplaceDirect, rule: transfer.Newer, stands: true, breaks: true, done: true},
		"direct, if different, broken off": {way: transfer.ReplaceDirect, rule: transfer.Different, stands: true, breaks: true, done: true},
		"direct, and nothing there":        {way: transfer.ReplaceDirect, rule: transfer.Overwrite},
		"direct, refused with the bytes":   {way: transfer.ReplaceDirect, rule: transfer.Newer, stands: true, breaks: true, done: true, op: memfs.OpWrite},
		"direct, refused at the end":       {way: transfer.ReplaceDirect, rule: transfer.Newer, stands: true, breaks: true, done: true, op: memfs.OpCommit},
		"direct, and only the part cannot": {way: transfer.ReplaceDirect, rule: transfer.Overwrite, stands: true, part: true},
		"never, refused at the end":        {way: transfer.ReplaceNever, rule: transfer.Overwrite, stands: true, op: memfs.OpCommit},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				content := random(200_000, 82)
				p := newPair(t, content)
				want := map[string]string{}
				if tc.stands {
					p.to.Put(targetName, oldContent, day(1))
					want[targetName] = oldContent
				}
				if tc.part {
					p.to.Put(partName, "theirs", day(1))
				}
				if tc.done {
					want[targetName] = content
				}
				ways(p)
				p.job.Replace, p.job.Exists = tc.way, tc.rule
				broken := !tc.breaks
				op := cmp.Or(tc.op, memfs.OpCreate)
				p.to.SetHook(func(_ context.Context, c memfs.Call) error {
					switch {
					case c.Op == op && c.Path.String() == partName:
						if !tc.part {
							p.to.Drop(partName) // as if it had never begun
						}
						return &vfs.Error{Op: "create", Path: partName, Kind: vfs.KindPermission, Reply: "553 Could not create file."}
					case c.Op == memfs.OpWrite && !broken:
						broken = true
						return &vfs.Error{Op: "write", Path: targetName, Kind: vfs.KindLost}
					}
					return nil
				})
				if tc.breaks {
					if _, err := p.run(t.Context()); vfs.KindOf(err) != vfs.KindLost {
						t.Fatalf("the first attempt ended with %v", err)
					}
					p.job.Made = p.made
				}
				result, err := p.run(t.Context())
				switch {
				case tc.done && (err != nil || result.Outcome != transfer.Done):
					t.Errorf("%+v, %v", result, err)
				case !tc.done && vfs.KindOf(err) != vfs.KindPermission:
					t.Errorf("%+v, %v; want a failure", result, err)
				}
				p.wantFiles(want)
			})
		})
	}
}

func TestTheWayToReplaceIsNoMatterWhereTheServerReplaces(t *testing.T) {
	for _, way := range []transfer.ReplaceWay{"", transfer.ReplaceDirect, transfer.ReplaceDelete, transfer.ReplaceNever} {
		bothWays(t, func(t *testing.T, ways func(*pair)) {
			p := newPair(t, "new")
			p.to.Put(targetName, "old", day(1))
			ways(p)
			p.job.Replace = way
			p.mustBeDone()
			p.wantFiles(map[string]string{targetName: "new"})
			if count(p.to, memfs.OpRemove) != 0 {
				t.Error("something was removed")
			}
		})
	}
}

func TestTheAnswerSaysHowToReplace(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer transfer.Answer
		err    error
		want   transfer.Outcome // "" for a failure
		fresh  bool             // the target is the new one
	}{
		"the safe answer": {transfer.Answer{}, nil, transfer.Skipped, false},
		"a rule is none":  {transfer.Answer{Rule: transfer.Overwrite}, nil, transfer.Skipped, false},
		"direct":          {transfer.Answer{Replace: transfer.ReplaceDirect}, nil, transfer.Done, true},
		"delete":          {transfer.Answer{Replace: transfer.ReplaceDelete}, nil, transfer.Done, true},
		"never":           {transfer.Answer{Replace: transfer.ReplaceNever}, nil, "", false},
		"nobody is there": {transfer.Answer{}, errors.New("gone"), "", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothRefusals(t, func(t *testing.T, content string, p *pair) {
				asked := 0
				p.job.Ask = func(_ context.Context, q transfer.Question) (transfer.Answer, error) {
					if asked++; !q.NoReplace || q.Target != target {
						t.Errorf("asked %+v", q)
					}
					return tc.answer, tc.err
				}
				result, err := p.run(t.Context())
				if (err == nil) != (tc.want != "") || err == nil && result.Outcome != tc.want || asked != 1 {
					t.Fatalf("%+v, %v, asked %d times; want %q", result, err, asked, tc.want)
				}
				want := map[string]string{targetName: oldContent}
				switch {
				case tc.fresh:
					want = map[string]string{targetName: content}
				case tc.err != nil:
					want[partName] = content // to be asked about once more
				}
				p.wantFiles(want)
			})
		})
	}
}

func TestTheWholePartOfAnOpenQuestionIsNotSentAgain(t *testing.T) {
	for _, way := range []transfer.ReplaceWay{transfer.ReplaceDirect, transfer.ReplaceDelete} {
		t.Run(string(way), func(t *testing.T) {
			content := random(200_000, 82)
			p := refusing(t, content, false)
			p.job.Exists = transfer.Different
			if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Asking {
				t.Fatalf("%+v, %v", result, err)
			}
			p.job.Replace = way
			result := p.mustBeDone()
			if sent := result.Bytes; way == transfer.ReplaceDelete && sent != 0 {
				t.Errorf("%d bytes were sent again", sent)
			}
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}

func TestADeletedTargetLeavesThePartWhateverFails(t *testing.T) {
	content := random(200_000, 83)
	for _, kind := range []vfs.Kind{vfs.KindPermission, vfs.KindLost, vfs.KindBusy, vfs.KindOther, vfs.KindNotFound, vfs.KindSize, vfs.KindNoSpace} {
		t.Run(kind.String(), func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				p := refusing(t, content, true)
				ways(p)
				p.job.Replace = transfer.ReplaceDelete
				// The first renaming is the one that is refused.
				p.to.Inject(memfs.Fault{Op: memfs.OpRename, Skip: 1, Times: -1, Kind: kind})
				_, err := p.run(t.Context())
				var e *vfs.Error
				if !errors.As(err, &e) || e.Kind != kind || e.Path != partName || !strings.Contains(e.Reply, "whole") {
					t.Fatalf("failed by %v", err)
				}
				p.wantFiles(map[string]string{partName: content})
				p.to.Heal()
				if result := p.mustBeDone(); result.Bytes != 0 {
					t.Errorf("%d bytes were sent again", result.Bytes)
				}
				p.wantFiles(map[string]string{targetName: content})
			})
		})
	}
}

func TestTheOnlyCopyIsNotTidiedAwayWithItsSource(t *testing.T) {
	content := random(200_000, 84)
	for outcome, tc := range map[string]struct {
		way   transfer.ReplaceWay
		fault memfs.Fault
		left  map[string]string
	}{
		"removed and not renamed": {
			transfer.ReplaceDelete, memfs.Fault{Op: memfs.OpRename, Skip: 1, Kind: vfs.KindLost}, map[string]string{partName: content},
		},
		"not removed": {
			transfer.ReplaceDelete, memfs.Fault{Op: memfs.OpRemove, Path: targetName, Kind: vfs.KindLost}, map[string]string{targetName: oldContent},
		},
		"half written, and refused": {
			transfer.ReplaceDirect,
			memfs.Fault{Op: memfs.OpWrite, Path: targetName, Bytes: 90_000, Kind: vfs.KindPermission},
			map[string]string{targetName: content[:90_000], partName: content},
		},
		"half written": {
			transfer.ReplaceDirect,
			memfs.Fault{Op: memfs.OpWrite, Path: targetName, Bytes: 90_000, Kind: vfs.KindLost},
			map[string]string{targetName: content[:90_000], partName: content},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := refusing(t, content, false)
			p.job.Replace = tc.way
			p.to.Inject(tc.fault)
			p.mustFail(tc.fault.Kind)
			p.to.Heal()
			p.from.Drop(sourceName)
			p.mustFail(vfs.KindNotFound)
			p.wantFiles(tc.left)
		})
	}
}

func TestTheRuleDoesNotJudgeWhatADirectWritingBroke(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Newer, transfer.Different, transfer.Overwrite} {
		t.Run(string(rule), func(t *testing.T) {
			bothRefusals(t, func(t *testing.T, content string, p *pair) {
				p.job.Replace, p.job.Exists = transfer.ReplaceDirect, rule
				p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Path: targetName, Bytes: 90_000, Kind: vfs.KindLost})
				p.mustFail(vfs.KindLost)
				if got, _ := p.to.Get(targetName); got != content[:90_000] {
					t.Fatalf("%d bytes stand there", len(got))
				}
				p.to.Heal()
				p.mustBeDone()
				p.wantFiles(map[string]string{targetName: content})
			})
		})
	}
}

func TestASkippedReplacementOfAnEarlierAttemptIsNotTakenForOurs(t *testing.T) {
	p := refusing(t, "content", true)
	p.job.Replace, p.job.Exists = transfer.ReplaceDirect, transfer.Skip
	p.made = &transfer.Identity{Size: 7, ModTime: day(10)}
	if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Skipped {
		t.Errorf("%+v, %v", result, err)
	}
	p.wantFiles(map[string]string{targetName: oldContent})
}

func TestPermissionsOfTheSourceAreKeptWhereAsked(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keep, old, listed bool
		limit             func(p *pair)
		want              uint32
	}{
		"asked for":                      {true, false, false, func(*pair) {}, 0o750},
		"asked for, and one is replaced": {true, true, false, func(*pair) {}, 0o750},
		"not asked for":                  {false, false, false, func(*pair) {}, 0o644},
		"not asked for, one is replaced": {false, true, false, func(*pair) {}, 0o600},
		"listed only":                    {true, false, true, func(p *pair) { p.job.Source.FS = modeless{p.from} }, 0o750},
		"the source does not tell":       {true, true, false, func(p *pair) { p.job.Source.FS = modeless{p.from} }, 0o600},
		"the target does not take them":  {true, false, false, func(p *pair) { p.to.Limit(func(can *vfs.Features) { can.SetMode = false }) }, 0o644},
		"the target refuses them":        {true, false, false, func(p *pair) { p.to.Fail(memfs.OpSetMode, "", 1, vfs.KindPermission) }, 0o644},
		"a target is resumed in its place": {true, false, false, func(p *pair) {
			p.to.Put(targetName, "con", day(1))
			p.job.Exists = transfer.Resume
		}, 0o750},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				p := newPair(t, "content")
				ways(p)
				if err := p.from.SetMode(t.Context(), source, 0o750); err != nil {
					t.Fatal(err)
				}
				if tc.old {
					p.to.Put(targetName, "old", day(1))
					if err := p.to.SetMode(t.Context(), target, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if tc.listed {
					p.list()
				}
				p.job.KeepMode = tc.keep
				tc.limit(p)
				p.mustBeDone()
				if e, err := p.to.Stat(t.Context(), target); err != nil || uint32(e.Mode) != tc.want {
					t.Errorf("mode %o, want %o: %v", e.Mode, tc.want, err)
				}
				p.wantFiles(map[string]string{targetName: "content"})
			})
		})
	}
}

func TestAPartThatGotReadOnlyPermissionsIsBegunAnew(t *testing.T) {
	content := random(200_000, 85)
	p := newPair(t, content)
	p.to.Inject(memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindLost})
	p.mustFail(vfs.KindLost)
	p.wantFiles(map[string]string{partName: content})
	p.to.Inject(memfs.Fault{Op: memfs.OpCreate, Path: partName, Kind: vfs.KindPermission})
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: content})
}

// modeless looks at single files without telling their permissions.
type modeless struct{ vfs.FS }

func (m modeless) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := m.FS.Stat(ctx, p)
	e.Mode, e.HasMode = 0, false
	return e, err
}

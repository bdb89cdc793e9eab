package transfer_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/sync/vfs/vfstest"
)

// list gives the job what listings say of both sides now.
func (p *pair) list() {
	p.t.Helper()
	e, err := p.from.Stat(p.t.Context(), source)
	if err != nil {
		p.t.Fatal(err)
	}
	p.job.Known = &transfer.Known{Source: e}
	if e, err := p.to.Stat(p.t.Context(), target); err == nil {
		p.job.Known.Target = &e
	}
}

// coarsely makes the listing tell minutes, as LIST does.
func coarsely(e *vfs.Entry) {
	e.ModTime, e.Accuracy = e.ModTime.Truncate(time.Minute), time.Minute
}

func ops(f *memfs.FS, from int) []memfs.Op {
	var all []memfs.Op
	for _, c := range f.Calls()[from:] {
		if c.Op != memfs.OpRead && c.Op != memfs.OpWrite && c.Op != memfs.OpFeatures {
			all = append(all, c.Op)
		}
	}
	return all
}

func TestWhatIsKnownIsNotAskedAgain(t *testing.T) {
	wholly := []memfs.Op{memfs.OpAhead, memfs.OpOpen, memfs.OpClose, memfs.OpBehind}
	finish := []memfs.Op{memfs.OpCreate, memfs.OpReserve, memfs.OpCommit, memfs.OpStat, memfs.OpSetTime, memfs.OpStat, memfs.OpRename}
	for outcome, tc := range map[string]struct {
		arrange  func(p *pair)
		from, to []memfs.Op
	}{
		"a new file":              {func(*pair) {}, wholly, finish},
		"a listing to the minute": {func(p *pair) { coarsely(&p.job.Known.Source) }, wholly, finish},
		"single steps and an exact listing": {func(p *pair) {
			p.job.Source.FS, p.job.Target.FS = vfstest.SingleSteps(p.from), vfstest.SingleSteps(p.to)
		}, []memfs.Op{memfs.OpOpen, memfs.OpClose, memfs.OpStat}, []memfs.Op{
			memfs.OpCreate, memfs.OpReserve, memfs.OpCommit, memfs.OpStat, memfs.OpSetTime, memfs.OpRename,
		}},
		"single steps and a listing to the minute": {func(p *pair) {
			coarsely(&p.job.Known.Source)
			p.job.Source.FS = vfstest.SingleSteps(p.from)
		}, []memfs.Op{memfs.OpStat, memfs.OpOpen, memfs.OpClose, memfs.OpStat}, finish},
		"what is not told ahead is asked for": {func(p *pair) {
			coarsely(&p.job.Known.Source)
			p.from.Inject(memfs.Fault{Op: memfs.OpAhead, Kind: vfs.KindOther})
		}, []memfs.Op{memfs.OpAhead, memfs.OpOpen, memfs.OpStat, memfs.OpClose, memfs.OpBehind}, finish},
		"what is not told behind is asked for": {func(p *pair) {
			p.from.Inject(memfs.Fault{Op: memfs.OpBehind, Kind: vfs.KindOther})
		}, []memfs.Op{memfs.OpAhead, memfs.OpOpen, memfs.OpClose, memfs.OpBehind, memfs.OpStat}, finish},
		"a file here is looked at": {func(p *pair) {
			p.from.Limit(func(can *vfs.Features) { can.HashesHere = true })
		}, append([]memfs.Op{memfs.OpStat}, wholly...), finish},
		"a target here is looked at": {func(p *pair) {
			p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		}, wholly, append([]memfs.Op{memfs.OpStat}, finish...)},
		"an attempt that was begun before looks": {func(p *pair) {
			p.made = &transfer.Identity{Size: 15, ModTime: day(9)}
		}, append([]memfs.Op{memfs.OpStat}, wholly...), append([]memfs.Op{memfs.OpStat}, finish...)},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "the new content")
			p.job.Verify = transfer.VerifyOff
			p.list()
			from, to := len(p.from.Calls()), len(p.to.Calls())
			tc.arrange(p)
			p.mustBeDone()
			if got := ops(p.from, from); !slices.Equal(got, tc.from) {
				t.Errorf("the source was asked %v, want %v", got, tc.from)
			}
			if got := ops(p.to, to); !slices.Equal(got, tc.to) {
				t.Errorf("the target was asked %v, want %v", got, tc.to)
			}
			if p.made == nil || !p.made.ModTime.Equal(day(10)) || p.made.Size != 15 {
				t.Errorf("the journal was told %+v", p.made)
			}
			p.wantFiles(map[string]string{targetName: "the new content"})
		})
	}
}

// bothWays runs a test with the optional ways of the file systems and without.
func bothWays(t *testing.T, do func(t *testing.T, ways func(p *pair))) {
	t.Helper()
	t.Run("at once", func(t *testing.T) { do(t, func(*pair) {}) })
	t.Run("singly", func(t *testing.T) {
		do(t, func(p *pair) {
			p.job.Source.FS, p.job.Target.FS = vfstest.SingleSteps(p.from), vfstest.SingleSteps(p.to)
		})
	})
}

func TestASourceThatIsNotAsListedArrivesAsItIs(t *testing.T) {
	content := random(200_000, 71)
	for outcome, tc := range map[string]struct {
		now  string
		when time.Time
		kind vfs.Kind
	}{
		"it has grown":      {content + "more", day(11), 0},
		"it has shrunk":     {content[:1000], day(11), 0},
		"it is another":     {random(200_000, 72), day(11), 0},
		"it was touched":    {content, day(11), 0},
		"it has gone":       {"", time.Time{}, vfs.KindNotFound},
		"it is as it was":   {content, day(10), 0},
		"it is empty since": {"", day(11), 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				for _, minute := range []bool{false, true} {
					p := newPair(t, content)
					p.to.Put(targetName, "old", day(1))
					p.list()
					if minute {
						coarsely(&p.job.Known.Source)
					}
					ways(p)
					p.from.Put(sourceName, tc.now, tc.when)
					if tc.kind != 0 {
						p.from.Drop(sourceName)
						p.mustFail(tc.kind)
						p.wantFiles(map[string]string{targetName: "old"})
						continue
					}
					p.mustBeDone()
					p.wantFiles(map[string]string{targetName: tc.now})
					if !p.made.ModTime.Equal(tc.when) || p.made.Size != int64(len(tc.now)) {
						t.Errorf("the journal was told %+v", p.made)
					}
				}
			})
		})
	}
}

func TestAnUntrueListingIsNoticedBeforeTheBytesMove(t *testing.T) {
	p := newPair(t, random(200_000, 73))
	p.list()
	p.from.Put(sourceName, random(200_000, 74), day(11))
	if result := p.mustBeDone(); result.Bytes != 200_000 || count(p.to, memfs.OpCreate) != 1 {
		t.Errorf("%+v, begun %d times", result, count(p.to, memfs.OpCreate))
	}
}

func TestALookTellsWhyAListedSourceCannotBeOpened(t *testing.T) {
	p := newPair(t, "content")
	p.list()
	p.from.Drop(sourceName)
	p.from.PutDir(sourceName)
	p.from.Inject(memfs.Fault{Op: memfs.OpOpen, Times: -1, Kind: vfs.KindOther}) // a server with one word for all
	p.mustFail(vfs.KindIsDir)
}

func TestAListingToTheMinuteKeepsTheSecond(t *testing.T) {
	p := newPair(t, "content")
	when := day(10).Add(25 * time.Second)
	p.from.Put(sourceName, "content", when)
	p.list()
	coarsely(&p.job.Known.Source)
	p.mustBeDone()
	if e, err := p.to.Stat(t.Context(), target); err != nil || !e.ModTime.Equal(when) || !p.made.ModTime.Equal(when) {
		t.Errorf("the time is %v, the journal was told %v: %v", e.ModTime, p.made.ModTime, err)
	}
}

// sizeless says nothing of sizes behind the last byte.
type sizeless struct{ *memfs.FS }

type sizelessReader struct {
	vfs.Reader
	vfs.Witness
}

func (r sizelessReader) After() (vfs.Entry, bool) {
	e, told := r.Witness.After()
	e.Size = vfs.SizeUnknown
	return e, told
}

func (s sizeless) OpenSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error) {
	r, err := s.FS.OpenSeen(ctx, p, offset, seen)
	if err != nil {
		return nil, err
	}
	return sizelessReader{r, r.(vfs.Witness)}, nil
}

func TestALookIsTakenWhereLessIsToldBehindThanBefore(t *testing.T) {
	content := random(200_000, 75)
	p := newPair(t, content)
	p.job.Source.FS, p.job.Verify = sizeless{p.from}, transfer.VerifyOff
	p.from.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpClose { // of the same second, and longer
			p.from.Put(sourceName, content+"more", day(10))
		}
		return nil
	})
	p.mustFail(vfs.KindChanged)
}

func TestTheSecondDecidesThoughTheListingTellsMinutes(t *testing.T) {
	p := newPair(t, "new")
	p.from.Put(sourceName, "new", day(10).Add(45*time.Second))
	p.to.Put(targetName, "old", day(10).Add(15*time.Second))
	p.list()
	coarsely(&p.job.Known.Source)
	p.job.Exists = transfer.Newer
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: "new"})
}

func TestAQuestionShowsBothSidesAsTheyAre(t *testing.T) {
	p := newPair(t, "content")
	p.to.Put(targetName, "old", day(1))
	p.list()
	p.from.Put(sourceName, "longer content", day(12))
	p.to.Put(targetName, "older", day(2))
	p.job.Exists = transfer.Ask
	result, err := p.run(t.Context())
	if q := result.Question; err != nil || q.SourceEntry.Size != 14 || q.TargetNow.Size != 5 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestANameThatAnAnswerChoseIsJournalledAndLeavesNoOtherPart(t *testing.T) {
	p := newPair(t, "the new content")
	p.job.Exists = transfer.Ask
	p.list()
	p.to.Put(targetName, "other", day(20))
	p.job.Ask = func(context.Context, transfer.Question) (transfer.Answer, error) {
		p.to.Inject(memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindBusy})
		return transfer.Answer{Rule: transfer.Rename}, nil
	}
	p.mustFail(vfs.KindBusy)
	if p.told.String() != "/dst/file (2).txt" {
		t.Errorf("the journal was told %s", p.told)
	}
	p.wantFiles(map[string]string{targetName: "other"})
}

func TestATargetThatIsNotAsListedIsPutToTheRule(t *testing.T) {
	const fresh, old, other = "the new content", "the old one", "somebody's, and newer"
	files := func(s ...string) map[string]string {
		all := map[string]string{}
		for i := 0; i < len(s); i += 2 {
			all[s[i]] = s[i+1]
		}
		return all
	}
	for outcome, tc := range map[string]struct {
		rule  transfer.Rule
		stood string // when it was listed; "" for nothing
		now   string // "" for nothing
		want  transfer.Outcome
		files map[string]string
	}{
		"one came, and is replaced":                {transfer.Overwrite, "", other, transfer.Done, files(targetName, fresh)},
		"one came, and is skipped":                 {transfer.Skip, "", other, transfer.Skipped, files(targetName, other)},
		"a newer one came":                         {transfer.Newer, "", other, transfer.Skipped, files(targetName, other)},
		"one came, and is asked about":             {transfer.Ask, "", other, transfer.Asking, files(targetName, other, partName, fresh)},
		"it was written to, and is replaced":       {transfer.Overwrite, old, other, transfer.Done, files(targetName, fresh)},
		"it was written to, and is newer now":      {transfer.Newer, old, other, transfer.Skipped, files(targetName, other)},
		"it went":                                  {transfer.Overwrite, old, "", transfer.Done, files(targetName, fresh)},
		"it was written to, and is as large":       {transfer.Different, old, "AS LARGE AS IT!", transfer.Skipped, files(targetName, "AS LARGE AS IT!")},
		"listed, and skipped":                      {transfer.Skip, old, old, transfer.Skipped, files(targetName, old)},
		"it went, and would have been skipped":     {transfer.Skip, old, "", transfer.Done, files(targetName, fresh)},
		"it was newer, and went":                   {transfer.Newer, "NEWER", "", transfer.Done, files(targetName, fresh)},
		"it was as large, and is not":              {transfer.Different, "as large as it!", other, transfer.Done, files(targetName, fresh)},
		"listed and replaced as it was":            {transfer.Overwrite, old, old, transfer.Done, files(targetName, fresh)},
		"listed and older, as it was":              {transfer.Newer, old, old, transfer.Done, files(targetName, fresh)},
		"one came under the name of what is asked": {"", "", other, transfer.Asking, files(targetName, other, partName, fresh)},
	} {
		t.Run(outcome, func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				p := newPair(t, fresh)
				switch tc.stood {
				case "":
				case "NEWER":
					p.to.Put(targetName, tc.stood, day(12))
				default:
					p.to.Put(targetName, tc.stood, day(1))
				}
				p.list()
				ways(p)
				p.job.Exists = tc.rule
				p.to.Drop(targetName)
				switch tc.now {
				case "":
				case tc.stood:
					p.to.Put(targetName, tc.now, day(1))
				default:
					p.to.Put(targetName, tc.now, day(20))
				}
				result, err := p.run(t.Context())
				if err != nil || result.Outcome != tc.want {
					t.Fatalf("%+v, %v; want %s", result, err, tc.want)
				}
				p.wantFiles(tc.files)
			})
		})
	}
}

// TestThePermissionsAreThoseOfWhatStandsThere by now, not of what was listed.
func TestThePermissionsAreThoseOfWhatStandsThere(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o644} { // a new file gets the latter there
		bothWays(t, func(t *testing.T, ways func(*pair)) {
			p := newPair(t, "the new content")
			p.to.Put(targetName, "the old one", day(1))
			if err := p.to.SetMode(t.Context(), target, 0o640); err != nil {
				t.Fatal(err)
			}
			p.list()
			ways(p)
			p.to.Put(targetName, "somebody's", day(20))
			if err := p.to.SetMode(t.Context(), target, mode); err != nil {
				t.Fatal(err)
			}
			p.mustBeDone()
			if e, err := p.to.Stat(t.Context(), target); err != nil || e.Mode.Perm() != mode {
				t.Errorf("mode %v, want %v: %v", e.Mode, mode, err)
			}
			p.wantFiles(map[string]string{targetName: "the new content"})
		})
	}
}

func TestTheAnswerToWhatCameMeanwhileIsFollowed(t *testing.T) {
	const fresh, other = "the new content", "the new"
	for rule, want := range map[transfer.Rule]map[string]string{
		transfer.Overwrite: {targetName: fresh},
		transfer.Skip:      {targetName: other},
		transfer.Rename:    {targetName: other, "/dst/file (2).txt": fresh},
		transfer.Resume:    {targetName: fresh},
		transfer.Newer:     {targetName: other},
	} {
		t.Run(string(rule), func(t *testing.T) {
			bothWays(t, func(t *testing.T, ways func(*pair)) {
				p := newPair(t, fresh)
				p.job.Exists = transfer.Ask
				p.list()
				ways(p)
				p.to.Put(targetName, other, day(20))
				asked := 0
				p.job.Ask = func(_ context.Context, q transfer.Question) (transfer.Answer, error) {
					asked++
					if q.TargetNow.Size != 7 || q.NoReplace {
						t.Errorf("asked %+v", q)
					}
					return transfer.Answer{Rule: rule}, nil
				}
				if _, err := p.run(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.wantFiles(want)
				if asked != 1 {
					t.Errorf("asked %d times", asked)
				}
			})
		})
	}
}

func TestAListedTargetOfTheMinuteIsLookedAt(t *testing.T) {
	p := newPair(t, "new")
	p.to.Put(targetName, "old", day(1).Add(20*time.Second))
	p.list()
	coarsely(p.job.Known.Target)
	// Of the same minute and size; nobody has seen it.
	p.to.Put(targetName, "OLD", day(1).Add(40*time.Second))
	p.job.Exists = transfer.Newer
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: "new"})
	if n := count(p.to, memfs.OpStat); n != 4 { // one of them is list's, two the part's and the target's at the end
		t.Errorf("%d looks, want 4", n)
	}
}

func TestWhatWouldHaveBeenLeftIsSentAsItIsNow(t *testing.T) {
	bothWays(t, func(t *testing.T, ways func(*pair)) {
		p := newPair(t, "as it was listed")
		p.to.Put(targetName, "old", day(12))
		p.list()
		ways(p)
		p.from.Put(sourceName, "newer than both", day(14))
		p.job.Exists = transfer.Newer
		if result := p.mustBeDone(); result.Bytes != 15 || count(p.to, memfs.OpCreate) != 1 || !p.made.ModTime.Equal(day(14)) {
			t.Errorf("%+v, begun %d times, the journal was told %v", result, count(p.to, memfs.OpCreate), p.made)
		}
		p.wantFiles(map[string]string{targetName: "newer than both"})
	})
}

// TestASourceOfAnOldListingLeavesNothing: where the target is here, it alone is
// looked at first.
func TestASourceOfAnOldListingLeavesNothing(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Newer, transfer.Different} {
		p := newPair(t, "old")
		p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		p.to.Put(targetName, "old", day(10))
		p.list()
		p.from.Put(sourceName, "it has changed", day(14))
		p.job.Exists = rule
		p.mustBeDone()
		p.wantFiles(map[string]string{targetName: "it has changed"})
	}
}

// TestAQuestionIsPutOnceAndOfBothSidesAsTheyAre, also where only the target was looked
// at before.
func TestAQuestionIsPutOnceAndOfBothSidesAsTheyAre(t *testing.T) {
	p := newPair(t, "old")
	p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
	p.list()
	p.to.Put(targetName, "has come since", day(10))
	p.from.Put(sourceName, "it has changed", day(14))
	p.job.Exists = transfer.Ask
	asked := 0
	p.job.Ask = func(_ context.Context, q transfer.Question) (transfer.Answer, error) {
		if asked++; !q.SourceEntry.ModTime.Equal(day(14)) {
			t.Errorf("asked about a source of %v", q.SourceEntry.ModTime)
		}
		return transfer.Answer{Rule: transfer.Skip}, nil
	}
	if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Skipped || asked != 1 {
		t.Errorf("%+v, %v, asked %d times", result, err, asked)
	}
}

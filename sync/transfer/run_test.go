package transfer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestANewFileArrivesWhole(t *testing.T) {
	for outcome, content := range map[string]string{
		"an empty file":        "",
		"one byte":             "x",
		"a small file":         "some text\r\n",
		"a first buffer":       random(64<<10, 1),
		"a byte over a buffer": random(64<<10+1, 2),
		"five megabytes":       random(5_000_000, 3),
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			result := p.mustBeDone()
			p.wantFiles(map[string]string{targetName: content})
			size := int64(len(content))
			want := transfer.Result{
				Outcome: transfer.Done, Target: target, Bytes: size, Size: size, Verified: "hash", TimeKept: true,
			}
			if content == "" {
				want.Verified = "size"
			}
			if result.Bytes != want.Bytes || result.Size != size || result.Verified != want.Verified || !result.TimeKept || result.Target != target {
				t.Errorf("result %+v, want %+v", result, want)
			}
			if e, err := p.to.Stat(t.Context(), target); err != nil || !e.ModTime.Equal(day(10)) {
				t.Errorf("time %v, want the source's: %v", e.ModTime, err)
			}
			if c := p.job.Counter; c.Done.Load() != size || c.Total.Load() != size {
				t.Errorf("counted %d of %d, want %d", c.Done.Load(), c.Total.Load(), size)
			}
		})
	}
}

func TestTheRuleDecidesOverATakenName(t *testing.T) {
	const fresh, old = "the new content", "the old content, longer"
	for outcome, tc := range map[string]struct {
		rule   transfer.Rule
		oldDay int    // of the target, 0 for a time that nobody tells; the source's is 10
		old    string // "" means old
		want   transfer.Outcome
		reason string
		files  map[string]string
	}{
		"overwrite replaces":                    {transfer.Overwrite, 20, "", transfer.Done, "", map[string]string{targetName: fresh}},
		"skip leaves":                           {transfer.Skip, 1, "", transfer.Skipped, "skip", map[string]string{targetName: old}},
		"newer replaces an older one":           {transfer.Newer, 9, "", transfer.Done, "", map[string]string{targetName: fresh}},
		"newer leaves a newer one":              {transfer.Newer, 11, "", transfer.Skipped, "newer", map[string]string{targetName: old}},
		"newer leaves one as old":               {transfer.Newer, 10, "", transfer.Skipped, "same", map[string]string{targetName: old}},
		"newer leaves one of an unknown age":    {transfer.Newer, 0, "", transfer.Skipped, "undated", map[string]string{targetName: old}},
		"different replaces another size":       {transfer.Different, 10, "", transfer.Done, "", map[string]string{targetName: fresh}},
		"different leaves one as large":         {transfer.Different, 1, "THE NEW CONTENT", transfer.Skipped, "same", map[string]string{targetName: "THE NEW CONTENT"}},
		"different leaves an equal one":         {transfer.Different, 10, "THE NEW CONTENT", transfer.Skipped, "same", map[string]string{targetName: "THE NEW CONTENT"}},
		"rename keeps both":                     {transfer.Rename, 1, "", transfer.Done, "", map[string]string{targetName: old, "/dst/file (2).txt": fresh}},
		"resume completes a shorter one":        {transfer.Resume, 20, "the new", transfer.Done, "", map[string]string{targetName: fresh}},
		"resume begins an empty one":            {transfer.Resume, 20, "\x00", transfer.Done, "", map[string]string{targetName: fresh}},
		"resume leaves another shorter one":     {transfer.Resume, 1, "THE", transfer.Skipped, "different", map[string]string{targetName: "THE"}},
		"resume leaves a longer one":            {transfer.Resume, 1, "", transfer.Skipped, "different", map[string]string{targetName: old}},
		"resume leaves one as long and as old":  {transfer.Resume, 10, "THE NEW CONTENT", transfer.Skipped, "same", map[string]string{targetName: "THE NEW CONTENT"}},
		"resume leaves one as long":             {transfer.Resume, 1, "THE NEW CONTENT", transfer.Skipped, "long", map[string]string{targetName: "THE NEW CONTENT"}},
		"ask without anyone leaves and says so": {transfer.Ask, 1, "", transfer.Asking, "", map[string]string{targetName: old}},
		"nothing said asks":                     {"", 1, "", transfer.Asking, "", map[string]string{targetName: old}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, fresh)
			before := old
			if tc.old != "" {
				before = strings.TrimPrefix(tc.old, "\x00")
			}
			age := day(tc.oldDay)
			if tc.oldDay == 0 {
				age = time.Time{}
			}
			p.to.Put(targetName, before, age)
			p.job.Exists = tc.rule
			result, err := p.run(t.Context())
			if err != nil || result.Outcome != tc.want || result.Reason != tc.reason {
				t.Fatalf("outcome %q by %q, want %q by %q: %v", result.Outcome, result.Reason, tc.want, tc.reason, err)
			}
			p.wantFiles(tc.files)
			if result.Outcome == transfer.Asking {
				q := result.Question
				if q.Source != source || q.Target != target || q.SourceEntry.Size != 15 || q.TargetNow.Size != 23 {
					t.Errorf("the question is %+v", q)
				}
			}
			if result.Outcome != transfer.Done && p.made != nil {
				t.Error("a part was announced though nothing was to be moved")
			}
		})
	}
}

func TestWhereASizeIsNotToldDifferentGoesByTheTime(t *testing.T) {
	for outcome, tc := range map[string]struct {
		day  int // of the target; the source's is 10
		want transfer.Outcome
	}{
		"another time is replaced": {9, transfer.Done},
		"a later one as well":      {11, transfer.Done},
		"the same time is left":    {10, transfer.Skipped},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "content")
			p.to.Put(targetName, "CONTENT, more of it", day(tc.day))
			p.to.Announce(target, vfs.SizeUnknown)
			p.job.Exists = transfer.Different
			if result, err := p.run(t.Context()); err != nil || result.Outcome != tc.want {
				t.Errorf("%+v, %v; want %s", result, err, tc.want)
			}
		})
	}
}

func TestAnAnswerIsFollowed(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer transfer.Answer
		err    error
		want   transfer.Outcome
		kind   vfs.Kind
		text   string
	}{
		"overwrite":              {transfer.Answer{Rule: transfer.Overwrite}, nil, transfer.Done, 0, "new"},
		"skip":                   {transfer.Answer{Rule: transfer.Skip}, nil, transfer.Skipped, 0, "old"},
		"no answer is skip":      {transfer.Answer{}, nil, transfer.Skipped, 0, "old"},
		"ask again is skip":      {transfer.Answer{Rule: transfer.Ask}, nil, transfer.Skipped, 0, "old"},
		"an unknown rule":        {transfer.Answer{Rule: "perhaps"}, nil, "", vfs.KindUnsupported, "old"},
		"the person went away":   {transfer.Answer{}, context.Canceled, "", vfs.KindCancelled, "old"},
		"asking failed in words": {transfer.Answer{}, errors.New("no window"), "", vfs.KindOther, "old"},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "new")
			p.to.Put(targetName, "old", day(1))
			p.job.Exists = transfer.Ask
			asked := 0
			p.job.Ask = func(context.Context, transfer.Question) (transfer.Answer, error) {
				asked++
				return tc.answer, tc.err
			}
			result, err := p.run(t.Context())
			if result.Outcome != tc.want || err != nil && vfs.KindOf(err) != tc.kind || (err != nil) != (tc.want == "") {
				t.Fatalf("outcome %q, error %v, want %q, %v", result.Outcome, err, tc.want, tc.kind)
			}
			if asked != 1 {
				t.Errorf("asked %d times, want once", asked)
			}
			p.wantFiles(map[string]string{targetName: tc.text})
		})
	}
}

func TestRenameTakesTheFirstFreeName(t *testing.T) {
	p := newPair(t, "new")
	p.job.Exists = transfer.Rename
	p.to.Put(targetName, "old", day(1))
	p.to.Put("/dst/file (2).txt", "older", day(1))
	p.to.Put("/dst/file (3).txt"+transfer.Suffix, "somebody's part", day(1))
	p.to.Limit(func(can *vfs.Features) { can.FoldsCase = true })
	p.to.Put("/dst/FILE (4).TXT", "the same name here", day(1))
	if result := p.mustBeDone(); result.Target.String() != "/dst/file (5).txt" {
		t.Errorf("target %s, want the first name that is free", result.Target)
	}
	if got, _ := p.to.Get("/dst/file (5).txt"); got != "new" {
		t.Errorf("it holds %q", got)
	}
}

func TestRenameGoesOnWhenTheFreeNameIsSnatchedAway(t *testing.T) {
	p := newPair(t, "new")
	p.job.Exists = transfer.Rename
	p.to.Put(targetName, "old", day(1))
	p.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpRename {
			p.to.SetHook(nil)
			p.to.Put("/dst/file (2).txt", "another's", day(1))
		}
		return nil
	})
	p.mustBeDone()
	p.wantFiles(map[string]string{
		targetName: "old", "/dst/file (2).txt": "another's", "/dst/file (3).txt": "new",
	})
}

func TestATargetThatCameMeanwhileIsNotReplaced(t *testing.T) {
	for outcome, before := range map[string]string{"where nothing was": "", "where another was": "old"} {
		for _, verify := range []transfer.Verify{transfer.VerifyOff, transfer.VerifyOffered} {
			t.Run(outcome+", verify "+string(verify), func(t *testing.T) {
				p := newPair(t, "new")
				p.job.Verify = verify
				if before != "" {
					p.to.Put(targetName, before, day(1))
				}
				p.to.SetHook(func(_ context.Context, c memfs.Call) error {
					if c.Op == memfs.OpCommit {
						p.to.Put(targetName, "somebody's work", day(2))
					}
					return nil
				})
				_, err := p.run(t.Context())
				if kind := vfs.KindOf(err); kind != vfs.KindExists && kind != vfs.KindChanged {
					t.Fatalf("error %v, want exists or changed", err)
				}
				p.wantFiles(map[string]string{targetName: "somebody's work", partName: "new"})
			})
		}
	}
}

// TestWhatIsNoFileIsRefused, and the side that it stands on is named.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	for outcome, tc := range map[string]struct {
		arrange func(p *pair)
		kind    vfs.Kind
		about   string
	}{
		"a folder as source":      {func(p *pair) { p.from.Drop(sourceName); p.from.PutDir(sourceName) }, vfs.KindIsDir, sourceName},
		"a linked folder":         {func(p *pair) { p.from.PutDir("/d"); p.from.PutLink(sourceName, "/d") }, vfs.KindIsDir, sourceName},
		"a missing source":        {func(p *pair) { p.from.Drop(sourceName) }, vfs.KindNotFound, sourceName},
		"a device as source":      {func(p *pair) { p.from.Drop(sourceName); p.from.PutOther(sourceName) }, vfs.KindUnsupported, sourceName},
		"a device as target":      {func(p *pair) { p.to.PutOther(targetName) }, vfs.KindExists, targetName},
		"a link to nothing":       {func(p *pair) { p.from.PutLink(sourceName, "/nowhere") }, vfs.KindNotFound, sourceName},
		"a folder as target":      {func(p *pair) { p.to.PutDir(targetName) }, vfs.KindIsDir, targetName},
		"a missing target folder": {func(p *pair) { p.to.Drop("/dst") }, vfs.KindNotFound, partName},
		"a link as the part":      {func(p *pair) { p.to.Put("/dst/x", "kept", day(1)); p.to.PutLink(partName, "x") }, vfs.KindExists, partName},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "new")
			tc.arrange(p)
			before, listed := p.to.Files(), names(p)
			result, err := p.run(t.Context())
			var fault *vfs.Error
			if !errors.As(err, &fault) || fault.Kind != tc.kind || fault.Path != tc.about {
				t.Fatalf("outcome %q, error %v, want %v about %s", result.Outcome, err, tc.kind, tc.about)
			}
			p.wantFiles(before)
			if got := names(p); !slices.Equal(got, listed) {
				t.Errorf("the folder holds %q, want %q", got, listed)
			}
		})
	}
}

func TestALinkIsReadThrough(t *testing.T) {
	p := newPair(t, "")
	p.from.Put("/elsewhere", "behind the link", day(3))
	p.from.PutLink(sourceName, "/elsewhere")
	if result := p.mustBeDone(); result.Verified != "hash" || result.TimeKept {
		t.Errorf("result %+v, want one compared by what is behind the link and without the link's time", result)
	}
	p.wantFiles(map[string]string{targetName: "behind the link"})
}

func TestAReplacedFileKeepsItsPermissions(t *testing.T) {
	p := newPair(t, "new")
	p.to.Put(targetName, "old", day(1))
	if err := p.to.SetMode(t.Context(), target, 0o600); err != nil {
		t.Fatal(err)
	}
	p.mustBeDone()
	if e, err := p.to.Stat(t.Context(), target); err != nil || e.Mode != 0o600 {
		t.Errorf("mode %v, want 0600: %v", e.Mode, err)
	}
}

func TestWhatCannotBeSetFailsNothing(t *testing.T) {
	for outcome, arrange := range map[string]func(p *pair){
		"no times at all":      func(p *pair) { p.to.Limit(func(can *vfs.Features) { can.SetTime = false }) },
		"this time refused":    func(p *pair) { p.to.Fail(memfs.OpSetTime, "", 1, vfs.KindPermission) },
		"a time only to a day": func(p *pair) { p.from.Limit(func(can *vfs.Features) { can.TimeStep = 24 * time.Hour }) },
		"nobody asked for it":  func(p *pair) { p.job.KeepTime = false },
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "new")
			arrange(p)
			if result := p.mustBeDone(); result.TimeKept {
				t.Error("the time is said to be kept")
			}
			p.wantFiles(map[string]string{targetName: "new"})
		})
	}
}

func TestSizesDecideWhetherItIsDone(t *testing.T) {
	content := random(200_000, 4)
	for outcome, tc := range map[string]struct {
		arrange  func(p *pair)
		kind     vfs.Kind // 0: done
		verified string
	}{
		"fewer bytes than announced, called a success": {
			func(p *pair) { p.from.Inject(memfs.Fault{Op: memfs.OpRead, Bytes: 70_000, Lie: true}) }, vfs.KindSize, "",
		},
		"fewer bytes stored than sent, called a success": {
			func(p *pair) { p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 70_000, Lie: true}) }, vfs.KindSize, "",
		},
		"more bytes than announced": {func(p *pair) { p.from.Announce(source, 100) }, vfs.KindSize, ""},
		"less than announced":       {func(p *pair) { p.from.Announce(source, 1<<40) }, vfs.KindSize, ""},
		"the source does not say":   {func(p *pair) { p.from.Announce(source, vfs.SizeUnknown) }, 0, "size"},
		"the target does not say":   {func(p *pair) { p.to.Announce(vfs.MustParse(partName), vfs.SizeUnknown) }, 0, "size"},
		"neither side says": {func(p *pair) {
			p.from.Announce(source, vfs.SizeUnknown)
			p.to.Announce(vfs.MustParse(partName), vfs.SizeUnknown)
		}, 0, "none"},
		"the target says otherwise":  {func(p *pair) { p.to.Announce(vfs.MustParse(partName), 5) }, vfs.KindSize, ""},
		"the source shrinks to none": {func(p *pair) { p.from.Announce(source, 0) }, vfs.KindSize, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.job.Verify = transfer.VerifyOff
			p.to.Put(targetName, "old", day(1))
			tc.arrange(p)
			if tc.kind != 0 {
				p.mustFail(tc.kind)
				p.wantFiles(map[string]string{targetName: "old"})
				return
			}
			if result := p.mustBeDone(); result.Verified != tc.verified || result.Size != int64(len(content)) {
				t.Errorf("verified by %q, want %q; size %d", result.Verified, tc.verified, result.Size)
			}
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}

func TestASourceThatChangesMeanwhileIsNotDone(t *testing.T) {
	for outcome, now := range map[string]string{
		"it grew":         random(100_000, 5) + "and a line more",
		"it shrank":       "short",
		"only newer":      random(100_000, 5),
		"it is gone":      "",
		"grew while read": "while",
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, random(100_000, 5))
			p.to.Put(targetName, "old", day(1))
			at, want := memfs.OpClose, vfs.KindChanged
			if outcome == "grew while read" {
				at, now = memfs.OpRead, random(100_000, 5)+strings.Repeat("more", 1000)
			}
			p.from.SetHook(func(_ context.Context, c memfs.Call) error {
				if c.Op == at {
					p.from.Put(sourceName, now, day(11))
					if now == "" {
						p.from.Drop(sourceName)
					}
				}
				return nil
			})
			if now == "" {
				want = vfs.KindNotFound
			}
			p.mustFail(want)
			p.wantFiles(map[string]string{targetName: "old"})
		})
	}
}

func TestAJournalThatFailsStopsTheTransfer(t *testing.T) {
	p := newPair(t, "new")
	p.job.OnStart = func(transfer.Identity, vfs.Path) error { return errors.New("disk full") }
	p.mustFail(vfs.KindOther)
	p.wantFiles(map[string]string{})
}

func TestTheSpeedLimitIsAskedBeforeEveryByte(t *testing.T) {
	content := random(500_000, 6)
	p := newPair(t, content)
	p.from.SetChunk(10_000)
	var granted int
	p.job.Wait = func(_ context.Context, n int) error {
		if n <= 0 || n > transfer.WaitMost {
			t.Errorf("asked for %d bytes", n)
		}
		if moved := int(p.job.Counter.Done.Load()); moved > granted {
			t.Errorf("%d bytes moved, %d granted", moved, granted)
		}
		granted += n
		return nil
	}
	p.mustBeDone()
	if over := granted - len(content); over < 0 || over > 1 {
		t.Errorf("%d bytes granted for %d", granted, len(content))
	}
	p.job.Wait = func(context.Context, int) error { return context.Canceled }
	p.mustFail(vfs.KindCancelled)
	p.wantFiles(map[string]string{targetName: content})
}

func names(p *pair) []string {
	var names []string
	entries, _ := p.to.List(p.t.Context(), vfs.MustParse("/dst")) // a missing folder has none
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names
}

// stream is a file system whose readers are not what its listing says.
type stream struct {
	vfs.FS
	size int64
	read func(p []byte) (int, error) // nil: as it is
}

type streamReader struct {
	vfs.Reader
	with stream
}

func (f stream) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := f.FS.Open(ctx, p, offset)
	return streamReader{r, f}, err
}

func (r streamReader) Size() int64 { return r.with.size }

func (r streamReader) Read(p []byte) (int, error) {
	if r.with.read != nil {
		return r.with.read(p)
	}
	return r.Reader.Read(p)
}

func TestTheSizeOfTheStreamCounts(t *testing.T) {
	content := random(10_000, 7)
	for outcome, tc := range map[string]struct {
		listed, streamed int64
		want             vfs.Kind // 0: done
	}{
		"told by the stream alone":         {vfs.SizeUnknown, 10_000, 0},
		"told by the stream alone, wrong":  {vfs.SizeUnknown, 10_001, vfs.KindSize},
		"told by the listing alone":        {10_000, vfs.SizeUnknown, 0},
		"told by both":                     {10_000, 10_000, 0},
		"told by both, but not the same":   {10_000, 9_999, vfs.KindChanged},
		"told by the listing alone, wrong": {10_001, vfs.SizeUnknown, vfs.KindSize},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.from.Announce(source, tc.listed)
			p.job.Source.FS = stream{FS: p.from, size: tc.streamed}
			if tc.want == 0 {
				p.mustBeDone()
				p.wantFiles(map[string]string{targetName: content})
				return
			}
			p.mustFail(tc.want)
			p.wantFiles(map[string]string{})
		})
	}
}

func TestASourceWithoutEndIsStopped(t *testing.T) {
	p := newPair(t, "0123456789")
	given := 0
	p.job.Source.FS = stream{FS: p.from, size: 10, read: func(b []byte) (int, error) {
		if given += len(b); given > 1<<20 {
			t.Fatalf("%d bytes were taken from a source of 10", given)
		}
		return len(b), nil
	}}
	p.mustFail(vfs.KindSize)
	p.wantFiles(map[string]string{})
}

func TestAllBytesWithoutTheVerdictAreNotDone(t *testing.T) {
	for outcome, at := range map[string]memfs.Op{"of the source": memfs.OpClose, "of the target": memfs.OpCommit} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "new")
			p.to.Put(targetName, "old", day(1))
			for _, f := range []*memfs.FS{p.from, p.to} {
				f.Fail(at, "", 1, vfs.KindLost)
			}
			p.mustFail(vfs.KindLost)
			p.wantFiles(map[string]string{targetName: "old", partName: "new"})
		})
	}
}

func TestATimeToldMoreCoarselyIsNoChange(t *testing.T) {
	p := newPair(t, "new")
	p.from.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpClose {
			p.from.Put(sourceName, "new", day(10).Add(20*time.Second))
			p.from.Limit(func(can *vfs.Features) { can.TimeStep = time.Minute })
		}
		return nil
	})
	p.mustBeDone()
}

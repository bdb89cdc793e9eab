package transfer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

const oldContent = "the old content, which was good"

// checkInvariant is what holds after any run, however it ended: the old target
// or the new one, whole; nothing beside it but a beginning of the source.
func checkInvariant(t *testing.T, p *pair, content string, result transfer.Result, err error) {
	t.Helper()
	files := p.to.Files()
	got := files[targetName]
	switch {
	case got != oldContent && got != content:
		t.Fatalf("the target is neither old nor new but %d bytes (error %v)", len(got), err)
	case err == nil && (result.Outcome != transfer.Done || got != content):
		t.Fatalf("no error, outcome %q, and the target is not the new one", result.Outcome)
	}
	for name, have := range files {
		switch {
		case name == targetName:
		case name != partName:
			t.Fatalf("%s is left behind", name)
		case err == nil:
			t.Fatal("a part is left behind a finished transfer")
		case !strings.HasPrefix(content, have):
			t.Fatalf("the part is no beginning of the source (error %v)", err)
		}
	}
}

func TestAFailureAtAnyStepLeavesOldOrNewWhole(t *testing.T) {
	content := random(200_000, 21)
	for _, side := range []string{"source", "target"} {
		for _, kind := range []vfs.Kind{vfs.KindLost, vfs.KindNoSpace, vfs.KindPermission} {
			for _, after := range []bool{false, true} {
				for _, lasting := range []int{1, -1} {
					name := fmt.Sprintf("%s %v after=%v times=%d", side, kind, after, lasting)
					t.Run(name, func(t *testing.T) { failEachStep(t, content, side, kind, after, lasting) })
				}
			}
		}
	}
}

// failEachStep lets the k-th call of one side fail, for every k there is.
func failEachStep(t *testing.T, content, side string, kind vfs.Kind, after bool, times int) {
	t.Helper()
	for k := 0; ; k++ {
		p := newPair(t, content)
		p.from.SetChunk(60_000)
		p.to.Put(targetName, oldContent, day(1))
		p.to.Put(partName, content[:50_000], day(1))
		p.made = &transfer.Identity{Size: int64(len(content)), ModTime: day(10)}
		f := p.to
		if side == "source" {
			f = p.from
		}
		f.Inject(memfs.Fault{Skip: k, Times: times, Kind: kind, After: after})
		result, err := p.run(t.Context())
		if len(f.Calls()) <= k {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			if k < 6 {
				t.Fatalf("only %d calls were made", k)
			}
			return
		}
		checkInvariant(t, p, content, result, err)
		if part, there := p.to.Get(partName); there && part == "" && times == 1 && side == "target" {
			t.Fatalf("an empty part is left behind (call %d, error %v)", k, err)
		}
		f.Heal()
		p.mustBeDone()
		p.wantFiles(map[string]string{targetName: content})
	}
}

// TestManyFailuresInARowEndWhole is the property test: random contents,
// parts and faults, run after run, until one goes through.
func TestManyFailuresInARowEndWhole(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 99))
		content := random(r.IntN(300_000), seed)
		p := newPair(t, content)
		p.from.SetChunk(1 + r.IntN(70_000))
		p.to.Put(targetName, oldContent, day(1))
		if r.IntN(2) == 0 {
			p.to.Put(partName, random(r.IntN(100_000), seed+1), day(1))
		}
		if r.IntN(2) == 0 {
			p.made = &transfer.Identity{Size: int64(len(content)), ModTime: day(10)}
			p.to.Put(partName, content[:r.IntN(len(content)+1)], day(1))
		}
		for range 6 {
			injectRandom(r, p)
			watchCounter(t, p)
			result, err := p.run(t.Context())
			checkRandom(t, p, content, result, err)
			p.from.Heal()
			p.to.Heal()
		}
		watchCounter(t, p)
		p.mustBeDone()
		p.wantFiles(map[string]string{targetName: content})
	}
}

// watchCounter looks at a fresh counter before every call to the target.
func watchCounter(t *testing.T, p *pair) {
	t.Helper()
	counter, last := new(transfer.Counter), int64(0)
	p.job.Counter = counter
	p.to.SetHook(func(context.Context, memfs.Call) error {
		now := counter.Done.Load()
		if now < last {
			t.Errorf("the counter went back from %d to %d", last, now)
		}
		last = now
		return nil
	})
}

func injectRandom(r *rand.Rand, p *pair) {
	f, stream := p.to, memfs.OpWrite
	if r.IntN(2) == 0 {
		f, stream = p.from, memfs.OpRead
	}
	kinds := []vfs.Kind{vfs.KindLost, vfs.KindTimeout, vfs.KindBusy, vfs.KindNoSpace, vfs.KindOther, vfs.KindPermission}
	fault := memfs.Fault{Kind: kinds[r.IntN(len(kinds))], Times: 1 - 2*r.IntN(2)}
	switch r.IntN(3) {
	case 0:
		fault.Skip, fault.After = r.IntN(25), r.IntN(2) == 0
	case 1:
		fault.Op, fault.Bytes = stream, 1+r.Int64N(200_000)
	case 2:
		fault.Op, fault.Bytes, fault.Lie = stream, 1+r.Int64N(200_000), true
	}
	f.Inject(fault)
}

// checkRandom is checkInvariant where a part of somebody else can stand.
func checkRandom(t *testing.T, p *pair, content string, result transfer.Result, err error) {
	t.Helper()
	got, _ := p.to.Get(targetName)
	switch {
	case err == nil && (got != content || result.Outcome != transfer.Done):
		t.Fatalf("called %q with %d bytes of %d", result.Outcome, len(got), len(content))
	case got != content && got != oldContent:
		t.Fatalf("the target is neither old nor new (error %v)", err)
	}
	for name := range p.to.Files() {
		if name != targetName && name != partName {
			t.Fatalf("%s is left behind", name)
		}
	}
}

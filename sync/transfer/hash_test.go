package transfer_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// spoil changes a byte of what stands under the part's name once it is whole.
func spoil(p *pair, content string) {
	done := false
	p.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpHash && !done {
			done = true
			p.to.Put(partName, "X"+content[1:], day(10))
		}
		return nil
	})
}

func count(f *memfs.FS, op memfs.Op) int {
	n := 0
	for _, c := range f.Calls() {
		if c.Op == op {
			n++
		}
	}
	return n
}

func TestAHashDecidesAsTheWayToVerifySays(t *testing.T) {
	content := random(200_000, 41)
	none := func(p *pair) { p.to.Limit(func(can *vfs.Features) { can.Hashes = nil }) }
	failing := func(kind vfs.Kind) func(p *pair) {
		return func(p *pair) { p.to.Fail(memfs.OpHash, "", -1, kind) }
	}
	damage := func(p *pair) { spoil(p, content) }
	for outcome, tc := range map[string]struct {
		verify   transfer.Verify
		arrange  func(p *pair)
		kind     vfs.Kind // 0: done
		verified string
		asked    bool // for a hash
	}{
		"nothing said, and equal":            {"", func(*pair) {}, 0, "hash", true},
		"offered, and equal":                 {transfer.VerifyOffered, func(*pair) {}, 0, "hash", true},
		"always, and equal":                  {transfer.VerifyAlways, func(*pair) {}, 0, "hash", true},
		"off, and equal":                     {transfer.VerifyOff, func(*pair) {}, 0, "size", false},
		"offered, and one byte is another":   {transfer.VerifyOffered, damage, vfs.KindHash, "", true},
		"always, and one byte is another":    {transfer.VerifyAlways, damage, vfs.KindHash, "", true},
		"off, and nobody sees the byte":      {transfer.VerifyOff, damage, 0, "size", false},
		"offered, none in common":            {transfer.VerifyOffered, none, 0, "size", false},
		"always, none in common":             {transfer.VerifyAlways, none, vfs.KindUnsupported, "", false},
		"offered, the server cannot":         {transfer.VerifyOffered, failing(vfs.KindUnsupported), 0, "size", true},
		"offered, the server takes too long": {transfer.VerifyOffered, failing(vfs.KindTimeout), 0, "size", true},
		"offered, the connection breaks":     {transfer.VerifyOffered, failing(vfs.KindLost), 0, "size", true},
		"always, the server cannot":          {transfer.VerifyAlways, failing(vfs.KindUnsupported), vfs.KindUnsupported, "", true},
		"always, the server takes too long":  {transfer.VerifyAlways, failing(vfs.KindTimeout), vfs.KindTimeout, "", true},
		"an unknown way":                     {"perhaps", func(*pair) {}, vfs.KindUnsupported, "", false},
		"both sides read themselves": {"", func(p *pair) {
			p.from.Limit(func(can *vfs.Features) { can.HashesHere = true })
			p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		}, 0, "size", false},
		"one side reads itself": {"", func(p *pair) {
			p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		}, 0, "hash", true},
		"both sides read themselves, and always": {transfer.VerifyAlways, func(p *pair) {
			p.from.Limit(func(can *vfs.Features) { can.HashesHere = true })
			p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		}, 0, "hash", true},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.to.Put(targetName, "old", day(1))
			p.job.Verify = tc.verify
			tc.arrange(p)
			if tc.kind == 0 {
				if result := p.mustBeDone(); result.Verified != tc.verified {
					t.Errorf("verified by %q, want %q", result.Verified, tc.verified)
				}
				p.wantFiles(map[string]string{targetName: content})
			} else {
				p.mustFail(tc.kind)
				if got, _ := p.to.Get(targetName); got != "old" {
					t.Errorf("the old target is replaced by %d bytes", len(got))
				}
				if _, left := p.to.Get(partName); left != (tc.kind == vfs.KindTimeout) {
					t.Errorf("a part is left: %v", left)
				}
			}
			if asked := count(p.to, memfs.OpHash) > 0; asked != tc.asked {
				t.Errorf("a hash was asked for: %v, want %v", asked, tc.asked)
			}
			if tc.kind == vfs.KindUnsupported && !tc.asked && count(p.to, memfs.OpCreate) > 0 {
				t.Error("bytes moved though it was clear that they could not be verified")
			}
			if doubted := count(p.from, memfs.OpDoubt)+count(p.to, memfs.OpDoubt) == 2; doubted != (tc.kind == vfs.KindHash) {
				t.Errorf("both sides are doubted: %v", doubted)
			}
		})
	}
}

func TestAHashProvesTheResumedBytesToo(t *testing.T) {
	content := random(400_000, 42)
	p := newPair(t, content)
	// The first byte is another, far before the overlap.
	p.to.Put(partName, "X"+content[1:200_000], day(9))
	p.made = &transfer.Identity{Size: 400_000, ModTime: day(10)}
	p.mustFail(vfs.KindHash)
	p.wantFiles(map[string]string{})
	if result := p.mustBeDone(); result.Bytes != 400_000 || result.Verified != "hash" {
		t.Errorf("the next run moved %d bytes and verified by %q, want all by hash", result.Bytes, result.Verified)
	}
	p.wantFiles(map[string]string{targetName: content})
}

func TestAResumedTargetWithOtherBytesIsNeverCalledTheSame(t *testing.T) {
	content := random(300_000, 43)
	p := newPair(t, content)
	p.job.Exists = transfer.Resume
	bad := "X" + content[1:200_000]
	p.to.Put(targetName, bad, day(1))
	p.mustFail(vfs.KindHash)
	p.mustFail(vfs.KindHash) // as long as the source by now
	p.to.Put(targetName, content, day(1))
	if result := p.mustBeDone(); result.Verified != "hash" || result.Bytes != 0 || !result.TimeKept {
		t.Errorf("result %+v, want one by hash without a byte moved", result)
	}
}

func TestASourceThatChangesWhileItIsHashedIsNamedAsTheReason(t *testing.T) {
	p := newPair(t, "some text")
	p.from.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpHash {
			p.from.Put(sourceName, "more of the text", day(11))
		}
		return nil
	})
	p.mustFail(vfs.KindChanged)
	p.wantFiles(map[string]string{})
}

func TestACancelEndsTheHashing(t *testing.T) {
	p := newPair(t, "some text")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.to.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op != memfs.OpHash {
			return nil
		}
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	if _, err := p.run(ctx); vfs.KindOf(err) != vfs.KindCancelled {
		t.Fatalf("error %v, want cancelled", err)
	}
	p.wantFiles(map[string]string{partName: "some text"})
}

func TestBetweenTwoFilesHereNothingIsHashedUnlessAlways(t *testing.T) {
	for verify, want := range map[transfer.Verify]string{"": "size", transfer.VerifyOff: "size", transfer.VerifyAlways: "hash"} {
		t.Run(string(verify)+" gives "+want, func(t *testing.T) {
			dir, here := t.TempDir(), localfs.New()
			defer here.Close()
			if err := os.WriteFile(filepath.Join(dir, "from"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			at, err := localfs.FromOS(dir)
			if err != nil {
				t.Fatal(err)
			}
			from, _ := at.Join("from")
			to, _ := at.Join("to")
			result, err := transfer.Run(t.Context(), transfer.Job{
				Source: transfer.File{FS: here, Path: from}, Target: transfer.File{FS: here, Path: to}, Verify: verify,
			})
			if err != nil || result.Verified != want {
				t.Errorf("verified by %q, want %q: %v", result.Verified, want, err)
			}
		})
	}
}

func TestTheSourceIsHashedOnceAndTheTargetIsThePart(t *testing.T) {
	p := newPair(t, "some text")
	p.mustBeDone()
	want := memfs.Call{Op: memfs.OpHash, Path: vfs.MustParse(partName)}
	if n := count(p.from, memfs.OpHash) + count(p.to, memfs.OpHash); n != 2 || !slices.Contains(p.to.Calls(), want) {
		t.Errorf("%d hashes were asked for; the target was asked %v", n, p.to.Calls())
	}
}

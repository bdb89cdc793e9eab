package transfer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

const (
	unixText  = "one\ntwo\nthree\n"
	dosText   = "one\r\ntwo\r\nthree\r\n"
	mixedText = "one\r\ntwo\nthree\n"
)

func TestChangedLineEndsAreSentOnceMore(t *testing.T) {
	long := strings.Repeat(dosText, 20_000) // several buffers, parted at any byte
	for outcome, tc := range map[string]struct {
		content string
		op      memfs.Op // on the source's side for OpRead, else on the target's
		ends    memfs.LineEnds
		times   int // streams that are damaged; below 0: all
	}{
		"a download gets returns":               {unixText, memfs.OpRead, memfs.ToCRLF, 1},
		"a download loses returns":              {dosText, memfs.OpRead, memfs.ToLF, 1},
		"an upload gets returns":                {unixText, memfs.OpWrite, memfs.ToCRLF, 1},
		"an upload of both ends gets returns":   {mixedText, memfs.OpWrite, memfs.ToCRLF, 1},
		"an upload loses returns":               {dosText, memfs.OpWrite, memfs.ToLF, 1},
		"an upload of both ends loses returns":  {mixedText, memfs.OpWrite, memfs.ToLF, 1},
		"a long upload loses returns":           {long, memfs.OpWrite, memfs.ToLF, 1},
		"a long download loses returns":         {long, memfs.OpRead, memfs.ToLF, 1},
		"a download gets returns every time":    {unixText, memfs.OpRead, memfs.ToCRLF, -1},
		"a download loses returns every time":   {dosText, memfs.OpRead, memfs.ToLF, -1},
		"an upload gets returns every time":     {unixText, memfs.OpWrite, memfs.ToCRLF, -1},
		"an upload loses returns every time":    {dosText, memfs.OpWrite, memfs.ToLF, -1},
		"an upload loses returns twice in time": {dosText, memfs.OpWrite, memfs.ToLF, 2},
	} {
		for _, verify := range []transfer.Verify{transfer.VerifyOff, transfer.VerifyOffered} {
			t.Run(outcome+", verify "+string(verify), func(t *testing.T) {
				p := newPair(t, tc.content)
				p.job.Verify = verify
				p.from.SetChunk(1021)
				p.to.Put(targetName, "old", day(1))
				side := p.to
				if tc.op == memfs.OpRead {
					side = p.from
				}
				side.Inject(memfs.Fault{Op: tc.op, LineEnds: tc.ends, Times: tc.times})
				doubts := 1
				if tc.times == 1 {
					p.mustBeDone()
					p.wantFiles(map[string]string{targetName: tc.content})
				} else {
					doubts = 2
					_, err := p.run(t.Context())
					var e *vfs.Error
					if !errors.As(err, &e) || e.Kind != vfs.KindSize || !strings.Contains(e.Reply, "line ends") {
						t.Fatalf("error %v, want one of size that names the line ends", err)
					}
					p.wantFiles(map[string]string{targetName: "old"})
				}
				for name, f := range map[string]*memfs.FS{"source": p.from, "target": p.to} {
					if n := count(f, memfs.OpDoubt); n != doubts {
						t.Errorf("the %s was doubted %d times, want %d", name, n, doubts)
					}
				}
				if n := count(p.to, memfs.OpCreate); n != 2 {
					t.Errorf("the file was sent %d times, want 2", n)
				}
			})
		}
	}
}

// strict ends streams as an FTP session does: at the announced size, with the
// failure that more came.
type strict struct {
	vfs.FS
	first int64 // streams that have more to give
}

func (s *strict) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := s.FS.Open(ctx, p, offset)
	if s.first--; err != nil || s.first < 0 {
		return r, err
	}
	return &strictReader{Reader: r, left: r.Size() - offset}, nil
}

type strictReader struct {
	vfs.Reader
	left int64
}

func (r *strictReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p[:min(int64(len(p)), r.left)])
	if r.left -= int64(n); r.left == 0 {
		err = &vfs.Error{Op: "read", Kind: vfs.KindSize, Reply: "more came than was announced"}
	}
	return n, err
}

func TestASourceThatStopsItselfAtTheSizeIsSentOnceMore(t *testing.T) {
	for outcome, tc := range map[string]struct {
		content string
		streams int64
		want    string // of the target; "" fails with a size
		creates int
	}{
		"line ends were changed": {unixText, 1, unixText, 2},
		"they are so every time": {unixText, 9, "", 2},
		"there are none":         {"binary, all of it", 9, "", 1},
		"all of them are plain":  {unixText + unixText, 9, "", 1},
		"one of them is plain":   {mixedText, 9, "", 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, tc.content)
			if tc.content == unixText {
				p.from.Inject(memfs.Fault{Op: memfs.OpRead, LineEnds: memfs.ToCRLF, Times: int(tc.streams)})
			}
			p.job.Source.FS = &strict{FS: p.from, first: tc.streams}
			if tc.want == "" {
				p.mustFail(vfs.KindSize)
				p.wantFiles(map[string]string{})
			} else {
				p.mustBeDone()
				p.wantFiles(map[string]string{targetName: tc.want})
			}
			if n := count(p.to, memfs.OpCreate); n != tc.creates {
				t.Errorf("the file was sent %d times, want %d", n, tc.creates)
			}
		})
	}
}

func TestAnotherWrongSizeIsNotTakenForLineEnds(t *testing.T) {
	for outcome, tc := range map[string]struct {
		content string
		fault   memfs.Fault // on the source's side for OpRead, else on the target's
		told    int64       // by the source; 0: the truth
	}{
		"a download cut inside of a line": {dosText, memfs.Fault{Op: memfs.OpRead, Bytes: 7, Lie: true}, 0},
		"an upload cut inside of a line":  {unixText, memfs.Fault{Op: memfs.OpWrite, Bytes: 7, Lie: true}, 0},
		"more bytes, without line ends":   {"some text", memfs.Fault{Op: memfs.OpStat, Skip: 99}, 5},
		"more bytes, with plain ends":     {unixText, memfs.Fault{Op: memfs.OpStat, Skip: 99}, 9},
		"no bytes at all":                 {unixText, memfs.Fault{Op: memfs.OpWrite, Bytes: 1, Lie: true}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, tc.content)
			if tc.told > 0 {
				p.from.Announce(source, tc.told)
			}
			side := p.to
			if tc.fault.Op == memfs.OpRead {
				side = p.from
			}
			side.Inject(tc.fault)
			_, err := p.run(t.Context())
			if vfs.KindOf(err) != vfs.KindSize || strings.Contains(err.Error(), "line ends") {
				t.Fatalf("error %v, want one of size without line ends", err)
			}
			if n := count(p.to, memfs.OpCreate); n != 1 {
				t.Errorf("the file was sent %d times, want once", n)
			}
			p.wantFiles(map[string]string{})
		})
	}
}

func TestWhatWasCutOffEarlyIsNotReadForItsLineEnds(t *testing.T) {
	p := newPair(t, strings.Repeat(dosText, 1000))
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 5000, Lie: true})
	p.mustFail(vfs.KindSize)
	if n := count(p.from, memfs.OpOpen); n != 1 {
		t.Errorf("the source was opened %d times, want once", n)
	}
}

// cut ends in a failure of size, and tells of none before.
type cut struct{ vfs.Reader }

func (cut) Size() int64 { return vfs.SizeUnknown }

func (c cut) Close() error {
	return errors.Join(&vfs.Error{Op: "read", Kind: vfs.KindSize, Reply: "the connection was cut"}, c.Reader.Close())
}

// unsized is a server that has no word for sizes.
type unsized struct{ vfs.FS }

func (u unsized) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := u.FS.Stat(ctx, p)
	e.Size = vfs.SizeUnknown
	return e, err
}

func (u unsized) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := u.FS.Open(ctx, p, offset)
	return cut{r}, err
}

func TestLineEndsOfAFileWhoseSizeNobodyKnowsTellNothing(t *testing.T) {
	p := newPair(t, dosText)
	p.job.Source.FS = unsized{p.from}
	p.mustFail(vfs.KindSize)
	if n := count(p.to, memfs.OpCreate); n != 1 {
		t.Errorf("the file was sent %d times, want once", n)
	}
}

func TestAResumedPartDamagedInItsLineEndsBeginsAnew(t *testing.T) {
	content := strings.Repeat(dosText, 10_000)
	p := newPair(t, content)
	p.to.Put(partName, content[:70_000], day(9))
	p.made = &transfer.Identity{Size: int64(len(content)), ModTime: day(10)}
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, LineEnds: memfs.ToLF})
	if result := p.mustBeDone(); result.Bytes != int64(len(content)) {
		t.Errorf("%d bytes moved, want all %d", result.Bytes, len(content))
	}
	p.wantFiles(map[string]string{targetName: content})
}

func TestAResumedTargetIsNotSentAgainForItsLineEnds(t *testing.T) {
	content := strings.Repeat(dosText, 10_000)
	p := newPair(t, content)
	p.job.Exists = transfer.Resume
	p.to.Put(targetName, content[:70_000], day(9))
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, LineEnds: memfs.ToLF})
	_, err := p.run(t.Context())
	if vfs.KindOf(err) != vfs.KindSize || !strings.Contains(err.Error(), "line ends") || count(p.to, memfs.OpDoubt) != 1 {
		t.Errorf("error %v, want one of size that names the line ends", err)
	}
}

func TestTheQuestionIsAskedOnceThoughTheFileIsSentTwice(t *testing.T) {
	p := newPair(t, unixText)
	p.to.Put(targetName, "old", day(1))
	p.job.Exists = transfer.Rename
	starts := 0
	keep := p.job.OnStart
	p.job.OnStart = func(id transfer.Identity, to vfs.Path) error {
		if !id.ModTime.IsZero() {
			starts++
		}
		return keep(id, to)
	}
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, LineEnds: memfs.ToCRLF})
	if result := p.mustBeDone(); result.Target.String() != "/dst/file (2).txt" || starts != 1 {
		t.Errorf("it became %s after %d starts", result.Target, starts)
	}
	p.wantFiles(map[string]string{targetName: "old", "/dst/file (2).txt": unixText})
}

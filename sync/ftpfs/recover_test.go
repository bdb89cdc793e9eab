package ftpfs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

func TestStuckSessionIsFollowedByAnother(t *testing.T) {
	blocked := func(left ...wire.Rung) error {
		return &vfs.Error{Op: "test", Kind: vfs.KindNoData, Err: &wire.Blocked{Left: left}}
	}
	for outcome, tc := range map[string]struct {
		answers []error // of one session after the other, then nil
		calls   int
		want    vfs.Kind
	}{
		"ways are left: the next one works":    {[]error{blocked(EPSV, PASV)}, 2, vfs.KindOther},
		"one after the other":                  {[]error{blocked(EPSV, PASV, PORT), blocked(PASV, PORT), blocked(PORT)}, 4, vfs.KindOther},
		"none is left":                         {[]error{blocked(EPSV), blocked()}, 2, vfs.KindNoData},
		"none was left from the start":         {[]error{blocked()}, 1, vfs.KindNoData},
		"it does not get less":                 {[]error{blocked(EPSV, PASV), blocked(EPSV, PASV)}, 2, vfs.KindNoData},
		"nobody says that nothing took effect": {[]error{&vfs.Error{Op: "test", Kind: vfs.KindNoData}}, 1, vfs.KindNoData},
		"a refusal on the way is the answer":   {[]error{blocked(PASV), &vfs.Error{Kind: vfs.KindPermission}}, 2, vfs.KindPermission},
	} {
		for _, name := range []string{"list", "read", "write"} {
			t.Run(outcome+", "+name, func(t *testing.T) {
				b, f := fake(t, 4)
				b.answer = func(call string, nth int) error {
					if call == name && nth <= len(tc.answers) {
						return tc.answers[nth-1]
					}
					return nil
				}
				err := everyCall(f)[name](t.Context())
				if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) || b.count(name) != tc.calls {
					t.Errorf("error %v after %d calls", err, b.count(name))
				}
			})
		}
	}
}

func TestStuckSessionIsNotFollowedOnceCancelled(t *testing.T) {
	b, f := fake(t, 4)
	ctx, cancel := context.WithCancel(t.Context())
	b.answer = func(call string, _ int) error {
		if call != "write" {
			return nil
		}
		cancel()
		return &vfs.Error{Op: "test", Kind: vfs.KindNoData, Err: &wire.Blocked{Left: []wire.Rung{PASV}}}
	}
	if err := everyCall(f)["write"](ctx); err == nil || b.count("write") != 1 {
		t.Errorf("error %v after %d calls", err, b.count("write"))
	}
}

var errNoVerdict = &vfs.Error{Op: "test", Kind: vfs.KindLost, Err: session.ErrNoVerdict}

// TestMissingVerdictIsSettledBySize moves seven bytes behind an offset, and
// then the final reply does not come.
func TestMissingVerdictIsSettledBySize(t *testing.T) {
	const offset, moved = 100, 7
	file := func(size int64) vfs.Entry { return vfs.Entry{Type: vfs.TypeFile, Size: size} }
	for outcome, tc := range map[string]struct {
		verdict error
		entry   vfs.Entry
		stat    error
		want    vfs.Kind
		looks   int
	}{
		"the size is right: it stands":        {errNoVerdict, file(offset + moved), nil, vfs.KindOther, 1},
		"bytes are missing":                   {errNoVerdict, file(offset + moved - 1), nil, vfs.KindLost, 3},
		"there are more":                      {errNoVerdict, file(offset + moved + 1), nil, vfs.KindLost, 1},
		"the size is not known":               {errNoVerdict, file(vfs.SizeUnknown), nil, vfs.KindLost, 1},
		"it is no file":                       {errNoVerdict, vfs.Entry{Type: vfs.TypeDir, Size: offset + moved}, nil, vfs.KindLost, 1},
		"it is not there":                     {errNoVerdict, vfs.Entry{}, &vfs.Error{Kind: vfs.KindNotFound}, vfs.KindLost, 2},
		"another loss is not looked into":     {&vfs.Error{Kind: vfs.KindLost}, file(offset + moved), nil, vfs.KindLost, 0},
		"a refusal is not looked into":        {&vfs.Error{Kind: vfs.KindNoSpace}, file(offset + moved), nil, vfs.KindNoSpace, 0},
		"with a verdict nobody needs to look": {nil, file(0), nil, vfs.KindOther, 0},
	} {
		for _, dir := range []string{"upload", "download"} {
			t.Run(outcome+", "+dir, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, f := fake(t, 1)
					b.fail["commit"], b.fail["close"] = tc.verdict, tc.verdict
					b.entry, b.fail["stat"] = tc.entry, tc.stat
					err := move(t, f, dir, offset)
					if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) || b.count("stat") != tc.looks {
						t.Errorf("error %v after %d looks", err, b.count("stat"))
					}
				})
			})
		}
	}
}

// TestUploadWithoutAVerdictWantsProofThatItIsNew: a server that keeps what it
// gets under another name until the end has the older file there, whose size can
// be the same.
func TestUploadWithoutAVerdictWantsProofThatItIsNew(t *testing.T) {
	const unknown = time.Duration(-1 << 62)
	for outcome, tc := range map[string]struct {
		tries []time.Duration // the file's time after each of them, against ours
		step  time.Duration   // of the file's time
		want  vfs.Kind        // of the last one
	}{
		"it was written just now: it stands":                   {[]time.Duration{0}, time.Second, vfs.KindOther},
		"its time is cut to the minute: it stands":             {[]time.Duration{-59 * time.Second}, time.Minute, vfs.KindOther},
		"it is older: nobody knows":                            {[]time.Duration{-time.Minute}, time.Second, vfs.KindLost},
		"it is of a time to come: nobody knows":                {[]time.Duration{time.Hour}, time.Second, vfs.KindLost},
		"no time is told: nobody knows":                        {[]time.Duration{unknown}, 0, vfs.KindLost},
		"only the day is told: nobody knows":                   {[]time.Duration{0}, 24 * time.Hour, vfs.KindLost},
		"it is older still after another try: nobody knows":    {[]time.Duration{-time.Hour, -time.Hour}, time.Second, vfs.KindLost},
		"another try changed its time by a clock of its own":   {[]time.Duration{-time.Hour, -time.Hour + time.Second}, time.Second, vfs.KindOther},
		"another try leaves it as no time is told: who knows":  {[]time.Duration{unknown, unknown}, 0, vfs.KindLost},
		"a time that was not told before is no sign of change": {[]time.Duration{unknown, -time.Hour}, time.Second, vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 1)
				b.fail["commit"] = errNoVerdict
				now := time.Now()
				var err error
				for _, offset := range tc.tries {
					b.stat = func(vfs.Path) (vfs.Entry, error) {
						e := vfs.Entry{Type: vfs.TypeFile, Size: 7}
						if offset != unknown {
							e.ModTime, e.Accuracy = now.Add(offset), tc.step
						}
						return e, nil
					}
					err = move(t, f, "upload", 0)
				}
				if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// TestFileThatGrowsStillIsWaitedFor: the last bytes are on their way, or the
// server gives the file its name at the end.
func TestFileThatGrowsStillIsWaitedFor(t *testing.T) {
	for outcome, tc := range map[string]struct {
		sizes []int64 // as they are seen; -1: not there
		cut   bool    // the call is cancelled at the last of them
		want  vfs.Kind
	}{
		"it grows to its end":     {[]int64{1, 1, 3, 3, 5, 5, 7}, false, vfs.KindOther},
		"it appears":              {[]int64{-1, 7}, false, vfs.KindOther},
		"it grows beyond it":      {[]int64{1, 3, 8}, false, vfs.KindLost},
		"it stops":                {[]int64{1, 3, 3, 3}, false, vfs.KindLost},
		"it does not appear":      {[]int64{-1, -1}, false, vfs.KindLost},
		"nobody waits any longer": {[]int64{1, 2}, true, vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 1)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b.fail["commit"] = errNoVerdict
				looks := 0
				b.stat = func(vfs.Path) (vfs.Entry, error) {
					size := tc.sizes[looks]
					if looks++; looks == len(tc.sizes) && tc.cut {
						cancel()
					}
					if size < 0 {
						return vfs.Entry{}, &vfs.Error{Op: "stat", Kind: vfs.KindNotFound}
					}
					return vfs.Entry{Type: vfs.TypeFile, Size: size}, nil
				}
				w, err := f.Create(ctx, somewhere, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write([]byte("content")); err != nil {
					t.Fatal(err)
				}
				err = w.Commit()
				if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) || looks != len(tc.sizes) {
					t.Errorf("error %v after %d looks", err, looks)
				}
			})
		})
	}
}

func TestMissingVerdictIsLeftAloneOnceClosed(t *testing.T) {
	b, f := fake(t, 1)
	b.fail["commit"] = errNoVerdict
	w, err := f.Create(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); vfs.KindOf(err) != vfs.KindCancelled || b.count("stat") != 0 {
		t.Errorf("error %v after %d looks", err, b.count("stat"))
	}
}

// move moves "content" to or from behind offset.
func move(t *testing.T, f *FS, dir string, offset int64) error {
	t.Helper()
	if dir == "upload" {
		w, err := f.Create(t.Context(), somewhere, offset)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("con")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.(*writer).ReadFrom(strings.NewReader("tent")); err != nil {
			t.Fatal(err)
		}
		return w.Commit()
	}
	r, err := f.Open(t.Context(), somewhere, offset)
	if err != nil {
		t.Fatal(err)
	}
	var head [3]byte
	if _, err := r.Read(head[:]); err != nil {
		t.Fatal(err)
	}
	var rest strings.Builder
	if _, err := r.(*reader).WriteTo(&rest); err != nil || rest.String() != "tent" {
		t.Fatal(rest.String(), err)
	}
	return r.Close()
}

// TestFirewallThatForgetsIsNotNoticed: connections idle, a router drops them
// without a word, and then swallows what is sent.
func TestFirewallThatForgetsIsNotNoticed(t *testing.T) {
	for name := range everyCall(nil) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 3)
				warmUp(t, f)
				<-time.After(50 * time.Second)
				b.swallow()
				start, before := time.Now(), b.count(name)
				if err := everyCall(f)[name](t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > 3*time.Second || b.count(name) != before+1 {
					t.Errorf("it took %v and was sent %d times", took, b.count(name)-before)
				}
			})
		})
	}
}

// TestConnectionSwallowedInUseFailsNoLookup: too short a pause to ask first
// whether the connection still stands, as when a network changes under a
// person's hands.
func TestConnectionSwallowedInUseFailsNoLookup(t *testing.T) {
	for _, name := range []string{"list", "stat", "read"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 3)
				warmUp(t, f)
				<-time.After(2 * time.Second)
				b.swallow()
				before := b.count(name)
				if err := everyCall(f)[name](t.Context()); err != nil {
					t.Fatal(err)
				}
				if again := b.count(name) - before; again != 2 {
					t.Errorf("it was sent %d times", again)
				}
			})
		})
	}
}

func TestKeepAliveIsAskedForBySite(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keep  site.KeepAlive
		noops int
	}{
		"off":  {site.KeepAliveOff, 0},
		"noop": {site.KeepAliveNoop, 10},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fakeWith(t, Config{Site: site.Site{Host: "fake", KeepAlive: tc.keep}}, &session.Learned{})
				if _, err := f.Stat(t.Context(), somewhere); err != nil {
					t.Fatal(err)
				}
				<-time.After(5*time.Minute + time.Second)
				if got := b.count("noop"); got != tc.noops {
					t.Errorf("%d NOOPs in five minutes", got)
				}
			})
		})
	}
}

func TestErrorOfAStuckSessionKeepsItsFindings(t *testing.T) {
	b, f := fake(t, 1)
	b.fail["list"] = &vfs.Error{Op: "list", Kind: vfs.KindNoData, Err: &wire.Blocked{Attempts: []wire.Attempt{{Rung: EPSV, Outcome: Silent}}}}
	_, err := f.List(t.Context(), somewhere)
	var found *Blocked
	if !errors.As(err, &found) || len(found.Attempts) != 1 {
		t.Errorf("the error is %v", err)
	}
}

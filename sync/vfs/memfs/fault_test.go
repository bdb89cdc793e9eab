package memfs_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

const name = "/dir/file"

func planted() (*memfs.FS, vfs.Path) {
	f := memfs.New()
	f.Put(name, "0123456789", time.Unix(1000, 0))
	return f, vfs.MustParse(name)
}

func stat(t *testing.T, f *memfs.FS) error {
	t.Helper()
	_, err := f.Stat(t.Context(), vfs.MustParse(name))
	return err
}

func TestFaultsStrikeTheCallsTheyName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		fault memfs.Fault
		want  []bool // of four calls of Stat: does it fail?
	}{
		"once":                {memfs.Fault{Op: memfs.OpStat}, []bool{true, false, false, false}},
		"twice":               {memfs.Fault{Op: memfs.OpStat, Times: 2}, []bool{true, true, false, false}},
		"for ever":            {memfs.Fault{Times: -1}, []bool{true, true, true, true}},
		"after two":           {memfs.Fault{Skip: 2}, []bool{false, false, true, false}},
		"for this path":       {memfs.Fault{Path: "/dir/f*"}, []bool{true, false, false, false}},
		"not for another":     {memfs.Fault{Path: "/dir/g*"}, []bool{false, false, false, false}},
		"not for another op":  {memfs.Fault{Op: memfs.OpList}, []bool{false, false, false, false}},
		"not for a bad glob":  {memfs.Fault{Path: "["}, []bool{false, false, false, false}},
		"not before the byte": {memfs.Fault{Op: memfs.OpRead, Bytes: 5}, []bool{false, false, false, false}},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, _ := planted()
			tc.fault.Kind = vfs.KindLost
			f.Inject(tc.fault)
			for i, want := range tc.want {
				err := stat(t, f)
				if (err != nil) != want || err != nil && vfs.KindOf(err) != vfs.KindLost {
					t.Fatalf("call %d: %v, want a failure: %v", i+1, err, want)
				}
			}
		})
	}
}

func TestHealTakesFaultsBack(t *testing.T) {
	f, _ := planted()
	f.Fail("", "", -1, vfs.KindBusy)
	if vfs.KindOf(stat(t, f)) != vfs.KindBusy {
		t.Fatal("the fault did not strike")
	}
	f.Heal()
	if err := stat(t, f); err != nil {
		t.Fatal(err)
	}
}

func TestALostReplyHasTakenEffect(t *testing.T) {
	f, p := planted()
	to := vfs.MustParse("/dir/new")
	f.Inject(memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindLost, After: true})
	if err := f.Rename(t.Context(), p, to, false); vfs.KindOf(err) != vfs.KindLost {
		t.Fatalf("error %v, want lost", err)
	}
	if _, there := f.Get(to.String()); !there {
		t.Fatal("it has not taken effect")
	}
}

func read(t *testing.T, f *memfs.FS, p vfs.Path) (string, error) {
	t.Helper()
	r, err := f.Open(t.Context(), p, 0)
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(r)
	return string(got), errors.Join(err, r.Close())
}

func write(t *testing.T, f *memfs.FS, p vfs.Path, text string) error {
	t.Helper()
	w, err := f.Create(t.Context(), p, 0)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Commit()
}

func TestStreamsBreakAtTheByte(t *testing.T) {
	for outcome, tc := range map[string]struct {
		fault memfs.Fault
		want  string
		kind  vfs.Kind
	}{
		"a read that fails": {memfs.Fault{Op: memfs.OpRead, Bytes: 4, Kind: vfs.KindLost}, "0123", vfs.KindLost},
		"a read that lies":  {memfs.Fault{Op: memfs.OpRead, Bytes: 4, Lie: true}, "0123", 0},
		"a write that fails": {
			memfs.Fault{Op: memfs.OpWrite, Bytes: 4, Kind: vfs.KindNoSpace}, "abcd", vfs.KindNoSpace,
		},
		"a write that lies":    {memfs.Fault{Op: memfs.OpWrite, Bytes: 4, Lie: true}, "abcd", 0},
		"beyond the end: none": {memfs.Fault{Op: memfs.OpRead, Bytes: 11, Kind: vfs.KindLost}, "0123456789", 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, p := planted()
			f.Inject(tc.fault)
			var got string
			var err error
			if tc.fault.Op == memfs.OpRead {
				got, err = read(t, f, p)
			} else {
				err = write(t, f, p, "abcdefghij")
				got, _ = f.Get(name)
			}
			if got != tc.want || (err != nil) != (tc.kind != 0) || err != nil && vfs.KindOf(err) != tc.kind {
				t.Fatalf("%q, %v; want %q, %v", got, err, tc.want, tc.kind)
			}
		})
	}
}

func TestAnnouncedSizesAreTold(t *testing.T) {
	f, p := planted()
	f.Announce(p, 99)
	e, err := f.Stat(t.Context(), p)
	if err != nil || e.Size != 99 {
		t.Errorf("stat says %d, want 99: %v", e.Size, err)
	}
	r, err := f.Open(t.Context(), p, 0)
	if err != nil || r.Size() != 99 {
		t.Errorf("the stream says %d, want 99: %v", r.Size(), err)
	}
	if n := f.OpenStreams(); n != 1 {
		t.Errorf("%d streams are open, want 1", n)
	}
	if err := r.Close(); err != nil || f.OpenStreams() != 0 {
		t.Errorf("%d streams are open, want none: %v", f.OpenStreams(), err)
	}
}

func TestAHookCanHoldACallAndFailIt(t *testing.T) {
	f, _ := planted()
	arrived, release := make(chan memfs.Call), make(chan error)
	f.SetHook(func(_ context.Context, c memfs.Call) error {
		arrived <- c
		return <-release
	})
	done := make(chan error)
	go func() { done <- stat(t, f) }()
	if c := <-arrived; c.Op != memfs.OpStat || c.Path.String() != name {
		t.Errorf("the hook saw %+v", c)
	}
	release <- &vfs.Error{Op: "stat", Kind: vfs.KindBusy}
	if err := <-done; vfs.KindOf(err) != vfs.KindBusy {
		t.Errorf("error %v, want busy", err)
	}
	f.SetHook(nil)
	if err := stat(t, f); err != nil {
		t.Error(err)
	}
	if calls := f.Calls(); len(calls) != 2 || calls[0].Op != memfs.OpStat {
		t.Errorf("calls %v, want two of stat", calls)
	}
}

func TestPlantingAndTakingAway(t *testing.T) {
	f, _ := planted()
	f.PutDir("/empty")
	f.PutDir("/empty")
	f.PutLink("/link", "dir/file")
	f.PutLink("/round", "/round")
	f.PutOther("/device")
	if got, ok := f.Get("/link"); !ok || got != "0123456789" {
		t.Errorf("through the link %q", got)
	}
	for _, none := range []string{"/empty", "/round", "/device", "/missing"} {
		if _, ok := f.Get(none); ok {
			t.Errorf("%s is a file", none)
		}
	}
	if len(f.Files()) != 1 {
		t.Errorf("files %v, want one", f.Files())
	}
	f.Drop("/dir")
	f.Drop("/missing/too")
	if len(f.Files()) != 0 {
		t.Errorf("files %v, want none", f.Files())
	}
	defer func() {
		if recover() == nil {
			t.Error("planting below a device does not panic")
		}
	}()
	f.Put("/device/file", "", time.Time{})
}

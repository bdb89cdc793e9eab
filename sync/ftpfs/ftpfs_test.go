package ftpfs

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

var somewhere = vfs.MustParse("/folder/file")

// everyCall makes each call of vfs.FS by name; streams are ended at once.
func everyCall(f *FS) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"list":   func(ctx context.Context) error { _, err := f.List(ctx, somewhere); return err },
		"stat":   func(ctx context.Context) error { _, err := f.Stat(ctx, somewhere); return err },
		"rename": func(ctx context.Context) error { return f.Rename(ctx, somewhere, somewhere, true) },
		"remove": func(ctx context.Context) error { return f.Remove(ctx, somewhere) },
		"rmdir":  func(ctx context.Context) error { return f.RemoveDir(ctx, somewhere) },
		"mkdir":  func(ctx context.Context) error { return f.Mkdir(ctx, somewhere) },
		"time":   func(ctx context.Context) error { return f.SetTime(ctx, somewhere, time.Now()) },
		"mode":   func(ctx context.Context) error { return f.SetMode(ctx, somewhere, 0o644) },
		"read": func(ctx context.Context) error {
			r, err := f.Open(ctx, somewhere, 0)
			if err != nil {
				return err
			}
			return r.Close()
		},
		"write": func(ctx context.Context) error {
			w, err := f.Create(ctx, somewhere, 0)
			if err != nil {
				return err
			}
			return w.Abort()
		},
	}
}

func looksOnly(name string) bool { return name == "list" || name == "stat" || name == "read" }

func TestDeadConnectionIsNotNoticed(t *testing.T) {
	for name := range everyCall(nil) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 1)
				warmUp(t, f)
				b.kill()
				<-time.After(5 * time.Second)
				if err := everyCall(f)[name](t.Context()); err != nil {
					t.Fatal(err)
				}
				// What changes something has reached no dead connection.
				if got := b.count(name); !looksOnly(name) && got != 1 {
					t.Errorf("it was sent %d times", got)
				}
			})
		})
	}
}

// warmUp opens the browsing session and one for transfers.
func warmUp(t *testing.T, f *FS) {
	t.Helper()
	r, err := f.Open(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := f.Features(t.Context()); err != nil {
		t.Fatal(err)
	}
	lease, err := f.pool.Acquire(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	lease.Release()
}

func TestConnectionLostInTheCallIsAnErrorForChanges(t *testing.T) {
	for name := range everyCall(nil) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, f := fake(t, 1)
				warmUp(t, f)
				b.kill() // within the second in which a session counts as alive
				before := b.count(name)
				err := everyCall(f)[name](t.Context())
				if looksOnly(name) {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				if vfs.KindOf(err) != vfs.KindLost || b.count(name) != before+1 {
					t.Fatalf("error %v after %d calls", err, b.count(name)-before)
				}
			})
		})
	}
}

func TestLookUpIsRepeatedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := fake(t, 1)
		warmUp(t, f)
		b.kill()
		b.fail["dial"] = &vfs.Error{Op: "connect", Kind: vfs.KindRefused}
		if _, err := f.List(t.Context(), somewhere); vfs.KindOf(err) != vfs.KindRefused {
			t.Fatalf("while the server is away: %v", err)
		}
		delete(b.fail, "dial")
		b.fail["list"] = &vfs.Error{Op: "list", Kind: vfs.KindNotFound}
		before := b.count("list")
		if _, err := f.List(t.Context(), somewhere); vfs.KindOf(err) != vfs.KindNotFound {
			t.Fatal(err)
		}
		if got := b.count("list") - before; got != 1 {
			t.Fatalf("an honest refusal was asked for %d times", got)
		}
	})
}

func TestConnectionLostInItsFirstCallIsAnError(t *testing.T) {
	b, f := fake(t, 1)
	b.cut = "list"
	if _, err := f.List(t.Context(), somewhere); vfs.KindOf(err) != vfs.KindLost || b.count("list") != 1 {
		t.Fatalf("error %v after %d calls", err, b.count("list"))
	}
}

// TestUnclearRefusalIsLookedInto has the answers of vsftpd, which says the
// same of a folder that is missing and of one that may not be entered.
func TestUnclearRefusalIsLookedInto(t *testing.T) {
	unclear := &vfs.Error{Op: "stat", Kind: vfs.KindOther, Reply: "550 Failed to change directory."}
	gone := &vfs.Error{Op: "stat", Kind: vfs.KindNotFound}
	for outcome, tc := range map[string]struct {
		answers map[string]error // of the folders above; nil for a folder
		file    string
		want    vfs.Kind
	}{
		"the folder above is missing":     {map[string]error{"/a": nil, "/a/b": gone}, "", vfs.KindNotFound},
		"one further up is missing":       {map[string]error{"/a": gone, "/a/b": unclear}, "", vfs.KindNotFound},
		"a file is in the way":            {map[string]error{"/a": nil, "/a/b": nil}, "/a/b", vfs.KindNotFound},
		"all are there: it stays unclear": {map[string]error{"/a": nil, "/a/b": nil}, "", vfs.KindOther},
		"nobody can tell":                 {map[string]error{"/a": unclear, "/a/b": unclear, "/": unclear}, "", vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			b, f := fake(t, 1)
			b.stat = func(p vfs.Path) (vfs.Entry, error) {
				if p.Base() == "c" {
					return vfs.Entry{}, unclear
				}
				if p.String() == tc.file {
					return vfs.Entry{Type: vfs.TypeFile}, nil
				}
				return vfs.Entry{Type: vfs.TypeDir}, tc.answers[p.String()]
			}
			if _, err := f.Stat(t.Context(), vfs.MustParse("/a/b/c")); err == nil || vfs.KindOf(err) != tc.want {
				t.Fatal(err)
			}
		})
	}
}

func TestRenameLooksBeforeItTakesAName(t *testing.T) {
	gone := &vfs.Error{Op: "stat", Kind: vfs.KindNotFound}
	for outcome, tc := range map[string]struct {
		replace bool
		stat    error
		want    vfs.Kind
		renamed int
	}{
		"replace: no look":         {true, gone, vfs.KindOther, 1},
		"the name is free":         {false, gone, vfs.KindOther, 1},
		"the name is taken":        {false, nil, vfs.KindExists, 0},
		"nobody can tell: not now": {false, &vfs.Error{Op: "stat", Kind: vfs.KindPermission, Reply: "550 No"}, vfs.KindPermission, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			b, f := fake(t, 1)
			b.fail["stat"] = tc.stat
			err := f.Rename(t.Context(), somewhere, vfs.MustParse("/new"), tc.replace)
			if vfs.KindOf(err) != tc.want || (err != nil) != (tc.renamed == 0) || b.count("rename") != tc.renamed {
				t.Fatalf("error %v, renamed %d times", err, b.count("rename"))
			}
			if err != nil && !strings.HasPrefix(err.Error(), "rename /new") {
				t.Errorf("the error does not say what was tried: %v", err)
			}
		})
	}
}

func TestCloseEndsCallsAndStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := fake(t, 3)
		r, err := f.Open(t.Context(), somewhere, 0)
		if err != nil {
			t.Fatal(err)
		}
		w, err := f.Create(t.Context(), somewhere, 0)
		if err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		b.gate = make(chan struct{})
		b.mu.Unlock()
		errs := make(chan error, 2)
		go func() { _, err := f.List(t.Context(), somewhere); errs <- err }()
		go func() { _, err := w.Write([]byte("x")); errs <- err }()
		synctest.Wait()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		busy := b.busy
		b.mu.Unlock()
		if busy != 0 {
			t.Errorf("Close came back before %d calls that it broke off", busy)
		}
		for range 2 {
			if err := <-errs; vfs.KindOf(err) != vfs.KindCancelled {
				t.Errorf("what Close broke off says %v", err)
			}
		}
		if _, err := io.ReadAll(r); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("reading on: %v", err)
		}
		if err := w.Commit(); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("commit: %v", err)
		}
		if err := r.Close(); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("close: %v", err)
		}
		for name, call := range everyCall(f) {
			if err := call(t.Context()); vfs.KindOf(err) != vfs.KindCancelled {
				t.Errorf("%s after Close: %v", name, err)
			}
		}
		if _, err := f.Features(t.Context()); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("features after Close: %v", err)
		}
	})
}

func TestStreamHoldsItsSessionUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f := fake(t, 1)
		r, err := f.Open(t.Context(), somewhere, 0)
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan error, 1)
		go func() { second <- everyCall(f)["write"](t.Context()) }()
		synctest.Wait()
		if len(second) != 0 {
			t.Fatal("a second transfer did not wait")
		}
		if _, err := f.List(t.Context(), somewhere); err != nil {
			t.Fatal("listing beside the transfer:", err)
		}
		if text, err := io.ReadAll(r); string(text) != "content" || err != nil {
			t.Fatal(text, err)
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-second; err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("a read after Close: %v", err)
		}
	})
}

func TestEndedWriterKeepsItsVerdict(t *testing.T) {
	b, f := fake(t, 1)
	full := &vfs.Error{Op: "write", Kind: vfs.KindNoSpace}
	b.fail["commit"] = full
	w, err := f.Create(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(w, strings.NewReader("abc")); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	for range 2 {
		if err := w.Commit(); vfs.KindOf(err) != vfs.KindNoSpace {
			t.Fatal(err)
		}
	}
	if err := w.Abort(); vfs.KindOf(err) != vfs.KindNoSpace || b.count("abort") != 0 {
		t.Fatal("abort after commit:", err)
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Fatal("a write after commit succeeds")
	}
	w, err = f.Create(t.Context(), somewhere, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); vfs.KindOf(err) != vfs.KindCancelled {
		t.Fatal("commit after abort:", err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal("abort after abort:", err)
	}
}

func TestRefusedNameThatIsTooLongSaysSo(t *testing.T) {
	b, f := fake(t, 1)
	refused := &vfs.Error{Op: "x", Kind: vfs.KindPermission}
	b.fail["mkdir"], b.fail["write"], b.fail["rename"] = refused, refused, refused
	for n, want := range map[int]vfs.Kind{255: vfs.KindPermission, 256: vfs.KindBadName} {
		p := vfs.MustParse("/" + strings.Repeat("n", n))
		_, create := f.Create(t.Context(), p, 0)
		for what, err := range map[string]error{
			"mkdir": f.Mkdir(t.Context(), p), "create": create, "rename": f.Rename(t.Context(), somewhere, p, true),
		} {
			if vfs.KindOf(err) != want {
				t.Errorf("%s of %d bytes: %v, want %v", what, n, err, want)
			}
		}
	}
}

func TestRenameOntoAFolderSaysExists(t *testing.T) {
	b, f := fake(t, 1)
	b.fail["rename"] = &vfs.Error{Op: "rename", Kind: vfs.KindPermission}
	b.entry = vfs.Entry{Type: vfs.TypeDir}
	if err := f.Rename(t.Context(), somewhere, vfs.MustParse("/folder"), true); vfs.KindOf(err) != vfs.KindExists {
		t.Error("onto a folder:", err)
	}
	b.entry = vfs.Entry{Type: vfs.TypeFile}
	if err := f.Rename(t.Context(), somewhere, vfs.MustParse("/other"), true); vfs.KindOf(err) != vfs.KindPermission {
		t.Error("onto a file:", err)
	}
}

func TestStatusTellsOfTheLastSession(t *testing.T) {
	b, f := fake(t, 2)
	if got := f.Status(); !cmp.Equal(got, Status{Host: "fake", Limit: 3}) {
		t.Errorf("before: %+v", got)
	}
	if features, err := f.Features(t.Context()); err != nil || !features.SetTime {
		t.Fatal(features, err)
	}
	if got := f.Status(); !cmp.Equal(got, Status{Host: "fake", Server: "fake server", Mode: "passive", Via: "EPSV", Sessions: 1, Limit: 3}) {
		t.Errorf("after: %+v", got)
	}
	before := b.count("facts")
	if _, err := f.Features(t.Context()); err != nil || b.count("facts") != before {
		t.Error("features that are known were asked for again:", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Features(ctx); vfs.KindOf(err) != vfs.KindCancelled {
		t.Error("features with a ctx that is done:", err)
	}
}

func TestRefusedLoginWaitsForReset(t *testing.T) {
	b, f := fake(t, 4)
	b.fail["dial"] = &vfs.Error{Op: "connect", Kind: vfs.KindLogin}
	for range 3 {
		if _, err := f.List(t.Context(), somewhere); vfs.KindOf(err) != vfs.KindLogin {
			t.Fatal(err)
		}
	}
	if b.dials != 1 {
		t.Fatalf("the password was sent %d times", b.dials)
	}
	delete(b.fail, "dial")
	f.Reset()
	if _, err := f.List(t.Context(), somewhere); err != nil {
		t.Fatal(err)
	}
}

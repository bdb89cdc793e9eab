package pane

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestADropIsTakenWhileTheFolderIsReadAnew: that happens with each file that
// arrives, and what is dropped at that moment must not be lost.
func TestADropIsTakenWhileTheFolderIsReadAnew(t *testing.T) {
	r := newRig(t).start()
	entered := make(chan struct{}, 10)
	r.fs.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op == memfs.OpList {
			entered <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.view.list).AddXY(20, r.view.list.Size().Height-20)
	r.view.Changed()
	<-entered
	if to, ok := r.view.TargetAt(at); !ok || to.Dir != r.view.Path() {
		t.Errorf("it goes to %v, %t", to.Dir, ok)
	}
	r.loop.Advance(patience) // what is said now lies over the rows
	if to, ok := r.view.TargetAt(at); !ok || to.Dir != r.view.Path() {
		t.Errorf("once that takes long it goes to %v, %t", to.Dir, ok)
	}
	r.view.Open(vfs.MustParse("/home/anna/photos"))
	if _, ok := r.view.TargetAt(at); ok {
		t.Error("it is taken on the way to another folder")
	}
	r.view.Cancel()
	r.settle()
}

package pool

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

func TestAcquireEndsWithItsContext(t *testing.T) {
	for outcome, arrange := range map[string]func(t *testing.T, s *server, p *Pool[*fake]){
		"while it waits": func(t *testing.T, _ *server, p *Pool[*fake]) {
			acquire(t, p, Transfer)
		},
		"while it dials": func(_ *testing.T, s *server, _ *Pool[*fake]) {
			s.gate = make(chan struct{})
		},
		"while it asks for a sign of life": func(t *testing.T, s *server, p *Pool[*fake]) {
			a, b := acquire(t, p, Browse), acquire(t, p, Browse)
			a.Release()
			b.Release()
			s.set(func() { s.deaf, s.gate = make(chan struct{}), make(chan struct{}) })
			<-time.After(20 * time.Second)
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, 1)
				arrange(t, s, p)
				ctx, cancel := context.WithCancel(t.Context())
				c := async(ctx, p, Transfer)
				synctest.Wait()
				waits(t, "the acquire", c)
				cancel()
				synctest.Wait()
				failed(t, "the cancelled acquire", c, vfs.KindCancelled)
				if _, err := p.Acquire(ctx, Browse); vfs.KindOf(err) != vfs.KindCancelled {
					t.Errorf("with a ctx that is done: %v", err)
				}
				late, stop := context.WithTimeout(t.Context(), time.Second)
				defer stop()
				c = async(late, p, Transfer)
				<-time.After(time.Second)
				synctest.Wait()
				failed(t, "the late acquire", c, vfs.KindTimeout)
			})
		})
	}
}

func TestDialThatEndsTooLateServesTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{t: t, open: map[*fake]bool{}}
		gate := make(chan struct{})
		p := New(Config[*fake]{Transfers: 1, Dial: func(ctx context.Context) (*fake, error) {
			<-gate // deaf to ctx, as a name look-up can be
			return s.dial(context.WithoutCancel(ctx))
		}})
		defer p.Close()
		ctx, cancel := context.WithCancel(t.Context())
		c := async(ctx, p, Transfer)
		synctest.Wait()
		cancel()
		synctest.Wait()
		failed(t, "the cancelled acquire", c, vfs.KindCancelled)
		next := async(t.Context(), p, Transfer)
		synctest.Wait()
		close(gate)
		synctest.Wait()
		came(t, "the next", next).Release()
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		idle, lent := acquire(t, p, Browse), acquire(t, p, Transfer)
		idle.Release()
		s.set(func() { s.gate = make(chan struct{}) })
		dialling := async(t.Context(), p, Transfer)
		synctest.Wait()
		waiting := async(t.Context(), p, Transfer)
		synctest.Wait()
		p.Close()
		synctest.Wait()
		failed(t, "one that dialled", dialling, vfs.KindCancelled)
		failed(t, "one that waited", waiting, vfs.KindCancelled)
		if open, _, _ := s.count(); open != 0 {
			t.Errorf("%d are open", open)
		}
		lent.Release()
		p.Close()
		if _, err := p.Acquire(t.Context(), Browse); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("after Close: %v", err)
		}
		p.Reset()
		if got := p.Stats().Sessions; got != 0 {
			t.Errorf("%d sessions", got)
		}
	})
}

func TestCloseEndsAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		acquire(t, p, Browse).Release()
		s.set(func() { s.deaf = make(chan struct{}) })
		<-time.After(20 * time.Second)
		c := async(t.Context(), p, Browse)
		synctest.Wait()
		p.Close()
		synctest.Wait()
		failed(t, "one that was asking", c, vfs.KindCancelled)
	})
}

func TestCloseTakesADialThatCannotBeStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{t: t, open: map[*fake]bool{}}
		gate := make(chan struct{})
		p := New(Config[*fake]{Dial: func(ctx context.Context) (*fake, error) {
			<-gate
			return s.dial(context.WithoutCancel(ctx))
		}})
		c := async(t.Context(), p, Transfer)
		synctest.Wait()
		closed := make(chan struct{})
		go func() { p.Close(); close(closed) }()
		synctest.Wait()
		select {
		case <-closed:
			t.Fatal("Close did not wait for the dial")
		default:
		}
		close(gate)
		<-closed
		synctest.Wait() // Close waits for the dial, not for who asked for it
		failed(t, "one that dialled", c, vfs.KindCancelled)
		if open, _, _ := s.count(); open != 0 {
			t.Errorf("%d are open", open)
		}
	})
}

func TestCancelAndReleaseAtOnceLoseNoSession(t *testing.T) {
	for range 300 {
		synctest.Test(t, func(t *testing.T) {
			s, p := setup(t, 1)
			s.bears = 1
			a := acquire(t, p, Transfer)
			ctx, cancel := context.WithCancel(t.Context())
			c := async(ctx, p, Transfer)
			synctest.Wait()
			go cancel()
			go a.Release()
			synctest.Wait()
			if r := <-c; r.lease != nil {
				r.lease.Release()
			}
			acquire(t, p, Transfer).Release()
		})
	}
}

package session

import (
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// waits says 226 when it was waited for, as a server does whose own end of the
// connection has a long way to go.
func waits() ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		ftptest.Flow{Finals: []string{}}.Serve(c, arg)
		release := make(chan struct{})
		time.AfterFunc(50*time.Millisecond, func() { close(release) })
		c.Hold(release)
		c.Say("226 Done")
	}
}

// TestUploadCutShort: an upload that ended in haste and came short is told as one
// that may be sent once more, and the session does not do it again; the target
// stands as it stood.
func TestUploadCutShort(t *testing.T) {
	const whole = "some words"
	half := func(c *ftptest.Conn, arg string) {
		ftptest.Flow{Finals: []string{}}.Serve(c, arg)
		c.Put("/part", []byte(whole[:4]))
		c.Say("226 Done")
	}
	for outcome, tc := range map[string]struct {
		third ftptest.Handler
		short bool
	}{
		"226 and no size":          {ftptest.Default, true},
		"whole":                    {ftptest.Default, false},
		"226 for half of it":       {half, true},
		"426":                      {ftptest.Flow{Finals: []string{"426 Failure reading network stream."}}.Serve, true},
		"552 is the server's word": {ftptest.Flow{Finals: []string{"552 Quota exceeded"}}.Serve, false},
		"a lost connection":        {ftptest.Flow{Finals: []string{}, After: ftptest.Drop}.Serve, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			var mute atomic.Bool
			third := func(c *ftptest.Conn, arg string) {
				mute.Store(outcome == "226 and no size")
				tc.third(c, arg)
			}
			size := func(c *ftptest.Conn, arg string) {
				if mute.Swap(false) {
					c.Say("550 Could not get file size.")
					return
				}
				ftptest.Default(c, arg)
			}
			r := script(t, ftptest.AsVSFTPD(ftptest.Plan{
				Files: map[string]string{"/up": "old"},
				Verbs: map[string]ftptest.Handler{"STOR": ftptest.InTurn(ftptest.Default, waits(), third), "SIZE": size},
			}))
			r.conf.Worth = 1
			s, err := Open(t.Context(), r.conf)
			r.must(err)
			defer func() { r.must(s.Close()) }()
			send := func(n int) (hasty bool, err error) {
				w, err := s.Write(t.Context(), vfs.MustParse("/part"), 0)
				r.must(err)
				_, err = io.WriteString(w, whole)
				r.must(err)
				target := vfs.MustParse("/new" + string(rune('0'+n)))
				_, _, err = w.(*writer).Finish(vfs.Finish{Size: int64(len(whole)), Target: target})
				return w.(*writer).hand.data.Hasty(), err
			}
			for n := range 2 {
				if hasty, err := send(n); hasty || err != nil {
					t.Fatal(hasty, err)
				}
			}
			hasty, err := send(2)
			if !hasty || errors.Is(err, vfs.ErrCutShort) != tc.short || tc.short && vfs.KindOf(err) != vfs.KindLost {
				t.Errorf("hasty: %t, %v", hasty, err)
			}
			if _, taken := r.Get("/new2"); taken != (err == nil) {
				t.Errorf("the new name is taken: %t", taken)
			}
			if outcome == "a lost connection" {
				return
			}
			if hasty, err := send(3); hasty == tc.short || err != nil {
				t.Errorf("the next one: hasty %t, %v", hasty, err)
			}
		})
	}
}

package wire

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestFinalReply: the reply behind the last byte has a limit of its own, and
// is told from everything else when it is missing.
func TestFinalReply(t *testing.T) {
	const short = 2 * time.Second
	late := make(chan struct{})
	slow := func(c *ftptest.Conn, arg string) {
		timer := time.AfterFunc(2*short, func() { close(late) })
		defer timer.Stop()
		c.Hold(late)
		c.Say("226 Scanned and stored")
	}
	silence := ftptest.Flow{Finals: []string{}}
	for outcome, tc := range map[string]struct {
		flow      ftptest.Flow
		wait      time.Duration // Timeout
		final     time.Duration
		want      vfs.Kind
		noVerdict bool
	}{
		"late, and waited for":            {ftptest.Flow{Finals: []string{}, After: slow}, short, time.Minute, vfs.KindOther, false},
		"missing":                         {silence, time.Minute, short, vfs.KindTimeout, true},
		"missing, by the usual limit":     {silence, short / 2, 0, vfs.KindTimeout, true},
		"the connection is gone instead":  {ftptest.Flow{Finals: []string{}, After: ftptest.Drop}, time.Minute, 0, vfs.KindLost, true},
		"the connection breaks instead":   {ftptest.Flow{Finals: []string{}, After: ftptest.Reset}, time.Minute, 0, vfs.KindLost, true},
		"a goodbye instead":               {ftptest.Flow{Finals: []string{"421 Shutting down"}, After: ftptest.Drop}, time.Minute, 0, vfs.KindLost, true},
		"a refusal is a verdict":          {ftptest.Flow{Finals: []string{"552 Quota"}}, time.Minute, 0, vfs.KindOther, false},
		"broken data are no end in order": {ftptest.Flow{At: 1, Fault: ftptest.CrashAll}, time.Minute, 0, vfs.KindLost, false},
	} {
		for _, line := range []string{"STOR /up", "RETR /f"} {
			if outcome == "late, and waited for" && line == "RETR /f" {
				continue
			}
			if tc.flow.Fault != ftptest.NoFault && line == "STOR /up" {
				continue // all was sent: nobody here can know that it broke
			}
			t.Run(outcome+", "+line, func(t *testing.T) {
				t.Parallel()
				r := script(t, ftptest.Plan{Files: map[string]string{"/f": "content"}, Verbs: verbs(line[:4], ftptest.Handler(tc.flow.Serve))})
				c := r.login()
				c.conf.Timeout, c.conf.FinalTimeout = tc.wait, tc.final
				_, err := c.transfer(t.Context(), line, "content")
				if outcome == "a refusal is a verdict" {
					if err == nil || errors.Is(err, ErrNoVerdict) || c.Err() != nil {
						t.Error(err, c.Err())
					}
					return
				}
				wants(t, err, tc.want)
				if errors.Is(err, ErrNoVerdict) != tc.noVerdict || (c.Err() == nil) != (err == nil) {
					t.Errorf("%v; the connection: %v", err, c.Err())
				}
			})
		}
	}
}

// TestFinalReplyIsCancelled: nobody has to wait for a scanner.
func TestFinalReplyIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := script(t, ftptest.Plan{Verbs: verbs("STOR", ftptest.Handler(ftptest.Flow{
		Finals: []string{}, After: func(*ftptest.Conn, string) { cancel() },
	}.Serve))})
	_, err := r.login().transfer(ctx, "STOR /up", "content")
	wants(t, err, vfs.KindCancelled)
	if errors.Is(err, ErrNoVerdict) {
		t.Error(err)
	}
}

// TestUploadsEndIsCancelled: nobody has to wait for a server that keeps the data
// connection of an upload.
func TestUploadsEndIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	r := script(t, ftptest.Plan{TLS: true, Verbs: verbs("STOR", func(c *ftptest.Conn, _ string) {
		c.Say("150 Go on")
		d, err := c.Data()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, d)
		cancel()
		c.Hold(release)
		_ = d.Close()
	})})
	c := r.login()
	began := time.Now()
	_, err := c.transfer(ctx, "STOR /up", "content")
	if wants(t, err, vfs.KindCancelled); time.Since(began) > c.conf.Timeout/2 {
		t.Error("it took", time.Since(began))
	}
}

package session

import (
	"context"
	"io"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestCancelOfAnEarlyUpload: the server's consent may be looked at while the upload
// that was begun ahead of it is being broken off.
func TestCancelOfAnEarlyUpload(t *testing.T) {
	cancelled := make(chan struct{})
	late := func(c *ftptest.Conn, _ string) {
		c.Say("150 Here it goes")
		c.Hold(cancelled) // and nobody answers the handshake
		c.Say("426 Broken")
	}
	r := script(t, ftptest.AsVSFTPD(ftptest.Plan{
		TLS: true, Reuse: true, Verbs: map[string]ftptest.Handler{"STOR": ftptest.InTurn(ftptest.Default, late)},
	}))
	s, err := Open(t.Context(), r.conf)
	r.must(err)
	defer func() { r.must(s.Close()) }()
	w, err := s.Write(t.Context(), vfs.MustParse("/first"), 0)
	r.must(err)
	_, err = io.WriteString(w, "x")
	r.must(err)
	r.must(w.Commit())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Await(ctx, "STOR", 2) // the error is the call's below
		<-time.After(20 * time.Millisecond)
		cancel()
		close(cancelled)
	}()
	if _, err := s.Write(ctx, vfs.MustParse("/second"), 0); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("%v", err)
	}
	<-done
}

package session

import (
	"io"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// first runs before, once, ahead of the first bytes.
type first struct {
	io.Reader
	before func()
}

func (f *first) Read(p []byte) (int, error) {
	if f.before != nil {
		f.before()
		f.before = nil
	}
	return f.Reader.Read(p)
}

// TestARefusalAheadOfTheFirstByteIsTheServersWord: it ends the data connection of an
// upload that began in haste, and what is sent from then on finds it closed. That is
// no connection that was lost.
func TestARefusalAheadOfTheFirstByteIsTheServersWord(t *testing.T) {
	for name, whole := range map[string]bool{"sent whole": true, "piece by piece": false} {
		t.Run(name, func(t *testing.T) {
			says := make(chan struct{})
			r := script(t, ftptest.AsVSFTPD(ftptest.Plan{Verbs: map[string]ftptest.Handler{
				"STOR": ftptest.InTurn(ftptest.Default, ftptest.Default, func(c *ftptest.Conn, _ string) {
					c.Hold(says)
					c.Say("550 Permission denied.")
				}),
			}}))
			r.conf.Worth = 1
			s := r.open()
			for range 2 {
				r.must(write(t.Context(), s, "/a", "x"))
			}
			got, err := s.Write(t.Context(), vfs.MustParse("/a"), 0)
			r.must(err)
			w := got.(*writer)
			content := &first{strings.NewReader("some words"), func() {
				w.hand.data.Abort(nil) // as where the refusal is seen
				close(says)
			}}
			if whole {
				_, err = w.ReadFrom(content)
			} else {
				var piece [4]byte
				_, _ = content.Read(piece[:]) // of a string
				_, err = w.Write(piece[:])
			}
			if vfs.KindOf(err) != vfs.KindPermission || !strings.Contains(err.Error(), "550") {
				t.Errorf("it is told %v", err)
			}
			if err := w.Commit(); vfs.KindOf(err) != vfs.KindPermission {
				t.Errorf("and in the end %v", err)
			}
			r.must(write(t.Context(), s, "/a", "x"))
		})
	}
}

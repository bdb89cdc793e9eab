package session

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestDownloadVerdicts: what a download that goes wrong is called.
func TestDownloadVerdicts(t *testing.T) {
	const content = "0123456789"
	hold := make(chan struct{})
	for outcome, tc := range map[string]struct {
		want   vfs.Kind
		flow   ftptest.Flow
		tls    bool
		noSize bool
	}{
		"fewer bytes and 226":               {want: vfs.KindSize, flow: ftptest.Flow{At: 4, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}},
		"more bytes and 226":                {want: vfs.KindSize, flow: ftptest.Flow{Content: func() io.Reader { return strings.NewReader(content + "more") }}},
		"fewer bytes and 426":               {want: vfs.KindLost, flow: ftptest.Flow{At: 4, Fault: ftptest.CloseData}},
		"a reset":                           {want: vfs.KindLost, flow: ftptest.Flow{At: 4, Fault: ftptest.ResetData, Finals: []string{}}},
		"a reset and a reason":              {want: vfs.KindLost, flow: ftptest.Flow{At: 4, Fault: ftptest.ResetData, Finals: []string{"451 Disk error"}}},
		"the server dies":                   {want: vfs.KindLost, flow: ftptest.Flow{At: 4, Fault: ftptest.CrashAll}},
		"the control connection dies":       {want: vfs.KindLost, flow: ftptest.Flow{At: 4, Fault: ftptest.ResetControl}},
		"nothing moves":                     {want: vfs.KindTimeout, flow: ftptest.Flow{At: 4, Hold: hold}},
		"final 250":                         {flow: ftptest.Flow{Finals: []string{"250 Done"}}},
		"final of several lines":            {flow: ftptest.Flow{Finals: []string{"226-Done\n226 Really"}}},
		"final before the bytes":            {flow: ftptest.Flow{Early: true}},
		"start by 125":                      {flow: ftptest.Flow{Start: "125 Open"}},
		"TLS":                               {tls: true},
		"TLS cut, size known":               {tls: true, flow: ftptest.Flow{NoNotify: true}},
		"TLS cut, size unknown":             {want: vfs.KindSize, tls: true, noSize: true, flow: ftptest.Flow{NoNotify: true}},
		"TLS cut early, size unknown, 226":  {want: vfs.KindSize, tls: true, noSize: true, flow: ftptest.Flow{At: 4, Fault: ftptest.CutData, Finals: []string{"226 Done"}}},
		"clear, size unknown":               {noSize: true},
		"TLS ended in order, size unknown":  {tls: true, noSize: true},
		"fewer bytes over TLS, 226, notify": {want: vfs.KindSize, tls: true, flow: ftptest.Flow{At: 4, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan := ftptest.Plan{TLS: tc.tls, Verbs: verb("RETR", tc.flow.Serve), Files: map[string]string{"/f": content}}
			if tc.noSize {
				plan.Without = []string{"SIZE"}
			}
			r := script(t, plan)
			r.patience(tc.want)
			s := r.open()
			got, err := read(t.Context(), s, "/f")
			if tc.want != vfs.KindOther {
				r.wants(err, tc.want)
				return
			}
			r.must(err)
			if got != content {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestUploadVerdicts: what an upload that goes wrong is called.
func TestUploadVerdicts(t *testing.T) {
	big := strings.Repeat("x", 20<<20)
	for outcome, tc := range map[string]struct {
		want vfs.Kind
		tls  bool
		h    ftptest.Handler
	}{
		"disk full in the middle":   {vfs.KindNoSpace, false, ftptest.Flow{At: 1000, Fault: ftptest.ResetData, Finals: []string{"552 Quota exceeded"}}.Serve},
		"disk full before":          {vfs.KindNoSpace, false, ftptest.Reply("452 No space left on device")},
		"reset without a word":      {vfs.KindLost, false, ftptest.Flow{At: 1000, Fault: ftptest.ResetData, Finals: []string{}}.Serve},
		"refused at the end":        {vfs.KindNoSpace, false, ftptest.Flow{Finals: []string{"552 Quota"}}.Serve},
		"server dies":               {vfs.KindLost, false, ftptest.Flow{At: 1000, Fault: ftptest.CrashAll}.Serve},
		"name not allowed":          {vfs.KindPermission, false, ftptest.Reply("553 Permission denied")},
		"all is well":               {vfs.KindOther, false, nil},
		"all is well over TLS":      {vfs.KindOther, true, nil},
		"quota over TLS":            {vfs.KindNoSpace, true, ftptest.Flow{At: 1000, Fault: ftptest.ResetData, Finals: []string{"552 Quota exceeded"}}.Serve},
		"session not reused, so no": {vfs.KindTLS, true, ftptest.Reply("522 session reuse required")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan := ftptest.Plan{TLS: tc.tls, Reuse: tc.tls}
			if tc.h != nil {
				plan.Verbs = verb("STOR", tc.h)
			}
			r := script(t, plan)
			r.patience(tc.want)
			s := r.open()
			err := write(t.Context(), s, "/up", big)
			if tc.want != vfs.KindOther {
				r.wants(err, tc.want)
				return
			}
			r.must(err)
			if got, _ := r.Get("/up"); string(got) != big {
				t.Errorf("%d bytes arrived", len(got))
			}
		})
	}
}

// TestSessionSurvives: what must not cost the session.
func TestSessionSurvives(t *testing.T) {
	second := ftptest.Flow{Finals: []string{"226 Done", "226 Done again"}}
	for outcome, tc := range map[string]struct {
		verbs map[string]ftptest.Handler
		fails bool
	}{
		"a refused download":         {verb("RETR", ftptest.InTurn(ftptest.Reply("550 No such file"))), true},
		"a reply too many":           {verb("RETR", ftptest.InTurn(second.Serve)), false},
		"a reply too many, late":     {verb("SIZE", ftptest.InTurn(ftptest.Reply("213 1\n213 1"))), false},
		"a reset and its reply":      {verb("RETR", ftptest.InTurn(ftptest.Flow{At: 0, Fault: ftptest.ResetData}.Serve)), true},
		"a reset and no reply":       {verb("RETR", ftptest.InTurn(ftptest.Flow{At: 0, Fault: ftptest.ResetData, Finals: []string{}}.Serve)), true},
		"fewer bytes than announced": {verb("RETR", ftptest.InTurn(ftptest.Flow{At: 0, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}.Serve)), true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs, Files: map[string]string{"/f": "1"}})
			s := r.open()
			_, err := read(t.Context(), s, "/f")
			if (err != nil) != tc.fails {
				t.Errorf("the transfer: %v", err)
			}
			r.must(s.Noop(t.Context()))
			r.works(s)
			if r.Sessions() != 1 {
				t.Errorf("%d sessions", r.Sessions())
			}
		})
	}
}

// TestOutOfStepIsNoAnswer: a late reply to a transfer is not taken for the
// answer to something else, which is waited for behind it.
func TestOutOfStepIsNoAnswer(t *testing.T) {
	for _, late := range []string{"226 Done, by the way", "426 Broken, by the way", "225 Nothing to abort"} {
		r := script(t, ftptest.Plan{Verbs: verb("SIZE", ftptest.InTurn(ftptest.All(ftptest.Reply(late), ftptest.Default))), Files: map[string]string{"/f": "1"}})
		got, err := read(t.Context(), r.open(), "/f")
		r.must(err)
		if got != "1" || r.Count("SIZE") != 1 || r.Count("NOOP") != 1 {
			t.Errorf("read %q, %d SIZE", got, r.Count("SIZE"))
		}
	}
}

// TestListingVerdicts: a listing is whole or an error.
func TestListingVerdicts(t *testing.T) {
	line := "type=file;size=1; name\r\n"
	content := func(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }
	for outcome, tc := range map[string]struct {
		want vfs.Kind
		tls  bool
		flow ftptest.Flow
	}{
		"cut, and 426":           {vfs.KindLost, false, ftptest.Flow{Content: content(line + line), At: 30, Fault: ftptest.CloseData}},
		"reset":                  {vfs.KindLost, false, ftptest.Flow{Content: content(line + line), At: 30, Fault: ftptest.ResetData}},
		"cut over TLS, and 226":  {vfs.KindUnreadable, true, ftptest.Flow{Content: content(line + line), At: 24, Fault: ftptest.CutData, Finals: []string{"226 Done"}}},
		"a line that is none":    {vfs.KindUnreadable, false, ftptest.Flow{Content: content("what is this\r\n")}},
		"a line without end":     {vfs.KindProtocol, false, ftptest.Flow{Content: func() io.Reader { return endless{} }}},
		"whole":                  {vfs.KindOther, false, ftptest.Flow{Content: content(line)}},
		"whole over TLS":         {vfs.KindOther, true, ftptest.Flow{Content: content(line)}},
		"empty":                  {vfs.KindOther, false, ftptest.Flow{Content: content("")}},
		"empty over TLS":         {vfs.KindOther, true, ftptest.Flow{Content: content("")}},
		"refused while it runs":  {vfs.KindPermission, false, ftptest.Flow{Content: content(line), Finals: []string{"550 Permission denied"}}},
		"nothing after the line": {vfs.KindTimeout, false, ftptest.Flow{Content: content(line), Finals: []string{}}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{TLS: tc.tls, Verbs: verb("MLSD", tc.flow.Serve)})
			r.patience(tc.want)
			s := r.open()
			entries, err := s.List(t.Context(), vfs.Root())
			if tc.want == vfs.KindOther {
				r.must(err)
				return
			}
			r.wants(err, tc.want)
			if entries != nil {
				t.Errorf("a broken listing has %d entries", len(entries))
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestEndedStreams: whatever is called after the end comes back at once.
func TestEndedStreams(t *testing.T) {
	for outcome, h := range map[string]ftptest.Handler{
		"after all went well":  ftptest.Default,
		"after a failed write": ftptest.Flow{At: 1000, Fault: ftptest.ResetData, Finals: []string{"552 Quota exceeded"}}.Serve,
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb("STOR", h), Files: map[string]string{"/f": "1"}})
			s := r.open()
			w, err := s.Write(t.Context(), vfs.MustParse("/up"), 0)
			r.must(err)
			_, failed := io.Copy(w, io.LimitReader(endless{}, 20<<20))
			if committed := w.Commit(); (committed == nil) != (failed == nil) {
				t.Errorf("written: %v, committed: %v", failed, committed)
			}
			for range 3 {
				if _, err := io.WriteString(w, "more"); err == nil {
					t.Error("a write after the end succeeds")
				}
				if _, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("more")); err == nil {
					t.Error("a copy after the end succeeds")
				}
			}
			if abort, commit := w.Abort(), w.Commit(); (abort == nil) != (failed == nil) || (commit == nil) != (failed == nil) {
				t.Errorf("abort: %v, commit: %v", abort, commit)
			}
			down, err := s.Read(t.Context(), vfs.MustParse("/f"), 0)
			r.must(err)
			r.must(down.Close())
			if _, err := down.Read(make([]byte, 1)); err == nil {
				t.Error("a read after the end succeeds")
			}
			r.works(s)
		})
	}
}

// TestEndBeforeTheBytes: a server that is done without a word before, and
// leaves the data connection open, costs the limit of data connections and not
// that of everything else.
func TestEndBeforeTheBytes(t *testing.T) {
	for outcome, verbs := range map[string]map[string]ftptest.Handler{
		"a download": verb("RETR", ftptest.InTurn(ftptest.Reply("226 It was empty"))),
		"a listing":  verb("MLSD", ftptest.InTurn(ftptest.Reply("226 It was empty"))),
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verbs, Files: map[string]string{"/f": "1"}})
			r.conf.Timeout, r.conf.DataTimeout = time.Hour, 2*time.Second
			s := r.open()
			_, err := read(t.Context(), s, "/f")
			if verbs["MLSD"] != nil {
				_, err = s.List(t.Context(), vfs.Root())
			}
			r.wants(err, vfs.KindTimeout)
			r.works(s)
		})
	}
}

// TestFileToFile copies between files of this computer and the server by the
// shortest way, which for a download in clear is splice.
func TestFileToFile(t *testing.T) {
	for _, sec := range []bool{false, true} {
		r := script(t, ftptest.Plan{TLS: sec})
		s := r.open()
		want := noise(9<<20 + 17)
		src := filepath.Join(t.TempDir(), "src")
		r.must(os.WriteFile(src, want, 0o600))
		in, err := os.Open(src)
		r.must(err)
		w, err := s.Write(t.Context(), vfs.MustParse("/f"), 0)
		r.must(err)
		// io.Copy asks the file first; its WriteTo comes back to ReadFrom.
		n, err := io.Copy(w, in)
		r.must(err)
		r.must(w.Commit())
		r.must(in.Close())
		if got, _ := r.Get("/f"); n != int64(len(want)) || !bytes.Equal(got, want) {
			t.Fatalf("TLS %v: sent %d, stored %d", sec, n, len(got))
		}
		out, err := os.Create(src + ".back")
		r.must(err)
		rd, err := s.Read(t.Context(), vfs.MustParse("/f"), 0)
		r.must(err)
		n, err = io.Copy(out, rd)
		r.must(err)
		r.must(rd.Close())
		r.must(out.Close())
		back, err := os.ReadFile(src + ".back")
		r.must(err)
		if n != int64(len(want)) || !bytes.Equal(back, want) {
			t.Fatalf("TLS %v: received %d", sec, n)
		}
	}
}

// TestAPPEWhereRESTIsRefused continues an upload the other way.
func TestAPPEWhereRESTIsRefused(t *testing.T) {
	for outcome, plan := range map[string]ftptest.Plan{
		"REST unknown":      {Without: []string{"REST"}},
		"REST refused":      {Verbs: verb("REST", ftptest.Reply("501 Not for uploads"))},
		"STOR then refused": {Verbs: verb("STOR", ftptest.Reply("551 Restart not permitted, try again"))},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan.Files = map[string]string{"/f": "12345"}
			r := script(t, plan)
			s := r.open()
			w, err := s.Write(t.Context(), vfs.MustParse("/f"), 5)
			r.must(err)
			_, err = io.WriteString(w, "67")
			r.must(err)
			r.must(w.Commit())
			if got, _ := r.Get("/f"); string(got) != "1234567" {
				t.Errorf("stored %q", got)
			}
		})
	}
}

// TestCancel: in every state a cancelled call ends, says so, and leaves
// nothing behind.
func TestCancel(t *testing.T) {
	never := make(chan struct{})
	content := map[string]string{"/f": strings.Repeat("x", 30<<20)}
	list := func(ctx context.Context, s *Session) error { _, err := s.List(ctx, vfs.Root()); return err }
	get := func(ctx context.Context, s *Session) error { _, err := read(ctx, s, "/f"); return err }
	put := func(ctx context.Context, s *Session) error { return write(ctx, s, "/up", content["/f"]) }
	for outcome, tc := range map[string]struct {
		verb string // the command that the server has received when we cancel
		h    ftptest.Handler
		do   func(context.Context, *Session) error
	}{
		"waiting for a plain reply":       {"MKD", ftptest.Silence, func(ctx context.Context, s *Session) error { return s.Mkdir(ctx, vfs.MustParse("/d")) }},
		"waiting for the passive port":    {"EPSV", ftptest.Silence, list},
		"waiting for the start":           {"RETR", ftptest.Silence, get},
		"while a listing stands still":    {"MLSD", ftptest.Flow{Hold: never}.Serve, list},
		"while a download stands still":   {"RETR", ftptest.Flow{At: 10, Hold: never}.Serve, get},
		"while a download runs":           {"RETR", ftptest.Flow{Content: func() io.Reader { return endless{} }}.Serve, get},
		"while an upload stands still":    {"STOR", ftptest.Flow{At: 10, Hold: never}.Serve, put},
		"waiting for the final reply":     {"RETR", ftptest.Flow{Finals: []string{}}.Serve, get},
		"waiting for an upload's verdict": {"STOR", ftptest.Flow{Finals: []string{}}.Serve, put},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb(tc.verb, tc.h), Files: content})
			r.conf.Timeout = time.Hour // so that only the cancelling can end it
			s := r.open()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() { ended <- tc.do(ctx, s) }()
			r.must(r.Await(t.Context(), tc.verb, 1))
			cancel()
			r.wants(<-ended, vfs.KindCancelled)
		})
	}
}

// TestCancelWhileConnecting covers the states before there is a session.
func TestCancelWhileConnecting(t *testing.T) {
	for outcome, plan := range map[string]struct {
		plan ftptest.Plan
		verb string
	}{
		"in the greeting":  {ftptest.Plan{Greeting: ftptest.Silence}, ""},
		"after USER":       {ftptest.Plan{Verbs: verb("USER", ftptest.Silence)}, "USER"},
		"in the handshake": {ftptest.Plan{TLS: true, Verbs: verb("AUTH", ftptest.All(ftptest.Reply("234 Go"), ftptest.Hold(make(chan struct{}), ftptest.Silence)))}, "AUTH"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan.plan)
			r.conf.Timeout = time.Hour // so that only the cancelling can end it
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() { _, err := Open(ctx, r.conf); ended <- err }()
			if plan.verb != "" {
				r.must(r.Await(t.Context(), plan.verb, 1))
			}
			cancel()
			r.wants(<-ended, vfs.KindCancelled)
		})
	}
}

// TestCancelBeforeTheNextWay: cancelled when a data connection has just been
// refused, an operation fails, and does not end as if it had been done.
func TestCancelBeforeTheNextWay(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("RETR", ftptest.Reply("425 Cannot connect")), Files: map[string]string{"/f": "x"}})
	s := r.open()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o, err := s.begin(ctx, "read", vfs.MustParse("/f"))
	r.must(err)
	err = o.transfer(func() error {
		_, err := o.lib.RetrFrom("/f", 0)
		cancel()
		return err
	})
	r.wants(o.end(err), vfs.KindCancelled)
	if r.Count("RETR") != 1 {
		t.Errorf("%d RETR", r.Count("RETR"))
	}
}

// TestCloseBreaks: Close ends what is in progress, in whatever hands it is.
func TestCloseBreaks(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("RETR", ftptest.Flow{At: 10, Hold: make(chan struct{})}.Serve), Files: map[string]string{"/f": strings.Repeat("x", 100)}})
	s := r.open()
	down, err := s.Read(t.Context(), vfs.MustParse("/f"), 0)
	r.must(err)
	ended := make(chan error, 1)
	go func() { _, err := io.ReadAll(down); ended <- err }()
	r.must(r.Await(t.Context(), "RETR", 1))
	r.must(s.Close())
	r.wants(<-ended, vfs.KindCancelled)
	_ = down.Close()
	r.must(s.Close())
	r.wants(s.Noop(t.Context()), vfs.KindCancelled)

	s = r.open()
	up, err := s.Write(t.Context(), vfs.MustParse("/up"), 0)
	r.must(err)
	r.must(s.Close())
	r.wants(up.Commit(), vfs.KindCancelled)
}

// TestIdleServerGone: an idle session that the server ended is known as
// broken, and what is tried on it is lost, not busy.
func TestIdleServerGone(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("NOOP", ftptest.All(ftptest.Reply("200 Fine\n421 Timeout, goodbye"), ftptest.Drop))})
	s := r.open()
	r.must(s.Noop(t.Context()))
	<-s.ctl.Done()
	if s.Usable() {
		t.Error("it is still called usable")
	}
	r.wants(s.Noop(t.Context()), vfs.KindLost)
}

// TestRefusedOffsetIsForgotten: the offset of a refused transfer does not wait
// for the next one.
func TestRefusedOffsetIsForgotten(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("RETR", ftptest.InTurn(ftptest.Reply("550 Permission denied"))), Files: map[string]string{"/f": "12345"}})
	s := r.open()
	_, err := s.Read(t.Context(), vfs.MustParse("/f"), 3)
	r.wants(err, vfs.KindPermission)
	got, err := read(t.Context(), s, "/f")
	r.must(err)
	if got != "12345" {
		t.Errorf("read %q", got)
	}
}

// TestAbortedUploadIsReset: a broken-off upload must not look like a whole one
// to the server.
func TestAbortedUploadIsReset(t *testing.T) {
	for _, sec := range []bool{false, true} {
		r := script(t, ftptest.Plan{TLS: sec})
		s := r.open()
		w, err := s.Write(t.Context(), vfs.MustParse("/up"), 0)
		r.must(err)
		_, err = io.WriteString(w, "half of it")
		r.must(err)
		r.must(w.Abort())
		r.must(s.Noop(t.Context()))
		if told := r.transcript(); !strings.Contains(told, "<- 426") || strings.Contains(told, "<- 226") {
			t.Errorf("TLS %v: %s", sec, told)
		}
	}
}

package session

import (
	"context"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestStep: replies that come too many, too late or to something that was given
// up are noticed, and no later command gets them for its answer: the session
// goes on in step, or ends. Every look afterwards tells the truth.
func TestStep(t *testing.T) {
	twice := func(v, text string) map[string]ftptest.Handler {
		return verb(v, ftptest.InTurn(ftptest.All(ftptest.Default, ftptest.Reply(text))))
	}
	// behind says text before the answer to the next SIZE.
	behind := func(text string) map[string]ftptest.Handler {
		return verb("SIZE", ftptest.InTurn(ftptest.Default, ftptest.All(ftptest.Reply(text), ftptest.Default)))
	}
	get := func(s *Session) error { _, err := read(t.Context(), s, "/f"); return err }
	put := func(s *Session) error { return write(t.Context(), s, "/up", "x") }
	list := func(s *Session) error { _, err := s.List(t.Context(), vfs.Root()); return err }
	for outcome, tc := range map[string]struct {
		verbs map[string]ftptest.Handler
		do    func(*Session) error
	}{
		"a second 226 to a download":     {verb("RETR", ftptest.InTurn(ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve)), get},
		"a second 226 to an upload":      {verb("STOR", ftptest.InTurn(ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve)), put},
		"a second 226 to a listing":      {verb("MLSD", ftptest.InTurn(ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve)), list},
		"a 226 behind a 250":             {verb("RETR", ftptest.InTurn(ftptest.Flow{Finals: []string{"250 Done", "226 Done"}}.Serve)), get},
		"a 426 behind a 226":             {verb("RETR", ftptest.InTurn(ftptest.Flow{Finals: []string{"226 Done", "426 Oh, no"}}.Serve)), get},
		"two answers to a name":          {twice("MKD", "257 made"), func(s *Session) error { return s.Mkdir(t.Context(), vfs.MustParse("/d")) }},
		"two answers to a removal":       {twice("DELE", "550 Gone already"), func(s *Session) error { return s.Remove(t.Context(), vfs.MustParse("/old")) }},
		"two answers to SIZE":            {twice("SIZE", "213 99"), get},
		"two answers to NOOP":            {twice("NOOP", "200 Still"), func(s *Session) error { return s.Noop(t.Context()) }},
		"a late 226 before an answer":    {behind("226 Done, at last"), get},
		"a late 426 before an answer":    {behind("426 Broken, at last"), get},
		"many lines too many":            {twice("MKD", "213 9\r\n213 9\r\n213 9"), func(s *Session) error { return s.Mkdir(t.Context(), vfs.MustParse("/d")) }},
		"a 150 nobody asked for":         {twice("MKD", "150 Here it comes"), func(s *Session) error { return s.Mkdir(t.Context(), vfs.MustParse("/d")) }},
		"a word while nothing was asked": {twice("NOOP", "211 News of the day"), func(s *Session) error { return s.Noop(t.Context()) }},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs, Files: map[string]string{"/f": "12345", "/old": "x"}})
			s := r.open()
			r.must(tc.do(s))
			r.truth(s)
		})
	}
}

// truth looks at two files of different sizes until the session has ended or
// told each of them twice, and never takes one for the other.
func (r *rig) truth(s *Session) {
	r.t.Helper()
	r.Put("/seven", []byte("1234567"))
	for name, size := range map[string]int64{"/f": 5, "/seven": 7} {
		for range 2 {
			e, err := s.Stat(r.t.Context(), vfs.MustParse(name))
			if !s.Usable() {
				return // ended; the pool takes another
			}
			if kind := vfs.KindOf(err); kind == vfs.KindProtocol || kind == vfs.KindLost {
				continue // noticed
			}
			r.must(err)
			if e.Size != size || e.Type != vfs.TypeFile {
				r.t.Errorf("%s is %+v", name, e)
			}
			got, err := read(r.t.Context(), s, name)
			if err == nil && int64(len(got)) != size {
				r.t.Errorf("%s holds %q", name, got)
			}
		}
	}
}

// TestLateReplyToACancelled: what comes to a command that was cancelled is not
// the next one's answer.
func TestLateReplyToACancelled(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verb  string
		reply string
		do    func(context.Context, *Session) error
	}{
		"a name":     {"MKD", "257 made", func(ctx context.Context, s *Session) error { return s.Mkdir(ctx, vfs.MustParse("/d")) }},
		"a size":     {"SIZE", "213 99", func(ctx context.Context, s *Session) error { _, err := read(ctx, s, "/f"); return err }},
		"a refusal":  {"DELE", "550 No such file", func(ctx context.Context, s *Session) error { return s.Remove(ctx, vfs.MustParse("/f")) }},
		"a download": {"RETR", "550 No such file", func(ctx context.Context, s *Session) error { _, err := read(ctx, s, "/f"); return err }},
		"a digest": {"XMD5", "250 " + helloMD5, func(ctx context.Context, s *Session) error {
			_, err := s.Hash(ctx, vfs.MustParse("/f"), vfs.MD5)
			return err
		}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			r := script(t, ftptest.Plan{
				Verbs: map[string]ftptest.Handler{
					"FEAT":  feat("SIZE", "XMD5", "MLST type*;size*;modify*;UNIX.mode*;"),
					tc.verb: ftptest.InTurn(ftptest.Hold(release, ftptest.Reply(tc.reply))),
				},
				Files: map[string]string{"/f": "12345"},
			})
			s := r.open()
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- tc.do(ctx, s) }()
			r.must(r.Await(t.Context(), tc.verb, 1))
			cancel()
			close(release) // the reply comes while, or after, it is given up
			r.wants(<-ended, vfs.KindCancelled)
			// The next operation waits for the settling, or finds the end.
			if err := s.Noop(t.Context()); err == nil {
				r.truth(s)
			}
			if strings.Contains(r.transcript(), "without end") {
				t.Error("the server was taken for a flood")
			}
		})
	}
}

// TestAnswerOfAnotherName: MLST repeats the name, so what comes to another one
// is no answer, unless the server calls everything otherwise.
func TestAnswerOfAnotherName(t *testing.T) {
	facts := func(size, name string) ftptest.Handler {
		return ftptest.Reply("250-Facts\n type=file;size=" + size + "; " + name + "\n250 End")
	}
	for outcome, tc := range map[string]struct {
		mlst ftptest.Handler
		asks int // MLST for two looks
	}{
		"of the command before":  {ftptest.InTurn(facts("9", "/before")), 3},
		"of a server's own name": {facts("5", "DISK$USER:[000000]F.;1"), 3},
		"in capitals":            {facts("5", "/F"), 2},
		"without the folder":     {facts("5", "f"), 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb("MLST", tc.mlst), Files: map[string]string{"/f": "12345"}})
			s := r.open()
			for range 2 {
				e, err := s.Stat(t.Context(), vfs.MustParse("/f"))
				if r.must(err); e.Size != 5 || e.Name != "f" {
					t.Errorf("%+v", e)
				}
			}
			if n := r.Count("MLST"); n != tc.asks {
				t.Errorf("MLST was sent %d times, want %d", n, tc.asks)
			}
		})
	}
}

package ftpfs

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// taken is how vsftpd ends a session whose port another one took.
func taken(c *ftptest.Conn, _ string) {
	c.Say("500 OOPS: vsf_sysutil_bind")
	c.Drop()
}

// TestAPortThatIsTakenCostsASession: and not the file, since nothing was asked for
// yet. It ends where a server does that to every session.
func TestAPortThatIsTakenCostsASession(t *testing.T) {
	content := strings.Repeat("content ", 10_000)
	upload := func(f *FS) error {
		w, err := f.Create(t.Context(), vfs.MustParse("/dir/new"), 0)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, strings.NewReader(content))
		return errors.Join(err, w.Commit())
	}
	download := func(f *FS) error {
		r, err := f.Open(t.Context(), vfs.MustParse("/dir/file"), 0)
		if err != nil {
			return err
		}
		got, err := io.ReadAll(r)
		if err == nil && string(got) != content {
			err = errors.New("other bytes came")
		}
		return errors.Join(err, r.Close())
	}
	list := func(f *FS) error { _, err := f.List(t.Context(), vfs.MustParse("/dir")); return err }
	none := ftptest.Handler(ftptest.Default)
	for outcome, tc := range map[string]struct {
		ports    []ftptest.Handler // one for each EPSV
		sessions int
		fails    bool
	}{
		"the first session's":               {[]ftptest.Handler{taken}, 2, false},
		"that of one which has moved files": {[]ftptest.Handler{none, taken}, 2, false},
		"that of a second one, too":         {[]ftptest.Handler{none, taken, taken}, 3, false},
		"that of every session":             {[]ftptest.Handler{none, taken, taken, taken, taken}, 3, true},
		"one without a word":                {[]ftptest.Handler{none, ftptest.Drop}, 2, false},
	} {
		for verb, do := range map[string]func(*FS) error{"STOR": upload, "RETR": download, "LIST": list} {
			t.Run(outcome+", "+verb, func(t *testing.T) {
				s, f := script(t, ftptest.Plan{
					Verbs: map[string]ftptest.Handler{"EPSV": ftptest.InTurn(tc.ports...)}, Without: []string{"MLSD", "MLST"},
				})
				times := min(2, len(tc.ports)) // the first one that moves anything
				var err error
				for range times {
					err = errors.Join(err, do(f))
				}
				if tc.fails != (vfs.KindOf(err) == vfs.KindLost) || !tc.fails && err != nil {
					t.Errorf("error %v", err)
				}
				if tc.fails && !strings.Contains(err.Error(), "500 OOPS: vsf_sysutil_bind") {
					t.Errorf("the server's word is not in %v", err)
				}
				if s.Sessions() != tc.sessions || !tc.fails && s.Count(verb) != times {
					t.Errorf("%d sessions, %s %d times", s.Sessions(), verb, s.Count(verb))
				}
				if n := s.Count("PASV"); n > 0 {
					t.Errorf("a session that has ended was asked for PASV %d times", n)
				}
			})
		}
	}
}

// transcript collects what is written to a log.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestAPortThatIsTakenAheadIsNoOddity: the files before and behind it are moved as
// fast as ever, and only where that comes often no port is asked for ahead.
func TestAPortThatIsTakenAheadIsNoOddity(t *testing.T) {
	const files = 24
	for outcome, tc := range map[string]struct {
		every int // EPSV by which a session ends
		ahead bool
	}{
		"never":      {files * 4, true},
		"once":       {8, true},
		"very often": {3, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			var mu sync.Mutex
			n := 0
			var log transcript
			ring := trace.NewRing(1000, &log)
			s, f := scriptWith(t, ftptest.AsVSFTPD(ftptest.Plan{Verbs: map[string]ftptest.Handler{"EPSV": func(c *ftptest.Conn, arg string) {
				mu.Lock()
				n++
				ends := tc.every == 8 && n == 8 || tc.every == 3 && n%3 == 0
				mu.Unlock()
				if ends {
					taken(c, arg)
					return
				}
				ftptest.Default(c, arg)
			}}}), func(c *Config) { c.Trace = ring })
			for i := range files {
				part, target := vfs.MustParse(fmt.Sprintf("/dir/f%d.part", i)), vfs.MustParse(fmt.Sprintf("/dir/f%d", i))
				w, err := f.Create(t.Context(), part, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(w, "words"); err != nil {
					t.Fatal(err)
				}
				if _, err := w.(vfs.Finisher).Finish(vfs.Finish{Size: 5, Target: target}); err != nil {
					t.Fatalf("file %d: %v", i, err)
				}
				if got, ok := s.Get(target.String()); !ok || string(got) != "words" {
					t.Fatalf("file %d holds %q", i, got)
				}
			}
			if s.Count("STOR") != files {
				t.Errorf("%d files took %d uploads", files, s.Count("STOR"))
			}
			if strings.Contains(log.String(), "one after the other") {
				t.Error("it was taken for an oddity")
			}
			if ahead := s.Count("EPSV") > 0 && lastAhead(s); ahead != tc.ahead {
				t.Errorf("the last ports were asked for ahead: %v", ahead)
			}
		})
	}
}

// lastAhead says whether the newest session asked for a port before it renamed the
// last file but one.
func lastAhead(s *ftptest.Scripted) bool {
	var verbs []string
	for _, c := range s.Commands() {
		verbs = append(verbs, c.Verb)
	}
	line := strings.Join(verbs, " ")
	line = line[:strings.LastIndex(line, "STOR")]
	return strings.LastIndex(line, "EPSV") < strings.LastIndex(line, "RNTO")
}

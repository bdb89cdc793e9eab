package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// dozens is a server without MLSD that bears several commands at once, with so many
// files f00, f01 and so on, each a second younger than the one before.
func dozens(n int, verbs map[string]ftptest.Handler) ftptest.Plan {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("/f%02d", i)] = "content"
	}
	if verbs == nil {
		verbs = map[string]ftptest.Handler{}
	}
	if verbs["MDTM"] == nil {
		verbs["MDTM"] = mdtmOf("")
	}
	return ftptest.Plan{Greeting: ftptest.Reply("220 (vsFTPd 3.0.3)"), Without: []string{"MLST", "MLSD"}, Files: files, Verbs: verbs}
}

// stampOfFile is the true time of a file of dozens.
func stampOfFile(name string) time.Time {
	var i int
	_, _ = fmt.Sscanf(name, "f%d", &i) // zero for what is none
	return time.Date(2024, 5, 6, 7, 8, 0, 0, time.UTC).Add(time.Duration(i) * time.Second)
}

// mdtmOf tells the times of dozens, but of the file odd first by answers in turn.
func mdtmOf(odd string, answers ...ftptest.Handler) ftptest.Handler {
	var calls atomic.Int64
	return func(c *ftptest.Conn, arg string) {
		name := strings.TrimPrefix(arg, "/")
		if name == odd {
			if n := int(calls.Add(1)); n <= len(answers) {
				answers[n-1](c, arg)
				return
			}
		}
		if !strings.HasPrefix(name, "f") {
			c.Say("550 Could not get file modification time.")
			return
		}
		c.Say("213 %s", stampOfFile(name).Format(stampForm))
	}
}

func namesOf(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("f%02d", i))
	}
	return names
}

// TestDatesGoOutTogether, as many as a server is sent at once, and one alone before
// it is known that MDTM is answered.
func TestDatesGoOutTogether(t *testing.T) {
	const n = 40
	r := script(t, dozens(n, nil))
	s := r.open()
	told, err := s.Dates(t.Context(), vfs.Root(), append(namesOf(n), "missing", "..", "a\nb", "tab\tbed"))
	r.must(err)
	want := map[string]time.Time{}
	for _, name := range namesOf(n) {
		want[name] = stampOfFile(name)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want15 := strings.Repeat("MDTM ", 15) + "PWD"
	sent := r.flights()
	if diff := cmp.Diff([]string{"MDTM", want15, want15, strings.Repeat("MDTM ", 10) + "PWD"}, sent[max(0, len(sent)-4):]); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	r.works(s)
}

// TestDatesThatAreInDoubt: whatever a server makes of the questions, no file is given
// the time of another.
func TestDatesThatAreInDoubt(t *testing.T) {
	const n = 20
	stray := func(text string) ftptest.Handler {
		return mdtmOf("f07", func(c *ftptest.Conn, _ string) {
			c.Say("%s\n213 %s", text, stampOfFile("f07").Format(stampForm))
		})
	}
	refusing := func(text string) ftptest.Handler { return ftptest.Reply(text) }
	files := dozens(n, nil).Files
	for outcome, tc := range map[string]struct {
		plan  ftptest.Plan
		told  int // of the files
		asked int // MDTM
		again int // of one file, when all that has been learned
	}{
		"one is refused":                        {plan: dozens(n, map[string]ftptest.Handler{"MDTM": mdtmOf("f07", refusing("550 No"))}), told: n - 1, asked: n, again: 1},
		"one is told in words":                  {plan: dozens(n, map[string]ftptest.Handler{"MDTM": mdtmOf("f07", refusing("213 yesterday"), refusing("213 yesterday"))}), told: 15, asked: 31},
		"MDTM is unknown":                       {plan: dozens(n, map[string]ftptest.Handler{"MDTM": refusing("500 Unknown")}), asked: 1},
		"MDTM is not there":                     {plan: dozens(n, map[string]ftptest.Handler{"MDTM": refusing("502 Not here")}), asked: 1},
		"MDTM is not allowed":                   {plan: dozens(n, map[string]ftptest.Handler{"MDTM": refusing("550 Permission denied.")}), asked: 1, again: 1},
		"unknown from the second on":            {plan: dozens(n, map[string]ftptest.Handler{"MDTM": mdtmFirst(1, "500 Unknown")}), told: 1, asked: 16},
		"not allowed from the second on":        {plan: dozens(n, map[string]ftptest.Handler{"MDTM": mdtmFirst(1, "550 No")}), told: 1, asked: 16, again: 1},
		"a refusal too many":                    {plan: dozens(n, map[string]ftptest.Handler{"MDTM": stray("550 Stray")}), told: 16, asked: 31},
		"a time too many":                       {plan: dozens(n, map[string]ftptest.Handler{"MDTM": stray("213 20010101000000")}), told: 16, asked: 31},
		"one reply is missing":                  {plan: dozens(n, map[string]ftptest.Handler{"MDTM": mdtmOf("f07", ftptest.Silence)}), told: 16, asked: 31},
		"PWD is refused":                        {plan: dozens(n, map[string]ftptest.Handler{"PWD": ftptest.InTurn(ftptest.Default, refusing("500 Unknown"))}), told: 1, asked: 16, again: 1},
		"MLST tells":                            {plan: ftptest.Plan{Greeting: ftptest.Reply("220 (vsFTPd 3.0.3)"), Files: files}},
		"a server that is not known to bear it": {plan: ftptest.Plan{Without: []string{"MLST", "MLSD"}, Files: files}},
		"no MDTM in FEAT":                       {plan: ftptest.Plan{Greeting: ftptest.Reply("220 (vsFTPd 3.0.3)"), Without: []string{"MLST", "MLSD", "MDTM"}, Files: files}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			s := r.open()
			told, err := s.Dates(t.Context(), vfs.Root(), namesOf(n))
			r.must(err)
			for name, at := range told {
				if !at.Equal(stampOfFile(name)) {
					t.Errorf("%s is of %v", name, at)
				}
			}
			if len(told) != tc.told {
				t.Errorf("%d are told, want %d", len(told), tc.told)
			}
			if got := r.Count("MDTM"); got != tc.asked {
				t.Errorf("asked %d times, want %d", got, tc.asked)
			}
			r.works(s)
			if _, err := s.Dates(t.Context(), vfs.Root(), namesOf(1)); err != nil || r.Count("MDTM") != tc.asked+tc.again {
				t.Errorf("again: %v, asked %d times", err, r.Count("MDTM")-tc.asked)
			}
		})
	}
}

// mdtmFirst tells the times of dozens n times, and then answers text.
func mdtmFirst(n int, text string) ftptest.Handler {
	var turns []ftptest.Handler
	for range n {
		turns = append(turns, mdtmOf(""))
	}
	for range 100 {
		turns = append(turns, ftptest.Reply(text))
	}
	return ftptest.InTurn(turns...)
}

// TestDatesThatEndEarly tell why, and the session knows what it is good for.
func TestDatesThatEndEarly(t *testing.T) {
	release := make(chan struct{})
	for outcome, tc := range map[string]struct {
		answer ftptest.Handler
		want   vfs.Kind
	}{
		"the connection breaks": {ftptest.Drop, vfs.KindLost},
		"no room":               {ftptest.All(ftptest.Reply("421 Too busy"), ftptest.Drop), vfs.KindBusy},
		"cancelled":             {ftptest.Hold(release, nil), vfs.KindCancelled},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, dozens(20, map[string]ftptest.Handler{"MDTM": mdtmOf("f07", tc.answer)}))
			s := r.open()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			asked := make(chan error, 1)
			go func() {
				told, err := s.Dates(ctx, vfs.Root(), namesOf(20))
				if len(told) > 0 {
					t.Errorf("%d are told", len(told))
				}
				asked <- err
			}()
			if tc.want == vfs.KindCancelled {
				// The eighth question has arrived, and is not answered.
				r.must(r.Await(t.Context(), "MDTM", 8))
				cancel()
			}
			r.wants(<-asked, tc.want)
			if tc.want == vfs.KindCancelled {
				close(release)
				r.works(s)
			}
		})
	}
}

// TestDatesOfServers are those that a look at each file tells, wherever there is no
// MLST, and some commands are enough for all.
func TestDatesOfServers(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		for _, denied := range []bool{false, true} {
			if denied && kind == ftptest.PureFTPd {
				continue // it cannot refuse single commands
			}
			t.Run(fmt.Sprintf("%s, MLST denied: %v", kind, denied), func(t *testing.T) {
				t.Parallel()
				options := ftptest.Options{}
				if denied {
					options.Deny = []string{"MLST", "MLSD"}
				}
				srv := ftptest.Start(t, kind, options)
				f := connect(t, srv, site.ModePassive, site.TLSOff)
				names := append(namesOf(40), "20240102030405 like a time", " leading", "trailing ", "-la", "[f]*", "Übergröße")
				for i, name := range names {
					f.put(name, []byte("content"))
					at := time.Date(2024, 1, 2, 3, 4, i, 0, time.UTC)
					f.must(os.Chtimes(filepath.Join(srv.Dir, name), at, at))
				}
				if _, err := f.s.List(f.ctx, f.dir); err != nil { // MLST may turn out not to be there
					t.Fatal(err)
				}
				before := len(f.sent("MDTM"))
				told, err := f.s.Dates(f.ctx, f.dir, append(names, "missing"))
				f.must(err)
				if asked := len(f.sent("MDTM")) - before; asked > len(names)+1 {
					t.Errorf("asked %d times", asked)
				}
				if want := kind == ftptest.VSFTPD || denied && kind == ftptest.ProFTPD; want != (len(told) == len(names)) {
					t.Errorf("%d are told of %d", len(told), len(names))
				}
				for name, at := range told {
					look, err := f.s.Stat(f.ctx, f.path(name))
					if err != nil || !look.ModTime.Equal(at) || look.Accuracy != time.Second {
						t.Errorf("%q is of %v, a look says %v to %v, %v", name, at, look.ModTime, look.Accuracy, err)
					}
				}
			})
		}
	}
}

// sent are the lines of the transcript with that command.
func (f *fixture) sent(verb string) (out []string) {
	lines, _ := f.trace.Since(0)
	for _, l := range lines {
		if l.Dir == trace.Sent && strings.HasPrefix(l.Text, verb+" ") {
			out = append(out, l.Text)
		}
	}
	return out
}

package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// TestWhatWentWrongIsSaidAsItHappened and the advice is about where it happened.
func TestWhatWentWrongIsSaidAsItHappened(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	dir := t.TempDir()
	plant(t, dir, map[string]string{"x": "1", "y": "2"})
	x, y, missing := filepath.Join(dir, "x"), filepath.Join(dir, "y"), filepath.Join(dir, "no", "such")
	for outcome, tc := range map[string]struct {
		code int
		says string
		args []string
	}{
		"a pattern that meets nothing":    {exitFailed, `wherry: Nothing matches "/d/*.zip".`, []string{"get", "shop:/d/*.zip", dir}},
		"several files onto a file":       {exitFailed, `wherry: "/d/a" is a file, where a folder is needed.`, []string{"put", x, y, "shop:/d/a"}},
		"a missing folder here":           {exitFailed, "it is looked for among the files of this computer", []string{"get", "shop:/d/a", missing + "/b"}},
		"an address that names no server": {exitUsage, `wherry: "ftp://" cannot be used: no host is given. An address looks like`, []string{"ls", "ftp://"}},
		"a sentence has its end":          {exitUsage, "such as 644 or 755.\n", []string{"chmod", "999", "shop:/d/a"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h.t = t
			h.fails(tc.code, []string{tc.says}, tc.args...)
		})
	}
}

// TestARunThatItsJournalEndsHasItsSummary as every other one, once and last.
func TestARunThatItsJournalEndsHasItsSummary(t *testing.T) {
	newHome(t)
	var out bytes.Buffer
	a := &app{std: Streams{In: strings.NewReader(""), Out: &out, Err: &bytes.Buffer{}}, opt: options{json: true, timeout: span(defaultTimeout)}}
	a.password = a.readPassword
	r := a.newRun()
	events := newEvents(r.event)
	defer events.Close()
	err := a.withEngine(t.Context(), "wherry queue run", wish{durable: true, events: events.OnEvent}, func(s *session) error {
		r.begin(s)
		if err := s.engine.Queue().Close(); err != nil {
			return err
		}
		return r.drain(t.Context(), s.engine.Queue(), events)
	})
	var told []any
	for _, line := range lines(t, out.String()) {
		told = append(told, line["event"])
	}
	if diff := cmp.Diff([]any{"failed", "summary"}, told); diff != "" || err == nil {
		t.Errorf("%s%v", diff, err)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// askingHome has a queue whose rows 1 and 2 ask about files that exist in the
// folder, a and b.
func askingHome(t *testing.T) (h *home, dir string) {
	t.Helper()
	h, dir = shopHome(t), t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("here before"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", dir)
	h.fails(exitFailed, []string{"nobody is there to ask", "2 rows wait for an answer", "wherry queue answer"}, "queue", "run")
	return h, dir
}

func statesOf(t *testing.T, h *home) string { return strings.Join(rowsBy(t, h, "state"), " ") }

// TestAScriptAnswersWhatRowsAsk and they go on by that, and by that alone.
func TestAScriptAnswersWhatRowsAsk(t *testing.T) {
	for outcome, tc := range map[string]struct {
		args   string
		states string // behind the answer
		a, b   string // what the files hold behind the next run
		run    []string
	}{
		"one is overwritten, the other still asks": {"answer 1 overwrite", "waiting asking", "1", "here before", nil},
		"both are overwritten":                     {"answer 1 2 overwrite", "waiting waiting", "1", "2", nil},
		"all are skipped":                          {"answer --all skip", "waiting waiting", "here before", "here before", nil},
		"all are kept beside":                      {"answer --all rename", "waiting waiting", "here before", "here before", nil},
		"the run has the answer":                   {"status", "asking asking", "1", "2", []string{"--exists", "overwrite"}},
		"the run's answer is to skip":              {"status", "asking asking", "here before", "here before", []string{"--exists", "skip"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h, dir := askingHome(t)
			h.ok(append([]string{"queue"}, strings.Fields(tc.args)...)...)
			if got := statesOf(t, h); got != tc.states {
				t.Errorf("the rows are %s, want %s", got, tc.states)
			}
			h.run(append([]string{"queue", "run"}, tc.run...)...)
			for name, want := range map[string]string{"a": tc.a, "b": tc.b} {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s holds %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAnswersSayWhatIsWrong(t *testing.T) {
	h, dir := askingHome(t)
	h.ok("queue", "add", "get", "shop:/c", dir)
	for outcome, tc := range map[string]struct {
		code int
		says string
		args string
	}{
		"no answer":                   {exitUsage, "the answer behind them", "1"},
		"rows, and all":               {exitUsage, "the answer behind them", "--all 1 skip"},
		"a word that is none":         {exitUsage, "maybe is no answer", "1 maybe"},
		"an answer to another":        {exitFailed, "Row 1 asks what to do with what exists, and delete is no answer to that", "1 delete"},
		"a row that asks nothing":     {exitFailed, "Row 3 is waiting and asks nothing", "3 skip"},
		"a row that never was":        {exitFailed, "Row 9 is not in the queue", "9 skip"},
		"the others are answered all": {exitFailed, "Row 9 is not in the queue", "9 2 skip"},
	} {
		t.Run(outcome, func(t *testing.T) {
			h.t = t
			h.fails(tc.code, []string{tc.says}, append([]string{"queue", "answer"}, strings.Fields(tc.args)...)...)
		})
	}
	h.t = t
	if got := statesOf(t, h); got != "asking waiting waiting" {
		t.Errorf("the rows are %s", got)
	}
}

// TestARowThatIsThereAlreadyIsNotCalledAdded nor changed.
func TestARowThatIsThereAlreadyIsNotCalledAdded(t *testing.T) {
	h, dir := askingHome(t)
	r := h.ok("queue", "add", "get", "shop:/a", "shop:/c", dir, "--exists", "overwrite")
	for _, part := range []string{"Added 1 row.", "shop:/a is in the queue already, as row 1, asking", "wherry queue answer 1 RULE"} {
		if !strings.Contains(r.err, part) {
			t.Errorf("does not say %q:\n%s", part, r.err)
		}
	}
	added := lines(t, h.ok("queue", "add", "get", "shop:/d", "shop:/a", dir, "--json").out)
	if added[0]["existing"] != nil || added[1]["existing"] != true || added[1]["id"] != 1.0 {
		t.Errorf("added: %v", added)
	}
}

// TestWhatMovesIsRemoved from another shell, with what it left unfinished, and
// what has ended stays listed.
func TestWhatMovesIsRemoved(t *testing.T) {
	for outcome, which := range map[string]string{"by its number": "2", "with all that is left": "--all"} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1", "/big": strings.Repeat("x", 4<<20)}, User: "anna", Password: "spinnaker"})
			h, dir := newHome(t, s.Password), t.TempDir()
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
			h.ok("queue", "add", "get", "shop:/a", dir)
			h.ok("queue", "run")
			h.ok("queue", "add", "get", "shop:/big", dir)
			run := h.runBeside("--limit", "100k")
			defer run.close()
			run.until(func(rows []map[string]any) bool { return rows[1]["state"] == "active" })
			h.ok("queue", "remove", which)
			run.wait()
			if got := statesOf(t, h); got != "done" {
				t.Errorf("the rows are %q, want the one that is done", got)
			}
			if left := tree(t, dir); len(left) != 1 {
				t.Errorf("left is %v", left)
			}
		})
	}
}

// TestANumberOfNoRowIsAnError and what is asked for is done with the others.
func TestANumberOfNoRowIsAnError(t *testing.T) {
	for command, want := range map[string]string{
		"pause 560 1": "paused waiting", "remove 1 560": "waiting", "retry 560 2": "waiting waiting", "resume 560": "waiting waiting",
		"move 560 1 --bottom": "waiting waiting", "priority low 560 1": "waiting waiting", "schedule 22:00 560 1": "waiting waiting",
	} {
		t.Run(command, func(t *testing.T) {
			h := shopHome(t)
			h.ok("queue", "add", "get", "shop:/a", "shop:/b", t.TempDir())
			h.fails(exitFailed, []string{"Row 560 is not in the queue."}, append([]string{"queue"}, strings.Fields(command)...)...)
			if got := statesOf(t, h); got != want {
				t.Errorf("the rows are %s, want %s", got, want)
			}
			if id := rowsBy(t, h, "id")[0]; strings.Contains(command, " 1") && strings.HasPrefix(command, "move") && id != "2" {
				t.Errorf("row %s is the first one", id)
			}
		})
	}
}

// TestAnAnswerCountsForMore than one row: for all that ask below a folder, and
// with --job for what was added with it, also what asks later.
func TestAnAnswerCountsForMore(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer string
		code   int
		states string
	}{
		"a folder's":                   {"1 overwrite", 0, "done asking asking done done done"},
		"a folder in it":               {"5 overwrite", 0, "active asking asking asking done done"},
		"an answer to something else":  {"5 direct", exitFailed, "active asking asking asking active asking"},
		"all that was added with one":  {"2 skip --job", 0, "done skipped asking skipped done skipped"},
		"all that was added with more": {"1 skip --job", 0, "done skipped asking skipped done skipped"},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/in/d/a": "1", "/in/d/sub/b": "2", "/in/alone": "3", "/in/e": "4"}, User: "anna", Password: "spinnaker",
			})
			h, dir := newHome(t, s.Password), t.TempDir()
			t.Setenv("WHERRY_PASSWORD", s.Password)
			h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
			for _, name := range []string{"d/a", "d/sub/b", "alone", "e"} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte("another"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			h.ok("queue", "add", "put", filepath.Join(dir, "d"), filepath.Join(dir, "alone"), "shop:/in/")
			h.ok("queue", "add", "put", filepath.Join(dir, "e"), "shop:/in/")
			h.fails(exitFailed, nil, "queue", "run")
			before := h.ok("queue", "list", "--all", "--json").out
			h.fails(tc.code, nil, append([]string{"queue", "answer"}, strings.Fields(tc.answer)...)...)
			h.run("queue", "run")
			if got := statesByID(t, h); got != tc.states {
				t.Errorf("the rows are %s, want %s; before\n%s", got, tc.states, before)
			}
		})
	}
}

// statesByID lists the states in the order of the rows' numbers.
func statesByID(t *testing.T, h *home) string {
	t.Helper()
	states := map[int]string{}
	rows := lines(t, h.ok("queue", "list", "--all", "--json").out)
	for _, row := range rows {
		states[int(row["id"].(float64))] = row["state"].(string)
	}
	out := ""
	for id := 1; len(states) > 0; id++ {
		if state, ok := states[id]; ok {
			out += " " + state
			delete(states, id)
		}
	}
	return strings.TrimSpace(out)
}

// TestTheListSaysWhatIsAsked, so that it can be answered.
func TestTheListSaysWhatIsAsked(t *testing.T) {
	h, _ := askingHome(t)
	says(t, h.ok("queue", "list"), "asks: there now 11 B", "larger", "; new 1 B")
	row := lines(t, h.ok("queue", "list", "--json").out)[0]
	if row["asks"] != "exists" || row["there"].(map[string]any)["size"] != 11.0 || row["new"].(map[string]any)["size"] != 1.0 {
		t.Errorf("the row is %v", row)
	}
}

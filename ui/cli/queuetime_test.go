package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/engine"
	"wherry/sync/queue"
	"wherry/sync/vfs"
)

func TestHoursAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]hours{
		"22:00-06:00":   {22 * time.Hour, 6 * time.Hour},
		"8:30-12:00":    {8*time.Hour + 30*time.Minute, 12 * time.Hour},
		"20:00 - 24:00": {20 * time.Hour, 0},
		"00:00-06:00":   {0, 6 * time.Hour},
		"22-6":          {22 * time.Hour, 6 * time.Hour},
		"10pm - 6.30am": {22 * time.Hour, 6*time.Hour + 30*time.Minute},
	} {
		var h hours
		if err := h.Set(text); err != nil || h != want {
			t.Errorf("%q is %v, %v; want %v", text, h, err, want)
		}
	}
	for _, text := range []string{"", "22:00", "22:00-22:00", "24:00-00:00", "25:00-06:00", "22:60-06:00", "-1:00-06:00", "22:00-06:00-08:00"} {
		var h hours
		if err := h.Set(text); err == nil {
			t.Errorf("%q is taken for %v", text, h)
		}
	}
}

// TestATimeIsTheSameForBothCommands that take one, in every form that help names.
func TestATimeIsTheSameForBothCommands(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", t.TempDir())
	for _, text := range []string{
		"22:30", "tomorrow 6:30", "Monday 9:00", "2099-12-24 22:00", "in 90 min", "in 2 hours", "in 3 days", "in 1h30m", "2099-12-24T22:00:00+01:00", "NOW",
	} {
		h.ok("queue", "schedule", text, "1")
		scheduled := rowsBy(t, h, "not_before")[0]
		dir := t.TempDir()
		h.ok("queue", "add", "get", "shop:/b", dir, "--at", text)
		h.ok("queue", "schedule", "now", "1")
		rows := rowsBy(t, h, "not_before")
		if got := rows[len(rows)-1]; (got == "<nil>") != (text == "NOW") || got[:5] != scheduled[:5] {
			t.Errorf("%q is %s for schedule and %s for --at", text, scheduled, got)
		}
	}
}

func FuzzHours(f *testing.F) {
	for _, seed := range []string{"22:00-06:00", "0:00-24:00", "-", "1:1-2:2", "٢:00-3:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var h hours
		if err := h.Set(text); err == nil && (h.from == h.until || min(h.from, h.until) < 0 || max(h.from, h.until) >= 24*time.Hour) {
			t.Errorf("%q is %v", text, h)
		}
	})
}

// rowsBy are the rows of `queue list --json`, by one field.
func rowsBy(t *testing.T, h *home, field string) []string {
	t.Helper()
	var got []string
	for _, row := range lines(t, h.ok("queue", "list", "--json").out) {
		got = append(got, fmt.Sprint(row[field]))
	}
	return got
}

// TestRowsHaveATimeToBegin from the shell, and take it back.
func TestRowsHaveATimeToBegin(t *testing.T) {
	h := shopHome(t)
	dir := t.TempDir()
	const at = "2099-05-06T07:08:09Z"
	r := h.ok("queue", "add", "get", "shop:/a", "shop:/b", dir, "--at", at)
	if !strings.Contains(r.err, "2099-05-06") {
		t.Errorf("it says\n%s", r.err)
	}
	h.ok("queue", "add", "get", "shop:/c", dir)
	never := "<nil>"
	if diff := cmp.Diff([]string{at, at, never}, rowsBy(t, h, "not_before")); diff != "" {
		t.Error(diff)
	}
	if list := h.ok("queue", "list").out; strings.Count(list, "not before 2099-05-06") != 2 {
		t.Errorf("the list is\n%s", list)
	}
	for _, step := range []struct {
		args []string
		want []string
	}{
		{[]string{"now", "1"}, []string{never, at, never}},
		{[]string{"2098-01-01T00:00:00Z", "3", "2"}, []string{never, "2098-01-01T00:00:00Z", "2098-01-01T00:00:00Z"}},
		{[]string{"now", "1", "2", "3"}, []string{never, never, never}},
	} {
		h.ok(append([]string{"queue", "schedule"}, step.args...)...)
		if diff := cmp.Diff(step.want, rowsBy(t, h, "not_before")); diff != "" {
			t.Errorf("after %v: %s", step.args, diff)
		}
	}
	h.ok("queue", "run")
	for _, name := range []string{"a", "b", "c"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestTheMomentThatIsUnderstoodIsSaid to a person, once for all rows.
func TestTheMomentThatIsUnderstoodIsSaid(t *testing.T) {
	h := shopHome(t)
	dir := t.TempDir()
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", "shop:/c", dir)
	for outcome, tc := range map[string]struct {
		args []string
		want string
	}{
		"of rows":        {[]string{"2099-12-24 22:00", "1", "2"}, "wherry: 2 rows begin not before 2099-12-24 22:00.\n"},
		"of one row":     {[]string{"2099-12-24 noon", "1"}, "wherry: 1 row begins not before 2099-12-24 12:00.\n"},
		"not at once":    {[]string{"now", "1", "2"}, ""},
		"not in silence": {[]string{"-q", "2099-12-24 22:00", "1"}, ""},
		"not to scripts": {[]string{"--json", "2099-12-24 22:00", "1"}, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			h.t = t
			if r := h.ok(append([]string{"queue", "schedule"}, tc.args...)...); r.err != tc.want || r.out != "" {
				t.Errorf("says %q and %q", r.err, r.out)
			}
		})
	}
	h.t = t
	h.ok("queue", "schedule", "now", "1", "2")
	h.ok("queue", "run")
	if r := h.ok("queue", "schedule", "2099-12-24 22:00", "1", "2"); r.err != "wherry: 2 rows have ended, so no time was set.\n" {
		t.Errorf("says %q", r.err)
	}
}

// TestTheQueueRunsBetweenHours that are now; the hours that are not are
// waited for by a test of the queue's own clock.
func TestTheQueueRunsBetweenHours(t *testing.T) {
	h := shopHome(t)
	dir := t.TempDir()
	h.ok("queue", "add", "get", "shop:/a", dir)
	from, until := time.Now().Add(-2*time.Hour), time.Now().Add(2*time.Hour)
	h.ok("queue", "run", "--workers", "2", "--stay-awake", "--between", from.Format("15:04")+"-"+until.Format("15:04"))
	if _, err := os.Stat(filepath.Join(dir, "a")); err != nil {
		t.Error(err)
	}
}

func TestTimeCommandsSayWhatIsWrong(t *testing.T) {
	h := shopHome(t)
	for outcome, tc := range map[string]struct {
		says string
		args []string
	}{
		"a time that is none":         {"such as 22:30", []string{"schedule", "soonish", "1"}},
		"a time without its quotes":   {`"in 2 hours"`, []string{"schedule", "in", "2", "hours", "1"}},
		"a day without its time":      {`as in "tomorrow 6:30"`, []string{"add", "get", "shop:/a", ".", "--at", "tomorrow", "3:00"}},
		"a time beyond all":           {"9999-01-01T00:00:00Z cannot be used: it is a hundred years away", []string{"schedule", "9999-01-01T00:00:00Z", "1"}},
		"a time that is past":         {"that time is past; now means at once", []string{"schedule", "2001-01-01T00:00:00Z", "1"}},
		"a time that is now":          {"now means at once", []string{"schedule", "in 0 min", "1"}},
		"a day that is none":          {"2026-02-30 10:00 cannot be used: there is no such day.", []string{"schedule", "2026-02-30 10:00", "1"}},
		"such a day for what comes":   {"there is no such day", []string{"add", "get", "shop:/a", ".", "--at", "2026-02-30 10:00"}},
		"rows and no time":            {"12 is taken for the number of a row, and the time is missing", []string{"schedule", "12", "13"}},
		"no rows":                     {"name the rows", []string{"schedule", "22:00"}},
		"a row that is no number":     {"no number", []string{"schedule", "22:00", "x"}},
		"a time for what is added":    {"such as 22:30", []string{"add", "get", "shop:/a", ".", "--at", "soonish"}},
		"hours that are none":         {"22:00-06:00", []string{"run", "--between", "nights"}},
		"no workers":                  {"from 1 to 32", []string{"run", "--workers", "0"}},
		"limits for another's work":   {"wherry queue run", []string{"add", "get", "shop:/a", ".", "--limit-up", "1M"}},
		"another limit":               {"wherry queue run", []string{"add", "get", "shop:/a", ".", "--limit", "1M"}},
		"a row's way, to the run":     {"wherry queue add", []string{"run", "--keep-mode"}},
		"a row's number, to the run":  {"wherry queue add", []string{"run", "--segments", "2"}},
		"segments of an upload":       {"for downloads", []string{"add", "put", "a", "shop:/", "--segments", "2"}},
		"too many segments":           {"from 1 to 8", []string{"add", "get", "shop:/a", ".", "--segments", "9"}},
		"no segments":                 {"from 1 to 8", []string{"add", "get", "shop:/a", ".", "--segments", "0"}},
		"a saved site's way to write": {"sites edit", []string{"add", "get", "shop:/a", ".", "--replace", "direct"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			h.t = t
			h.fails(exitUsage, []string{tc.says}, append([]string{"queue"}, tc.args...)...)
		})
	}
}

// TestASiteKeepsLimitsAndHowItsFilesAreReplaced until they are taken back.
func TestASiteKeepsLimitsAndHowItsFilesAreReplaced(t *testing.T) {
	h := newHome(t)
	h.ok("sites", "add", "shop", "ftp://anna@ftp.example.org", "--limit-up", "500k", "--limit-down", "2M", "--replace", "delete")
	row := lines(t, h.ok("sites", "show", "shop", "--json").out)[0]
	if row["limit_up"] != 500_000.0 || row["limit_down"] != 2_000_000.0 || row["replace"] != "delete" {
		t.Errorf("kept is %v", row)
	}
	for _, part := range []string{"Sends at most", "500 kB/s", "Receives at most", "2.0 MB/s", "deleting the old file first"} {
		if out := h.ok("sites", "show", "shop").out; !strings.Contains(out, part) {
			t.Errorf("without %q:\n%s", part, out)
		}
	}
	h.ok("sites", "edit", "shop", "--limit-up", "", "--replace", "")
	row = lines(t, h.ok("sites", "show", "shop", "--json").out)[0]
	if row["limit_up"] != nil || row["limit_down"] != 2_000_000.0 || row["replace"] != nil {
		t.Errorf("kept is %v", row)
	}
	h.fails(exitUsage, []string{"--limit holds for one command"}, "sites", "edit", "shop", "--limit", "1M")
	h.fails(exitUsage, []string{"--keep-mode holds for one command"}, "sites", "edit", "shop", "--keep-mode")
	h.fails(exitUsage, []string{"--segments holds for one command"}, "sites", "edit", "shop", "--segments", "2")
	h.fails(exitUsage, []string{"it takes direct, delete, never"}, "sites", "edit", "shop", "--replace", "always")
}

// TestRowsKeepSegments: as they keep modes.
func TestRowsKeepSegments(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", t.TempDir(), "--segments", "3")
	h.ok("queue", "add", "get", "shop:/b", t.TempDir())
	if diff := cmp.Diff([]string{"3", "<nil>"}, rowsBy(t, h, "segments")); diff != "" {
		t.Error(diff)
	}
	h.fails(exitUsage, []string{"--segments is for downloads"}, "put", t.TempDir(), "shop:/", "--segments", "3")
}

// TestRowsKeepModes: what is said when a row is added holds when it is done.
func TestRowsKeepModes(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", t.TempDir(), "--keep-mode")
	h.ok("queue", "add", "get", "shop:/b", t.TempDir())
	if diff := cmp.Diff([]string{"true", "<nil>"}, rowsBy(t, h, "keep_mode")); diff != "" {
		t.Error(diff)
	}
}

// TestARunThatWaitsSaysUntilWhen, and ends when it is interrupted.
func TestARunThatWaitsSaysUntilWhen(t *testing.T) {
	soon := time.Now().Add(2 * time.Hour)
	outside := soon.Format("15:04") + "-" + soon.Add(time.Hour).Format("15:04")
	for outcome, tc := range map[string]struct {
		at, between string
		says        string // "" for nothing
	}{
		"for its row":           {at: "2099-05-06T07:08:09Z", says: "begins at 2099-05-0"},
		"for the hours":         {between: outside, says: "begins at"},
		"for the later of both": {at: "2099-05-06T07:08:09Z", between: outside, says: "begins at 2099-05-0"},
		"and nothing otherwise": {},
	} {
		t.Run(outcome, func(t *testing.T) {
			h := shopHome(t)
			add, run := []string{"queue", "add", "get", "shop:/a", t.TempDir()}, []string{"queue", "run"}
			if tc.at != "" {
				add = append(add, "--at", tc.at)
			}
			if tc.between != "" {
				run = append(run, "--between", tc.between)
			}
			h.ok(add...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			said := &watched{until: "which is waited for", then: cancel}
			a := &app{std: Streams{In: strings.NewReader(""), Out: &watched{}, Err: said}, vault: h.vault}
			code := a.main(ctx, run)
			if want := map[bool]int{true: exitInterrupted}[tc.says != ""]; code != want || !strings.Contains(said.text.String(), tc.says) {
				t.Errorf("exit %d: %s", code, &said.text)
			}
			if code == exitInterrupted && !strings.Contains(said.text.String(), "the next `wherry queue run` goes on from there") {
				t.Errorf("how it goes on: %s", &said.text)
			}
		})
	}
}

// TestManyRowsThatBeginLaterHideNone behind them that begins at once.
func TestManyRowsThatBeginLaterHideNone(t *testing.T) {
	h := shopHome(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	copyTo := func(name string, begin time.Time) queue.Request {
		at := func(name string) queue.Place {
			return queue.Place{Path: vfs.MustParse(filepath.ToSlash(filepath.Join(dir, name)))}
		}
		return queue.Request{Source: at("file"), Target: at(name), Type: vfs.TypeFile, Size: 1, NotBefore: begin}
	}
	var requests []queue.Request
	for i := range page {
		requests = append(requests, copyTo(fmt.Sprint("later", i), time.Now().Add(time.Hour)))
	}
	dirs, err := engine.DirsAt(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Start(t.Context(), engine.Config{Dirs: dirs, Vault: h.vault})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Enqueue(t.Context(), append(requests, copyTo("now", time.Time{}))...); err != nil || e.Close() != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, said := &watched{until: `"done"`, then: cancel}, &watched{}
	a := &app{std: Streams{In: strings.NewReader(""), Out: out, Err: said}, vault: h.vault}
	if code := a.main(ctx, []string{"queue", "run", "--json"}); code != exitInterrupted || strings.Contains(said.text.String(), "which is waited for") {
		t.Errorf("exit %d: %s", code, &said.text)
	}
}

// watched is a stream that calls then once it was told until.
type watched struct {
	text  bytes.Buffer
	until string
	then  func()
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.text.Write(p)
	if w.until != "" && strings.Contains(w.text.String(), w.until) {
		w.then()
	}
	return n, err
}

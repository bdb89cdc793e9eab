package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/engine"
)

func TestTheQueueIsCounted(t *testing.T) {
	h := shopHome(t)
	count := func() map[string]any {
		t.Helper()
		return lines(t, h.ok("queue", "status", "--json").out)[0]
	}
	rows := func(changes map[string]any) map[string]any {
		all := map[string]any{}
		for _, state := range []string{"waiting", "scanning", "active", "paused", "asking", "done", "failed", "skipped"} {
			all[state] = 0.0
		}
		for state, n := range changes {
			all[state] = n
		}
		return all
	}
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", "shop:/c", t.TempDir())
	h.ok("queue", "pause", "2")
	want := map[string]any{"rows": rows(map[string]any{"waiting": 2.0, "paused": 1.0}), "left": 3.0, "bytes_left": 3.0, "folders": 0.0, "folders_failed": 0.0, "running": false, "held": false, "waits": []any{}}
	if diff := cmp.Diff(want, count()); diff != "" {
		t.Error(diff)
	}
	h.fails(exitFailed, nil, "queue", "run") // a row is left
	want = map[string]any{"rows": rows(map[string]any{"done": 2.0, "paused": 1.0}), "left": 1.0, "bytes_left": 1.0, "folders": 0.0, "folders_failed": 0.0, "running": false, "held": false, "waits": []any{}}
	if diff := cmp.Diff(want, count()); diff != "" {
		t.Error(diff)
	}
	if out := h.ok("queue", "status").out; out != "3 rows, 1 paused, 2 done; 1 B left\n" {
		t.Errorf("it says %q", out)
	}
}

// TestAQueueThatIsHeldSaysSo: otherwise a run that has nothing to do looks like
// one that has done it.
func TestAQueueThatIsHeldSaysSo(t *testing.T) {
	h := shopHome(t)
	dir := t.TempDir()
	h.ok("queue", "add", "get", "shop:/a", dir)
	dirs, err := engine.DirsAt(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Start(t.Context(), engine.Config{Dirs: dirs, Vault: h.vault})
	if err == nil {
		err = e.Queue().Hold(t.Context(), true)
	}
	if err != nil || e.Close() != nil {
		t.Fatal(err)
	}
	const says = "The queue as a whole is paused; wherry queue resume --all"
	h.fails(exitFailed, []string{says}, "queue", "run")
	if r := h.ok("queue", "list"); !strings.Contains(r.err, says) {
		t.Errorf("the list says %s", r.err)
	}
	if row := lines(t, h.ok("queue", "status", "--json").out)[0]; row["held"] != true {
		t.Errorf("the status is %v", row)
	}
	h.ok("queue", "resume", "--all")
	h.ok("queue", "run")
	if _, err := os.Stat(filepath.Join(dir, "a")); err != nil {
		t.Error(err)
	}
}

// TestTheReadmeNamesEveryField that scripts get of the queue.
func TestTheReadmeNamesEveryField(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []any{itemJSON{}, sideJSON{}, statusJSON{}, waitJSON{}, eventJSON{}, summaryJSON{}} {
		kind := reflect.TypeOf(line)
		for i := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), `"`+name+`":`) {
				t.Errorf("the README does not name %s of %s", name, kind.Name())
			}
		}
	}
}

// TestALongQueueIsListedWhole although it is read by pages.
func TestALongQueueIsListedWhole(t *testing.T) {
	h := shopHome(t)
	dir, rows := t.TempDir(), page+50
	args := []string{"queue", "add", "put"}
	for i := range rows {
		name := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	h.ok(append(args, "shop:/")...)
	for limit, want := range map[int]int{rows + 100: rows, page + 1: page + 1, page: page, 3: 3} {
		seen := map[any]bool{}
		for _, row := range lines(t, h.ok("queue", "list", "--json", "--limit", strconv.Itoa(limit)).out) {
			seen[row["id"]] = true
		}
		text := h.ok("queue", "list", "--limit", strconv.Itoa(limit)).out
		if len(seen) != want || strings.Count(text, "\n") != want {
			t.Errorf("--limit %d lists %d rows and %d lines, want %d", limit, len(seen), strings.Count(text, "\n"), want)
		}
	}
}

// TestTheHoursOfARunAreSaid by others, for which nothing seems to happen.
func TestTheHoursOfARunAreSaid(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", t.TempDir())
	later := time.Now().Add(3 * time.Hour)
	run := h.runBeside("--between", later.Format("15:04")+"-"+later.Add(time.Hour).Format("15:04"))
	defer run.close()
	var opens string
	run.until(func([]map[string]any) bool {
		opens, _ = lines(t, h.ok("queue", "status", "--json").out)[0]["opens_at"].(string)
		return opens != ""
	})
	if at, err := time.Parse(time.RFC3339, opens); err != nil || at.Local().Format("15:04") != later.Format("15:04") {
		t.Errorf("it opens at %q, %v", opens, err)
	}
	for _, command := range []string{"list", "status"} {
		says(t, h.ok("queue", command), "no file begins before", later.Format("15:04"))
	}
}

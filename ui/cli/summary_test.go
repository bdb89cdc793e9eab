package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"wherry/sync/engine"
	"wherry/sync/ftptest"
)

// says checks that a command wrote all parts, to either stream.
func says(t *testing.T, r result, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.out+r.err, part) {
			t.Errorf("it does not say %q:\n%s%s", part, r.out, r.err)
		}
	}
}

// TestAPasswordThatNobodyKnows costs no row: the run says which login lacks it
// and how to give it, and the next one that has it goes on by itself.
func TestAPasswordThatNobodyKnows(t *testing.T) {
	h, dir := shopHome(t), t.TempDir()
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", "shop:/c", dir)
	h.ok("queue", "pause", "3")
	password := os.Getenv("WHERRY_PASSWORD")
	t.Setenv("WHERRY_PASSWORD", "")
	for range 2 { // the second is no worse
		r := h.fails(exitLogin, nil, "queue", "run")
		says(t, r, "No password is known for 127.0.0.1", "WHERRY_PASSWORD", "2 rows are paused: No password is known", "goes on with them",
			"1 row is paused: by a person. `wherry queue resume --all`", "0 files copied", "3 paused.")
		if strings.Contains(r.err, "did not accept") {
			t.Errorf("it says that the server refused a password:\n%s", r.err)
		}
		if got := statesOf(t, h); got != "paused paused paused" {
			t.Errorf("the rows are %s", got)
		}
	}
	events := lines(t, h.fails(exitLogin, nil, "queue", "run", "--json").out)
	if first := events[0]; first["event"] != "paused" || first["kind"] != "login" || !strings.Contains(first["message"].(string), "No password is known") {
		t.Errorf("the event is %v", first)
	}
	if last := events[len(events)-1]; last["files_failed"] != 0.0 || last["paused"] != 3.0 || last["files_left"] != 3.0 {
		t.Errorf("the summary is %v", last)
	}
	h.ok("queue", "pause", "--all")
	t.Setenv("WHERRY_PASSWORD", password)
	h.fails(exitFailed, nil, "queue", "run") // what a person has paused is left
	if got := statesOf(t, h); got != "paused paused paused" {
		t.Errorf("paused by a person the rows are %s", got)
	}
	h.ok("queue", "resume", "1", "2")
	h.fails(exitFailed, nil, "queue", "run")
	if got := statesOf(t, h); got != "done done paused" {
		t.Errorf("with the password the rows are %s", got)
	}
}

// TestARefusedPasswordIsAccountedFor: it is not tried again by itself, because
// accounts are locked by that, and both runs say what is left.
func TestARefusedPasswordIsAccountedFor(t *testing.T) {
	h := shopHome(t)
	for i := range 12 {
		h.ok("queue", "add", "get", "shop:/a", filepath.Join(t.TempDir(), strconv.Itoa(i)))
	}
	password := os.Getenv("WHERRY_PASSWORD")
	t.Setenv("WHERRY_PASSWORD", "not-it")
	r := h.fails(exitLogin, nil, "queue", "run")
	says(t, r, "failed.", "paused.", "did not accept", "`wherry queue retry --all`")
	t.Setenv("WHERRY_PASSWORD", password)
	r = h.fails(exitFailed, nil, "queue", "run")
	says(t, r, "0 files copied", "failed before", "paused: 127.0.0.1 did not accept", "`wherry queue retry --all`")
	r = h.fails(exitFailed, nil, "queue", "run", "-q")
	says(t, r, "failed before", "paused: 127.0.0.1 did not accept", "`wherry queue retry --all`")
	h.ok("queue", "retry", "--all")
	h.ok("queue", "run")
}

// TestNoRunEndsInSilenceWithRowsThatAsk: each night's mail says what it wants.
func TestNoRunEndsInSilenceWithRowsThatAsk(t *testing.T) {
	h, _ := askingHome(t)
	for range 2 {
		r := h.fails(exitFailed, nil, "queue", "run", "-q")
		says(t, r, "2 rows wait for an answer", "`wherry queue answer`")
	}
}

// TestARunTriesAtOnceWhatWaits for a server, and begins to count anew: whoever
// types it wants to know whether it is back.
func TestARunTriesAtOnceWhatWaits(t *testing.T) {
	h, dir := shopHome(t), t.TempDir()
	h.ok("queue", "add", "get", "shop:/a", dir)
	h.ok("sites", "edit", "shop", "ftp://anna@"+closedPort, "--tls", "off")
	run := h.runBeside()
	defer run.close()
	run.until(func(rows []map[string]any) bool { return rows[0]["waits_for"] != nil })
	run.close()
	told := ""
	for _, event := range lines(t, h.fails(exitConnect, nil, "queue", "run", "--retries", "1", "--json").out) {
		told += fmt.Sprint(" ", event["event"])
	}
	if want := " retry failed summary"; told != want {
		t.Errorf("with one retry the second run tells of%s, want%s", told, want)
	}
}

// TestWhatWaitsForATimeIsNotPromisedBySomebodyElse: beside another Wherry that
// works on the queue a run says only that.
func TestWhatWaitsForATimeIsNotPromisedBySomebodyElse(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", t.TempDir(), "--at", "in 3h")
	dirs, err := engine.DirsAt(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Start(t.Context(), engine.Config{Dirs: dirs, Vault: h.vault, Work: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	for !e.Queue().Snapshot().Running {
		runtime.Gosched()
	}
	// Nor is a password asked for, which standard input does not have.
	r := h.fails(exitFailed, []string{"Another Wherry works on the queue already"}, "queue", "run", "--password-stdin")
	if strings.Contains(r.err, "which is waited for") {
		t.Errorf("it says what it does not do:\n%s", r.err)
	}
}

// TestFoldersAreNotCalledActive where nothing moves below them.
func TestFoldersAreNotCalledActive(t *testing.T) {
	h, dir := shopHome(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.ok("queue", "add", "put", dir+"/.", "shop:/")
	r := h.fails(exitFailed, []string{"1 row waits for an answer"}, "queue", "run", "--retries", "0")
	says(t, r, "0 files copied", "1 waiting for an answer.")
	says(t, h.ok("queue", "status"), "2 rows, 1 asking, 1 folder not done")
	if row := lines(t, h.ok("queue", "status", "--json").out)[0]; row["folders"] != 1.0 || row["running"] != false {
		t.Errorf("the status is %v", row)
	}
}

// TestPermissionsThatAreNotKeptAreTold where --keep-mode asks for them; they are
// no error.
func TestPermissionsThatAreNotKeptAreTold(t *testing.T) {
	for outcome, tc := range map[string]struct {
		reply, flag string
		kept        any
		says        string
	}{
		"kept":                {"", "--keep-mode", true, ""},
		"refused":             {"550 SITE CHMOD command failed.", "--keep-mode", false, "1 without their permissions"},
		"not known there":     {"500 Unknown SITE command.", "--keep-mode", false, "1 without their permissions"},
		"refused, not wanted": {"550 SITE CHMOD command failed.", "--exists=overwrite", nil, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			plan := ftptest.Plan{Files: map[string]string{"/in/x": "x"}, User: "anna", Password: "spinnaker"}
			if tc.reply != "" {
				plan.Verbs = map[string]ftptest.Handler{"SITE": ftptest.Reply(tc.reply)}
			}
			s := ftptest.Script(t, plan)
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			name := filepath.Join(t.TempDir(), "f")
			if err := os.WriteFile(name, []byte("f"), 0o640); err != nil {
				t.Fatal(err)
			}
			args := []string{"put", name, at("ftp", s.User, s.Host, s.Port, "/in/"), "--tls", "off", tc.flag}
			for _, event := range lines(t, h.ok(append(args, "--json")...).out) {
				if event["event"] == "done" && event["mode_kept"] != tc.kept {
					t.Errorf("the event is %v", event)
				}
			}
			r := h.ok(append(args, "--exists", "overwrite")...)
			if told := strings.Contains(r.out, "permissions"); told != (tc.says != "") || !strings.Contains(r.out, tc.says) {
				t.Errorf("it says %s", r.out)
			}
		})
	}
}

package cli

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// shopHome has one saved site, shop, with some files.
func shopHome(t *testing.T) *home {
	t.Helper()
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1", "/b": "2", "/c": "3", "/d": "4"}, User: "anna", Password: "spinnaker"})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	return h
}

// TestTheQueuesOrder: what a shell moves is where the list shows it, and stays
// so from one command to the next.
func TestTheQueuesOrder(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", "shop:/c", "shop:/d", t.TempDir())
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"move", "3", "4", "--top"}, "3 4 1 2"},
		{[]string{"move", "4", "--bottom"}, "3 1 2 4"},
		{[]string{"move", "2", "--before", "1"}, "3 2 1 4"},
		{[]string{"priority", "high", "1"}, "1 high, 3 2 4"},
		{[]string{"priority", "low", "3"}, "1 high, 2 4 3 low"},
		{[]string{"move", "3", "--before", "2"}, "1 high, 3 2 4"},
		{[]string{"priority", "normal", "1"}, "3 2 1 4"},
	} {
		h.ok(append([]string{"queue"}, step.args...)...)
		var got []string
		for _, row := range lines(t, h.ok("queue", "list", "--json").out) {
			got = append(got, strings.TrimSuffix(fmt.Sprintf("%v %v", row["id"], row["priority"]), " normal"))
		}
		if text := strings.Join(got, " "); text != strings.ReplaceAll(step.want, ",", "") {
			t.Errorf("after %v the rows are %s, want %s", step.args, text, step.want)
		}
	}
	h.ok("queue", "priority", "high", "4")
	if out := h.ok("queue", "list").out; !strings.HasPrefix(out, "4  waiting, high") {
		t.Errorf("the list is\n%s", out)
	}
}

func TestOrderCommandsSayWhatIsWrong(t *testing.T) {
	h := shopHome(t)
	for _, tc := range []struct {
		code int
		says string
		args string
	}{
		{exitUsage, "--before ID", "move 1"},
		{exitUsage, "--before ID", "move 1 --top --bottom"},
		{exitUsage, "--before ID", "move 1 --before 0"},
		{exitUsage, "numbers", "move --top"},
		{exitUsage, "no number", "move x --top"},
		{exitUsage, "not one of high", "priority urgent 1"},
		{exitUsage, "high, normal or low", "priority high"},
		{exitUsage, "no number", "priority high x"},
	} {
		h.fails(tc.code, []string{tc.says}, append([]string{"queue"}, strings.Fields(tc.args)...)...)
	}
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", t.TempDir())
	h.fails(exitFailed, []string{"Row 9 is not in the queue"}, "queue", "move", "1", "--before", "9")
	h.fails(exitFailed, []string{"Row 1 is one of those"}, "queue", "move", "1", "2", "--before", "1")
}

// TestTheListSaysWhatRowsWaitFor while another process works on them.
func TestTheListSaysWhatRowsWaitFor(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", t.TempDir())
	host, port, err := net.SplitHostPort(closedPort)
	if err != nil {
		t.Fatal(err)
	}
	h.ok("sites", "edit", "shop", "ftp://anna@"+net.JoinHostPort(host, port))
	run := h.runBeside("--retries", "3")
	defer run.close()
	var list result
	rows := run.until(func(rows []map[string]any) bool { // between two attempts
		list = h.ok("queue", "list")
		return rows[0]["next_try"] != nil && rows[1]["next_try"] != nil && strings.Contains(list.out, " until ")
	})
	for _, row := range rows {
		if row["waits_for"] != host || row["kind"] != "refused" {
			t.Errorf("a row is %v", row)
		}
	}
	if rows[0]["attempts"] != 0.0 && rows[1]["attempts"] != 0.0 {
		t.Errorf("both rows count the one failure: %v", rows)
	}
	if !strings.Contains(list.out, "waiting for "+host+" until ") || !strings.Contains(list.err, "All its rows are waiting for "+host) {
		t.Errorf("the list is\n%s%s", list.out, list.err)
	}
}

func TestAServerThatIsDownIsOneFailure(t *testing.T) {
	h := shopHome(t)
	h.ok("queue", "add", "get", "shop:/a", "shop:/b", "shop:/c", "shop:/d", t.TempDir())
	h.ok("sites", "edit", "shop", "ftp://anna@"+closedPort)
	h.fails(exitConnect, []string{"does not accept connections"}, "queue", "run", "--retries", "0", "--connections", "1")
}

func TestTheQueueIsSearched(t *testing.T) {
	h := shopHome(t)
	for _, name := range []string{"/a", "/b"} {
		h.ok("queue", "add", "get", "shop:"+name, t.TempDir())
		h.ok("queue", "run")
	}
	h.ok("queue", "add", "get", "shop:/c", t.TempDir())
	for _, tc := range []struct {
		args string
		want string
	}{
		{"--done", "2 1"}, {"--done --find shop", ""}, {"--find /C", "3"}, {"--done --find /a", "1"}, {"", "1 2 3"},
	} {
		var got []string
		for _, row := range lines(t, h.ok(append([]string{"queue", "list", "--json"}, strings.Fields(tc.args)...)...).out) {
			got = append(got, fmt.Sprint(row["id"]))
			if (row["ended"] != nil) != (row["state"] == "done") {
				t.Errorf("row %v", row)
			}
		}
		if text := strings.Join(got, " "); text != tc.want {
			t.Errorf("%s lists %s, want %s", tc.args, text, tc.want)
		}
	}
}

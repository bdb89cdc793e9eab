package cli

import (
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// TestAFolderWithFailuresCountsOnce: the run, the list and the count say the same
// number, which is that of the files.
func TestAFolderWithFailuresCountsOnce(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/mid/a": "1", "/mid/b": "2", "/mid/c": "3"}, User: "anna", Password: "spinnaker",
		Verbs: map[string]ftptest.Handler{"RETR": func(c *ftptest.Conn, name string) {
			switch {
			case strings.HasSuffix(name, "a"):
				ftptest.Reply("426 Broken off")(c, name)
			case strings.HasSuffix(name, "b"):
				ftptest.Reply("550 Permission denied")(c, name)
			default:
				ftptest.Default(c, name)
			}
		}},
	})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("queue", "add", "get", at("ftp", s.User, s.Host, s.Port, "/mid"), "--tls", "off", t.TempDir())
	if r := h.fails(exitFailed, []string{"`wherry queue retry "}, "queue", "run", "--retries", "0"); !strings.Contains(r.out, " 2 failed.") {
		t.Errorf("the run says %q", r.out)
	}
	list, status := h.ok("queue", "list"), h.ok("queue", "status").out
	for _, text := range []string{list.err, status} {
		if !strings.Contains(text, "4 rows, 2 failed, 1 done, 1 folder with failures") {
			t.Errorf("it counts %q", text)
		}
	}
	if !strings.Contains(list.out, `"/mid": 2 of 3 entries failed.`) || strings.Contains(list.out, "went wrong") {
		t.Errorf("listed:\n%s", list.out)
	}
	row := lines(t, h.ok("queue", "status", "--json").out)[0]
	failed := lines(t, h.ok("queue", "list", "--failed", "--json").out)
	if rows := row["rows"].(map[string]any); rows["failed"] != float64(len(failed)) || len(failed) != 3 || row["folders_failed"] != 1.0 {
		t.Errorf("the status is %v, and the list has %d rows", row, len(failed))
	}
	// Nobody is to see a green light from the second night on.
	h.fails(exitFailed, []string{"2 rows have failed before", "queue clear failed"}, "queue", "run", "-q")
	h.ok("queue", "clear", "failed")
	h.ok("queue", "run")
}

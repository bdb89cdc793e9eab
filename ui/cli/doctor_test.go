package cli

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vault"
)

type handlers = map[string]ftptest.Handler

// noPassive names a port at which nobody listens.
var noPassive = handlers{
	"EPSV": ftptest.Reply("229 Entering Extended Passive Mode (|||1|)"),
	"PASV": ftptest.Reply("227 Entering Passive Mode (127,0,0,1,0,1)"),
}

// noData also refuses active mode.
func noData() handlers {
	return handlers{
		"EPSV": noPassive["EPSV"], "PASV": noPassive["PASV"],
		"EPRT": ftptest.Reply("502 Not here"), "PORT": ftptest.Reply("500 Illegal PORT command"),
	}
}

// TestDoctorEndsWith holds the exit codes, and what a person reads first.
func TestDoctorEndsWith(t *testing.T) {
	for outcome, tc := range map[string]struct {
		plan  ftptest.Plan
		flags []string
		path  string
		wrong bool // the password
		code  int
		says  []string
		not   string
	}{
		"0 where both modes work": {
			code: exitOK, says: []string{
				"✓ Login", "✓ Passive (EPSV)", "✓ Active (PORT)", "– Upload and 5 more not allowed (use --write)",
				"active (EPRT)", "Verdict: Passive works, and active works too.",
			}, not: "✗",
		},
		"0 where one does": {
			plan: ftptest.Plan{Verbs: noPassive}, code: exitOK,
			says: []string{"✗ Passive (EPSV)", "BLOCKED", "Active works. Passive does not", "127.0.0.1:1 refused the connection"},
		},
		"0 with the files gone": {
			flags: []string{"--write"}, code: exitOK, says: []string{"✓ Upload", "✓ Resume", "✓ Delete", "✓ Clock"}, not: "✗",
		},
		"1 where the folder cannot be listed": {
			path: "/nonexistent", code: exitFailed, says: []string{"✓ Passive (EPSV)", "✗ Listing", "But this did not work: listing.", "does not exist"},
		},
		"1 where the folder is not there to be written to": {
			plan: ftptest.Plan{Verbs: handlers{"STOR": ftptest.Reply("550 No such file or directory"), "DELE": ftptest.Reply("550 Permission denied")}},
			path: "/nonexistent", flags: []string{"--write"}, code: exitFailed,
			says: []string{"✗ Listing", "✗ Upload", "– Delete Nothing had been made", "But this did not work: listing, upload."}, not: "✓ Delete",
		},
		"1 where nothing may be written": {
			plan:  ftptest.Plan{Verbs: handlers{"STOR": ftptest.Reply("550 Permission denied"), "DELE": ftptest.Reply("550 Permission denied")}},
			flags: []string{"--write"}, code: exitFailed,
			says: []string{"✓ Listing", "✗ Upload", "– Delete Nothing had been made", "But this did not work: upload.", "may not write in that folder"}, not: "by hand",
		},
		"0 where nothing may be written, and nothing was to be": {
			plan: ftptest.Plan{Verbs: handlers{"STOR": ftptest.Reply("550 Permission denied")}}, code: exitOK, says: []string{"✓ Listing"},
		},
		"6 where the site's mode does not work": {
			plan: ftptest.Plan{Verbs: noPassive}, flags: []string{"--mode", "passive"}, code: exitNoData,
			says: []string{"✓ Active (EPRT)", "Passive is what this site uses, and it does not work", "--mode active"},
		},
		"6 where none works": {
			plan: ftptest.Plan{Verbs: noData()}, code: exitNoData,
			says: []string{"in neither mode", "passive port range"},
		},
		"5 where TLS is refused": {
			flags: []string{"--tls", "explicit"}, code: exitUnsafe, says: []string{"✓ FTP server", "✗ Encryption", "– The other 15 steps Not tried"},
		},
		"4 where the login is": {
			wrong: true, code: exitLogin, says: []string{"✗ Login", "530 Login incorrect"}, not: "✓ Passive",
		},
		"3 where something else answers": {
			plan: ftptest.Plan{Greeting: ftptest.Bytes("SSH-2.0-x\r\n")}, code: exitConnect, says: []string{"✗ FTP server", "not an FTP server"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			tc.plan.User, tc.plan.Password = "anna", "spinnaker-and-boom"
			s := ftptest.Script(t, tc.plan)
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			if tc.wrong {
				t.Setenv("WHERRY_PASSWORD", "another-password")
				h.secrets = append(h.secrets, "another-password")
			}
			args := append([]string{"doctor", at("ftp", s.User, s.Host, s.Port, "") + tc.path, "--tls", "off"}, tc.flags...)
			r := h.run(args...)
			if r.code != tc.code || r.err != "" {
				t.Errorf("it ended with %d, want %d; %s", r.code, tc.code, r.err)
			}
			flat := strings.Join(strings.Fields(r.out), " ")
			for _, part := range tc.says {
				if !strings.Contains(flat, part) {
					t.Errorf("it does not say %q:\n%s", part, r.out)
				}
			}
			if tc.not != "" && strings.Contains(r.out, tc.not) {
				t.Errorf("it says %q:\n%s", tc.not, r.out)
			}
			for line := range strings.Lines(r.out) {
				if n := len([]rune(line)); n > textWidth+1 {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			if left := s.Names("/"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestDoctorForScripts(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Verbs: noPassive})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	rows := lines(t, h.ok("doctor", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off", "--json").out)
	if len(rows) != 20 {
		t.Fatalf("%d lines", len(rows))
	}
	byStep := map[any]map[string]any{}
	for _, row := range rows[:19] {
		if row["event"] != "step" || row["status"] == nil || row["seconds"] == nil || row["facts"] == nil {
			t.Errorf("%v", row)
		}
		byStep[row["step"]] = row
	}
	var named []string
	for _, f := range byStep["connect"]["facts"].([]any) {
		named = append(named, f.(map[string]any)["name"].(string)+"="+f.(map[string]any)["value"].(string))
	}
	if len(named) != 3 || named[0] != fmt.Sprintf("address=127.0.0.1:%d", s.Port) || named[1] != "answer=answered" || !strings.HasPrefix(named[2], "milliseconds=") {
		t.Errorf("the facts of the connection: %v", named)
	}
	epsv := byStep["epsv"]
	attempt, _ := epsv["attempt"].(map[string]any)
	if epsv["status"] != "failed" || epsv["kind"] != "no_data_connection" || epsv["do"] == "" || attempt["outcome"] != "rejected" || attempt["to"] != "127.0.0.1:1" {
		t.Errorf("EPSV: %v", epsv)
	}
	if byStep["upload"]["status"] != "not_allowed" || byStep["login"]["status"] != "passed" {
		t.Errorf("upload %v, login %v", byStep["upload"], byStep["login"])
	}
	last := rows[19]
	for key, want := range map[string]any{"event": "verdict", "works": true, "mode": "auto", "passive": "failed", "active": "works", "encrypted": false} {
		if last[key] != want {
			t.Errorf("%s is %v, want %v", key, last[key], want)
		}
	}
	if !strings.HasPrefix(last["verdict"].(string), "Active works.") {
		t.Error(last["verdict"])
	}
}

// TestDoctorWorksIsAboutDataConnections: what else failed is told by the exit
// code, the steps and the words.
func TestDoctorWorksIsAboutDataConnections(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom"})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	r := h.run("doctor", at("ftp", s.User, s.Host, s.Port, "")+"/gone", "--tls", "off", "--json")
	rows := lines(t, r.out)
	if last := rows[len(rows)-1]; r.code != exitFailed || last["works"] != true || !strings.Contains(last["verdict"].(string), "did not work: listing") {
		t.Errorf("%d, %v", r.code, last)
	}
}

func TestDoctorUsesASavedSiteAndItsFolder(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Files: map[string]string{"/www/a": "1", "/www/b": "2"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.ok("sites", "add", "shop", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off", "--mode", "passive")
	out := h.ok("doctor", "shop:/www", "--write").out
	if !strings.Contains(out, "transfer mode passive") || !strings.Contains(out, "2 entries, in /www") {
		t.Errorf("it says\n%s", out)
	}
	if got := strings.Join(s.Names("/www"), " "); got != "a b" {
		t.Errorf("in the folder: %s", got)
	}
	if quiet := h.ok("doctor", "shop:", "--quiet").out; quiet != "Passive works, and active works too.\n" {
		t.Errorf("quiet: %q", quiet)
	}
}

func TestDoctorInterrupted(t *testing.T) {
	never := make(chan struct{})
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Verbs: handlers{"MLSD": ftptest.Hold(never, nil)}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s.Await(ctx, "MLSD", 1) == nil {
			cancel()
		}
	}()
	r := h.runWith(ctx, "doctor", at("ftp", s.User, s.Host, s.Port, ""), "--tls", "off")
	cancel()
	<-done
	if r.code != exitInterrupted || !strings.Contains(r.out, "The check was cancelled before it was done.") {
		t.Errorf("%d\n%s%s", r.code, r.out, r.err)
	}
}

func TestDoctorIsForServers(t *testing.T) {
	newHome(t).fails(exitUsage, []string{"is on this computer"}, "doctor", "./here")
	newHome(t).fails(exitUsage, []string{"name the server"}, "doctor")
}

// TestASwitchIsAnnouncedOnce: on standard error, also where results are JSON,
// and not under --quiet.
func TestASwitchIsAnnouncedOnce(t *testing.T) {
	for outcome, tc := range map[string]struct {
		flags []string
		want  int
	}{
		"for people":  {nil, 1},
		"beside JSON": {[]string{"--json"}, 1},
		"not quietly": {[]string{"--quiet"}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Files: map[string]string{"/a": "1"}, Verbs: noPassive})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			base := at("ftp", s.User, s.Host, s.Port, "")
			r := h.ok(append([]string{"get", base + "/a", t.TempDir(), "--tls", "off"}, tc.flags...)...)
			if n := strings.Count(r.err, "Data connections now use active mode (EPRT). Passive does not work here: 127.0.0.1:1 refused the connection."); n != tc.want {
				t.Errorf("told %d times:\n%s", n, r.err)
			}
			if again := h.ok("ls", base+"/", "--tls", "off"); strings.Contains(again.err, "Data connections") {
				t.Errorf("told again: %s", again.err)
			}
		})
	}
}

// TestFlagsAreNotLostInTheQueue: who works on it knows only what is saved.
func TestFlagsAreNotLostInTheQueue(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	base := at("ftp", s.User, s.Host, s.Port, "")
	h.ok("sites", "add", "shop", base, "--tls", "off")
	dir := t.TempDir()
	h.fails(exitUsage, []string{"would be lost", "sites edit"}, "queue", "add", "get", "shop:/a", dir, "--mode", "active")
	h.ok("queue", "add", "get", "shop:/a", dir, "--tls", "off") // as it is saved
	h.ok("queue", "clear", "done")
	h.ok("queue", "remove", "--all")
	h.ok("queue", "add", "get", base+"/a", dir, "--tls", "off", "--mode", "active")
	before := s.Count("EPRT") + s.Count("PORT")
	passive := s.Count("EPSV") + s.Count("PASV")
	h.ok("queue", "run")
	if s.Count("EPRT")+s.Count("PORT") == before || s.Count("EPSV")+s.Count("PASV") != passive {
		t.Error("the mode given with an address did not hold")
	}
}

// TestVerifyIsAsked: always fails where the server computes no hash, off and
// offered do not.
func TestVerifyIsAsked(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	from := at("ftp", s.User, s.Host, s.Port, "") + "/a"
	for _, when := range []string{"off", "offered"} {
		h.ok("get", from, t.TempDir(), "--tls", "off", "--verify", when)
	}
	h.fails(exitFailed, []string{"could not be compared by a hash", "--verify offered"}, "get", from, t.TempDir(), "--tls", "off", "--verify", "always")
}

// TestARefusedLoginCommandEndsAlike: nothing can be done with the site, which
// ls and doctor tell by one code.
func TestARefusedLoginCommandEndsAlike(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anna", Password: "spinnaker-and-boom", Verbs: handlers{"SITE": ftptest.Reply("500 Unknown SITE")}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	target := at("ftp", s.User, s.Host, s.Port, "/")
	flags := []string{"--tls", "off", "--login-command", "SITE UMASK 022"}
	h.fails(exitConnect, []string{"The login", "was accepted", "SITE UMASK 022", "500 Unknown SITE", "--login-command"}, append([]string{"ls", target}, flags...)...)
	r := h.run(append([]string{"doctor", target}, flags...)...)
	if flat := strings.Join(strings.Fields(r.out), " "); r.code != exitConnect || !strings.Contains(flat, "was accepted, but not the command") {
		t.Errorf("doctor ended with %d:\n%s", r.code, r.out)
	}
}

// TestAProxysPasswordIsSpokenOf where there is no keychain to have it.
func TestAProxysPasswordIsSpokenOf(t *testing.T) {
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	t.Cleanup(func() { _ = proxy.Close() })
	serving.Go(func() { // SOCKS5 that accepts a user name and password, and then not these (RFC 1929)
		for {
			c, err := proxy.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 600)
			_, _ = c.Read(buf)
			_, _ = c.Write([]byte{5, 2})
			_, _ = c.Read(buf)
			_, _ = c.Write([]byte{1, 1})
			_ = c.Close()
		}
	})
	h := newHome(t)
	h.vault = vault.Keychain("wherry-test", time.Second) // which has no bus to ask on: see newHome
	h.ok("sites", "add", "px", "ftp://h.example", "--proxy", "socks5://me@"+proxy.Addr().String())
	h.fails(exitConnect, []string{"The proxy", "sites password SITE --proxy", "ALL_PROXY=socks5://user:password@host:port"}, "ls", "px:")
	t.Setenv("WHERRY_PASSWORD", "pass-of-the-proxy")
	kept := h.fails(exitFailed, []string{"keychain could not be used", "ALL_PROXY=socks5://user:password@host:port"}, "sites", "password", "px", "--proxy")
	if strings.Contains(kept.err, "WHERRY_PASSWORD") {
		t.Errorf("it speaks of the server's password: %s", kept.err)
	}
	t.Setenv("WHERRY_PASSWORD", "")
	r := h.run("doctor", "px:")
	if flat := strings.Join(strings.Fields(r.out), " "); r.code != exitConnect || !strings.Contains(flat, "ALL_PROXY=socks5://user:password@host:port") || strings.Contains(flat, "WHERRY_PASSWORD") {
		t.Errorf("doctor ended with %d:\n%s", r.code, r.out)
	}
}

// TestWhatIsMissingHereIsNotLookedForThere: wherry ls lists servers.
func TestWhatIsMissingHereIsNotLookedForThere(t *testing.T) {
	r := newHome(t).fails(exitFailed, []string{`"/nonexistent" does not exist`, "files of this computer"}, "put", "/nonexistent", "ftp://127.0.0.1:1/")
	if strings.Contains(r.err, "wherry ls") {
		t.Error(r.err)
	}
}

package cli

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftptest"
)

// speaker accepts connections and says one thing to each, "" for nothing at
// all, until the client hangs up.
func speaker(t *testing.T, greeting string, afterFirstLine bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer func() { _ = c.Close() }()
				lines := bufio.NewScanner(c)
				if afterFirstLine {
					lines.Scan()
				}
				_, _ = c.Write([]byte(greeting))
				for lines.Scan() {
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

// closedPort is where nobody listens, nor begins to while a test counts on that: no
// system gives this port away.
const closedPort = "127.0.0.1:1"

// TestBadInput is the list of what people meet: each case ends with its own
// exit code and a sentence that names what helps, for each way in, within the
// time limit, and leaves nothing half-made on either side.
func TestBadInput(t *testing.T) {
	const files = "/a.txt"
	noTLS := ftptest.Plan{Files: map[string]string{files: "1"}}
	withTLS := ftptest.Plan{Files: map[string]string{files: "1"}, TLS: true}
	noPassive := ftptest.Plan{Files: map[string]string{files: "1"}, Verbs: map[string]ftptest.Handler{
		"EPSV": ftptest.Reply("500 Unknown"), "PASV": ftptest.Reply("500 Unknown"),
	}}
	// Passive replies that name a port where nobody listens.
	_, port, _ := net.SplitHostPort(closedPort)
	blocked := ftptest.Plan{Files: map[string]string{files: "1"}, Verbs: map[string]ftptest.Handler{
		"EPSV": ftptest.Reply("229 Entering (|||" + port + "|)"), "PASV": ftptest.Reply("502 No"),
		"EPRT": ftptest.Reply("500 Illegal EPRT command"), "PORT": ftptest.Reply("500 Illegal PORT command"),
	}}
	scripted := func(plan ftptest.Plan) func(t *testing.T) (string, *ftptest.Scripted) {
		return func(t *testing.T) (string, *ftptest.Scripted) {
			s := ftptest.Script(t, plan)
			return at("ftp", s.User, s.Host, s.Port, ""), s
		}
	}
	plainly := func(make func(t *testing.T) string) func(t *testing.T) (string, *ftptest.Scripted) {
		return func(t *testing.T) (string, *ftptest.Scripted) { return "ftp://sailor@" + make(t), nil }
	}
	for outcome, tc := range map[string]struct {
		server   func(t *testing.T) (string, *ftptest.Scripted)
		flags    []string
		password string
		code     int
		says     []string
	}{
		"wrong password": {
			scripted(noTLS),
			[]string{"--tls", "off"},
			"not-the-tide", exitLogin,
			[]string{"did not accept", "530 Login incorrect", "--password-stdin"},
		},
		"no password": {
			scripted(noTLS),
			[]string{"--tls", "off"},
			"", exitLogin,
			[]string{"No password is known", "WHERRY_PASSWORD"},
		},
		"unknown host": {
			plainly(func(*testing.T) string { return "no-such-host.invalid" }), nil, "x-y-z-pw", exitConnect,
			[]string{"no host with the name no-such-host.invalid", "spelling"},
		},
		"closed port": {
			plainly(func(*testing.T) string { return closedPort }), nil, "x-y-z-pw", exitConnect, []string{"does not accept connections", "21 is usual"},
		},
		"a web server": {
			plainly(func(t *testing.T) string { return speaker(t, "HTTP/1.1 400 Bad Request\r\n\r\n<html>", false) }), nil, "x-y-z-pw", exitConnect,
			[]string{"not an FTP server", "Check the port"},
		},
		"an SSH server": {
			plainly(func(t *testing.T) string { return speaker(t, "SSH-2.0-OpenSSH_9.2\r\n", false) }), nil, "x-y-z-pw", exitConnect,
			[]string{"not an FTP server", "SFTP"},
		},
		"a server that waits for us to speak": {
			plainly(func(t *testing.T) string { return speaker(t, "", false) }),
			[]string{"--timeout", "700ms"},
			"x-y-z-pw", exitConnect,
			[]string{"did not answer in time", "--timeout"},
		},
		"a certificate that is not trusted": {
			scripted(withTLS), nil, "tide", exitUnsafe, []string{"certificate", "not trusted", "--trust SHA256:"},
		},
		"another certificate than the one asked for": {
			scripted(withTLS),
			[]string{"--trust", "SHA256:" + strings.Repeat("00", 32)},
			"tide", exitUnsafe,
			[]string{"not the one that was asked for", "SHA256:"},
		},
		"TLS refused": {
			scripted(noTLS), nil, "tide", exitUnsafe, []string{"No encrypted connection", "enable FTPS", "--tls off"},
		},
		"passive forced and refused": {
			scripted(noPassive),
			[]string{"--tls", "off", "--mode", "passive"},
			"tide", exitNoData,
			[]string{"no data connection", "--mode active"},
		},
		"every way of a data connection blocked": {
			scripted(blocked), []string{"--tls", "off"}, "tide", exitNoData, []string{"no data connection", "firewall"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			for _, command := range []string{"ls", "get", "put"} {
				t.Run(command, func(t *testing.T) {
					h := newHome(t, "x-y-z-pw", "not-the-tide")
					t.Setenv("WHERRY_PASSWORD", tc.password)
					base, server := tc.server(t)
					dir := t.TempDir()
					up := filepath.Join(t.TempDir(), "up.txt")
					if err := os.WriteFile(up, []byte("up"), 0o600); err != nil {
						t.Fatal(err)
					}
					args := map[string][]string{
						"ls": {"ls", base + "/"}, "get": {"get", base + files, dir}, "put": {"put", up, base + "/"},
					}[command]
					ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // to fail rather than hang
					defer cancel()
					r := h.runWith(ctx, append(append([]string{"--retries", "0"}, tc.flags...), args...)...)
					if r.code != tc.code {
						t.Errorf("exit %d, want %d", r.code, tc.code)
					}
					for _, part := range tc.says {
						if !strings.Contains(r.err, part) {
							t.Errorf("it does not say %q:\n%s", part, r.err)
						}
					}
					leftovers(t, dir)
					if server != nil && !slices.Equal(server.Names("/"), []string{"a.txt"}) {
						t.Errorf("left on the server: %q", server.Names("/"))
					}
				})
			}
		})
	}
}

func TestTLSRefusedSendsNoPassword(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	h.fails(exitUnsafe, nil, "ls", at("ftp", s.User, s.Host, s.Port, "/"))
	if n := s.Count("USER") + s.Count("PASS"); n != 0 {
		t.Errorf("%d login commands were sent in clear", n)
	}
}

func TestAnonymousGoesOnInClearWithANotice(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{User: "anonymous", Password: "anonymous@", Files: map[string]string{"/a": "1"}})
	h := newHome(t)
	r := h.ok("ls", "ftp://"+net.JoinHostPort(s.Host, strconv.Itoa(s.Port))+"/")
	if !strings.Contains(r.err, "not encrypted") {
		t.Errorf("it does not say so: %q", r.err)
	}
}

func TestAPinnedCertificateIsAccepted(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{TLS: true, Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	base := at("ftp", s.User, s.Host, s.Port, "/")
	refused := h.fails(exitUnsafe, nil, "ls", base)
	_, after, _ := strings.Cut(refused.err, "--trust ")
	fingerprint := strings.TrimRight(strings.Fields(after)[0], ".")
	if out := h.ok("ls", base, "--trust", fingerprint).out; !strings.HasSuffix(out, " a\n") {
		t.Errorf("listed %q with %s", out, fingerprint)
	}
}

func TestATrustedCertificateIsSavedWithItsSite(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{TLS: true, Files: map[string]string{"/a": "1"}})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	base := at("ftp", s.User, s.Host, s.Port, "/")
	refused := h.fails(exitUnsafe, nil, "ls", base)
	_, after, _ := strings.Cut(refused.err, "--trust ")
	h.ok("sites", "add", "shop", base, "--trust", strings.TrimRight(strings.Fields(after)[0], "."))
	if out := h.ok("ls", "shop:/").out; !strings.HasSuffix(out, " a\n") {
		t.Errorf("listed %q", out)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Identity.CAPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	h.fails(exitUsage, []string{"is not saved"}, "sites", "edit", "shop", "--ca", ca)
}

// TestATrustedCertificateCountsForTheRun of what is added with it.
func TestATrustedCertificateCountsForTheRun(t *testing.T) {
	for outcome, add := range map[string]func(base, file, dir string) []string{
		"an upload to an address":     func(base, file, _ string) []string { return []string{"put", file, base} },
		"a download from an address":  func(base, _, dir string) []string { return []string{"get", base + "/a", dir} },
		"an upload to a saved site":   func(_, file, _ string) []string { return []string{"put", file, "shop:/"} },
		"a download from a saved one": func(_, _, dir string) []string { return []string{"get", "shop:/a", dir} },
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Script(t, ftptest.Plan{TLS: true, Files: map[string]string{"/a": "1"}})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			base, file := at("ftp", s.User, s.Host, s.Port, "/"), filepath.Join(t.TempDir(), "b")
			if err := os.WriteFile(file, []byte("2"), 0o600); err != nil {
				t.Fatal(err)
			}
			refused := h.fails(exitUnsafe, nil, "ls", base)
			_, after, _ := strings.Cut(refused.err, "--trust ")
			h.ok("sites", "add", "shop", base)
			h.ok(append(append([]string{"queue", "add"}, add(base, file, t.TempDir())...), "--trust", strings.TrimRight(strings.Fields(after)[0], "."))...)
			h.ok("queue", "run")
		})
	}
}

// TestInterruptedTransfersSayWhatIsLeft ends ctx, as the first Ctrl-C does,
// in the middle of a file.
func TestInterruptedTransfersSayWhatIsLeft(t *testing.T) {
	for outcome, tc := range map[string]struct{ into, says string }{
		"into a folder": {"", "the same command with --exists resume goes on from there"},
		"to a new name": {"new", "the same command with --exists resume, and with /. behind the folder that is copied, goes on from there"},
	} {
		t.Run(outcome, func(t *testing.T) { interrupted(t, tc.into, tc.says) })
	}
}

func interrupted(t *testing.T, into, says string) {
	never := make(chan struct{})
	s := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/d/a": strings.Repeat("x", 100_000), "/d/b": "2"},
		Verbs: map[string]ftptest.Handler{"RETR": ftptest.Flow{At: 1000, Hold: never}.Serve},
	})
	h := newHome(t, s.Password)
	t.Setenv("WHERRY_PASSWORD", s.Password)
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan result)
	go func() {
		ended <- h.runWith(ctx, "get", "--tls", "off", at("ftp", s.User, s.Host, s.Port, "/d"), filepath.Join(dir, into))
	}()
	if err := s.Await(t.Context(), "RETR", 1); err != nil {
		t.Fatal(err)
	}
	interrupt()
	r := <-ended
	if r.code != exitInterrupted || !strings.Contains(r.err, "Interrupted: 0 files done, 2 left") || !strings.Contains(r.err, says) {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	for name, content := range tree(t, dir) {
		if content != "dir" && !strings.HasSuffix(name, ".wherry-part") {
			t.Errorf("%s has a final name and was not finished", name)
		}
	}
}

// TestBadInputAtARealServer has the cases in which the server's own words
// decide.
func TestBadInputAtARealServer(t *testing.T) {
	for outcome, tc := range map[string]struct {
		opt      ftptest.Options
		flags    []string
		password string // "" for the right one
		code     int
		says     string
	}{
		"wrong password":             {ftptest.Options{}, []string{"--tls", "off"}, "not-this-one", exitLogin, "530"},
		"TLS refused":                {ftptest.Options{}, nil, "", exitUnsafe, "--tls off"},
		"certificate not trusted":    {ftptest.Options{TLS: true}, nil, "", exitUnsafe, "--trust SHA256:"},
		"clear refused":              {ftptest.Options{RequireTLS: true}, []string{"--tls", "off"}, "", exitUnsafe, "encrypted connections only"},
		"passive forced and refused": {ftptest.Options{NoPassive: true}, []string{"--tls", "off", "--mode", "passive"}, "", exitNoData, "--mode active"},
		"active forced and refused":  {ftptest.Options{NoActive: true}, []string{"--tls", "off", "--mode", "active"}, "", exitNoData, "--mode passive"},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := ftptest.Start(t, ftptest.VSFTPD, tc.opt)
			h := newHome(t, s.Password, "not-this-one")
			t.Setenv("WHERRY_PASSWORD", s.Password)
			if tc.password != "" {
				t.Setenv("WHERRY_PASSWORD", tc.password)
			}
			h.fails(tc.code, []string{tc.says}, append(tc.flags, "ls", at("ftp", s.User, s.Host, s.Port, s.Home))...)
			if len(tree(t, s.Dir)) != 0 {
				t.Errorf("left on the server: %v", tree(t, s.Dir))
			}
		})
	}
}

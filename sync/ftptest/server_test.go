package ftptest_test

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"wherry/sync/ftptest"
	"wherry/sync/site"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open connects as the options want it and logs in.
func open(t *testing.T, s *ftptest.Server) *client {
	t.Helper()
	conf := tlsConfig(s.CA, s.Host)
	var c *client
	switch {
	case s.Options.Implicit:
		c = connect(t, s.Host, s.Port, conf)
		greeted(t, c)
		c.private()
	case s.Options.TLS || s.Options.RequireTLS:
		c = connect(t, s.Host, s.Port, nil)
		greeted(t, c)
		c.secure(conf)
	default:
		c = connect(t, s.Host, s.Port, nil)
		greeted(t, c)
	}
	c.login(s.User, s.Password)
	return c
}

func greeted(t *testing.T, c *client) {
	t.Helper()
	if got := c.reply(); !strings.HasPrefix(got, "220") {
		t.Fatalf("greeting %q", got)
	}
}

func TestEachKindServes(t *testing.T) {
	for outcome, opt := range map[string]ftptest.Options{
		"in clear":           {},
		"with TLS 1.2":       {TLS: true, MaxTLS: tls.VersionTLS12},
		"with TLS 1.3":       {RequireTLS: true, MinTLS: tls.VersionTLS13},
		"with implicit TLS":  {Implicit: true},
		"on IPv6":            {IPv6: true},
		"on IPv6 with TLS":   {IPv6: true, TLS: true},
		"implicit, TLS 1.2":  {Implicit: true, MaxTLS: tls.VersionTLS12},
		"two from one place": {PerAddress: 2},
	} {
		for _, kind := range ftptest.Kinds() {
			if kind.Cannot(opt) != "" {
				continue
			}
			t.Run(string(kind)+" "+outcome, func(t *testing.T) {
				t.Parallel()
				s := ftptest.Start(t, kind, opt)
				c := open(t, s)
				checkFiles(t, s, c)
				checkVersion(t, c, opt)
			})
		}
	}
}

func checkVersion(t *testing.T, c *client, opt ftptest.Options) {
	t.Helper()
	if c.tls == nil {
		return
	}
	want := uint16(tls.VersionTLS13)
	if opt.MaxTLS != 0 {
		want = opt.MaxTLS
	}
	probe := connect(t, host(c), port(c), nil)
	if !opt.Implicit {
		greeted(t, probe)
		probe.must("234", "AUTH TLS")
	}
	secured := tls.Client(probe.raw, &tls.Config{RootCAs: c.tls.RootCAs, ServerName: c.tls.ServerName})
	if err := secured.Handshake(); err != nil {
		t.Fatal(err)
	}
	if got := secured.ConnectionState().Version; got != want {
		t.Errorf("%s, want %s", tls.VersionName(got), tls.VersionName(want))
	}
}

// checkFiles uploads in both modes and looks at both ends.
func checkFiles(t *testing.T, s *ftptest.Server, c *client) {
	t.Helper()
	if got := c.must("257", "PWD"); !strings.Contains(got, `"`+s.Home+`"`) {
		t.Errorf("PWD says %q, want %s", got, s.Home)
	}
	if err := s.WriteFile("from/the test.txt", []byte("tide")); err != nil {
		t.Fatal(err)
	}
	for _, active := range []bool{false, true} {
		if got := c.transfer(active, nil, "RETR from/the test.txt"); string(got) != "tide" {
			t.Errorf("active %v: downloaded %q", active, got)
		}
		c.transfer(active, []byte("a wherry"), "STOR boat.txt")
		got, err := os.ReadFile(filepath.Join(s.Dir, "boat.txt"))
		if err != nil || string(got) != "a wherry" {
			t.Errorf("active %v: uploaded %q, %v", active, got, err)
		}
		if list := c.transfer(active, nil, "LIST"); !strings.Contains(string(list), "boat.txt") {
			t.Errorf("active %v: listing %q", active, list)
		}
	}
	info, err := os.Stat(filepath.Join(s.Dir, "boat.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if stat := info.Sys().(*syscall.Stat_t); int(stat.Uid) != s.UID || int(stat.Gid) != s.GID || info.Mode() != 0o644 {
		t.Errorf("the upload belongs to %d:%d with mode %v, want %d:%d -rw-r--r--", stat.Uid, stat.Gid, info.Mode(), s.UID, s.GID)
	}
	c.must("200", "SITE CHMOD 640 boat.txt")
	c.must("250", "DELE from/the test.txt")
	c.must("250", "RMD from")
	c.must("257", "MKD to")
}

func TestEachKindRefuses(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := ftptest.Start(t, kind, ftptest.Options{RequireTLS: true})
			c := connect(t, s.Host, s.Port, nil)
			greeted(t, c)
			if user := c.cmd("USER %s", s.User); strings.HasPrefix(user, "331") {
				if got := c.cmd("PASS %s", s.Password); !strings.HasPrefix(got, "5") && !strings.HasPrefix(got, "421") {
					t.Errorf("a login in clear: %q", got)
				}
			}
			c = connect(t, s.Host, s.Port, nil)
			greeted(t, c)
			c.secure(tlsConfig(s.CA, s.Host))
			c.must("331", "USER %s", s.User)
			c.must("530", "PASS wrong")

			dir := filepath.Join(s.Dir, "closed")
			if err := os.Mkdir(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			c = open(t, s)
			c.must("5", "MKD closed/x")
		})
	}
}

func TestOptionsTakeEffect(t *testing.T) {
	for outcome, tc := range map[string]struct {
		opt   ftptest.Options
		check func(t *testing.T, s *ftptest.Server, c *client)
	}{
		"passive refused": {ftptest.Options{NoPassive: true}, func(t *testing.T, _ *ftptest.Server, c *client) {
			c.must("5", "EPSV")
			c.must("5", "PASV")
			c.transfer(true, nil, "LIST")
		}},
		"active refused": {ftptest.Options{NoActive: true}, func(t *testing.T, _ *ftptest.Server, c *client) {
			c.must("5", "EPRT |1|127.0.0.1|%d|", port(c))
			c.must("5", "PORT 127,0,0,1,200,1")
			c.transfer(false, nil, "LIST")
		}},
		"EPSV refused": {ftptest.Options{NoEPSV: true}, func(t *testing.T, _ *ftptest.Server, c *client) {
			c.must("5", "EPSV")
			c.must("227", "PASV")
		}},
		"command refused": {ftptest.Options{Deny: []string{"SIZE"}}, func(t *testing.T, _ *ftptest.Server, c *client) {
			c.must("5", "SIZE x")
		}},
		"another address in 227": {ftptest.Options{Advertise: "10.20.30.40"}, func(t *testing.T, _ *ftptest.Server, c *client) {
			if got := c.must("227", "PASV"); !strings.Contains(got, "10,20,30,40,") {
				t.Errorf("PASV says %q", got)
			}
		}},
		"digests": {ftptest.Options{Digest: true}, func(t *testing.T, s *ftptest.Server, c *client) {
			if err := s.WriteFile("tide", []byte("tide")); err != nil {
				t.Fatal(err)
			}
			sum := fmt.Sprintf("%x", sha256.Sum256([]byte("tide")))
			c.must("200", "OPTS HASH SHA-256")
			for command, code := range map[string]string{"HASH": "213", "XSHA256": "250"} {
				if got := c.must(code, "%s tide", command); !strings.Contains(strings.ToLower(got), sum) {
					t.Errorf("%s says %q, want %s", command, got, sum)
				}
			}
		}},
		"anonymous": {ftptest.Options{Anonymous: true}, func(t *testing.T, s *ftptest.Server, _ *client) {
			if err := s.WriteFile("free", []byte("free")); err != nil {
				t.Fatal(err)
			}
			c := connect(t, s.Host, s.Port, nil)
			greeted(t, c)
			if !strings.HasPrefix(c.cmd("USER anonymous"), "230") {
				c.must("230", "PASS me@")
			}
			if got := c.transfer(false, nil, "RETR free"); string(got) != "free" {
				t.Errorf("downloaded %q", got)
			}
			c.must("5", "DELE free")
		}},
		"too many from one address": {ftptest.Options{PerAddress: 1}, func(t *testing.T, s *ftptest.Server, _ *client) {
			c := connect(t, s.Host, s.Port, nil)
			if got := c.reply(); strings.HasPrefix(got, "421") {
				return
			}
			c.must("331", "USER %s", s.User)
			c.must("530", "PASS %s", s.Password)
		}},
	} {
		for _, kind := range ftptest.Kinds() {
			if kind.Cannot(tc.opt) != "" {
				continue
			}
			t.Run(string(kind)+" "+outcome, func(t *testing.T) {
				t.Parallel()
				s := ftptest.Start(t, kind, tc.opt)
				tc.check(t, s, open(t, s))
			})
		}
	}
}

func TestPassivePortsAreTheOnesAskedFor(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			s := ftptest.Start(t, kind, ftptest.Options{PassivePorts: [2]int{45670, 45675}})
			c := open(t, s)
			answer := c.must("229", "EPSV")
			if !strings.Contains(answer, "|||4567") {
				t.Errorf("%q is outside 45670-45675", answer)
			}
		})
	}
}

func TestSiteDescribesTheServer(t *testing.T) {
	s := ftptest.Start(t, ftptest.PyFTPD, ftptest.Options{IPv6: true})
	got := s.Site(site.ModeActive, site.TLSOff)
	if got.Host != "::1" || got.Port != s.Port || got.User != s.User || got.Mode != site.ModeActive || got.TLS != site.TLSOff {
		t.Errorf("%+v", got)
	}
}

func TestAServerThatIsAwayIsSaid(t *testing.T) {
	for outcome, tc := range map[string]struct{ require, want string }{
		"skips at a desk":      {"", "skip"},
		"fails where required": {"1", "fatal"},
	} {
		t.Run(outcome, func(t *testing.T) {
			// Without a C compiler vsftpd cannot run, wherever it is installed.
			t.Setenv("WHERRY_TEST_SERVERS", t.TempDir())
			t.Setenv("PATH", t.TempDir())
			t.Setenv(ftptest.RequireServers, tc.require)
			got := make(chan string, 1)
			done := make(chan struct{})
			go func() {
				defer close(done)
				ftptest.Start(&verdict{TB: t, got: got}, ftptest.VSFTPD, ftptest.Options{})
				got <- "started"
			}()
			<-done
			if v := <-got; !strings.HasPrefix(v, tc.want) || !strings.Contains(v, "vsftpd") {
				t.Errorf("%q, want %s naming vsftpd", v, tc.want)
			}
		})
	}
}

// verdict catches how a test would have ended.
type verdict struct {
	testing.TB
	got chan<- string
}

func (v *verdict) Skipf(format string, args ...any)  { v.end("skip: "+format, args...) }
func (v *verdict) Fatalf(format string, args ...any) { v.end("fatal: "+format, args...) }

func (v *verdict) end(format string, args ...any) {
	v.got <- fmt.Sprintf(format, args...)
	runtime.Goexit()
}

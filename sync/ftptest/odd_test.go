package ftptest_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

func TestOddHandlers(t *testing.T) {
	sum := sha256.Sum256([]byte("a\nb"))
	for outcome, tc := range map[string]struct {
		verbs map[string]ftptest.Handler
		ask   string
		want  string // what the answer begins with
	}{
		"a digest":                     {map[string]ftptest.Handler{"XSHA256": ftptest.Digest(sha256.New)}, "XSHA256 /f", fmt.Sprintf("250 %x", sum)},
		"a hash":                       {map[string]ftptest.Handler{"HASH": ftptest.Hash("SHA-256", sha256.New)}, "HASH f", fmt.Sprintf("213 SHA-256 0-3 %x f", sum)},
		"no digest of what is missing": {map[string]ftptest.Handler{"XMD5": ftptest.Digest(md5.New)}, "XMD5 /none", "550"},
		"a port on which nobody is":    {map[string]ftptest.Handler{"EPSV": ftptest.PassiveAt([4]byte{}, 258)}, "EPSV", "229 Entering Extended Passive Mode (|||258|)"},
		"an address of somebody else":  {map[string]ftptest.Handler{"PASV": ftptest.PassiveAt([4]byte{10, 0, 0, 1}, 258)}, "PASV", "227 Entering Passive Mode (10,0,0,1,1,2)"},
		"a good port behind a router":  {map[string]ftptest.Handler{"PASV": ftptest.PassiveBehind([4]byte{10, 0, 0, 1})}, "PASV", "227 Entering Passive Mode (10,0,0,1,"},
		"another login":                {map[string]ftptest.Handler{"ACCT": ftptest.LogIn("230 Welcome")}, "ACCT x", "230 Welcome"},
	} {
		t.Run(outcome, func(t *testing.T) {
			plan := ftptest.Plan{Verbs: tc.verbs, Files: map[string]string{"/f": "a\nb"}, Extra: []string{"XYZZY odd"}}
			s := ftptest.Script(t, plan)
			c := enter(t, s, plan)
			c.must(tc.want, "%s", tc.ask)
			if got := c.must("211", "FEAT"); !strings.Contains(got, "XYZZY odd") {
				t.Errorf("FEAT leaves out what the plan adds: %q", got)
			}
		})
	}
}

func TestTextIsConverted(t *testing.T) {
	plan := ftptest.Plan{
		Files: map[string]string{"/f": "a\nb\r\n"},
		Verbs: map[string]ftptest.Handler{"NOOP": ftptest.FallToText},
	}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	for ask, want := range map[string]string{"TYPE I": "a\nb\r\n", "TYPE A": "a\r\nb\r\r\n", "NOOP": "a\r\nb\r\r\n"} {
		c.must("200", "%s", ask)
		if got := c.transfer(false, nil, "RETR f"); string(got) != want {
			t.Errorf("after %s: %q", ask, got)
		}
		c.transfer(false, []byte("a\r\nb\n"), "STOR up")
		stored := map[bool]string{true: "a\r\nb\n", false: "a\nb\n"}[ask == "TYPE I"]
		if got, _ := s.Get("/up"); string(got) != stored {
			t.Errorf("after %s %q is stored", ask, got)
		}
		c.must("200", "TYPE I")
	}
}

func TestDoneWithoutAWord(t *testing.T) {
	ended := make(chan struct{})
	plan := ftptest.Plan{
		Files: map[string]string{"/f": "x"},
		Verbs: map[string]ftptest.Handler{"NOOP": func(c *ftptest.Conn, _ string) {
			ftptest.Default(c.As("MKD"), "/d")
			c.Put("g", []byte("y"))
			c.OnEnd(func() { close(ended) })
			c.Say("200 Fine")
		}},
	}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	c.must("200 Fine", "NOOP")
	if got := strings.Join(s.Names("/"), " "); got != "d f g" {
		t.Errorf("the server has %s", got)
	}
	c.must("221", "QUIT")
	<-ended
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := s.AwaitGone(ctx); err != nil {
		t.Error(err)
	}
}

func TestWhatWasInClearIsTold(t *testing.T) {
	plan := ftptest.Plan{TLS: true, Files: map[string]string{"/f": "x"}}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	c.transfer(false, nil, "RETR f")
	for _, got := range s.Commands() {
		if got.Secure != (got.Verb != "AUTH") {
			t.Errorf("%s: through TLS %v", got.Verb, got.Secure)
		}
	}
	if s.ClearData() != 0 {
		t.Error("a data connection went in clear")
	}
	c.must("200", "PROT C")
	c.tls = nil
	c.transfer(false, nil, "RETR f")
	if s.ClearData() != 1 {
		t.Errorf("%d data connections in clear", s.ClearData())
	}
	if n := s.Taken(); n < int64(len("220 Scripted server\r\n")) {
		t.Errorf("%d bytes were taken", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s.AwaitGone(ctx) == nil {
		t.Error("a connection that stands is gone")
	}
}

func TestCallsFromElsewhere(t *testing.T) {
	second, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		ftptest.Missing(t, "a second loopback address: %v", err)
	}
	defer second.Close()
	plan := ftptest.Plan{CallFrom: "127.0.0.9"}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c.must("200", "EPRT |1|127.0.0.1|%d|", l.Addr().(*net.TCPAddr).Port)
	if _, err := io.WriteString(c.raw, "LIST\r\n"); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.RemoteAddr().(*net.TCPAddr).IP.String(); got != "127.0.0.9" {
		t.Errorf("the call comes from %s", got)
	}
}

func TestClearTextPastTLS(t *testing.T) {
	plan := ftptest.Plan{TLS: true, Verbs: map[string]ftptest.Handler{"NOOP": ftptest.InClear("200 Fine")}}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	if got := c.cmd("NOOP"); !strings.Contains(got, "tls: ") {
		t.Errorf("%q came through TLS", got)
	}
}

package ftptest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
)

// enter connects to a scripted server and logs in.
func enter(t *testing.T, s *ftptest.Scripted, plan ftptest.Plan) *client {
	t.Helper()
	conf := tlsConfig(s.CA, s.Host)
	var c *client
	if plan.Implicit {
		c = connect(t, s.Host, s.Port, conf)
	} else {
		c = connect(t, s.Host, s.Port, nil)
	}
	greeted(t, c)
	if plan.TLS {
		c.secure(conf)
	} else if plan.Implicit {
		c.private()
	}
	c.login(s.User, s.Password)
	return c
}

func TestScriptedServerIsCorrect(t *testing.T) {
	for outcome, plan := range map[string]ftptest.Plan{
		"in clear":          {},
		"with TLS":          {TLS: true, Reuse: true},
		"with TLS 1.2":      {TLS: true, Reuse: true, TuneTLS: func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }},
		"with implicit TLS": {Implicit: true, Reuse: true},
		"on IPv6":           {IPv6: true},
	} {
		t.Run(outcome, func(t *testing.T) {
			plan.Files = map[string]string{"/in/a b.txt": "old content", "/empty/": ""}
			s := ftptest.Script(t, plan)
			c := enter(t, s, plan)
			for _, active := range []bool{false, true} {
				checkTransfers(t, s, c, active)
			}
			checkNames(t, s, c)
			c.must("221", "QUIT")
		})
	}
}

func checkTransfers(t *testing.T, s *ftptest.Scripted, c *client, active bool) {
	t.Helper()
	if got := c.transfer(active, nil, "RETR /in/a b.txt"); string(got) != "old content" {
		t.Errorf("downloaded %q", got)
	}
	c.must("350", "REST 4")
	if got := c.transfer(active, nil, "RETR in/a b.txt"); string(got) != "content" {
		t.Errorf("downloaded from byte 4: %q", got)
	}
	c.transfer(active, []byte("tide"), "STOR up")
	c.transfer(active, []byte("s"), "APPE up")
	c.must("350", "REST 2")
	c.transfer(active, []byte("ller"), "STOR up")
	if got, ok := s.Get("/up"); !ok || string(got) != "tiller" {
		t.Errorf("uploaded %q, %v", got, ok)
	}
	c.must("213 6", "SIZE up")
	_, stamp, _ := strings.Cut(c.must("213", "MDTM up"), " ")
	told, err := time.Parse("20060102150405", strings.TrimSpace(stamp))
	if age := time.Since(told); err != nil || age < 0 || age > time.Hour {
		t.Errorf("what was written just now is of %q, %v", stamp, err)
	}
	c.must("213", "MFMT 20240229123045 up")
	want := "type=dir;size=0;modify=20240229123045;UNIX.mode=0755; empty\r\n" +
		"type=dir;size=0;modify=20240229123045;UNIX.mode=0755; in\r\n" +
		"type=file;size=6;modify=20240229123045;UNIX.mode=0644; up\r\n"
	if diff := cmp.Diff(want, string(c.transfer(active, nil, "MLSD"))); diff != "" {
		t.Error(diff)
	}
	want = "-rw-r--r-- 1 sailor crew 11 Feb 29  2024 a b.txt\r\n"
	if diff := cmp.Diff(want, string(c.transfer(active, nil, "LIST in"))); diff != "" {
		t.Error(diff)
	}
	c.must("550", "RETR nothing")
}

func checkNames(t *testing.T, s *ftptest.Scripted, c *client) {
	t.Helper()
	c.must(`257 "/"`, "PWD")
	c.must("250", "CWD in")
	c.must(`257 "/in"`, "PWD")
	c.must("257", "MKD deep")
	c.must("550", "MKD deep")
	c.must("250", "CDUP")
	c.must("550", "RMD in")
	c.must("350", "RNFR in")
	c.must("250", "RNTO out")
	c.must("550", "RNFR in")
	c.must("213 20240229123045", "MDTM up")
	c.must("213", "MFMT 20200101000000 up")
	c.must("213 20200101000000", "MDTM up")
	c.must("200", "SITE CHMOD 600 up")
	if got := c.must("250", "MLST up"); !strings.Contains(got, "UNIX.mode=0600; /up") {
		t.Errorf("MLST says %q", got)
	}
	c.must("250", "DELE up")
	c.must("250", "RMD empty")
	c.must("500", "XYZZY")
	if diff := cmp.Diff([]string{"out"}, s.Names("/")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a b.txt", "deep"}, s.Names("/out")); diff != "" {
		t.Error(diff)
	}
}

func TestScriptedServerRefuses(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Without: []string{"MLSD", "SIZE"}, User: "cook", Password: "salt"})
	c := connect(t, s.Host, s.Port, nil)
	greeted(t, c)
	c.must("530", "PWD")
	c.must("504", "AUTH TLS")
	c.must("331", "USER cook")
	c.must("530", "PASS pepper")
	c.login("cook", "salt")
	c.must("500", "SIZE x")
	if got := c.must("211", "FEAT"); strings.Contains(got, "SIZE\n") || strings.Contains(got, "AUTH") {
		t.Errorf("FEAT names what is not there: %q", got)
	}
	c.must("500", "PORT 10,0,0,1,4,4")
	c.must("500", "EPRT |1|10.0.0.1|1024|")
}

func TestScriptedServerRecords(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{})
	c := enter(t, s, ftptest.Plan{})
	c.must("200", "noop")
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := s.Await(ctx, "NOOP", 1); err != nil {
		t.Fatal(err)
	}
	want := []ftptest.Command{
		{Session: 1, Verb: "USER", Arg: "sailor"},
		{Session: 1, Verb: "PASS", Arg: "tide"},
		{Session: 1, Verb: "TYPE", Arg: "I"},
		{Session: 1, Verb: "NOOP"},
	}
	if diff := cmp.Diff(want, s.Commands()); diff != "" {
		t.Error(diff)
	}
	cancel()
	if err := s.Await(ctx, "NOOP", 2); err == nil {
		t.Error("a second NOOP was seen that never came")
	}
	enter(t, s, ftptest.Plan{})
	if s.Sessions() != 2 {
		t.Errorf("%d sessions, want 2", s.Sessions())
	}
}

// ending is what a client sees of a broken transfer.
type ending struct {
	Bytes   int
	Clean   bool // the data connection ended by FIN, over TLS with close_notify
	Replies []string
}

func TestFlowFaults(t *testing.T) {
	content := strings.Repeat("x", 5000)
	for outcome, tc := range map[string]struct {
		flow ftptest.Flow
		tls  bool
		want ending
	}{
		"none":                       {ftptest.Flow{}, false, ending{5000, true, []string{"150", "226"}}},
		"ends early":                 {ftptest.Flow{At: 100, Fault: ftptest.CloseData}, false, ending{100, true, []string{"150", "426"}}},
		"ends early and claims 226":  {ftptest.Flow{At: 100, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}, false, ending{100, true, []string{"150", "226"}}},
		"resets":                     {ftptest.Flow{At: 0, Fault: ftptest.ResetData}, false, ending{0, false, []string{"150", "426"}}},
		"says 226 twice":             {ftptest.Flow{Finals: []string{"226 a", "226 b"}}, false, ending{5000, true, []string{"150", "226", "226"}}},
		"never ends":                 {ftptest.Flow{Finals: []string{}}, false, ending{5000, true, []string{"150"}}},
		"226 before the data":        {ftptest.Flow{Early: true}, false, ending{5000, true, []string{"150", "226"}}},
		"no 150":                     {ftptest.Flow{Start: "-"}, false, ending{5000, true, []string{"226"}}},
		"control drops, data go on":  {ftptest.Flow{At: 100, Fault: ftptest.DropControl}, false, ending{5000, true, []string{"150"}}},
		"the server crashes":         {ftptest.Flow{At: 0, Fault: ftptest.CrashAll}, false, ending{0, false, []string{"150"}}},
		"other content":              {ftptest.Flow{Content: func() io.Reader { return strings.NewReader("short") }}, false, ending{5, true, []string{"150", "226"}}},
		"TLS, in order":              {ftptest.Flow{}, true, ending{5000, true, []string{"150", "226"}}},
		"TLS, without close_notify":  {ftptest.Flow{NoNotify: true}, true, ending{5000, false, []string{"150", "226"}}},
		"TLS, cut without a reply":   {ftptest.Flow{At: 100, Fault: ftptest.CutData, Finals: []string{}}, true, ending{100, false, []string{"150"}}},
		"then the control drops":     {ftptest.Flow{After: ftptest.Drop}, false, ending{5000, true, []string{"150", "226"}}},
		"starts with something else": {ftptest.Flow{Start: "125 Open already"}, false, ending{5000, true, []string{"125", "226"}}},
	} {
		t.Run(outcome, func(t *testing.T) {
			plan := ftptest.Plan{
				TLS: tc.tls, Files: map[string]string{"/f": content},
				Verbs: map[string]ftptest.Handler{
					"RETR": tc.flow.Serve,
					// A mark behind everything the transfer says.
					"NOOP": ftptest.All(ftptest.Reply("200 end"), ftptest.Drop),
				},
			}
			s := ftptest.Script(t, plan)
			c := enter(t, s, plan)
			if diff := cmp.Diff(tc.want, watchDownload(t, c)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func watchDownload(t *testing.T, c *client) ending {
	t.Helper()
	answer := c.must("229", "EPSV")
	conn, err := net.Dial("tcp", net.JoinHostPort(host(c), strings.Trim(answer[strings.LastIndex(answer, "(")+1:], "|)")))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	if err := c.text.PrintfLine("RETR /f"); err != nil {
		t.Fatal(err)
	}
	var raw sniffer
	raw.Conn = conn
	var data net.Conn = &raw
	if c.tls != nil {
		data = tls.Client(data, c.tls)
	}
	got, err := io.ReadAll(data)
	end := ending{Bytes: len(got), Clean: err == nil}
	if c.tls != nil {
		// An alert record in TLS 1.3 is application data of 19 bytes.
		end.Clean = err == nil && bytes.HasSuffix(raw.headers(), []byte{23, 3, 3, 0, 19})
	}
	_ = c.text.PrintfLine("NOOP") // the connection may be gone by now
	for {
		line, err := c.text.ReadLine()
		if err != nil || strings.HasPrefix(line, "200") {
			return end
		}
		end.Replies = append(end.Replies, line[:3])
	}
}

// sniffer keeps what came from the server.
type sniffer struct {
	net.Conn
	seen []byte
}

func (s *sniffer) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.seen = append(s.seen, b[:n]...)
	return n, err
}

// headers are the TLS record headers seen, one behind the other.
func (s *sniffer) headers() []byte {
	var out []byte
	for rest := s.seen; len(rest) >= 5; {
		out = append(out, rest[:5]...)
		rest = rest[min(len(rest), 5+int(rest[3])<<8+int(rest[4])):]
	}
	return out
}

func TestHandlers(t *testing.T) {
	released := make(chan struct{})
	close(released)
	for outcome, tc := range map[string]struct {
		handler ftptest.Handler
		want    string
	}{
		"literal reply":      {ftptest.Reply("200 fine"), "200 fine\r\n"},
		"several lines":      {ftptest.Reply("211-a\n b\n211 c"), "211-a\r\n b\r\n211 c\r\n"},
		"bytes as they are":  {ftptest.Bytes("\x00\xff"), "\x00\xff"},
		"silence":            {ftptest.Silence, ""},
		"drop":               {ftptest.Drop, ""},
		"default":            {ftptest.Default, "200 Still here\r\n"},
		"one after another":  {ftptest.All(ftptest.Reply("1"), ftptest.Reply("2")), "1\r\n2\r\n"},
		"held and released":  {ftptest.Hold(released, nil), "200 Still here\r\n"},
		"first, and default": {ftptest.InTurn(ftptest.Reply("450 later")), "450 later\r\n200 Still here\r\n"},
	} {
		t.Run(outcome, func(t *testing.T) {
			plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{"NOOP": tc.handler}}
			s := ftptest.Script(t, plan)
			c := enter(t, s, plan)
			text := "NOOP\r\n"
			if strings.HasPrefix(outcome, "first") {
				text += text
			}
			if _, err := io.WriteString(c.raw, text+"QUIT\r\n"); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(c.text.R)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, strings.TrimSuffix(string(got), "221 Goodbye\r\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFloodEndsWithTheClient(t *testing.T) {
	plan := ftptest.Plan{Greeting: ftptest.Flood("220 ", "x")}
	s := ftptest.Script(t, plan)
	c := connect(t, s.Host, s.Port, nil)
	got := make([]byte, 1<<20)
	if _, err := io.ReadFull(c.raw, got); err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsRune(got, '\n') {
		t.Error("the line has an end")
	}
}

func TestAHeldHandlerEndsWithTheTest(t *testing.T) {
	never := make(chan struct{})
	plan := ftptest.Plan{
		Files: map[string]string{"/f": "content"},
		Verbs: map[string]ftptest.Handler{
			"NOOP": ftptest.Hold(never, nil), "RETR": ftptest.Flow{At: 3, Hold: never}.Serve,
		},
	}
	s := ftptest.Script(t, plan)
	for _, command := range []string{"NOOP", "RETR f"} {
		c := enter(t, s, plan)
		c.must("229", "EPSV")
		if err := c.text.PrintfLine("%s", command); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := s.Await(ctx, "NOOP", 1); err != nil {
		t.Fatal(err)
	}
	// The cleanup waits for both handlers, and goleak looks for them.
}

func TestUnresumedDataIsRefused(t *testing.T) {
	plan := ftptest.Plan{TLS: true, Reuse: true}
	s := ftptest.Script(t, plan)
	c := enter(t, s, plan)
	answer := c.must("229", "EPSV")
	conn, err := net.Dial("tcp", net.JoinHostPort(s.Host, strings.Trim(answer[strings.LastIndex(answer, "(")+1:], "|)")))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c.must("150", "LIST")
	if err := tls.Client(conn, tlsConfig(s.CA, s.Host)).Handshake(); err != nil {
		t.Fatal(err)
	}
	if got := c.reply(); !strings.HasPrefix(got, "522") {
		t.Errorf("%q, want 522", got)
	}
}

package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// unknownHost has no address here: who reaches it had it resolved elsewhere.
const unknownHost = "ftp.example.invalid"

// TestThroughProxy: both connections go through it, to the name that the
// person typed, and the password is asked once and written nowhere.
func TestThroughProxy(t *testing.T) {
	for outcome, tc := range map[string]struct {
		proxy habits
		host  string
		tls   bool
	}{
		"SOCKS5":                     {habits{}, unknownHost, false},
		"SOCKS5 with a login":        {habits{user: "me"}, unknownHost, false},
		"SOCKS5 to an address":       {habits{}, "127.0.0.1", false},
		"HTTP CONNECT":               {habits{http: true}, unknownHost, false},
		"HTTP CONNECT with a login":  {habits{http: true, user: "me"}, unknownHost, false},
		"HTTP CONNECT, TLS in it":    {habits{http: true}, "localhost", true},
		"SOCKS5, TLS in it, a login": {habits{user: "me"}, "localhost", true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, tc.proxy)
			r := script(t, ftptest.Plan{TLS: tc.tls, Reuse: tc.tls, Files: map[string]string{"/f": "content"}})
			asked := 0
			r.conf.Site.Host, r.conf.Site.Proxy = tc.host, p.url()
			r.conf.ProxyPassword = constant(proxyPassword, &asked)
			c := r.login()
			if got, err := c.transfer(t.Context(), "RETR /f", ""); err != nil || got != "content" {
				t.Fatalf("%q, %v", got, err)
			}
			if _, err := c.transfer(t.Context(), "STOR /up", "upwards"); err != nil {
				t.Fatal(err)
			}
			if up, _ := r.Get("/up"); string(up) != "upwards" {
				t.Errorf("stored %q", up)
			}
			targets, calls := p.asked()
			if len(targets) != 3 || targets[0] != net.JoinHostPort(tc.host, strconv.Itoa(r.Port)) {
				t.Errorf("it connected to %q", targets)
			}
			for _, target := range targets {
				if host, _, _ := net.SplitHostPort(target); host != tc.host {
					t.Errorf("it connected to %q", target)
				}
			}
			if want := min(len(p.user), 1); asked != want || calls != 6 {
				t.Errorf("asked %d times for the password, %d connections", asked, calls)
			}
			if local, peer := c.Ends(); peer.String() != p.address || !local.IsValid() {
				t.Errorf("ends %v %v", local, peer)
			}
			if _, ok := (libraryConn{c.Control}).RemoteAddr().(*net.TCPAddr); !ok {
				t.Error("the library will panic")
			}
			text := r.transcript()
			if strings.Contains(text, proxyPassword) || !strings.Contains(text, "through the proxy "+p.address) {
				t.Error(text)
			}
		})
	}
}

// TestProxyIsPassive: nobody can connect back through a proxy.
func TestProxyIsPassive(t *testing.T) {
	for outcome, tc := range map[string]struct {
		mode  site.Mode
		only  []Rung
		want  string
		calls int // of the proxy
	}{
		"auto leaves active out":         {site.ModeAuto, nil, "EPSV command_refused, PASV rejected, EPRT not_possible, PORT not_possible", 2},
		"forced passive":                 {site.ModePassive, nil, "EPSV command_refused, PASV rejected", 2},
		"forced active asks nobody":      {site.ModeActive, nil, "EPRT not_possible, PORT not_possible", 0},
		"the doctor gets to know as wel": {site.ModeActive, []Rung{PORT}, "PORT not_possible", 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, habits{})
			r := script(t, ftptest.Plan{Verbs: verbs("EPSV", "500 No", "PASV", pasvToClosed)})
			r.conf.Site.Host, r.conf.Site.Proxy, r.conf.Site.Mode, r.conf.Only = unknownHost, p.url(), tc.mode, tc.only
			var err error
			if tc.calls == 0 {
				_, err = Dial(t.Context(), r.conf)
			} else {
				err = r.login().list()
			}
			wants(t, err, vfs.KindNoData)
			var b *Blocked
			if !errors.As(err, &b) || !b.Proxy || b.BehindNAT() || outcomes(b.Attempts) != tc.want {
				t.Errorf("%+v", b)
			}
			// A connection to the server counts as one more.
			if _, calls := p.asked(); calls != tc.calls+min(tc.calls, 1) {
				t.Errorf("%d connections", calls)
			}
		})
	}
}

// TestProxyFails: it is the proxy that is to blame, and said so.
func TestProxyFails(t *testing.T) {
	for outcome, tc := range map[string]struct {
		proxy habits
		want  vfs.Kind
		reply string
	}{
		"SOCKS5: a login is wanted":      {habits{user: "x"}, vfs.KindProxyLogin, "wants a user"},
		"SOCKS5: not allowed":            {habits{reply: 2}, vfs.KindRefused, "not allowed"},
		"SOCKS5: nobody there":           {habits{reply: 5}, vfs.KindRefused, "refused"},
		"SOCKS5: no answer from there":   {habits{reply: 6}, vfs.KindTimeout, "no answer"},
		"SOCKS5: a code of its own":      {habits{reply: 99}, vfs.KindProtocol, ""},
		"SOCKS5: it is SOCKS4":           {habits{odd: []byte{0, 0x5b, 0, 0, 0, 0, 0, 0}}, vfs.KindProtocol, "does not speak SOCKS5"},
		"SOCKS5: it hangs up":            {habits{odd: []byte{}}, vfs.KindLost, ""},
		"HTTP: a login is wanted":        {habits{http: true, user: "x"}, vfs.KindProxyLogin, "407"},
		"HTTP: not allowed":              {habits{http: true, status: "403 Forbidden"}, vfs.KindRefused, "403 Forbidden"},
		"HTTP: nobody there":             {habits{http: true, status: "502 Bad Gateway"}, vfs.KindRefused, "502"},
		"HTTP: no answer from there":     {habits{http: true, status: "504 Gateway Timeout"}, vfs.KindTimeout, "504"},
		"HTTP: it is an FTP server":      {habits{http: true, odd: []byte("220 Hello\r\n\r\n")}, vfs.KindProtocol, "does not speak HTTP"},
		"HTTP: it hangs up":              {habits{http: true, odd: []byte("HTTP/1.1 200 OK\r\n")}, vfs.KindLost, ""},
		"HTTP: headers without end":      {habits{http: true, odd: bytes.Repeat([]byte("x"), 2*maxHead)}, vfs.KindProtocol, "longer"},
		"SOCKS5: it says nothing":        {habits{silent: true}, vfs.KindTimeout, ""},
		"HTTP: it says nothing":          {habits{http: true, silent: true}, vfs.KindTimeout, ""},
		"HTTP: it tells password p:w on": {habits{http: true, status: "403 no p:w here"}, vfs.KindRefused, "403 no **** here"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, tc.proxy)
			conf := Config{
				Site:  site.Site{Host: unknownHost, User: "x", TLS: site.TLSOff, Proxy: p.url()},
				Trace: nil, Learned: &Learned{}, Timeout: time.Minute,
			}
			if tc.proxy.user != "" {
				conf.Site.Proxy = strings.Replace(p.url(), "x@", "", 1)
			}
			if strings.Contains(tc.reply, stars) {
				conf.Site.Proxy = strings.Replace(p.url(), "://", "://me@", 1)
				asked := 0
				conf.ProxyPassword = constant(proxyPassword, &asked)
			}
			if p.silent {
				conf.Timeout = time.Second
			}
			_, err := Dial(t.Context(), conf)
			wants(t, err, tc.want)
			var cause *ProxyError
			var f *vfs.Error
			if !errors.As(err, &cause) || cause.Address != p.address || !strings.Contains(cause.Reply, tc.reply) {
				t.Errorf("%+v", cause)
			}
			if !errors.As(err, &f) || f.Op != "connect" || f.Path != p.address || f.Reply != cause.Reply {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestNoProxyThere: what is wrong before the proxy could speak.
func TestNoProxyThere(t *testing.T) {
	for outcome, tc := range map[string]struct {
		proxy, environ string
		want           vfs.Kind
		by             bool // a ProxyError
	}{
		"nobody listens":            {"socks5://127.0.0.1:1", "", vfs.KindRefused, true},
		"it has no address":         {"http://proxy.invalid:1", "", vfs.KindHost, true},
		"another kind of proxy":     {"", "socks4://127.0.0.1:1", vfs.KindUnsupported, false},
		"TLS to the proxy":          {"", "https://me:secret@127.0.0.1:1", vfs.KindUnsupported, false},
		"an address nobody reads":   {"", "http://me:secret@[::1:1", vfs.KindUnsupported, false},
		"a colon in the login name": {"", "http://a%3ab:secret@127.0.0.1:PORT", vfs.KindProxyLogin, true},
		"a login beyond SOCKS5":     {"", "socks5://" + strings.Repeat("u", 256) + ":secret@127.0.0.1:PORT", vfs.KindProxyLogin, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			port := strconv.Itoa(busyPort(t))
			_, err := Dial(t.Context(), Config{
				Site:    site.Site{Host: unknownHost, TLS: site.TLSOff, Proxy: tc.proxy},
				Environ: func(string) string { return strings.Replace(tc.environ, "PORT", port, 1) },
				Learned: &Learned{}, Timeout: time.Minute,
			})
			wants(t, err, tc.want)
			if by := new(ProxyError); errors.As(err, &by) != tc.by {
				t.Errorf("%#v", err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Error("the password is told")
			}
		})
	}
}

func TestProxyIsCancelled(t *testing.T) {
	for outcome, h := range map[string]habits{"SOCKS5": {silent: true}, "HTTP": {silent: true, http: true}} {
		t.Run(outcome, func(t *testing.T) {
			p := startProxy(t, h)
			ctx, cancel := context.WithCancel(t.Context())
			password := func(context.Context) (string, error) {
				time.AfterFunc(50*time.Millisecond, cancel)
				return "x", nil
			}
			_, err := Dial(ctx, Config{
				Site:    site.Site{Host: unknownHost, TLS: site.TLSOff, Proxy: strings.Replace(p.url(), "://", "://me@", 1)},
				Learned: &Learned{}, Timeout: time.Minute, ProxyPassword: password,
			})
			wants(t, err, vfs.KindCancelled)
		})
	}
}

func TestEnvironProxy(t *testing.T) {
	for outcome, tc := range map[string]struct {
		environ map[string]string
		address string
		want    string
	}{
		"nothing set":              {nil, "a.example:21", ""},
		"as it is":                 {map[string]string{"ALL_PROXY": "socks5://p:1"}, "a.example:21", "socks5://p:1"},
		"small letters win":        {map[string]string{"ALL_PROXY": "socks5://p:1", "all_proxy": "socks5://q:1"}, "a.example:21", "socks5://q:1"},
		"without a scheme":         {map[string]string{"ALL_PROXY": "p:8080"}, "a.example:21", "http://p:8080"},
		"the host is left out":     {map[string]string{"ALL_PROXY": "p:1", "NO_PROXY": "b.example,a.example"}, "a.example:21", ""},
		"its domain is":            {map[string]string{"ALL_PROXY": "p:1", "no_proxy": ".example"}, "a.example:21", ""},
		"its network is":           {map[string]string{"ALL_PROXY": "p:1", "NO_PROXY": "10.0.0.0/8"}, "10.1.2.3:21", ""},
		"another port of it is":    {map[string]string{"ALL_PROXY": "p:1", "NO_PROXY": "a.example:22"}, "a.example:21", "http://p:1"},
		"everything is":            {map[string]string{"ALL_PROXY": "p:1", "NO_PROXY": "*"}, "a.example:21", ""},
		"this computer always is":  {map[string]string{"ALL_PROXY": "p:1"}, "127.0.0.1:21", ""},
		"and by its name":          {map[string]string{"ALL_PROXY": "p:1"}, "localhost:21", ""},
		"a web proxy is not asked": {map[string]string{"HTTP_PROXY": "p:1", "HTTPS_PROXY": "p:1"}, "a.example:21", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := environProxy(func(name string) string { return tc.environ[name] }, tc.address); got != tc.want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestFindRelay(t *testing.T) {
	for outcome, tc := range map[string]struct {
		proxy, environ string
		want           *relay
	}{
		"none":                          {"", "", nil},
		"none in spite of all":          {site.ProxyNone, "socks5://p:1", nil},
		"the site's before all":         {"http://a:1", "socks5://p:1", &relay{address: "a:1"}},
		"with a user, asked":            {"socks5://me@a:1", "", &relay{socks: true, address: "a:1", user: "me", password: "asked"}},
		"by name, resolved there":       {"", "socks5h://p:1", &relay{socks: true, address: "p:1"}},
		"with a password, not asked":    {"", "socks5://me:its@p:1", &relay{socks: true, address: "p:1", user: "me", password: "its"}},
		"without a port: SOCKS5's":      {"", "socks5://p", &relay{socks: true, address: "p:1080"}},
		"without a port: squid's":       {"", "http://p", &relay{address: "p:3128"}},
		"an IPv6 address":               {"http://[::1]:8", "", &relay{address: "[::1]:8"}},
		"letters of the password coded": {"", "http://me:a%40b@p:1", &relay{address: "p:1", user: "me", password: "a@b"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := findRelay(t.Context(), Config{
				Site:          site.Site{Host: "a.example", Proxy: tc.proxy},
				Environ:       func(name string) string { return map[string]string{"ALL_PROXY": tc.environ}[name] },
				ProxyPassword: func(context.Context) (string, error) { return "asked", nil },
			})
			if err != nil || (got == nil) != (tc.want == nil) || got != nil && *got != *tc.want {
				t.Errorf("%+v, %v", got, err)
			}
			address, err := ProxyAddress(site.Site{Host: "a.example", Proxy: tc.proxy}, func(name string) string {
				return map[string]string{"ALL_PROXY": tc.environ}[name]
			})
			if err != nil || (address == "") != (got == nil) || got != nil && address != got.address {
				t.Errorf("address %q, %v", address, err)
			}
		})
	}
}

func TestSocksRefusal(t *testing.T) {
	for outcome, tc := range map[string]struct {
		said string
		want vfs.Kind
	}{
		"nothing said":                {"", vfs.KindOther},
		"let through":                 {"\x05\x00\x05\x00", vfs.KindOther},
		"refused":                     {"\x05\x00\x05\x05", vfs.KindRefused},
		"no answer from there":        {"\x05\x00\x05\x06", vfs.KindTimeout},
		"a login is wanted":           {"\x05\xff", vfs.KindProxyLogin},
		"the login is refused":        {"\x05\x02\x01\x01", vfs.KindProxyLogin},
		"logged in, let through":      {"\x05\x02\x01\x00\x05\x00", vfs.KindOther},
		"logged in, refused":          {"\x05\x02\x01\x00\x05\x02", vfs.KindRefused},
		"logged in, cut in the reply": {"\x05\x02\x01\x00\x05", vfs.KindOther},
		"another protocol":            {"HTTP/1.1", vfs.KindProtocol},
	} {
		if got, _ := socksRefusal([]byte(tc.said)); got != tc.want {
			t.Errorf("%s: %v", outcome, got)
		}
	}
}

// FuzzConnectRequest: whatever the names are, one request goes out, to that
// target, and nothing is added to it.
func FuzzConnectRequest(f *testing.F) {
	for _, seed := range [][3]string{{"a.example:21", "", ""}, {"[::1]:21", "me", "p:w"}, {"a:1", "me\r\nX: y", "\r\n\r\n"}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, target, user, password string) {
		host, port, err := net.SplitHostPort(target)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.:-") != "" || host == "" {
			return // dial refuses control characters, and the site's check the rest
		}
		raw, err := (&relay{user: user, password: password}).connectRequest(target)
		if err != nil {
			return
		}
		in := bufio.NewReader(bytes.NewReader(raw))
		req, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		var names []string
		for name := range req.Header {
			names = append(names, name)
		}
		if in.Buffered() > 0 || req.RequestURI != target || len(names) > 1 || len(names) == 1 && !slices.Contains(names, "Proxy-Authorization") {
			t.Fatalf("%q", raw)
		}
	})
}

func FuzzParseHead(f *testing.F) {
	for _, seed := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 407\r\n\r\n", "HTTP/1.1 2000 x", "HTTP/2 200", "\n", "HTTP/1.1 -20 x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		code, reason, ok := parseHead(head)
		if ok != (code >= 100 && code <= 999) || strings.ContainsAny(reason, "\n") || len(reason) > 90 {
			t.Fatalf("%d %q %v", code, reason, ok)
		}
	})
}

func FuzzReadHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n220 Hello\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\n\n220 Hello\r\n"))
	f.Add(bytes.Repeat([]byte("x"), maxHead+1))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bytes.NewReader(in)
		head, err := readHead(r)
		if err == nil && (len(head) > maxHead || len(head)+r.Len() != len(in) || !bytes.HasSuffix(head, []byte("\n"))) {
			t.Fatalf("%q of %q", head, in)
		}
	})
}

func FuzzSocksRefusal(f *testing.F) {
	for _, seed := range []string{"", "\x05", "\x05\xff", "\x05\x02\x01\x01", "\x05\x02\x01\x00\x05\x05", "\x05\x00\x05\x09", "HTTP"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		if kind, text := socksRefusal(said); (kind == vfs.KindOther) != (text == "") {
			t.Fatalf("%v %q", kind, text)
		}
	})
}

package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"go.uber.org/goleak"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *Server {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.Dir()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the folder stays: %v", err)
		}
	})
	return s
}

// TestServer does all that one server can stand, as it takes a while to make.
func TestServer(t *testing.T) {
	s := start(t)
	for _, tc := range []struct {
		outcome string
		test    func(*testing.T, *Server)
	}{
		{"samples are a believable server", samplesAreABelievableServer},
		{"the video arrives whole", theVideoArrivesWhole},
		{"listings", listings},
		{"active mode", activeMode},
		{"nothing beyond this computer", nothingBeyondThisComputer},
		{"the login is needed", theLoginIsNeeded},
		{"no way out of the folder", noWayOutOfTheFolder},
		{"a broken upload is said so", aBrokenUploadIsSaidSo},
		{"the address is a target", theAddressIsATarget},
		{"changes", changes},
	} {
		t.Run(tc.outcome, func(t *testing.T) { tc.test(t, s) })
	}
}

// client speaks FTP by hand.
type client struct {
	t *testing.T
	*textproto.Conn
	host string
}

func dial(t *testing.T, s *Server) *client {
	t.Helper()
	conn, err := textproto.Dial("tcp", s.Site().Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &client{t, conn, s.Site().Host}
	c.expect(220)
	return c
}

func login(t *testing.T, s *Server) *client {
	t.Helper()
	c := dial(t, s)
	c.do(331, "USER %s", User)
	c.do(230, "PASS %s", s.Password())
	return c
}

func (c *client) expect(code int) string {
	c.t.Helper()
	got, text, err := c.ReadResponse(code)
	if err != nil {
		c.t.Fatalf("want %d, got %d %q, %v", code, got, text, err)
	}
	return text
}

func (c *client) do(code int, format string, args ...any) string {
	c.t.Helper()
	if err := c.PrintfLine(format, args...); err != nil {
		c.t.Fatal(err)
	}
	return c.expect(code)
}

// passive returns a data connection by EPSV.
func (c *client) passive() net.Conn {
	c.t.Helper()
	text := c.do(229, "EPSV")
	port := strings.Trim(text[strings.IndexByte(text, '(')+1:], "|)")
	conn, err := net.Dial("tcp", net.JoinHostPort(c.host, port))
	if err != nil {
		c.t.Fatal(err)
	}
	return conn
}

func (c *client) fetch(format string, args ...any) []byte {
	c.t.Helper()
	data := c.passive()
	defer data.Close()
	c.do(150, format, args...)
	got, err := io.ReadAll(data)
	if err != nil {
		c.t.Fatal(err)
	}
	c.expect(226)
	return got
}

func (c *client) store(content string, format string, args ...any) {
	c.t.Helper()
	data := c.passive()
	c.do(150, format, args...)
	if _, err := io.WriteString(data, content); err != nil {
		c.t.Fatal(err)
	}
	data.Close()
	c.expect(226)
}

func samplesAreABelievableServer(t *testing.T, s *Server) {
	var files, folders, umlauts, blanks, big int
	times := map[time.Time]bool{}
	err := filepath.WalkDir(s.Dir(), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.ModTime().After(time.Now().Add(-59 * time.Minute)) {
			t.Errorf("%s is of today", name)
		}
		if d.IsDir() {
			folders++
			return nil
		}
		files++
		times[info.ModTime()] = true
		if strings.Contains(d.Name(), " ") {
			blanks++
		}
		if strings.ContainsFunc(d.Name(), func(r rune) bool { return r > unicode.MaxASCII }) {
			umlauts++
		}
		if info.Size() == 50<<20 {
			big++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 36 || folders < 10 || blanks < 5 || umlauts < 5 || big != 1 || len(times) < files*9/10 {
		t.Errorf("%d files, %d folders, %d with blanks, %d with umlauts, %d big, %d times", files, folders, blanks, umlauts, big, len(times))
	}
}

func theVideoArrivesWhole(t *testing.T, s *Server) {
	c := login(t, s)
	if got := c.do(213, "SIZE /Video/harbour.mp4"); got != "52428800" {
		t.Errorf("SIZE says %s", got)
	}
	want, err := os.ReadFile(filepath.Join(s.Dir(), "Video", "harbour.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	got := c.fetch("RETR /Video/harbour.mp4")
	if sha256.Sum256(got) != sha256.Sum256(want) {
		t.Errorf("%d bytes came, and not the right ones", len(got))
	}
	if zeros := bytes.Count(got, []byte{0}); zeros > len(got)/100 {
		t.Errorf("%d bytes are zero", zeros)
	}
	c.do(350, "REST %d", len(want)-1000)
	if tail := c.fetch("RETR Video/harbour.mp4"); !bytes.Equal(tail, want[len(want)-1000:]) {
		t.Errorf("the rest has %d bytes", len(tail))
	}
}

func listings(t *testing.T, s *Server) {
	c := login(t, s)
	info, err := os.Stat(filepath.Join(s.Dir(), "README"))
	if err != nil {
		t.Fatal(err)
	}
	stamp := info.ModTime().UTC().Format("20060102150405")
	fact := fmt.Sprintf("type=file;size=%d;modify=%s;UNIX.mode=0644; ", info.Size(), stamp)
	if got := string(c.fetch("MLSD")); !strings.Contains(got, fact+"README\r\n") || !strings.Contains(got, "type=dir;modify=") {
		t.Errorf("MLSD:\n%s", got)
	}
	if got := c.do(250, "MLST README"); !strings.Contains(got, fact+"/README") {
		t.Errorf("MLST: %q", got)
	}
	if got := c.do(213, "MDTM README"); got != stamp {
		t.Errorf("MDTM: %s, want %s", got, stamp)
	}
	if got := string(c.fetch("LIST -al /")); !strings.Contains(got, "drwxr-xr-x 1 demo demo ") || strings.Count(got, "\n") != strings.Count(got, "\r\n") {
		t.Errorf("LIST:\n%s", got)
	}
	if got := string(c.fetch("NLST Pictures")); got != "Summer in Ålesund\r\n" {
		t.Errorf("NLST: %q", got)
	}
	if got := string(c.fetch("MLSD /Notes")); !strings.Contains(got, "; 100% done [old] #2.txt\r\n") || !strings.Contains(got, "; 港の予定.txt\r\n") {
		t.Errorf("MLSD /Notes:\n%s", got)
	}
	c.do(550, "MLSD /README")
	c.do(550, "MLSD /nowhere")
	if got := c.do(211, "FEAT"); !strings.Contains(got, "MLST type*;size*;modify*;UNIX.mode*;") || !strings.Contains(got, "REST STREAM") {
		t.Errorf("FEAT: %q", got)
	}
}

func changes(t *testing.T, s *Server) {
	c := login(t, s)
	on := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(s.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	c.do(257, "MKD /neu \"x\"")
	c.do(550, "MKD /neu \"x\"")
	c.do(250, "CWD /neu \"x\"")
	c.store("hello", "STOR -a")
	c.store(" world", "APPE -a")
	if got := on(`neu "x"/-a`); got != "hello world" {
		t.Errorf("after APPE: %q", got)
	}
	c.do(350, "REST 5")
	c.store("!", "STOR -a")
	if got := on(`neu "x"/-a`); got != "hello!" {
		t.Errorf("after REST: %q", got)
	}
	c.store("new", "STOR -a")
	if got := on(`neu "x"/-a`); got != "new" {
		t.Errorf("REST is good for one transfer only: %q", got)
	}
	c.do(350, "REST 99")
	c.do(550, "STOR -a")
	c.store("", "STOR empty")

	c.do(350, "RNFR -a")
	c.do(250, "RNTO empty")
	if got := on(`neu "x"/empty`); got != "new" {
		t.Errorf("renamed over: %q", got)
	}
	c.do(213, "MFMT 20200102030405 empty")
	if got := c.do(213, "MDTM empty"); got != "20200102030405" {
		t.Errorf("MDTM after MFMT: %s", got)
	}
	c.do(200, "SITE CHMOD 600 empty")
	if info, err := os.Stat(filepath.Join(s.Dir(), `neu "x"`, "empty")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	c.do(250, "CWD /")
	c.do(550, "RMD /neu \"x\"")
	c.do(550, "DELE /neu \"x\"")
	c.do(550, "RMD /neu \"x\"/empty")
	c.do(250, "DELE /neu \"x\"/empty")
	c.do(550, "DELE /neu \"x\"")
	c.do(250, "RMD /neu \"x\"")
	if got := c.do(257, "PWD"); !strings.HasPrefix(got, `"/"`) {
		t.Errorf("RMD has moved us to %s", got)
	}
	c.do(550, "RMD /")
	c.do(550, "STOR /Notes")
	c.do(550, "RETR /Notes")
}

func activeMode(t *testing.T, s *Server) {
	for outcome, command := range map[string]func(port int) string{
		"EPRT": func(port int) string { return fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port) },
		"PORT": func(port int) string { return fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&0xff) },
	} {
		t.Run(outcome, func(t *testing.T) {
			c := login(t, s)
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			c.do(200, "%s", command(l.Addr().(*net.TCPAddr).Port))
			if err := c.PrintfLine("RETR README"); err != nil {
				t.Fatal(err)
			}
			data, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer data.Close()
			got, err := io.ReadAll(data)
			if err != nil || !bytes.Contains(got, []byte("Wherry's demo")) {
				t.Errorf("%v: %q", err, got)
			}
			c.expect(150)
			c.expect(226)
		})
	}
}

// nothingBeyondThisComputer tries the other addresses of this computer
// too: a port on all interfaces would answer there.
func nothingBeyondThisComputer(t *testing.T, s *Server) {
	c := login(t, s)
	text := c.do(227, "PASV")
	nums := strings.Split(strings.Trim(text[strings.IndexByte(text, '(')+1:], ")"), ",")
	high, _ := strconv.Atoi(nums[4])
	low, _ := strconv.Atoi(nums[5])
	if strings.Join(nums[:4], ".") != "127.0.0.1" {
		t.Errorf("PASV names %s", text)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	tries := []string{"127.0.0.2", "::1"}
	for _, a := range addresses {
		if ip := a.(*net.IPNet).IP; !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			tries = append(tries, ip.String())
		}
	}
	for _, ip := range tries {
		for what, port := range map[string]int{"control": s.Site().Port, "data": high<<8 | low} {
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip, strconv.Itoa(port)), 5*time.Second)
			if err == nil {
				conn.Close()
				t.Errorf("the %s port answers on %s", what, ip)
			}
		}
	}
	c.do(501, "EPRT |1|192.0.2.7|40000|")
	c.do(501, "PORT 192,0,2,7,156,64")
	c.do(501, "EPRT |1|127.0.0.1|22|")
	login(t, s).do(425, "RETR README")
}

func theLoginIsNeeded(t *testing.T, s *Server) {
	for outcome, tc := range map[string]struct{ user, password string }{
		"wrong password": {User, "x"}, "nobody": {"anonymous", "me@example.org"}, "root": {"root", s.Password()},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := dial(t, s)
			c.do(331, "USER %s", tc.user)
			c.do(530, "PASS %s", tc.password)
			for _, command := range []string{"EPSV", "PASV", "LIST", "MLSD", "RETR README", "SIZE README", "DELE README", "SITE CHMOD 777 README"} {
				c.do(530, "%s", command)
			}
			c.do(502, "AUTH TLS")
		})
	}
}

func noWayOutOfTheFolder(t *testing.T, s *Server) {
	secret := filepath.Join(filepath.Dir(s.Dir()), "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(s.Dir(), "link")); err != nil {
		t.Fatal(err)
	}
	c := login(t, s)
	for _, name := range []string{"../secret", "/../secret", "Notes/../../secret", secret, "link"} {
		c.do(550, "RETR %s", name)
	}
	c.do(550, "STOR link")
}

func aBrokenUploadIsSaidSo(t *testing.T, s *Server) {
	c := login(t, s)
	data := c.passive()
	c.do(150, "STOR half")
	if _, err := io.WriteString(data, "half"); err != nil {
		t.Fatal(err)
	}
	_ = data.(*net.TCPConn).SetLinger(0)
	data.Close()
	c.expect(426)
	c.do(200, "NOOP")
}

func TestCloseEndsWhatGoesOn(t *testing.T) {
	for outcome, end := range map[string]func(s *Server, cancel func()){
		"close":  func(s *Server, cancel func()) {},
		"cancel": func(s *Server, cancel func()) { cancel() },
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s, err := Start(ctx)
			if err != nil {
				t.Fatal(err)
			}
			idle, waiting, loading := login(t, s), login(t, s), login(t, s)
			waiting.do(229, "EPSV")
			if err := waiting.PrintfLine("STOR x"); err != nil {
				t.Fatal(err)
			}
			data := loading.passive()
			defer data.Close()
			loading.do(150, "RETR Video/harbour.mp4") // and nobody reads
			end(s, cancel)
			if outcome == "cancel" {
				if _, err := idle.ReadLine(); err == nil {
					t.Error("the connection outlives its context")
				}
			}
			for range 2 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := os.Stat(s.Dir()); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder stays: %v", err)
			}
		})
	}
}

func TestAStartThatIsCancelledLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx); vfs.KindOf(err) != vfs.KindCancelled {
		t.Error(err)
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func theAddressIsATarget(t *testing.T, s *Server) {
	target, err := site.ParseTarget(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if target.Site.Address() != s.Site().Address() || target.Site.User != User || target.Password != s.Password() {
		t.Errorf("%s reads as %s, %s", s.URL(), target.Site.Address(), target.Site.User)
	}
	if err := s.Site().Validate(); err != nil || s.Site().TLS != site.TLSOff {
		t.Error(err, s.Site().TLS)
	}
}

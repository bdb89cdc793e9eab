package wire

import (
	"io"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestNoControlByteGoesOut: one command is one line, whatever the caller
// passes and in whatever pieces the library writes it.
func TestNoControlByteGoesOut(t *testing.T) {
	long := strings.Repeat("x", 4090)
	for outcome, line := range map[string]string{
		"a second command":          "RETR a\r\nDELE b",
		"a bare line feed":          "RETR a\nDELE b",
		"a bare carriage return":    "RETR a\rDELE b",
		"a NUL":                     "RETR a\x00b",
		"an escape":                 "RETR \x1b[2J",
		"a delete":                  "RETR a\x7f",
		"a tab":                     "SITE\tUMASK 022",
		"in the verb":               "RE\nTR a",
		"at the end":                "RETR a\r\n",
		"nothing":                   "",
		"behind bytes of no UTF-8":  "RETR \xff\xfe\r\nDELE b",
		"where the library flushes": "RETR " + long + "\r\nDELE b",
		"where it ends":             "RETR " + long[:4089] + "\r\n",
		"in a line of many buffers": "RETR " + long + long + "\r\nDELE b",
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{})
			c := r.login()
			before := len(r.Commands())
			_, err := c.Command(line)
			wants(t, err, vfs.KindBadName)
			// The library's writer flushes where its buffer is full.
			for _, size := range []int{1, 7, 4096, 1 << 20} {
				c.Begin(t.Context())
				refused := false
				for rest := line + "\r\n"; rest != ""; {
					n := min(size, len(rest))
					if _, err := io.WriteString(libraryConn{c.Control}, rest[:n]); err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
					refused = refused || c.unsent != nil
				}
				if !refused {
					t.Errorf("in pieces of %d it was let through", size)
				}
			}
			c.Begin(t.Context())
			wants(t, c.ask(200, "NOOP"), vfs.KindOther)
			for _, cmd := range r.Commands()[before:] {
				if cmd.Verb == "DELE" {
					t.Errorf("sent %q", cmd)
				}
			}
		})
	}
}

// TestIACIsEscaped where the server takes it for telnet, and left alone where
// a doubled byte would be another name.
func TestIACIsEscaped(t *testing.T) {
	for greeting, want := range map[string]string{
		"220 ProFTPD Server ready": "x\xff\xffy", "220 (vsFTPd 3.0.3)": "x\xffy",
	} {
		r := script(t, ftptest.Plan{Greeting: ftptest.Reply(greeting)})
		c := r.login()
		if _, err := c.Command("SIZE x\xffy"); err != nil {
			t.Fatal(err)
		}
		cmds := r.Commands()
		if got := cmds[len(cmds)-1].Arg; got != want {
			t.Errorf("%s: %q", greeting, got)
		}
	}
}

// TestRepliesHaveBounds: a server that talks without end costs a bounded
// buffer and the connection.
func TestRepliesHaveBounds(t *testing.T) {
	for outcome, h := range map[string]ftptest.Handler{
		"a line without end":   ftptest.Flood("215 ", "x"),
		"lines without end":    ftptest.Flood("215-\r\n", "215-x\r\n"),
		"replies without end":  ftptest.Flood("", "215 x\r\n"),
		"no reply at all":      ftptest.Bytes("hello there\r\n"),
		"preliminary for ever": ftptest.Flood("", "150 x\r\n"),
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verbs("SYST", h)})
			c := r.login()
			_, err := c.Command("SYST")
			if err == nil {
				_, err = c.Command("NOOP")
			}
			wants(t, err, vfs.KindProtocol)
		})
	}
}

package ftptest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// defaultVerbs is the correct server: RFC 959, 2389 (FEAT), 2428 (EPRT,
// EPSV), 3659 (MLSD, SIZE, MDTM, REST), 4217 (TLS), and MFMT.
func defaultVerbs() map[string]Handler {
	flow := Flow{}.Serve
	return map[string]Handler{
		"USER": doUser, "PASS": doPass, "QUIT": Reply("221 Goodbye"), "NOOP": Reply("200 Still here"),
		"SYST": Reply("215 UNIX Type: L8"), "FEAT": doFeat, "OPTS": Reply("200 Noted"), "TYPE": doType,
		"ABOR": Reply("226 Nothing to abort"), "STAT": Reply("211 All is well"),
		"AUTH": doAuth, "PBSZ": Reply("200 PBSZ=0"), "PROT": doProt,
		"EPSV": doEpsv, "PASV": doPasv, "EPRT": doEprt, "PORT": doPort,
		"PWD": doPwd, "CWD": doCwd, "CDUP": func(c *Conn, _ string) { doCwd(c, "..") },
		"LIST": flow, "NLST": flow, "MLSD": flow, "RETR": flow, "STOR": flow, "APPE": flow,
		"MLST": doMlst, "REST": doRest, "SIZE": doSize, "MDTM": doMdtm, "MFMT": doMfmt, "SITE": doSite,
		"DELE": doDele, "MKD": doMkd, "RMD": doRmd, "RNFR": doRnfr, "RNTO": doRnto,
	}
}

// stampForm is the time of MDTM, MFMT and the modify fact (RFC 3659, 2.3).
const stampForm = "20060102150405"

func doUser(c *Conn, arg string) {
	c.user, c.in230, c.ascii = arg, false, true // the type that RFC 959, 5.3.1, begins with
	c.Say("331 Password, please")
}

func doPass(c *Conn, arg string) {
	if c.user != c.server.User || arg != c.server.Password {
		c.Say("530 Login incorrect")
		return
	}
	c.in230 = true
	c.Say("230 Welcome")
}

func doFeat(c *Conn, _ string) {
	lines := []string{"211-Features:"}
	for _, feature := range append([]string{
		"UTF8", "EPSV", "EPRT", "SIZE", "MDTM", "MFMT", "REST STREAM",
		"MLST type*;size*;modify*;UNIX.mode*;", "AUTH TLS", "PBSZ", "PROT",
	}, c.server.plan.Extra...) {
		verb, _, _ := strings.Cut(feature, " ")
		if verb == "AUTH" && !c.server.plan.TLS || slices.Contains(c.server.plan.Without, verb) {
			continue
		}
		lines = append(lines, " "+feature)
	}
	c.Say("%s\n211 End", strings.Join(lines, "\n"))
}

func doType(c *Conn, arg string) {
	c.ascii = strings.HasPrefix(strings.ToUpper(arg), "A")
	c.Say("200 Type set")
}

func doAuth(c *Conn, arg string) {
	if !c.server.plan.TLS || !strings.EqualFold(arg, "TLS") {
		c.Say("504 No such protection")
		return
	}
	c.Say("234 Go ahead")
	// A failed handshake has closed the connection; the next read ends it.
	_ = c.StartTLS()
}

func doProt(c *Conn, arg string) {
	if arg != "P" && arg != "C" {
		c.Say("536 No such level")
		return
	}
	c.private = arg == "P"
	c.Say("200 Level %s", arg)
}

func doEpsv(c *Conn, _ string) {
	n, err := c.Listen()
	if err != nil {
		c.Say("425 %v", err)
		return
	}
	c.Say("229 Entering Extended Passive Mode (|||%d|)", n)
}

func doPasv(c *Conn, _ string) {
	if c.server.plan.IPv6 {
		c.Say("425 IPv6 has no PASV")
		return
	}
	n, err := c.Listen()
	if err != nil {
		c.Say("425 %v", err)
		return
	}
	c.Say("227 Entering Passive Mode (127,0,0,1,%d,%d)", n>>8, n&255)
}

func doEprt(c *Conn, arg string) {
	var parts []string
	if arg != "" {
		parts = strings.Split(arg, arg[:1])
	}
	if len(parts) != 5 {
		c.Say("501 EPRT |1|address|port|")
		return
	}
	c.connectTo(net.JoinHostPort(parts[2], parts[3]))
}

func doPort(c *Conn, arg string) {
	var n [6]int
	if _, err := fmt.Sscanf(arg, "%d,%d,%d,%d,%d,%d", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]); err != nil {
		c.Say("501 PORT h1,h2,h3,h4,p1,p2")
		return
	}
	c.connectTo(fmt.Sprintf("%d.%d.%d.%d:%d", n[0], n[1], n[2], n[3], n[4]<<8|n[5]))
}

// connectTo takes an address for the next data connection, the client's own
// alone (RFC 2577, 3).
func (c *Conn) connectTo(address string) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !net.ParseIP(host).Equal(c.raw.RemoteAddr().(*net.TCPAddr).IP) {
		c.Say("500 Not your address")
		return
	}
	c.closePassive()
	c.active = address
	c.Say("200 Will connect")
}

func doPwd(c *Conn, _ string) {
	c.Say("257 \"%s\" is the current folder", strings.ReplaceAll(c.dir, `"`, `""`))
}

func doCwd(c *Conn, arg string) {
	to := c.abs(arg)
	if n, ok := c.server.tree.get(to); !ok || !n.dir {
		c.Say("550 No such folder")
		return
	}
	c.dir = to
	c.Say("250 Folder changed")
}

func doMlst(c *Conn, arg string) {
	name := c.abs(arg)
	n, ok := c.server.tree.get(name)
	if !ok {
		c.Say("550 No such file")
		return
	}
	c.Say("250-Facts\n %s%s\n250 End", facts(n), name)
}

func doRest(c *Conn, arg string) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n < 0 {
		c.Say("501 REST wants a number")
		return
	}
	c.rest = n
	c.Say("350 Will begin there")
}

func doSize(c *Conn, arg string) {
	if n, ok := c.server.tree.get(c.abs(arg)); ok && !n.dir {
		c.Say("213 %d", len(n.data))
		return
	}
	c.Say("550 No such file")
}

func doMdtm(c *Conn, arg string) {
	if n, ok := c.server.tree.get(c.abs(arg)); ok && !n.dir {
		c.Say("213 %s", n.mod.Format(stampForm))
		return
	}
	c.Say("550 No such file")
}

func doMfmt(c *Conn, arg string) {
	stamp, name, _ := strings.Cut(arg, " ")
	when, err := time.Parse(stampForm, stamp)
	n, ok := c.server.tree.get(c.abs(name))
	if err != nil || !ok {
		c.Say("550 Cannot set that")
		return
	}
	n.mod = when
	c.server.tree.put(c.abs(name), n)
	c.Say("213 Modify=%s; %s", stamp, name)
}

func doSite(c *Conn, arg string) {
	words := strings.SplitN(arg, " ", 3)
	if len(words) != 3 || !strings.EqualFold(words[0], "CHMOD") {
		c.Say("504 Only SITE CHMOD")
		return
	}
	mode, err := strconv.ParseUint(words[1], 8, 12)
	n, ok := c.server.tree.get(c.abs(words[2]))
	if err != nil || !ok {
		c.Say("550 Cannot set that")
		return
	}
	n.mode = uint32(mode)
	c.server.tree.put(c.abs(words[2]), n)
	c.Say("200 Mode set")
}

// answer says one of two replies.
func (c *Conn) answer(ok bool, yes, no string) {
	if !ok {
		yes = no
	}
	c.Say("%s", yes)
}

func doDele(c *Conn, arg string) {
	c.answer(c.server.tree.remove(c.abs(arg), false), "250 Deleted", "550 No such file")
}

func doRmd(c *Conn, arg string) {
	c.answer(c.server.tree.remove(c.abs(arg), true), "250 Removed", "550 Not an empty folder")
}

func doMkd(c *Conn, arg string) {
	name := c.abs(arg)
	if _, taken := c.server.tree.get(name); taken {
		c.Say("550 The name is taken")
		return
	}
	made := c.server.tree.put(name, node{dir: true, mode: 0o755, mod: birth()})
	c.answer(made, `257 "`+strings.ReplaceAll(name, `"`, `""`)+`" created`, "550 No such folder")
}

func doRnfr(c *Conn, arg string) {
	if _, ok := c.server.tree.get(c.abs(arg)); !ok {
		c.Say("550 No such file")
		return
	}
	c.from = c.abs(arg)
	c.Say("350 To what name?")
}

func doRnto(c *Conn, arg string) {
	if c.from == "" {
		c.Say("503 RNFR first")
		return
	}
	c.answer(c.server.tree.rename(c.from, c.abs(arg)), "250 Renamed", "550 Cannot rename")
}

// upload takes what STOR and APPE bring.
type upload struct {
	bytes.Buffer
	// store puts what came so far into the file, unless that was removed since the
	// last time.
	store func()
}

// ends returns what the current command sends, or where it stores, or why it
// cannot.
func (c *Conn) ends(arg string) (content io.Reader, sink *upload, refusal string) {
	offset := c.rest
	c.rest = 0
	name := c.abs(arg)
	switch c.Verb {
	case "LIST", "NLST", "MLSD":
		if strings.HasPrefix(arg, "-") {
			name = c.dir
		}
		if n, ok := c.server.tree.get(name); !ok || !n.dir {
			return nil, nil, "550 No such folder"
		}
		return strings.NewReader(c.listing(name)), nil, ""
	case "RETR":
		n, ok := c.server.tree.get(name)
		if !ok || n.dir {
			return nil, nil, "550 No such file"
		}
		data := n.data[min(offset, int64(len(n.data))):]
		if c.ascii {
			data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		}
		return bytes.NewReader(data), nil, ""
	}
	old, ok := c.server.tree.get(name)
	if above, there := c.server.tree.get(path.Dir(name)); !there || !above.dir || old.dir {
		return nil, nil, "553 Cannot store that"
	}
	sink = &upload{}
	switch {
	case c.Verb == "APPE":
		sink.Write(old.data)
	case offset > 0:
		sink.Write(old.data[:min(offset, int64(len(old.data)))])
	}
	if !ok {
		old.mode = 0o644
	}
	kept, ascii := sink.Len(), c.ascii
	stored := false
	sink.store = func() {
		data := bytes.Clone(sink.Bytes())
		if ascii {
			data = append(data[:kept], bytes.ReplaceAll(data[kept:], []byte("\r\n"), []byte("\n"))...)
		}
		now := node{data: data, mode: old.mode, mod: time.Now().UTC().Truncate(time.Second)}
		if stored {
			c.server.tree.renew(name, now)
			return
		}
		c.server.tree.put(name, now)
		stored = true
	}
	return nil, sink, ""
}

func (c *Conn) listing(dir string) string {
	var b strings.Builder
	for _, name := range c.server.tree.list(dir) {
		n, ok := c.server.tree.get(path.Join(dir, name))
		if !ok {
			continue
		}
		switch c.Verb {
		case "MLSD":
			fmt.Fprintf(&b, "%s%s\r\n", facts(n), name)
		case "NLST":
			fmt.Fprintf(&b, "%s\r\n", name)
		default:
			b.WriteString(line(n, name))
		}
	}
	return b.String()
}

// line is one of LIST's.
func line(n node, name string) string {
	kind := byte('-')
	if n.dir {
		kind = 'd'
	}
	return fmt.Sprintf("%c%s 1 sailor crew %d %s %s\r\n", kind, letters(n.mode), len(n.data), n.mod.Format("Jan _2  2006"), name)
}

// facts are MLST's (RFC 3659, 7.5) with the space before the name.
func facts(n node) string {
	kind := "file"
	if n.dir {
		kind = "dir"
	}
	return fmt.Sprintf("type=%s;size=%d;modify=%s;UNIX.mode=%04o; ", kind, len(n.data), n.mod.Format(stampForm), n.mode)
}

// letters are permission bits as ls shows them.
func letters(mode uint32) string {
	out := []byte("rwxrwxrwx")
	for i := range out {
		if mode&(1<<(8-i)) == 0 {
			out[i] = '-'
		}
	}
	return string(out)
}

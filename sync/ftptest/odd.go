package ftptest

import (
	"encoding/hex"
	"hash"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// What servers do besides the standard, as Handlers for Plan.Verbs. FEAT names
// them by Plan.Extra.

// LogIn accepts the person whatever came before, and says text: for logins of
// another shape than USER and PASS.
func LogIn(text string) Handler {
	return func(c *Conn, _ string) {
		c.in230 = true
		c.Say("%s", text)
	}
}

// FallToText makes the session forget TYPE I without a word, as gateways do
// after a listing or a change of folder, and then answers by Default. Line ends
// are converted from then on (RFC 959, 3.1.1.1).
func FallToText(c *Conn, arg string) {
	c.ascii = true
	Default(c, arg)
}

// Digest answers XSHA256 and its like: 250 and the digest of the named file in
// hexadecimal.
func Digest(sum func() hash.Hash) Handler {
	return func(c *Conn, arg string) {
		if text, ok := c.digest(sum, arg); ok {
			c.Say("250 %s", text)
		}
	}
}

// Hash answers HASH by one algorithm (draft-bryan-ftpext-hash-02, 3).
func Hash(name string, sum func() hash.Hash) Handler {
	return func(c *Conn, arg string) {
		if text, ok := c.digest(sum, arg); ok {
			n, _ := c.server.tree.get(c.abs(arg))
			c.Say("213 %s 0-%d %s %s", name, len(n.data), text, arg)
		}
	}
}

func (c *Conn) digest(sum func() hash.Hash, name string) (text string, ok bool) {
	n, there := c.server.tree.get(c.abs(name))
	if !there || n.dir {
		c.Say("550 No such file")
		return "", false
	}
	h := sum()
	_, _ = h.Write(n.data) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)), true
}

// PassiveAt announces another port or address than the one it listens on: port
// is what follows in the reply to EPSV or PASV, host what stands in PASV's.
func PassiveAt(host [4]byte, port int) Handler {
	return func(c *Conn, _ string) {
		if c.Verb == "EPSV" {
			c.Say("229 Entering Extended Passive Mode (|||%d|)", port)
			return
		}
		c.Say("227 Entering Passive Mode (%d,%d,%d,%d,%d,%d)", host[0], host[1], host[2], host[3], port>>8, port&255)
	}
}

// PassiveBehind listens on a good port and announces it by PASV with a foreign
// address, as servers behind a router do.
func PassiveBehind(host [4]byte) Handler {
	return func(c *Conn, _ string) {
		port, err := c.Listen()
		if err != nil {
			c.Say("425 %v", err)
			return
		}
		PassiveAt(host, port)(c, "")
	}
}

// InClear writes a reply past TLS, as a server does that has left it (CCC, RFC
// 4217, 6) or somebody in its place.
func InClear(text string) Handler {
	return func(c *Conn, _ string) {
		_, _ = c.raw.Write([]byte(text + "\r\n")) // what is wrong shows at the next read
	}
}

// As is the same connection answering another command.
func (c *Conn) As(verb string) *Conn {
	other := *c
	other.Verb, other.mute = verb, true
	return &other
}

// Mute is the same connection without a voice: what a handler does with it is
// done, and the client hears nothing.
func (c *Conn) Mute() *Conn { return c.As(c.Verb) }

// Put stores a file, as Scripted.Put does, by a client's name for it.
func (c *Conn) Put(name string, content []byte) { c.server.Put(c.abs(name), content) }

// Date gives a file another time, by a client's name for it.
func (c *Conn) Date(name string, when time.Time) {
	if n, ok := c.server.tree.get(c.abs(name)); ok {
		n.mod = when
		c.server.tree.put(c.abs(name), n)
	}
}

// OnEnd has f called when the control connection has ended.
func (c *Conn) OnEnd(f func()) { c.atEnd = append(c.atEnd, f) }

// AsVSFTPD is p by a server like vsftpd 3.0.3: it says so, has neither MLST nor
// MFMT, sets times by MDTM and lists by STAT. As vsftpd does, every scripted
// server leaves the control connection alone while bytes move.
func AsVSFTPD(p Plan) Plan {
	verbs := map[string]Handler{"STAT": statLists, "MDTM": mdtmSets}
	maps.Copy(verbs, p.Verbs)
	p.Greeting, p.Verbs = Reply("220 (vsFTPd 3.0.3)"), verbs
	p.Without = append(slices.Clone(p.Without), "MLST", "MLSD", "MFMT")
	return p
}

// AsProFTPD is p by a server that says it is ProFTPD, and refuses whatever else
// comes between RNFR and RNTO.
func AsProFTPD(p Plan) Plan {
	p.Greeting = Reply("220 ProFTPD Server (scripted)")
	p.strictRename = true
	return p
}

// statLists tells of a name over the control connection in the form of LIST.
func statLists(c *Conn, arg string) {
	name := c.abs(arg)
	n, ok := c.server.tree.get(name)
	c.Say("213-Status follows:")
	switch {
	case ok && n.dir:
		c.Raw([]byte(c.As("LIST").listing(name)))
	case ok:
		c.Raw([]byte(line(n, path.Base(name))))
	}
	c.Say("213 End of status")
}

// mdtmSets takes a time in front of the name for one to set.
func mdtmSets(c *Conn, arg string) {
	stamp, name, _ := strings.Cut(arg, " ")
	if _, err := time.Parse(stampForm, stamp); err != nil || name == "" {
		Default(c, arg)
		return
	}
	doMfmt(c, arg)
}

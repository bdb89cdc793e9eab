package demo

import (
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"goftp.io/server/v2"
)

// command is one FTP command done here. The library has checked the login and
// that an argument stands where one must.
type command struct {
	s     *Server
	param bool
	run   func(c call)
}

// call is a command being done: who asks, in which session, with what.
type call struct {
	*peer
	sess *server.Session
	arg  string
}

// IsExtend implements server.Command; FEAT is our own.
func (c command) IsExtend() bool { return false }

// RequireParam implements server.Command.
func (c command) RequireParam() bool { return c.param }

// RequireAuth implements server.Command.
func (c command) RequireAuth() bool { return true }

// Execute implements server.Command.
func (c command) Execute(sess *server.Session, arg string) {
	c.s.mu.Lock()
	p := c.s.peers[sess.RemoteAddr().String()]
	c.s.mu.Unlock()
	if p != nil {
		c.run(call{p, sess, arg})
	}
}

// open is a command that needs no login.
type open struct{ command }

// RequireAuth implements server.Command.
func (o open) RequireAuth() bool { return false }

// fromLibrary lists what the library does as we would.
var fromLibrary = []string{
	"USER", "PASS", "QUIT", "NOOP", "SYST", "TYPE", "MODE", "STRU", "OPTS", "CLNT", "ALLO",
	"PWD", "XPWD", "CWD", "XCWD", "CDUP", "XCUP",
}

func (s *Server) commands() map[string]server.Command {
	all := map[string]server.Command{}
	theirs := server.DefaultCommands()
	for _, name := range fromLibrary {
		all[name] = theirs[name]
	}
	with := func(run func(call)) server.Command { return command{s, true, run} }
	alone := func(run func(call)) server.Command { return command{s, false, run} }
	maps.Copy(all, map[string]server.Command{
		"AUTH": open{command{s, false, func(c call) { c.reply(502, "No AUTH here: this server has no TLS") }}},
		"FEAT": open{command{s, false, feat}},
		"EPSV": alone(epsv), "PASV": alone(pasv), "EPRT": with(eprt), "PORT": with(port),
		"LIST": alone(list), "NLST": alone(nlst), "MLSD": alone(mlsd), "MLST": alone(mlst),
		"RETR": with(retr), "STOR": with(stor), "APPE": with(appe), "REST": with(rest), "ABOR": alone(abor),
		"SIZE": with(size), "MDTM": with(mdtm), "MFMT": with(mfmt), "SITE": with(chmod),
		"RNFR": with(rnfr), "RNTO": with(rnto),
		"DELE": with(dele), "RMD": with(rmd), "XRMD": with(rmd), "MKD": with(mkd), "XMKD": with(mkd),
	})
	return all
}

// path resolves the argument as the library does for its own commands. It
// takes "-a" for an option of LIST anywhere, unless it sees a folder before.
func (c call) path(arg string) string {
	if arg != "" && !strings.HasPrefix(arg, "/") {
		arg = "./" + arg
	}
	return c.sess.BuildPath(arg)
}

func (c call) reply(code int, text string) { c.sess.WriteMessage(code, text) }

// lines sends a reply of several lines (RFC 959, 4.2), which the library keeps
// to itself. Nothing is buffered there between two commands.
func (c call) lines(code int, first string, between []string, last string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d-%s\r\n", code, first)
	for _, line := range between {
		b.WriteString(" " + line + "\r\n")
	}
	fmt.Fprintf(&b, "%d %s\r\n", code, last)
	_, _ = c.Write([]byte(b.String())) // a broken connection shows at the next read
}

// settle answers a command on a file.
func (c call) settle(code int, done string, err error) {
	if err != nil {
		c.reply(550, words(err))
		return
	}
	c.reply(code, done)
}

func feat(c call) {
	c.lines(211, "Features:", []string{
		"EPRT", "EPSV", "MDTM", "MFMT", "MLST type*;size*;modify*;UNIX.mode*;", "REST STREAM", "SIZE", "UTF8",
	}, "End")
}

func epsv(c call) {
	if strings.EqualFold(c.arg, "ALL") {
		c.reply(200, "EPSV it is.")
		return
	}
	n, err := c.listen()
	if err != nil {
		c.reply(425, "No data connection: "+words(err))
		return
	}
	c.reply(229, fmt.Sprintf("Entering Extended Passive Mode (|||%d|)", n))
}

func pasv(c call) {
	n, err := c.listen()
	if err != nil {
		c.reply(425, "No data connection: "+words(err))
		return
	}
	c.reply(227, fmt.Sprintf("Entering Passive Mode (127,0,0,1,%d,%d)", n>>8, n&0xff))
}

// eprt reads "|1|127.0.0.1|40000|" (RFC 2428).
func eprt(c call) {
	parts := strings.Split(c.arg, c.arg[:1])
	if len(parts) != 5 {
		c.reply(501, "EPRT wants |1|address|port|")
		return
	}
	c.take(net.JoinHostPort(parts[2], parts[3]))
}

// port reads "127,0,0,1,156,64" (RFC 959).
func port(c call) {
	parts := strings.Split(c.arg, ",")
	if len(parts) != 6 {
		c.reply(501, "PORT wants six numbers")
		return
	}
	high, err1 := strconv.ParseUint(parts[4], 10, 8)
	low, err2 := strconv.ParseUint(parts[5], 10, 8)
	if err1 != nil || err2 != nil {
		c.reply(501, "PORT wants six numbers from 0 to 255")
		return
	}
	c.take(fmt.Sprintf("%s:%d", strings.Join(parts[:4], "."), high<<8|low))
}

func (c call) take(address string) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		c.reply(501, "That is no address")
		return
	}
	if err := c.aim(to); err != nil {
		c.reply(501, words(err))
		return
	}
	c.reply(200, "I shall connect there")
}

func size(c call) {
	info, err := c.s.files.Stat(nil, c.path(c.arg))
	switch {
	case err != nil:
		c.reply(550, words(err))
	case !info.Mode().IsRegular():
		c.reply(550, "Not a regular file")
	default:
		c.reply(213, strconv.FormatInt(info.Size(), 10))
	}
}

const timeFormat = "20060102150405" // RFC 3659, 2.3; always UTC

func mdtm(c call) {
	info, err := c.s.files.Stat(nil, c.path(c.arg))
	if err != nil {
		c.reply(550, words(err))
		return
	}
	c.reply(213, info.ModTime().UTC().Format(timeFormat))
}

func mfmt(c call) {
	stamp, name, _ := strings.Cut(c.arg, " ")
	when, err := time.Parse(timeFormat, stamp)
	if err != nil || name == "" {
		c.reply(501, "MFMT wants YYYYMMDDHHMMSS and a name")
		return
	}
	err = c.s.files.root.Chtimes(rel(c.path(name)), time.Time{}, when)
	c.settle(213, "Modify="+stamp+"; "+name, err)
}

// chmod is the one SITE command: SITE CHMOD 644 name.
func chmod(c call) {
	verb, rest, _ := strings.Cut(c.arg, " ")
	digits, name, _ := strings.Cut(rest, " ")
	mode, err := strconv.ParseUint(digits, 8, 9)
	if !strings.EqualFold(verb, "CHMOD") || err != nil || name == "" {
		c.reply(504, "SITE knows CHMOD, three octal digits and a name only")
		return
	}
	c.settle(200, "Mode changed", c.s.files.root.Chmod(rel(c.path(name)), os.FileMode(mode)))
}

func dele(c call) { c.settle(250, "Deleted", c.s.files.DeleteFile(nil, c.path(c.arg))) }

func rnfr(c call) {
	from := c.path(c.arg)
	if _, err := c.s.files.Stat(nil, from); err != nil {
		c.reply(550, words(err))
		return
	}
	c.peer.from = from
	c.reply(350, "And the new name?")
}

func rnto(c call) {
	from := c.from
	c.peer.from = ""
	if from == "" {
		c.reply(503, "RNFR comes first")
		return
	}
	c.settle(250, "Renamed", c.s.files.Rename(nil, from, c.path(c.arg)))
}

func rmd(c call) {
	if c.path(c.arg) == "/" {
		c.reply(550, "The top folder stays")
		return
	}
	c.settle(250, "Removed", c.s.files.DeleteDir(nil, c.path(c.arg)))
}

func mkd(c call) {
	p := c.path(c.arg)
	c.settle(257, `"`+strings.ReplaceAll(p, `"`, `""`)+`" made`, c.s.files.MakeDir(nil, p))
}

// words takes the names out of an error: the client knows them, and ours
// begin where its do not.
func words(err error) string {
	for {
		switch e := err.(type) {
		case *fs.PathError:
			err = e.Err
		case *os.LinkError:
			err = e.Err
		case *net.OpError:
			err = e.Err
		case *os.SyscallError:
			err = e.Err
		default:
			text := err.Error()
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
}

// facts is the MLSx line of one entry (RFC 3659, 7).
func facts(info os.FileInfo, name string) string {
	kind, length := "file", fmt.Sprintf("size=%d;", info.Size())
	switch {
	case info.IsDir():
		kind, length = "dir", ""
	case info.Mode()&os.ModeSymlink != 0:
		kind = "OS.unix=symlink"
	}
	return fmt.Sprintf("type=%s;%smodify=%s;UNIX.mode=%04o; %s",
		kind, length, info.ModTime().UTC().Format(timeFormat), info.Mode().Perm(), name)
}

func mlst(c call) {
	p := path.Clean(c.path(c.arg))
	info, err := c.s.files.Stat(nil, p)
	if err != nil {
		c.reply(550, words(err))
		return
	}
	c.lines(250, "Listing", []string{facts(info, p)}, "End")
}

package wire

import (
	"slices"
	"strings"

	"wherry/sync/trace"
)

// What saves round trips is done only where a server is known to bear it, and
// given up for the site and this run of the program at the first oddity: a reply
// in the wrong place, a missing one, a data connection that does not come about.
// Oddities are cured where they are found, so no operation fails by them that
// would not have failed by itself.

// bearing is what servers of one kind were seen to bear.
type bearing struct {
	mark string // in the greeting, in small letters
	// behind: commands sent together with a transfer's are done after it. Others
	// look at the control connection while bytes move: ProFTPD answers 450 to an
	// EPSV and does the rest at once, before the 226; Pure-FTPd takes all but
	// ABOR for unknown and drops what came with it.
	behind bool
}

// bearings leaves out who hides its name, and pyftpdlib: an EPSV ends the
// transfer under way there.
var bearings = []bearing{{"vsftpd", true}, {"proftpd", false}, {"pure-ftpd", false}}

// bears is what the server at the other end bears, the zero value for nothing.
func (c *Control) bears() bearing {
	if c.proxy != nil || c.conf.Only != nil || c.conf.Learned.wasOdd() {
		return bearing{}
	}
	greeting := strings.ToLower(c.greeting.Text())
	if i := slices.IndexFunc(bearings, func(b bearing) bool { return strings.Contains(greeting, b.mark) }); i >= 0 {
		return bearings[i]
	}
	return bearing{}
}

// Together says whether Batch may send several commands at once.
func (c *Control) Together() bool { return c.bears().mark != "" }

// odd gives up what saves round trips, for all sessions of the site.
func (c *Control) odd(why string) {
	if c.conf.Learned.giveUp() {
		c.say(trace.Status, "Commands are sent one after the other from now on: "+c.Conceal(why))
	}
}

// repeatable are the commands that may be sent again where the reply is in doubt,
// and by which a server proves that it answers several at once in their order:
// they change nothing, or the same the second time.
var repeatable = []string{
	"NOOP", "PWD", "CWD", "TYPE", "FEAT", "SYST", "OPTS", "PBSZ", "PROT", "SIZE", "MDTM", "MFMT", "MLST", "STAT", "RNFR", "SITE CHMOD",
	"HASH", "XSHA512", "XSHA256", "XSHA1", "XSHA", "XMD5", "MD5", "XCRC",
}

func areRepeatable(lines []string) bool {
	return !slices.ContainsFunc(lines, func(line string) bool {
		verb := verbOf(line)
		if verb == "SITE" {
			verb = strings.ToUpper(line[:min(len(line), len("SITE CHMOD"))])
		}
		return !slices.Contains(repeatable, verb)
	})
}

package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// A reply names no command. It belongs to the oldest one that has none yet, as
// long as nobody sends too many, and a wrong match shifts every later one. So
// one command at a time is under way, several only where the server has proven
// that it answers them in order (see bearing), and each reply is judged as it
// comes:
//
//	nothing was asked                -> a stray: looked into before the next command
//	the code is of another command   -> a stray, passed over: the answer is
//	                                    waited for behind it
//	2xx or 3xx, but none this one    -> the answer of an odd server, or a stray:
//	ever has; 250 to MLST without       returned, and looked into before the
//	a fact; no number to SIZE, no       next command
//	time to MDTM
//	anything else                    -> the answer
//
// Looking into it is NOOP: whatever was on its way comes before the 200 to it.
// Where that does not come soon the connection is given up as lost, and so is
// one whose answer does not come behind a stray.
//
// What no code can tell: a stray 4xx or 5xx, or the 200 or 250 that many
// commands share, coming between such a command and its answer. It is taken for
// the answer, and found out by the next reply that does not fit, or by one too
// many. A transfer is safe from that all the same: its bytes are counted. So is
// MLST, which repeats the name; a SIZE or MDTM right behind another one that a
// stray 4xx or 5xx refused is not.

// maxStray is how many replies may wait unread. An honest server has at most
// two outstanding; one that floods is cut off.
const maxStray = 8

// maxFlight is how many commands may be under way at once, and maxUnread how
// many replies may lie unread then.
const (
	maxFlight = 16
	maxUnread = maxFlight + maxStray
)

// answers are the replies that say yes to the commands that are sent here (RFC
// 959, 5.4; 2228; 2389; 2428; 3659; drafts of HASH, MFMT and PRET), those with
// 425 included. What is no transfer and not here, such as the login and a site's
// own commands, may be answered by anything that is not of a transfer.
var answers = map[string][]int{
	"FEAT": {211}, "SYST": {215},
	"PWD": {257}, "CWD": {250, 200}, "TYPE": {200}, "NOOP": {200, 250}, "PBSZ": {200}, "PROT": {200},
	"EPSV": {229, 425}, "PASV": {227, 425}, "EPRT": {200, 425}, "PORT": {200, 425}, "PRET": {200},
	"REST": {350}, "RNFR": {350, 250, 200}, "RNTO": {250, 200}, "DELE": {250, 200}, "RMD": {250, 200}, "MKD": {257, 250, 200},
	"MLST": {250}, "STAT": {211, 212, 213}, "SIZE": {213}, "MDTM": {213, 250, 200}, "MFMT": {213, 250, 200},
	"HASH": {213}, "XSHA512": {213, 250}, "XSHA256": {213, 250}, "XSHA1": {213, 250}, "XSHA": {213, 250},
	"XMD5": {213, 250}, "MD5": {213, 250, 251}, "XCRC": {213, 250},
}

// special are the codes that only those commands have that name them.
var special = []int{211, 212, 213, 215, 225, 226, 227, 229, 230, 257, 331, 332, 350, 425, 426}

// ofTransfers are those of the commands that use a data connection, and ABOR's.
var ofTransfers = []int{225, 226, 425, 426}

// fit is how well a reply answers a command.
type fit uint8

const (
	fits    fit = iota
	odd         // it may be the answer, and is of no use
	foreign     // it answers something else
)

// fitOf judges a final reply to verb. begun tells that a transfer had its 1xx.
func fitOf(verb string, r Reply, begun bool) fit {
	expected, known := answers[verb]
	positive := r.Code < 400
	switch {
	case verb == "ABOR", verb == "QUIT":
		return fits
	case isTransfer[verb]:
		return fitOfTransfer(verb, r.Code, begun)
	case verb == "USER" && r.Code == 220:
		return foreign // a greeting of many replies instead of many lines
	case verb == "MLST" && r.Code == 250 && len(r.Inner()) == 0:
		return odd // "250 Done", of a transfer or a removal
	case slices.Contains(expected, r.Code):
		return fits
	case verb == "EPSV" && r.Code == 227, verb == "PASV" && r.Code == 229:
		return odd // from a gateway that translates one into the other
	case known && slices.Contains(special, r.Code), slices.Contains(ofTransfers, r.Code):
		return foreign
	case known && positive:
		return odd
	}
	return fits
}

// strictFit is what more is known where several commands were sent at once. SIZE
// and MDTM share a code: a size of 10 TB and more looks like a time, and is then
// asked once more.
func strictFit(verb string, r Reply) fit {
	if verb == "SIZE" && r.Code == 213 && len(r.Text()) >= len("20060102150405") {
		return odd
	}
	return fits
}

// formFit knows the form of what SIZE and MDTM are asked for (RFC 3659, 4 and 3):
// anything else that says yes is of no use, and most likely a reply too many that
// goes before the answer. MDTM with a time is answered in any words.
func formFit(line string, r Reply) fit {
	verb, rest, _ := strings.Cut(line, " ")
	digits := func(text string) bool {
		return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	}
	stamped := func(text string) bool {
		return len(text) >= len("20060102150405") && digits(text[:len("20060102150405")])
	}
	word, name, _ := strings.Cut(rest, " ")
	switch text := r.Text(); {
	case r.Code >= 400, verb == "SIZE" && digits(text):
		return fits
	case verb == "MDTM" && (stamped(text) || name != "" && stamped(word)):
		return fits
	case verb == "SIZE", verb == "MDTM":
		return odd
	}
	return fits
}

// fitOfTransfer knows that nobody stores a file before its first byte: the 226
// ahead of STOR's 150 is the last transfer's. A download or listing may be
// empty, and some servers then leave out the 150.
func fitOfTransfer(verb string, code int, begun bool) fit {
	switch end := code == 226 || code == 250; {
	case end && !begun && (verb == "STOR" || verb == "APPE" || verb == "STOU"):
		return foreign
	case end, code >= 400:
		return fits
	case slices.Contains(special, code):
		return foreign
	}
	return odd
}

// accept keeps the books on a reply and says whether it can be the answer to
// what was sent, or was not asked for at all; else it is passed over.
func (c *Control) accept(r Reply) bool {
	c.behind = r.followed
	unasked := len(c.pending) == 0
	var head asked
	if !unasked {
		head = c.pending[0]
	}
	transfer := isTransfer[head.verb]
	switch {
	case r.Code == 421:
		c.Break(c.goodbye(r, unasked))
	case r.isOops():
		c.Break(fault(vfs.KindLost, c.Conceal(r.String()), nil))
	}
	switch {
	case unasked:
		c.suspect = true
	case !r.final():
		c.suspect = c.suspect || !transfer
		if c.data != nil && transfer {
			c.data.begin()
		}
	default:
		more := len(c.pending) > 1
		match := max(fitOf(head.verb, r, c.data != nil && c.data.begun), formFit(head.line, r))
		if head.flown {
			if match = max(match, strictFit(head.verb, r)); match != fits {
				c.odd(fmt.Sprintf("%d to %s", r.Code, head.verb))
			}
		}
		c.suspect = c.suspect || match != fits || r.followed && !more
		if match == foreign {
			c.say(trace.Trouble, fmt.Sprintf("%d is no answer to %s", r.Code, head.verb))
			return false
		}
		c.pending = c.pending[1:]
		c.behind = r.followed && !more
		if head.part == itself {
			c.last = r
		}
	}
	return true
}

// Suspect tells that a reply was taken which may be the answer to another
// command of the same kind: whether the replies are in step is looked into
// before the next one.
func (c *Control) Suspect() { c.suspect = true }

// InStep says whether the connection is ready for the next command: no reply
// is outstanding, none came unasked.
func (c *Control) InStep() bool {
	return len(c.pending) == 0 && !c.suspect && len(c.replies) == 0 && c.Err() == nil
}

// inStep makes sure that the next reply will belong to the next command.
func (c *Control) inStep() error {
	if !c.suspect {
		// Of a transfer that failed nobody asks for them.
		if err := c.collect(rear, orderLimit); err != nil && !errors.Is(err, errOdd) {
			return err
		}
	}
	for len(c.replies) > 0 || c.behind && c.Err() == nil {
		// Of one that came together with another the rest is on its way.
		if _, err := c.receive(orderLimit); err != nil {
			return c.outOfStep(err)
		}
		c.suspect = true
	}
	if err := c.Err(); err != nil {
		return err
	}
	if !c.suspect && len(c.pending) == 0 {
		return nil
	}
	c.say(trace.Status, "Looking whether the server's replies are in step")
	if err := c.put("NOOP"); err != nil {
		return err
	}
	for range maxUnread {
		r, err := c.receive(orderLimit)
		if err != nil {
			return c.outOfStep(err)
		}
		if endsNoop(r) && !r.followed && len(c.replies) == 0 {
			c.pending, c.suspect = nil, false
			return nil
		}
	}
	return c.outOfStep(nil)
}

// outOfStep gives the connection up, also where somebody cancelled before the
// answer to NOOP. It is as good as lost: another one does not have what is
// wrong with it.
func (c *Control) outOfStep(cause error) error {
	c.Break(fault(vfs.KindLost, "the replies are out of step", cause))
	return c.Err()
}

// endsNoop tells the answer to NOOP from a late one to something else. Some
// servers say 250, and they are not told from one that removed a file.
func endsNoop(r Reply) bool { return r.Code == 200 || r.Code/10 == 50 }

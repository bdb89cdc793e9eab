package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"wherry/sync/vfs"
)

// Bounds of what a server may say. The longest honest reply known is the help
// of SITE with a few KiB; 64 KiB a line leaves room for the longest path, and
// a library that reads on without a bound takes all memory.
const (
	maxLine  = 64 << 10
	maxReply = 1 << 20
)

// Reply is one reply of the server, of one or more lines (RFC 959, 4.2).
type Reply struct {
	// Code has three digits; 0 stands for no reply at all.
	Code int
	// Lines are as they came, code included, without the line ends.
	Lines []string
	// followed tells that more bytes had arrived behind this reply.
	followed bool
}

// Text returns the words of the reply without the code, lines joined by "; ".
func (r Reply) Text() string {
	words := make([]string, 0, len(r.Lines))
	for _, l := range r.Lines {
		if hasCode(l, r.Code) {
			l = l[min(4, len(l)):]
		}
		if l = strings.TrimSpace(l); l != "" {
			words = append(words, l)
		}
	}
	return strings.Join(words, "; ")
}

// String returns code and words on one line.
func (r Reply) String() string {
	if r.Code == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.Code, r.Text()))
}

// Inner returns the lines between the first and the last, which is where FEAT
// and MLST put their answer.
func (r Reply) Inner() []string {
	if len(r.Lines) < 3 {
		return nil
	}
	return r.Lines[1 : len(r.Lines)-1]
}

// OK says whether the command was done (2xx).
func (r Reply) OK() bool { return r.Code/100 == 2 }

// final says that nothing more follows for the command.
func (r Reply) final() bool { return r.Code >= 200 }

// bytes returns the reply for the library: code says which, since a final 250
// of a transfer must read 226 to it.
func (r Reply) bytes(code int) []byte {
	var b bytes.Buffer
	for i, l := range r.Lines {
		if hasCode(l, r.Code) {
			sep := byte('-')
			if i == len(r.Lines)-1 {
				sep = ' '
			}
			fmt.Fprintf(&b, "%03d%c%s\r\n", code, sep, l[min(4, len(l)):])
			continue
		}
		b.WriteString(l + "\r\n")
	}
	return b.Bytes()
}

// errNotReply marks a line that no FTP server would say.
var errNotReply = errors.New("the line is not an FTP reply")

// notReply is such a line; it may repeat a secret, as a server with a telnet
// echo does.
type notReply struct{ line string }

func (e notReply) Error() string { return errNotReply.Error() + ": " + cut(e.line, 80) }
func (e notReply) Unwrap() error { return errNotReply }

// errTooLong marks a line or reply beyond the bounds.
var errTooLong = errors.New("the reply is longer than any honest one")

// readReply reads one reply. Bare line feeds end a line too, and empty lines
// between replies are passed over: both are habits of small servers.
func readReply(r *bufio.Reader) (Reply, error) {
	var out Reply
	total := 0
	for {
		line, err := readLine(r)
		if err != nil {
			return Reply{}, err
		}
		if total += len(line) + 2; total > maxReply {
			return Reply{}, errTooLong
		}
		if out.Code == 0 {
			if line == "" {
				continue
			}
			if out.Code = leadingCode(line); out.Code == 0 {
				return Reply{}, notReply{line}
			}
		}
		out.Lines = append(out.Lines, line)
		if hasCode(line, out.Code) && (len(line) == 3 || line[3] == ' ') {
			out.followed = r.Buffered() > 0
			return out, nil
		}
	}
}

// readLine reads up to a line feed and drops the line end.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return "", errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return strings.TrimRight(string(line), "\r\n"), nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return "", io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}

// leadingCode returns the reply code that opens line, 0 for none.
func leadingCode(line string) int {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0
		}
	}
	code, err := strconv.Atoi(line[:3])
	if err != nil || code < 100 || code > 699 {
		return 0
	}
	return code
}

// hasCode says whether line carries the reply's own code; within a multi-line
// reply other lines may begin with any digits.
func hasCode(line string, code int) bool { return leadingCode(line) == code }

// readFault turns an error of readReply into the vfs.Error it means.
func readFault(err error) *vfs.Error {
	switch {
	case errors.Is(err, errTooLong), errors.Is(err, errNotReply):
		return fault(vfs.KindProtocol, err.Error(), nil)
	case isTimeout(err):
		return fault(vfs.KindTimeout, "", err)
	}
	return fault(vfs.KindLost, "", err)
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

package ftptest

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"
)

// Reply says one reply, of several lines where text holds "\n".
func Reply(text string) Handler {
	return func(c *Conn, _ string) { c.Say("%s", text) }
}

// Bytes sends bytes as they are, which need not be a reply.
func Bytes(b string) Handler {
	return func(c *Conn, _ string) { c.Raw([]byte(b)) }
}

// Silence answers nothing.
func Silence(*Conn, string) {}

// Drop closes the control connection.
func Drop(c *Conn, _ string) { c.Drop() }

// Reset breaks the control connection with RST.
func Reset(c *Conn, _ string) { c.Reset() }

// Flood sends prefix and then unit again and again until the client hangs up:
// a reply line without end, or a reply of endless lines.
func Flood(prefix, unit string) Handler {
	return func(c *Conn, _ string) {
		block := bytes.Repeat([]byte(unit), max(1, 32<<10/len(unit)))
		for ok := c.Raw([]byte(prefix)); ok; ok = c.Raw(block) {
		}
	}
}

// Hold answers by next once release closes; nil next is Default.
func Hold(release <-chan struct{}, next Handler) Handler {
	return func(c *Conn, arg string) {
		if !c.Hold(release) {
			return
		}
		if next == nil {
			next = Default
		}
		next(c, arg)
	}
}

// All runs handlers one after the other.
func All(handlers ...Handler) Handler {
	return func(c *Conn, arg string) {
		for _, h := range handlers {
			h(c, arg)
		}
	}
}

// InTurn answers the first time by the first handler, and so on over all
// sessions; when they are used up, by Default.
func InTurn(handlers ...Handler) Handler {
	var calls atomic.Int64
	return func(c *Conn, arg string) {
		if n := int(calls.Add(1)); n <= len(handlers) {
			handlers[n-1](c, arg)
			return
		}
		Default(c, arg)
	}
}

// Fault is what happens to a data transfer at a byte.
type Fault uint8

// The faults of Flow.
const (
	NoFault      Fault = iota
	CloseData          // the data connection ends in order, with less than there is
	CutData            // it ends by FIN alone, over TLS without close_notify
	ResetData          // it breaks with RST
	DropControl        // the control connection closes, the data go on
	ResetControl       // the control connection breaks with RST, the data go on
	CrashAll           // both break with RST: the server is gone
)

// Flow is a data transfer that goes wrong; the zero value goes right. It
// serves RETR, LIST, NLST, MLSD, STOR and APPE:
//
//	Plan{Verbs: map[string]Handler{"RETR": Flow{At: 1000, Fault: ResetData}.Serve}}
type Flow struct {
	// Start is the first reply; "" is a 150, "-" none.
	Start string
	// Content replaces what RETR and the listings send.
	Content func() io.Reader
	// At is the byte at which Hold and Fault take effect, in either
	// direction; an upload reads no further than that before.
	At int64
	// Hold stops the flow at the byte until it closes.
	Hold <-chan struct{}
	// Fault strikes at the byte, after Hold.
	Fault Fault
	// Finals are the replies at the end. nil is a 226, or a 426 where the
	// data connection broke; empty is none at all, two are two.
	Finals []string
	// Early says Finals before the first byte.
	Early bool
	// NoNotify ends TLS data without close_notify.
	NoNotify bool
	// After runs at the very end, once the finals are said.
	After Handler
}

// Serve is the Handler.
func (f Flow) Serve(c *Conn, arg string) {
	content, sink, refusal := c.ends(arg)
	if refusal != "" {
		c.Say("%s", refusal)
		return
	}
	if f.Content != nil {
		content = f.Content()
	}
	switch f.Start {
	case "":
		c.Say("150 Here it goes")
	case "-":
	default:
		c.Say("%s", f.Start)
	}
	d, err := c.Data()
	switch {
	case errors.Is(err, errNotReused):
		c.Say("522 TLS session of data connection not reused")
		return
	case err != nil:
		c.Say("425 No data connection")
		return
	}
	if f.Early {
		f.finish(c, nil)
	}
	err = f.move(c, d, content, sink)
	if f.NoNotify {
		d.Cut()
	}
	if closed := d.Close(); err == nil && !f.NoNotify {
		err = closed
	}
	if sink != nil {
		sink.store()
	}
	if !f.Early {
		f.finish(c, err)
	}
	if f.After != nil {
		f.After(c, arg)
	}
}

func (f Flow) finish(c *Conn, err error) {
	switch {
	case f.Finals != nil:
		for _, final := range f.Finals {
			c.Say("%s", final)
		}
	case err != nil:
		c.Say("426 Data connection closed")
	default:
		c.Say("226 Done")
	}
}

var errFault = errors.New("the plan's fault")

// move copies, with the fault at its byte. content is nil for an upload.
func (f Flow) move(c *Conn, d *Data, content io.Reader, sink *upload) error {
	var to io.Writer = d
	if sink != nil {
		content, to = d, sink
	}
	if f.Hold != nil || f.Fault != NoFault {
		if _, err := io.CopyN(to, content, f.At); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if f.Hold != nil && !c.Hold(f.Hold) {
			return errFault
		}
		if sink != nil {
			sink.store() // who comes back after the fault finds it, as on a real server
		}
		if stop := f.strike(c, d); stop {
			return errFault
		}
	}
	_, err := io.Copy(to, content)
	return err
}

// strike does the fault and says whether the data connection is gone by it.
func (f Flow) strike(c *Conn, d *Data) bool {
	switch f.Fault {
	case CloseData:
		_ = d.Close()
	case CutData:
		d.Cut()
	case ResetData:
		d.Reset()
	case DropControl:
		c.Drop()
	case ResetControl:
		c.Reset()
	case CrashAll:
		c.Reset()
		d.Reset()
	}
	return f.Fault == CloseData || f.Fault == CutData || f.Fault == ResetData || f.Fault == CrashAll
}

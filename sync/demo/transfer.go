package demo

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// carry makes the data connection, lets move use it, and answers: 425 without
// a connection, 426 when it broke, 226 when all is through.
func (c call) carry(what string, move func(data io.ReadWriter) (int64, error)) {
	data, err := c.connect()
	if err != nil {
		c.reply(425, "No data connection: "+words(err))
		return
	}
	c.reply(150, what)
	n, err := move(data)
	if closed := c.finish(); err == nil {
		err = closed
	}
	if err != nil {
		c.reply(426, fmt.Sprintf("Broken off after %d bytes: %s", n, words(err)))
		return
	}
	c.reply(226, fmt.Sprintf("%d bytes, all is well", n))
}

// restart takes the offset of REST, which is good for one transfer.
func (c call) restart() int64 {
	n := c.offset
	c.peer.offset = 0
	return n
}

func rest(c call) {
	n, err := strconv.ParseInt(c.arg, 10, 64)
	if err != nil || n < 0 {
		c.reply(501, "REST wants a number of bytes")
		return
	}
	c.peer.offset = n
	c.reply(350, fmt.Sprintf("The next transfer begins at %d", n))
}

// abor comes when the transfer it was for has ended: commands are read one
// after the other.
func abor(c call) { c.reply(226, "Nothing is on its way") }

func retr(c call) {
	left, file, err := c.s.files.GetFile(nil, c.path(c.arg), c.restart())
	if err != nil {
		c.reply(550, words(err))
		return
	}
	defer file.Close()
	c.carry(fmt.Sprintf("Here come %d bytes", left), func(data io.ReadWriter) (int64, error) {
		return io.Copy(data, file)
	})
}

func stor(c call) {
	offset := c.restart()
	if offset == 0 {
		offset = -1
	}
	store(c, offset)
}

func appe(c call) {
	c.restart()
	offset := int64(-1)
	if info, err := c.s.files.Stat(nil, c.path(c.arg)); err == nil {
		offset = info.Size()
	}
	store(c, offset)
}

// store opens the file before it says 150: a client that is refused has sent
// nothing.
func store(c call, offset int64) {
	file, err := c.s.files.create(c.path(c.arg), offset)
	if err != nil {
		c.reply(550, words(err))
		return
	}
	c.carry("Send", func(data io.ReadWriter) (int64, error) {
		n, err := io.Copy(file, data)
		if closed := file.Close(); err == nil {
			err = closed
		}
		return n, err
	})
	_ = file.Close() // again, for when there was no data connection
}

func mlsd(c call) { c.listing(c.arg, func(i os.FileInfo) string { return facts(i, i.Name()) }) }
func nlst(c call) { c.listing(dirOf(c.arg), os.FileInfo.Name) }
func list(c call) { c.listing(dirOf(c.arg), long) }

// dirOf drops the options that clients pass on to ls.
func dirOf(arg string) string {
	for strings.HasPrefix(arg, "-") {
		_, arg, _ = strings.Cut(arg, " ")
	}
	return arg
}

// long is a line as ls writes it, in UTC.
func long(info os.FileInfo) string {
	when := info.ModTime().UTC()
	format := "Jan _2 15:04"
	if age := time.Since(when); age > 180*24*time.Hour || age < 0 {
		format = "Jan _2  2006"
	}
	mode := info.Mode().Perm().String()
	if info.IsDir() {
		mode = "d" + mode[1:]
	}
	return fmt.Sprintf("%s 1 %s %s %12d %s %s", mode, User, User, info.Size(), when.Format(format), info.Name())
}

func (c call) listing(arg string, line func(os.FileInfo) string) {
	dir := c.path(arg)
	if info, err := c.s.files.Stat(nil, dir); err != nil || !info.IsDir() {
		if err != nil {
			c.reply(550, words(err))
		} else {
			c.reply(550, "Not a directory")
		}
		return
	}
	var b strings.Builder
	err := c.s.files.ListDir(nil, dir, func(info os.FileInfo) error {
		b.WriteString(line(info) + "\r\n")
		return nil
	})
	if err != nil {
		c.reply(550, words(err))
		return
	}
	c.carry("Here comes the list", func(data io.ReadWriter) (int64, error) {
		return io.Copy(data, strings.NewReader(b.String()))
	})
}

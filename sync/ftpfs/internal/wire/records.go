package wire

import (
	"bufio"
	"crypto/tls"
	"net"
)

// The TLS record header (RFC 8446, 5.1) and the one record that says goodbye.
const (
	headerLen    = 5
	typeAlert    = 21
	typeAppData  = 23
	alertLen13   = 2 + 1 + 16 // the alert, its type, the tag of the AEAD
	headerTypeAt = 0
)

// records watches the record headers beneath TLS. Go reports the end of the
// stream at a record's boundary as io.EOF with or without close_notify; the
// last record tells the two apart.
//
// It reads from the network in big pieces: TLS asks for a record at a time.
type records struct {
	net.Conn
	in     *bufio.Reader // of Conn
	header [headerLen]byte
	have   int // bytes of header
	skip   int // bytes of the record's body to come
}

func (r *records) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.watch(p[:n])
	return n, err
}

func (r *records) watch(p []byte) {
	for len(p) > 0 {
		if r.skip > 0 {
			n := min(r.skip, len(p))
			r.skip -= n
			p = p[n:]
			continue
		}
		if r.have == headerLen {
			r.have = 0
		}
		n := copy(r.header[r.have:], p)
		r.have += n
		p = p[n:]
		if r.have == headerLen {
			r.skip = r.length()
		}
	}
}

func (r *records) length() int { return int(r.header[3])<<8 | int(r.header[4]) }

// closed says whether the last record was an alert. In TLS 1.3 that is hidden
// in application data and known by its length: content of two bytes would be
// as long, and is a risk nobody can use without the keys.
func (r *records) closed(version uint16) bool {
	if r.have != headerLen || r.skip != 0 {
		return false
	}
	if version >= tls.VersionTLS13 {
		return r.header[headerTypeAt] == typeAppData && r.length() == alertLen13
	}
	return r.header[headerTypeAt] == typeAlert
}

package wire

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseEPSV reads the port of "229 Entering Extended Passive Mode (|||6446|)".
// RFC 2428 lets the server choose the delimiter.
func parseEPSV(text string) (port uint16, ok bool) {
	start := strings.IndexByte(text, '(')
	if start < 0 || start+5 >= len(text) {
		return 0, false
	}
	body := text[start+1:]
	mark := body[0]
	if mark >= '0' && mark <= '9' || body[1] != mark || body[2] != mark {
		return 0, false
	}
	digits, _, found := strings.Cut(body[3:], string(mark))
	if !found {
		return 0, false
	}
	return parsePort(digits)
}

// parsePASV reads "227 Entering Passive Mode (h1,h2,h3,h4,p1,p2)". RFC 1123,
// 4.1.2.6 warns that the parentheses may be missing, so the first six numbers
// joined by commas count. The address is for the diagnosis only: connecting
// to it would let a server aim us at others (RFC 2577).
func parsePASV(text string) (addr netip.Addr, port uint16, ok bool) {
	isPart := func(r rune) bool { return r == ',' || r >= '0' && r <= '9' }
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !isPart(r) }) {
		parts := strings.Split(word, ",")
		if len(parts) != 6 {
			continue
		}
		var n [6]byte
		valid := true
		for i, part := range parts {
			v, err := strconv.ParseUint(part, 10, 8)
			valid = valid && err == nil
			n[i] = byte(v)
		}
		if port = uint16(n[4])<<8 | uint16(n[5]); valid && port != 0 {
			return netip.AddrFrom4([4]byte(n[:4])), port, true
		}
	}
	return netip.Addr{}, 0, false
}

func parsePort(digits string) (uint16, bool) {
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return 0, false
	}
	return uint16(n), n != 0
}

package wire

import "strings"

// escapeIAC doubles the byte 0xFF, which telnet, the base of the control
// connection (RFC 959, 2.3), takes for the start of an instruction.
func escapeIAC(line string) []byte {
	return []byte(strings.ReplaceAll(line, "\xff", "\xff\xff"))
}

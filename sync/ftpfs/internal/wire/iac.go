package wire

import "strings"

// escapeIAC doubles the byte 0xFF for a server that takes it for the start of
// a telnet instruction, as the base of the control connection does (RFC 959,
// 2.3). Measured: ProFTPD swallows a single one; vsftpd, Pure-FTPd and
// pyftpdlib keep both of a doubled one.
func (c *Control) escapeIAC(line string) []byte {
	if strings.Contains(c.Greeting(), "ProFTPD") {
		line = strings.ReplaceAll(line, "\xff", "\xff\xff")
	}
	return []byte(line)
}

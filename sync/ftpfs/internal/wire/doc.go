// Package wire is everything between the FTP library and the network: it
// dials, secures, limits, times and records one control connection and the
// data connections that belong to it.
//
// It exists because the library (jlaffaye/ftp) speaks FTP well from above and
// knows nothing of active mode, of TLS sessions that must be resumed, of
// cancelling, or of servers that mean harm. The library gets a net.Conn and a
// dial function, and both are made here:
//
//	session -- commands, listings -->  library
//	                                     |  bytes of commands and replies
//	                                   Control   sees every line both ways
//	                                     |
//	                   pump <-- replies -+- commands --> server :21
//	                                   Data      <------> server :any
//
// Control is a state machine at line level. A goroutine, the pump, reads
// replies as they come, bounded in size and number, so that a reply nobody
// asked for or a server that hangs up is known at once. Everything else runs
// in the goroutine of the operation, one operation at a time. Most lines pass
// through; these do not:
//
//   - EPSV and PASV from the library start the ladder: the real negotiation
//     by EPSV, PASV, EPRT or PORT, whichever works. The library is always told
//     a made-up 229, and its next dial returns the connection that stands, or
//     the error that says what was tried. So the library believes in passive
//     mode for ever, and an error reaches the session as a value. Every try
//     is recorded as an Attempt. A search that costs its session (the server
//     hangs in its own connect) is gone on with by the next one of the site:
//     Learned carries what was tried, Blocked.Left says what is left.
//   - A reply that the library does not expect is made one that it does: 250
//     at the end of a transfer, 226 without a 1xx before it, a second 1xx.
//   - 227 and 229 are parsed here and only here, as 257 is in the session: the
//     library panics on some of them.
//   - A reply that cannot be the answer is passed over, see step.go.
//
// What saves round trips stands in bearing.go (which servers bear it), batch.go
// and follow.go (several commands at once, also around a transfer), prefetch.go
// (the next data connection), early.go (a transfer's command that does not wait
// for it) and farewell.go (the ends of data connections). Learned keeps what a
// site's server has proven; at the first oddity all of it is given up, and the
// operation is done by single steps.
//
// Behind a proxy both connections are made by it (SOCKS5 or CONNECT), to the
// name that the person gave; the rungs of active mode are impossible then.
//
// Data is one data connection: opened lazily where the server connects to us,
// wrapped in TLS that resumes the control connection's session, closed so that
// no byte of an upload is lost, and killed by a reset when an operation ends
// early.
package wire

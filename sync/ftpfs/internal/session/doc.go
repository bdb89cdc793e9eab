// Package session is one logged-in FTP connection: operations in, entries,
// streams and errors by Kind out.
//
// It exists so that there is one place that knows both sides of the FTP
// library: what it is to be asked, and what its answers mean in the terms of
// sync/vfs. It is the library's only importer. Below it, package wire makes
// the connections; above it, the pool hands sessions out.
//
// A session does one operation at a time. Whoever holds the turn runs it:
//
//	begin: take the turn, put the wire under the caller's context
//	work:  library calls and commands; a data connection that fails in auto
//	       mode repeats the work on the next rung of the ladder
//	end:   the error gets its Kind, where the server's words leave it open by
//	       looking; the turn goes back, at once when the replies are in step,
//	       else when a goroutine has settled them
//
// What a server says of itself is believed until it turns out untrue: a command
// that FEAT names and the server does not know is unlearned, the operation goes
// another way where there is one, and Facts no longer say so. What it does not
// say is found out by one question a session: the clock of its listings, what
// "LIST -a" means to it.
//
// A Reader or Writer holds the turn until it is closed. No library call runs
// outside guard, since the library panics on some replies.
package session

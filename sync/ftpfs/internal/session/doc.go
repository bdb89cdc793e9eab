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
// A Reader or Writer holds the turn until it is closed. No library call runs
// outside guard, since the library panics on some replies.
package session

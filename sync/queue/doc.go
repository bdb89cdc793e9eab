// Package queue keeps and does the work that a person left to Wherry.
//
// It exists to keep promise 3: a row stands in the journal (SQLite, WAL)
// before its first byte moves and is "done" only after the final name stands,
// so a kill at any moment loses nothing, doubles nothing and calls nothing
// falsely done. Workers take rows in order, hand each to sync/transfer, and
// try again with a growing pause what can be tried again. Folders are rows
// too: they are read into rows while the first files already move. In
// pseudo-code, each line a goroutine of Run:
//
//	worker (some):  claim a file -> journal what the part is made from -> transfer -> report
//	scanner:        claim a folder -> list, mkdir -> its entries into rows, by chunks
//	sweeper:        claim a cancelled row -> delete its part -> delete the row
//	asker:          put the open questions to a person, one at a time
//	coordinator:    rows whose pause is over, what other processes wrote, the end of a Drain
//	settler:        reported endings -> one synced transaction -> events, in order
//
// The journal is the truth and everything else is derived: what a person
// changes is written there, and then whoever works on a row that is no longer
// its own is stopped. That is the same whether the person sits in this process
// or in another.
//
// What a row writes is held to the folder that the person chose (into). What a
// listing names is believed only as far as it can be kept apart: a name that
// is none ends its own row, so does one that the target takes for another's
// (twins), and a tree that does not end is left at vfs.MaxDepth and
// vfs.MaxEntries.
//
// Observers take a Snapshot; nothing here calls a window.
package queue

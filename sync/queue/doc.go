// Package queue keeps and does the work that a person left to Wherry.
//
// It exists to keep promise 3: a row stands in the journal (SQLite, WAL)
// before its first byte moves and is "done" only after the final name stands,
// so a kill at any moment loses nothing, doubles nothing and calls nothing
// falsely done. Workers take rows in order, hand each to sync/transfer, and
// try again with a growing pause what can be tried again. Folders are rows
// too: they are read into rows while the first files already move.
//
// Observers take a Snapshot; nothing here calls a window.
package queue

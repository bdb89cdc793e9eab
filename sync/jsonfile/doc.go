// Package jsonfile keeps one small JSON document on disk, written whole or
// not at all.
//
// It exists because sites, accepted certificates and settings need the same
// five promises and none of them may be kept less well than the others:
//
//   - A power cut leaves the old document or the new one: a temporary file is
//     written, synced and renamed over the name, then the folder is synced.
//   - Two processes lose nothing of each other: a change reads the newest
//     document under a lock (NAME.lock), changes that, and writes it.
//   - A damaged document is set aside as NAME.bad when it is opened, and said
//     so. One that is damaged later, by hand, is left for the person to mend:
//     changes are refused, the last good one is still shown.
//   - A document of a newer version, or with fields that this program does
//     not know, is read as far as it is understood and never written: what
//     is unknown is neither lost nor misread into something else.
//   - Only its owner can read it (0600, its folder 0700 where it is made).
//
// Errors are those of the os package, wrapped, and the two below; the rooms
// above make *vfs.Error of them, as this one stands beside sync/vfs and not
// above it.
package jsonfile

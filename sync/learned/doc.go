// Package learned keeps what was found out about servers from one run of the
// program to the next: which way to a data connection worked on which network,
// and how many connections the server bears.
//
// It exists so that a person waits once, and not at every start, for a way that
// a firewall blocks. What it holds is a hint: whoever asks tries it first and
// learns anew when it fails, so that a lost or stale entry costs time and
// nothing else. That is why nothing here fails: a file that cannot be read or
// written is told once, and what was learned then lives as long as the process.
//
// Writing is rare and never in anybody's way:
//
//	Keep:   note it in memory, wake the writer where none runs
//	writer: write all that is new, under the lock of package jsonfile and over
//	        what other processes wrote meanwhile; rest for Pause; again, until
//	        nothing is new
//	Close:  the last write, without the rest
//
// The file names hosts, user names and networks, and no secret.
package learned

import "time"

// Memo is what was learned about one site on one network.
type Memo struct {
	// Via is the command by which a data connection last worked: EPSV, PASV,
	// EPRT or PORT; "" where none has.
	Via string `json:"via,omitempty"`
	// Asked says that a person had asked for that way's mode, so that nothing
	// tells whether the other one works.
	Asked bool `json:"asked,omitempty"`
	// Sessions is how many connections the server said it bears; 0 where it
	// never refused one.
	Sessions int `json:"sessions,omitempty"`
	// Told is when it said so by this number; zero where Sessions is.
	Told time.Time `json:"told,omitzero"`
	// At is when it was learned or last held true.
	At time.Time `json:"at"`
}

// The bounds of the file. What was learned longest ago goes first.
const (
	MaxSites    = 500
	MaxNetworks = 8 // of one site: home, work, a phone, some hotels
)

// Pause is the least time between two writes.
const Pause = 10 * time.Second

// Steady is the age up to which an entry that says the same is not written
// again.
const Steady = 24 * time.Hour

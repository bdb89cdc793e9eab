package ftpfs

import "wherry/sync/ftpfs/internal/wire"

// What is found while looking for a data connection, for the faces to tell.
type (
	// Attempt is one try to get a data connection.
	Attempt = wire.Attempt
	// Outcome is what became of it.
	Outcome = wire.Outcome
	// Blocked is the cause of an error with KindNoData.
	Blocked = wire.Blocked
	// Switch is a change of the way that works.
	Switch = wire.Switch
	// Rung is one way to get a data connection: EPSV, PASV, EPRT or PORT.
	Rung = wire.Rung
)

// The rungs and outcomes; see package wire.
const (
	NoRung = wire.NoRung
	EPSV   = wire.EPSV
	PASV   = wire.PASV
	EPRT   = wire.EPRT
	PORT   = wire.PORT

	Worked     = wire.Worked
	NotKnown   = wire.NotKnown
	NotAllowed = wire.NotAllowed
	Silent     = wire.Silent
	Rejected   = wire.Rejected
	NoCall     = wire.NoCall
	CannotCall = wire.CannotCall
	NoReply    = wire.NoReply
	NoPort     = wire.NoPort
	Impossible = wire.Impossible
	TLSFailed  = wire.TLSFailed
	OddReply   = wire.OddReply
)

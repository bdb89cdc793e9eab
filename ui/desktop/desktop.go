// Package desktop speaks with the desktop around the window.
//
// It exists because Fyne's own way waits without limit for a service that
// hangs, and starts a message bus where there is none.
package desktop

import "time"

// Limit of a call to a service of the desktop. One that has to be started for
// it takes a second or two.
const Limit = 5 * time.Second

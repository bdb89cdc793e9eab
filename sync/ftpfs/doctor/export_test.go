package doctor

import "time"

// Unhurried gives tidying up all the time that a busy machine may need, also
// after a cancel.
func (c *Config) Unhurried() { c.atOnce = time.Minute }

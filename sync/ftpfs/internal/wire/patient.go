package wire

import (
	"time"

	"wherry/sync/vfs"
)

// CommandWithin is Command for what may take the server long: limit is how
// long each of its replies may be waited for.
func (c *Control) CommandWithin(line string, limit time.Duration) (Reply, error) {
	if err := c.send(line); err != nil {
		return Reply{}, err
	}
	for range maxStray {
		r, err := c.await(limit)
		if err != nil || r.final() {
			return r, err
		}
	}
	err := fault(vfs.KindProtocol, "the server does not come to an end with "+c.verb, nil)
	c.Break(err)
	return Reply{}, err
}

// Proxied says whether the connection runs through a proxy.
func (c *Control) Proxied() bool { return c.proxy != nil }

package session

import "wherry/sync/ftpfs/internal/wire"

// ahead asks lines in front of the transfer.
func (o *operation) ahead(lines []string) (err error) {
	o.front, err = o.ctl.Batch(lines)
	return err
}

// fronted are the replies to what was asked in front of the transfer that has
// begun.
func (o *operation) fronted() []wire.Reply { return o.front }

// behind are the replies to what was asked behind the transfer that has ended;
// none where the connection broke on the way.
func (o *operation) behind() []wire.Reply {
	_, replies, err := o.ctl.Followed()
	if err != nil {
		return nil
	}
	return replies
}

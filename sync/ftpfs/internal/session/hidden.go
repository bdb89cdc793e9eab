package session

import (
	"errors"
	"net/textproto"

	"wherry/sync/ftpfs/internal/listing"
	"wherry/sync/vfs"
)

// answer is what is known of a question that a server answers by its deeds.
type answer uint8

const (
	unasked answer = iota
	yes
	no
)

// listShown lists the current folder by LIST, with the names that begin with a
// dot where they are wanted. vsftpd leaves these out and knows "-a"; other
// servers show them, or take "-a" for a pattern or a name, so it is only sent
// where the site says so, and given up where it turns out to be one.
func (o *operation) listShown() ([]vfs.Entry, error) {
	switch {
	case o.isVSFTPD(), o.conf.Site.Hidden && o.hidden == yes:
		return o.listBy("LIST", listing.LIST, "-a")
	case o.conf.Site.Hidden && o.hidden == unasked:
		return o.listBoth()
	}
	return o.listBy("LIST", listing.LIST, "")
}

// listBoth lists with "-a" and without, which tells what "-a" means here: an
// option shows everything that a listing without it shows.
func (o *operation) listBoth() ([]vfs.Entry, error) {
	all, err := o.listBy("LIST", listing.LIST, "-a")
	var refusal *textproto.Error
	if err != nil && !errors.As(err, &refusal) && o.kind(err) != vfs.KindUnreadable {
		return nil, err
	}
	shown, cannot := o.listBy("LIST", listing.LIST, "")
	switch {
	case cannot != nil:
		return nil, cannot
	case err == nil && len(all) > 0 && holdsAll(all, shown):
		o.hidden = yes
		return all, nil
	case err != nil || len(shown) > 0:
		o.hidden = no
	}
	return shown, nil
}

// holdsAll says whether every name of part is in whole.
func holdsAll(whole, part []vfs.Entry) bool {
	names := make(map[string]bool, len(whole))
	for _, e := range whole {
		names[e.Name] = true
	}
	for _, e := range part {
		if !names[e.Name] {
			return false
		}
	}
	return true
}

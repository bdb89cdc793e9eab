package session

import (
	"context"

	"wherry/sync/vfs"
)

// Glimpse is Stat for who goes through links and wants to know of a folder that it is
// one: see vfs.Glimpser. vsftpd tells that by whether it can be entered, where Stat
// has to list the folder above, which takes five round trips and more.
func (s *Session) Glimpse(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	var e vfs.Entry
	err := s.do(ctx, "stat", p, func(o *operation) (err error) {
		e, err = o.glimpse(p)
		return err
	})
	if err != nil {
		return vfs.Entry{}, err
	}
	return e, nil
}

func (o *operation) glimpse(p vfs.Path) (vfs.Entry, error) {
	if p.IsRoot() || o.supports("MLST") || !o.statLists() {
		return o.stat(p)
	}
	name, err := o.names.encode(p)
	if err != nil {
		return vfs.Entry{}, err
	}
	telling, err := o.sizeIsOfFiles()
	if err != nil {
		return vfs.Entry{}, err
	}
	told, err := o.measure(p, name, true)
	switch {
	case err != nil:
		return vfs.Entry{}, err
	case told.entered:
		return vfs.Entry{Name: p.Base(), Type: vfs.TypeDir, Size: vfs.SizeUnknown}, nil
	case !telling || isPattern(name):
		return o.statTimed(p)
	}
	return o.statSTAT(p, name, told)
}

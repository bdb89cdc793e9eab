package session

import (
	"context"
	"strconv"
	"time"

	"wherry/sync/ftpfs/internal/listing"
	"wherry/sync/vfs"
)

// Stat describes one name, by MLST where the server has it, else by the
// listing of the folder above. Times that are coarser than a second and sizes
// that are missing are asked for one by one.
func (s *Session) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	var e vfs.Entry
	err := s.do(ctx, "stat", p, func(o *operation) (err error) {
		e, err = o.stat(p)
		return err
	})
	if err != nil {
		return vfs.Entry{}, err
	}
	return e, nil
}

func (o *operation) stat(p vfs.Path) (vfs.Entry, error) {
	if o.supports("MLST") {
		return o.statMLST(p)
	}
	if p.IsRoot() {
		return vfs.Entry{Type: vfs.TypeDir, Size: vfs.SizeUnknown}, nil
	}
	e, err := o.statParent(p)
	if err != nil || e.Type != vfs.TypeFile {
		return e, err
	}
	if e.Size == vfs.SizeUnknown {
		if e.Size, err = o.size(p); err != nil {
			return e, err
		}
	}
	if e.Accuracy > time.Second && o.supports("MDTM") {
		return o.exactTime(p, e)
	}
	return e, nil
}

func (o *operation) statMLST(p vfs.Path) (vfs.Entry, error) {
	name, err := o.names.encode(p)
	if err != nil {
		return vfs.Entry{}, err
	}
	r, err := o.command("MLST " + name)
	if unclear(err) {
		// Pure-FTPd: "Can't check for file existence", ProFTPD: "cannot be
		// listed". Where a right is missing they say so.
		return vfs.Entry{}, o.kinded(vfs.KindNotFound, r.String())
	}
	if err != nil {
		return vfs.Entry{}, err
	}
	if r.Code != 250 || len(r.Inner()) == 0 {
		return vfs.Entry{}, o.kinded(vfs.KindProtocol, r.String())
	}
	e, err := listing.Fact(r.Inner()[0], o.listingOptions())
	if err != nil {
		return vfs.Entry{}, err
	}
	e.Name = p.Base()
	if e.HasMode && e.Mode.Perm() == 0o777 && e.Type != vfs.TypeLink && !p.IsRoot() {
		// ProFTPD tells of a link the type behind it and the link's own size
		// and mode. MLSD calls it a link, as Stat must: whoever deletes a
		// folder must not go through a link.
		return o.statParent(p)
	}
	return e, nil
}

// statParent finds p in the listing of its folder.
func (o *operation) statParent(p vfs.Path) (vfs.Entry, error) {
	entries, err := o.list(p.Dir())
	if err != nil {
		return vfs.Entry{}, err
	}
	for _, e := range entries {
		if e.Name == p.Base() {
			return e, nil
		}
	}
	return vfs.Entry{}, o.kinded(vfs.KindNotFound, "")
}

// size asks SIZE (RFC 3659, 4); SizeUnknown where the server does not say. In
// binary type, which is set once at login, it is the number of bytes.
func (o *operation) size(p vfs.Path) (int64, error) {
	if !o.supports("SIZE") {
		return vfs.SizeUnknown, nil
	}
	name, err := o.names.encode(p)
	if err != nil {
		return 0, err
	}
	r, err := o.ctl.Command("SIZE " + name)
	switch {
	case err != nil:
		return 0, err
	case r.Code == 500 || r.Code == 502:
		o.unlearn("SIZE")
		return vfs.SizeUnknown, nil
	case r.Code == 213:
		n, err := strconv.ParseInt(r.Text(), 10, 64)
		if err != nil || n < 0 {
			return 0, o.kinded(vfs.KindProtocol, r.String())
		}
		return n, nil
	case r.Code < 400:
		return 0, o.kinded(vfs.KindProtocol, r.String())
	}
	return vfs.SizeUnknown, nil
}

// exactTime asks MDTM (RFC 3659, 3); a refusal leaves the time as it is.
func (o *operation) exactTime(p vfs.Path, e vfs.Entry) (vfs.Entry, error) {
	name, err := o.names.encode(p)
	if err != nil {
		return e, err
	}
	r, err := o.ctl.Command("MDTM " + name)
	if err != nil {
		return e, err
	}
	if r.Code == 500 || r.Code == 502 {
		o.unlearn("MDTM")
	}
	if text := r.Text(); r.Code == 213 && len(text) >= 14 {
		if t, err := time.Parse("20060102150405", text[:14]); err == nil {
			e.ModTime, e.Accuracy = t, time.Second
		}
	}
	return e, nil
}

package session

import (
	"context"
	"errors"
	"net/textproto"
	"strings"

	"wherry/sync/ftpfs/internal/listing"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// List returns the entries of dir, by MLSD where the server has it, else by
// LIST. A listing that is cut, or holds a line that cannot be read, is
// KindUnreadable.
func (s *Session) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	var entries []vfs.Entry
	err := s.do(ctx, "list", dir, func(o *operation) (err error) {
		if entries, err = o.list(dir); err == nil {
			return nil
		}
		err = o.explain(err, dir, needDir)
		if o.kind(err) == vfs.KindNotFound {
			// pyftpdlib: "No such directory", of a file.
			if e, there := o.stat(dir); there == nil && e.Type == vfs.TypeFile {
				err = o.kinded(vfs.KindNotDir, "a file has that name")
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// needDir judges what stands where a folder is needed.
func needDir(e vfs.Entry) vfs.Kind {
	switch {
	case e.Type == vfs.TypeUnknown:
		return vfs.KindNotFound
	case e.Type == vfs.TypeDir, e.Type == vfs.TypeLink:
		return vfs.KindOther
	}
	return vfs.KindNotDir
}

func (o *operation) list(dir vfs.Path) ([]vfs.Entry, error) {
	name, err := o.names.encode(dir)
	if err != nil {
		return nil, err
	}
	if !o.supports("MLST") {
		return o.listLIST(dir, name)
	}
	if o.hidesLinks() {
		o.uniques = map[string]string{}
	}
	entries, err := o.listBy("MLSD", listing.MLSD, name)
	if err == nil {
		o.showUpward(dir, entries)
	}
	var refusal *textproto.Error
	if err == nil || !errors.As(err, &refusal) || refusal.Code < 500 {
		return entries, err
	}
	// Named by FEAT and refused all the same, by an administrator or a
	// gateway. What is not there, or is no folder, stays so.
	lied := unknown(refusal.Code)
	if kind := o.kind(err); !lied && (refusal.Code != 550 || kind == vfs.KindNotFound || kind == vfs.KindNotDir) {
		return nil, err
	}
	older, cannot := o.listLIST(dir, name)
	if !lied && (cannot != nil || len(older) == 0) {
		// Some servers show an empty listing of a folder that may not be read.
		return nil, err
	}
	o.unlearn("MLST")
	return older, cannot
}

// listLIST lists by LIST, which takes its argument for options and patterns
// ("-la", "[a]*"): so the folder is entered and listed without one.
func (o *operation) listLIST(dir vfs.Path, name string) ([]vfs.Entry, error) {
	if err := o.enter(name); err != nil {
		return nil, err
	}
	entries, err := o.listShown()
	if err != nil {
		return nil, err
	}
	o.conf.Learned.folders.listed(name, len(entries))
	return entries, o.inUTC(dir, entries)
}

// listBy has the library list by verb.
func (o *operation) listBy(verb string, format listing.Format, arg string) ([]vfs.Entry, error) {
	var entries []vfs.Entry
	var odd []listing.Unparsed
	o.ctl.Capture(verb, func(d *wire.Data) (err error) {
		entries, odd, err = listing.Read(d, format, o.listingOptions())
		if err == nil && !d.Whole() {
			err = o.kinded(vfs.KindUnreadable, "the listing was cut off")
		}
		return err
	})
	defer o.ctl.Capture("", nil)
	err := o.transfer(func() error {
		if err := o.pret(strings.TrimSpace(verb + " " + arg)); err != nil {
			return err
		}
		_, err := o.lib.List(arg)
		return err
	})
	if err != nil {
		return nil, err
	}
	switch _, r := o.ctl.Last(); {
	case strings.Contains(r.Text(), "failed to open directory"):
		return nil, o.kinded(vfs.KindPermission, r.String()) // vsftpd says that with a 226
	case len(odd) > 0:
		return nil, o.kinded(vfs.KindUnreadable, "a line of the listing: "+odd[0].Line)
	}
	return entries, nil
}

func (s *Session) isVSFTPD() bool {
	return strings.Contains(strings.ToLower(s.ctl.Greeting()), "vsftpd")
}

// enter makes dir the server's current folder, always anew: the one of that
// name may have been removed and made again by another session, and LIST
// would go on to show the old one, empty. Every other command has an absolute
// path.
func (o *operation) enter(dir string) error {
	o.cwd = ""
	if err := o.done("CWD " + dir); err != nil {
		return err
	}
	o.cwd = dir
	return nil
}

// leave steps out of dir before it is removed or renamed: Windows refuses
// that while somebody stands in it.
func (o *operation) leave(dir string) {
	if o.cwd == dir || strings.HasPrefix(o.cwd, dir+"/") {
		// A refusal changes nothing, and the command that follows says more.
		_ = o.enter("/")
	}
}

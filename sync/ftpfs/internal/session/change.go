package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/textproto"
	"time"

	"wherry/sync/vfs"
)

// Rename sends RNFR and RNTO. Whether an existing file of the new name is
// replaced is the server's matter (Features.Replaces).
func (s *Session) Rename(ctx context.Context, from, to vfs.Path) error {
	return s.do(ctx, "rename", from, func(o *operation) error {
		old, err := o.names.encode(from)
		if err != nil {
			return err
		}
		name, err := o.names.encode(to)
		if err != nil {
			return err
		}
		o.leave(old)
		if err = o.done("RNFR " + old); err != nil {
			return o.explain(err, from, missing) // what stands at the other end is no reason
		}
		if err = o.done("RNTO " + name); err != nil {
			return o.explainRename(err, from, to)
		}
		return nil
	})
}

// explainRename looks at both names after a refused RNTO, also where the
// server's words are clear: "is a directory" and "permission denied" are said
// of either.
func (o *operation) explainRename(err error, from, to vfs.Path) error {
	var refusal *textproto.Error
	if !errors.As(err, &refusal) || refusal.Code < 450 || o.kind(err) == vfs.KindNotFound {
		return err
	}
	if _, gone := o.stat(from); o.kind(gone) == vfs.KindNotFound {
		return o.kinded(vfs.KindNotFound, oneLine(refusal))
	}
	if e, missing := o.stat(to); missing == nil && from != to {
		if e.Type == vfs.TypeFile && o.kind(err) == vfs.KindExists {
			o.keeps = true
			o.describe()
		}
		return o.kinded(vfs.KindExists, oneLine(refusal))
	}
	return o.explain(err, to, taken)
}

// taken judges what stands under a name that is to be new.
func taken(e vfs.Entry) vfs.Kind {
	if e.Type == vfs.TypeUnknown {
		return vfs.KindOther
	}
	return vfs.KindExists
}

// Remove deletes a file or link.
func (s *Session) Remove(ctx context.Context, p vfs.Path) error {
	return s.named(ctx, "remove", p, func(o *operation, name string) error {
		return o.explain(o.done("DELE "+name), p, needFile)
	})
}

// needFile judges what stands where a file is needed.
func needFile(e vfs.Entry) vfs.Kind {
	switch e.Type {
	case vfs.TypeUnknown:
		return vfs.KindNotFound
	case vfs.TypeDir:
		return vfs.KindIsDir
	}
	return vfs.KindOther
}

// RemoveDir deletes an empty folder.
func (s *Session) RemoveDir(ctx context.Context, p vfs.Path) error {
	return s.named(ctx, "rmdir", p, func(o *operation, name string) error {
		o.leave(name)
		err := o.done("RMD " + name)
		var refusal *textproto.Error
		if !unclear(err) || !errors.As(err, &refusal) {
			return err
		}
		if entries, cannot := o.list(p); cannot == nil && len(entries) > 0 {
			return o.kinded(vfs.KindNotEmpty, oneLine(refusal))
		}
		return o.explain(err, p, needDir)
	})
}

// Mkdir makes one folder.
func (s *Session) Mkdir(ctx context.Context, p vfs.Path) error {
	return s.named(ctx, "mkdir", p, func(o *operation, name string) error {
		err := o.done("MKD " + name)
		if err == nil {
			o.conf.Learned.folders.listed(name, 0)
		}
		return o.explain(err, p, taken)
	})
}

// SetTime sets the modification time to the second, by MFMT
// (draft-somers-ftp-mfxx-04) or vsftpd's MDTM.
func (s *Session) SetTime(ctx context.Context, p vfs.Path, t time.Time) error {
	return s.named(ctx, "set time of", p, func(o *operation, name string) error {
		stamp := t.UTC().Format(stampForm)
		if o.supports("MFMT") {
			r, err := o.command("MFMT " + stamp + " " + name)
			if !unknown(r.Code) {
				return o.explain(err, p, missing)
			}
			o.unlearn("MFMT")
		}
		if !o.writesMDTM() {
			return o.kinded(vfs.KindUnsupported, "the server cannot set times")
		}
		_, err := o.command("MDTM " + stamp + " " + name)
		return o.explain(err, p, missing)
	})
}

// SetMode sets the permission bits by SITE CHMOD.
func (s *Session) SetMode(ctx context.Context, p vfs.Path, mode fs.FileMode) error {
	return s.named(ctx, "set mode of", p, func(o *operation, name string) error {
		_, err := o.command(fmt.Sprintf("SITE CHMOD %03o %s", mode.Perm(), name))
		return o.explain(err, p, missing)
	})
}

// missing judges only whether there is anything.
func missing(e vfs.Entry) vfs.Kind {
	if e.Type == vfs.TypeUnknown {
		return vfs.KindNotFound
	}
	return vfs.KindOther
}

// Noop asks the server for a sign of life.
func (s *Session) Noop(ctx context.Context) error {
	return s.do(ctx, "noop", vfs.Root(), func(o *operation) error {
		_, err := o.command("NOOP")
		return err
	})
}

// named runs work with p in the server's bytes.
func (s *Session) named(ctx context.Context, verb string, p vfs.Path, work func(o *operation, name string) error) error {
	return s.do(ctx, verb, p, func(o *operation) error {
		name, err := o.names.encode(p)
		if err != nil {
			return err
		}
		return work(o, name)
	})
}

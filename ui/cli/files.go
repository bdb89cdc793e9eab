package cli

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func (a *app) rmCommand() *cobra.Command {
	var recursive bool
	cmd := &cobra.Command{
		Use:   "rm [-r] TARGET...",
		Short: "Remove files; with -r folders too",
		Long: `Remove files on a server. A folder is removed only with -r, and then with all
that is in it; links in it are removed and not followed. The top folder of a
server cannot be named.

` + targets + `
A quoted * or ? or [a-z] in the last name means all that match it, unless a name
is written exactly so. Files that are not whole yet (*` + transfer.Suffix + `) are left out
of patterns, unless they are named.`,
		Example: `  wherry rm shop:/www/old.html
  wherry rm -r ftp://anna@ftp.example.org/tmp/build
  wherry rm 'shop:/logs/*.gz'`,
		Args:        a.args(1, -1, "name what to remove, such as SITE:/folder/file"),
		Annotations: map[string]string{groupsOf: "c"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				return s.remove(cmd.Context(), args, recursive)
			})
		},
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "remove folders with all that is in them")
	return cmd
}

// remove goes on after a failure, as rm does, and fails at the end.
func (s *session) remove(ctx context.Context, args []string, recursive bool) error {
	all, err := s.expandAll(ctx, args)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.path.IsRoot() || !f.hasPath {
			return usagef(s.command, "%s is a top folder, which is not removed; name what is in it", f.text)
		}
	}
	code := exitOK
	for _, f := range all {
		err := error(&vfs.Error{Op: "remove", Path: f.path.String(), Kind: vfs.KindIsDir})
		if f.entry.Type != vfs.TypeDir || recursive {
			err = vfs.RemoveAll(ctx, f.fs, f.path, f.entry, func(vfs.Path) {})
		}
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			s.explain(err)
			code = max(code, kindCode(vfs.KindOf(err), false))
		}
	}
	if code != exitOK {
		return &reportedError{code}
	}
	return nil
}

func (a *app) mkdirCommand() *cobra.Command {
	var parents bool
	cmd := &cobra.Command{
		Use:   "mkdir [-p] TARGET...",
		Short: "Make folders",
		Long: `Make folders on a server. With -p the folders above are made too, and one that
is there already is no failure.

` + targets,
		Example: `  wherry mkdir shop:/www/new
  wherry mkdir -p ftp://anna@ftp.example.org/backup/2025/05`,
		Args:        a.args(1, -1, "name the folder to make, such as SITE:/folder"),
		Annotations: map[string]string{groupsOf: "c"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				for _, arg := range args {
					r, err := s.remote(cmd.Context(), arg)
					if err != nil {
						return err
					}
					if parents {
						err = mkdirAll(cmd.Context(), r.fs, r.path)
					} else {
						err = r.fs.Mkdir(cmd.Context(), r.path)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVarP(&parents, "parents", "p", false, "make the folders above too; one that exists is fine")
	return cmd
}

// mkdirAll makes p and what is missing above it. It tries from the bottom up
// first: folders above may be such that they cannot be looked at.
func mkdirAll(ctx context.Context, f vfs.FS, p vfs.Path) error {
	if p.IsRoot() {
		return nil
	}
	err := f.Mkdir(ctx, p)
	switch vfs.KindOf(err) {
	case vfs.KindNotFound:
		if err := mkdirAll(ctx, f, p.Dir()); err != nil {
			return err
		}
		return f.Mkdir(ctx, p)
	case vfs.KindExists, vfs.KindPermission:
		// A server may say "permission denied" of a folder that is there.
		if e, statErr := f.Stat(ctx, p); statErr == nil && (e.IsDir() || e.Type == vfs.TypeLink) {
			return nil
		}
	}
	return err
}

func (a *app) mvCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mv TARGET TARGET",
		Short: "Rename or move within a server",
		Long: `Rename a file or folder, or move it into another folder of the same server: when
the second TARGET is a folder, the first arrives inside it. A file that is there
is replaced only with --exists overwrite, and stays with --exists skip, which is
no failure then; without either it is one. From one server to another, or to this
computer, copy with wherry get and wherry put.

` + targets,
		Example: `  wherry mv shop:/www/index.new shop:/www/index.html --exists overwrite
  wherry mv ftp://anna@ftp.example.org/a.txt ftp://anna@ftp.example.org/archive/`,
		Args:        a.args(2, 2, "name what to move and where to"),
		Annotations: map[string]string{groupsOf: "cm"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				return s.move(cmd.Context(), args[0], args[1])
			})
		},
	}
}

func (s *session) move(ctx context.Context, fromText, toText string) error {
	var places [2]struct{ address, user string }
	for i, text := range []string{fromText, toText} {
		place, err := s.resolve(text)
		if err != nil {
			return err
		}
		places[i].address, places[i].user = place.Site.Address(), place.Site.User
		if place.Local {
			return usagef(s.command, "mv works within one server; copy with `wherry get` or `wherry put`")
		}
	}
	if places[0] != places[1] {
		return usagef(s.command, "mv works within one server; copy from one to another with `wherry get` and `wherry put`")
	}
	from, err := s.remote(ctx, fromText)
	if err != nil {
		return err
	}
	to, err := s.remote(ctx, toText)
	if err != nil {
		return err
	}
	target := to.path
	switch e, err := to.fs.Stat(ctx, to.path); {
	case to.path.IsRoot() || !to.hasPath || err == nil && e.IsDir() && to.path != from.path:
		if target, err = to.path.Join(from.path.Base()); err != nil {
			return err
		}
	case err != nil && !absent(err):
		return err
	}
	if strings.HasPrefix(target.String(), from.path.String()+"/") {
		return usagef(s.command, "%s cannot be moved into itself", from.text)
	}
	err = from.fs.Rename(ctx, from.path, target, s.opt.exists.value == string(transfer.Overwrite))
	if vfs.KindOf(err) == vfs.KindExists && s.opt.exists.value == string(transfer.Skip) {
		s.notice("wherry: skipped %s: %s exists.", from.text, vfs.Readable(target.String()))
		return nil
	}
	return err
}

func (a *app) chmodCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "chmod MODE TARGET...",
		Short: "Set permissions",
		Long: `Set the permissions of files and folders on a server that knows SITE CHMOD. MODE
is octal, such as 644 or 0755.

` + targets,
		Example: `  wherry chmod 644 shop:/www/index.html
  wherry chmod 755 'ftp://anna@ftp.example.org/cgi/*.pl'`,
		Args:        a.args(2, -1, "give the permissions in octal and what to set them on"),
		Annotations: map[string]string{groupsOf: "c"},
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := parseMode(args[0])
			if err != nil {
				return usagef(cmd.CommandPath(), "%v", err)
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				all, err := s.expandAll(cmd.Context(), args[1:])
				for i := 0; err == nil && i < len(all); i++ {
					err = all[i].fs.SetMode(cmd.Context(), all[i].path, mode)
				}
				return err
			})
		},
	}
}

// parseMode reads octal permission bits.
func parseMode(text string) (fs.FileMode, error) {
	n, err := strconv.ParseUint(text, 8, 32)
	if err != nil || n > 0o777 || len(text) < 3 || len(text) > 4 {
		return 0, fmt.Errorf("%q is no mode: it takes three octal digits, such as 644 or 755", text)
	}
	return fs.FileMode(n), nil
}

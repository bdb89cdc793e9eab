package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// arrival tells where copies arrive; it stands in the help of get and put.
const arrival = `As with cp -r, what is copied arrives inside the last argument when that is a
folder. When it does not exist, one single file or folder is copied to that very
name; several, or a name that ends in a slash, make it a new folder first. A
slash at the end of what is copied means nothing. What has no name of its own
(the top of a server, the login folder, "." and "..", also behind a name, as in
photos/.) gives its content.

A copy gets its name only when every byte is there; until then it is called
NAME` + transfer.Suffix + `.`

// leftOut tells what of a folder is not copied; the end of its sentence depends on
// the command.
const leftOut = `Links to folders, pipes and devices are left out of a folder that is copied, which
is said and is no failure; links to files are copied as these. So are files left
out that are not whole yet (*` + transfer.Suffix + `), in a folder`

func (a *app) getCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "get TARGET... DIR",
		Short: "Download files and folders",
		Long: `Copy files and folders from servers into a folder of this computer. Folders
come with all that is in them.

` + arrival + `

` + targets + `
A quoted * or ? or [a-z] in the last name means all that match it, unless a name
is written exactly so.

` + leftOut + ` or where a pattern meets them.`,
		Example: `  wherry get ftp://ftp.example.org/pub/readme.txt .
  wherry get shop:/www ~/backup --exists newer
  wherry get --mode passive 'ftpes://anna@ftp.example.org/logs/*.gz' logs/`,
		Args:        a.args(2, -1, "name what to download and the folder to put it in; . is the present one"),
		Annotations: map[string]string{groupsOf: "cg"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.transfer(cmd.Context(), cmd.CommandPath(), args, (*session).planGet)
		},
	}
}

func (a *app) putCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "put PATH... TARGET",
		Short: "Upload files and folders",
		Long: `Copy files and folders of this computer to a server. Folders go with all that
is in them.

` + arrival + `

` + leftOut + ` or where other files are named beside them.

` + targets,
		Example: `  wherry put index.html shop:/www
  wherry put -- -odd-name.txt ftp://anna@ftp.example.org/in/
  wherry put photos notes.txt ftpes://anna@ftp.example.org/backup --limit 2M`,
		Args:        a.args(2, -1, "name what to upload and the TARGET to put it in, such as SITE:/folder"),
		Annotations: map[string]string{groupsOf: "cu"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.transfer(cmd.Context(), cmd.CommandPath(), args, (*session).planPut)
		},
	}
}

// planner turns arguments into rows of the queue.
type planner func(*session, context.Context, []string) ([]queue.Request, error)

// source is one thing to be copied. A name of "" gives its content.
type source struct {
	place queue.Place
	name  string
	typ   vfs.Type
	size  int64
}

func (s *session) planGet(ctx context.Context, args []string) ([]queue.Request, error) {
	last := args[len(args)-1]
	if site.IsRemote(last) {
		return nil, usagef(s.command, "the last argument must be a folder of this computer, and %s is not; . is the present one", words.Safe(last))
	}
	dir, err := s.here(last)
	if err != nil {
		return nil, err
	}
	var sources []source
	for _, arg := range args[:len(args)-1] {
		some, err := s.sourcesThere(ctx, arg)
		if err != nil {
			return nil, err
		}
		sources = append(sources, some...)
	}
	return s.plan(ctx, sources, queue.Place{Site: site.Local, Path: dir}, s.engine.Local(), endsInSlash(last))
}

// sourcesThere are what an argument names on a site.
func (s *session) sourcesThere(ctx context.Context, arg string) ([]source, error) {
	if s.later {
		if one, err := s.unseen(ctx, arg); one != nil || err != nil {
			return one, err
		}
	}
	r, err := s.meant(ctx, arg)
	if err != nil {
		return nil, err
	}
	all, err := s.whole(ctx, r, true)
	if err != nil {
		return nil, err
	}
	sources := make([]source, len(all))
	for i, f := range all {
		one := source{place: queue.Place{Site: f.id, Path: f.path}, name: f.path.Base(), typ: f.entry.Type, size: f.entry.Size}
		if !f.hasPath || givesContent(arg) {
			one.name = ""
		}
		if f.entry.IsDir() {
			one.typ = vfs.TypeDir
		}
		sources[i] = one
	}
	return sources, nil
}

func (s *session) planPut(ctx context.Context, args []string) ([]queue.Request, error) {
	last := args[len(args)-1]
	var sources []source
	for _, arg := range args[:len(args)-1] {
		if site.IsRemote(arg) {
			return nil, usagef(s.command, "%s is on a server; put takes files of this computer (copy from server to server in two steps, with wherry get)", words.Safe(arg))
		}
		p, err := s.here(arg)
		if err != nil {
			return nil, err
		}
		e, err := s.engine.Local().Stat(ctx, p)
		if err != nil {
			return nil, &hereError{err}
		}
		one := source{place: queue.Place{Site: site.Local, Path: p}, name: p.Base(), typ: e.Type, size: e.Size}
		if e.IsDir() {
			one.typ = vfs.TypeDir
		}
		if givesContent(arg) {
			one.name = ""
		}
		sources = append(sources, one)
	}
	sources = s.wholeHere(sources)
	if s.later {
		if reqs, err := s.planUnseen(ctx, sources, last); reqs != nil || err != nil {
			return reqs, err
		}
	}
	r, err := s.meant(ctx, last)
	if err != nil {
		return nil, err
	}
	return s.plan(ctx, sources, queue.Place{Site: r.id, Path: r.path}, r.fs, endsInSlash(last) || !r.hasPath)
}

// wholeHere leaves out the files that are not whole yet, and says so: the shell has
// put them beside the others for a pattern. Where nothing else is named, they are
// meant.
func (s *session) wholeHere(sources []source) []source {
	isHalf := func(one source) bool { return one.typ == vfs.TypeFile && transfer.IsPart(one.name) }
	if !slices.ContainsFunc(sources, func(one source) bool { return !isHalf(one) }) {
		return sources
	}
	return slices.DeleteFunc(sources, func(one source) bool {
		half := isHalf(one)
		if half {
			s.say("wherry: %s was left out: it is not whole. Name it alone, or *%s, if you mean it.", show(s.engine, one.place), transfer.Suffix)
		}
		return half
	})
}

// here is a path of this computer as an argument names it.
func (s *session) here(arg string) (vfs.Path, error) {
	if arg == "" {
		return vfs.Path{}, usagef(s.command, "a file name is empty")
	}
	abs, err := filepath.Abs(arg)
	if err != nil {
		return vfs.Path{}, err
	}
	return localfs.FromOS(abs)
}

func endsInSlash(text string) bool {
	return strings.HasSuffix(text, "/") || strings.HasSuffix(text, string(filepath.Separator))
}

// givesContent says whether what is copied is named by "." or "..", which are no names
// for a copy.
func givesContent(arg string) bool {
	base := filepath.Base(arg)
	return base == "." || base == ".."
}

// plan decides the final names: see arrival. into is the last argument, on
// the file system fs; isFolder says that it is written as one.
func (s *session) plan(ctx context.Context, sources []source, into queue.Place, fs vfs.FS, isFolder bool) ([]queue.Request, error) {
	exists, err := vfs.IsFolder(ctx, fs, into.Path)
	if err != nil {
		return nil, err
	}
	inside := exists || isFolder || len(sources) > 1
	s.renames = !inside && sources[0].name != "" && sources[0].typ == vfs.TypeDir
	// What is to be the copy of a folder is made with that one's permissions.
	copied := s.opt.keepMode && len(sources) == 1 && sources[0].name == ""
	if !exists && inside && !copied {
		if err := fs.Mkdir(ctx, into.Path); err != nil {
			return nil, unmade(ctx, fs, into.Path, err)
		}
	}
	return s.requests(sources, into, inside, queue.ArriveAs)
}

// unmade is err of making a folder. Some folders of a system, as /proc, take no new
// one and say that it is missing: what is there is not to be called missing.
func unmade(ctx context.Context, fs vfs.FS, p vfs.Path, err error) error {
	switch vfs.KindOf(err) {
	case vfs.KindExists: // and is none, which was asked before
		return &vfs.Error{Op: "mkdir", Path: p.String(), Kind: vfs.KindNotDir, Err: err}
	case vfs.KindNotFound:
	default:
		return err
	}
	if there, _ := vfs.IsFolder(ctx, fs, p.Dir()); !there {
		return err
	}
	return &vfs.Error{Op: "mkdir", Path: p.String(), Kind: vfs.KindPermission, Reply: "no folder can be made in " + p.Dir().String(), Err: err}
}

// requests are one for each source, into a folder or as the very name.
func (s *session) requests(sources []source, into queue.Place, inside bool, arrive queue.Arrival) (reqs []queue.Request, err error) {
	for _, one := range sources {
		r := queue.Request{
			Source: one.place, Target: into, Arrive: arrive, Type: one.typ, Size: one.size, Exists: s.rule(),
			KeepMode: s.opt.keepMode, Segments: int(s.opt.segments),
		}
		switch {
		case one.name == "":
			r.Arrive = queue.ArriveAs // its content goes into that very folder
		case inside:
			if r.Target.Path, err = into.Path.Join(one.name); err != nil {
				return nil, err
			}
		}
		reqs = append(reqs, r)
	}
	return reqs, nil
}

// rule is what happens to a name that is taken.
func (s *session) rule() transfer.Rule {
	switch {
	case s.opt.exists.value != "":
		return transfer.Rule(s.opt.exists.value)
	case s.interactive():
		return transfer.Ask
	}
	return transfer.Skip
}

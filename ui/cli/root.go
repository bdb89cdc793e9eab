package cli

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"wherry/sync/engine"
	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// Version of the program, as in FyneApp.toml and CHANGELOG.md.
const Version = "0.4.0"

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "wherry [TARGET]",
		Short: "Wherry moves files between this computer and FTP servers",
		Long: `Wherry moves files between this computer and FTP servers.

Without a command it opens its window, connected when a TARGET is given; one
that is open already is raised and connects, and flags that are not about the
server have no effect then. The commands do the same work from a shell or a
script.

` + targets,
		Example: `  wherry demo                              try it, with a server of its own
  wherry ftp.example.org                   the window, connected
  wherry ls ftp://ftp.example.org/pub      look around
  wherry get ftp://ftp.example.org/pub .   download a folder
  wherry put photos shop:/www              upload one to a saved site
  wherry sites add shop ftpes://anna@ftp.example.org/www

Exit codes:
  0 all done        1 a file failed or was skipped   2 wrong usage
  3 cannot connect  4 login refused                  5 not safe (TLS, certificate)
  6 no data connection                               130 interrupted`,
		Args:              a.args(0, 1, ""),
		Annotations:       map[string]string{groupsOf: "co"},
		Version:           Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		ValidArgsFunction: a.completeSites,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.opt.check(); err != nil {
				return usagef(cmd.CommandPath(), "%v", err)
			}
			if cmd.HasSubCommands() {
				return nil // what stands behind it is mistyped or missing, which comes first
			}
			return a.heed(cmd)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.openWindow(cmd, args) },
	}
	root.SetVersionTemplate("wherry " + Version + revision() + " (" + runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version() + ")\n")
	root.SetHelpFunc(help)
	root.SetUsageFunc(usage)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef(cmd.CommandPath(), "%s", words.Safe(err.Error()))
	})
	a.opt.addFlags(root)
	for _, cmd := range []*cobra.Command{a.lsCommand(), a.getCommand(), a.putCommand(), a.rmCommand(), a.mkdirCommand(), a.mvCommand(), a.chmodCommand(), a.doctorCommand()} {
		cmd.ValidArgsFunction = a.completeSites
		root.AddCommand(cmd)
	}
	root.AddCommand(a.sitesCommand(), a.queueCommand(), a.demoCommand())
	return root
}

// revision names the commit that this program was built from, where known.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "+" + s.Value[:12]
		}
	}
	return ""
}

// args checks the number of arguments; most is -1 for any. hint says what is
// missing.
func (a *app) args(least, most int, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef(cmd.CommandPath(), "something is missing: %s.", hint)
		case most >= 0 && len(args) > most && cmd.HasParent():
			return usagef(cmd.CommandPath(), "%s is one argument too many.", words.Safe(args[most]))
		case most >= 0 && len(args) > most:
			return usagef(cmd.CommandPath(), "there is no command %s.%s", words.Safe(args[0]), similar(cmd, args[0]))
		}
		return nil
	}
}

// group makes a command that only holds others.
func group(cmd *cobra.Command, parts ...*cobra.Command) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef(cmd.CommandPath(), "%s needs a command behind it.", cmd.CommandPath())
		}
		return usagef(cmd.CommandPath(), "there is no command %s %s.%s", cmd.CommandPath(), words.Safe(args[0]), similar(cmd, args[0]))
	}
	cmd.Args = cobra.ArbitraryArgs // RunE has the better words
	cmd.AddCommand(parts...)
	return cmd
}

// other are words that people know from other programs, and what does that here.
var other = map[string]string{
	"upload": "put", "send": "put", "push": "put", "download": "get", "fetch": "get", "pull": "get",
	"cp": "get or put", "copy": "get or put", "sync": "get or put", "mirror": "get or put",
	"dir": "ls", "list": "ls", "del": "rm", "delete": "rm", "remove": "rm", "rename": "mv", "move": "mv",
	"check": "doctor", "version": "--version",
}

// similar suggests commands for a mistyped one.
func similar(cmd *cobra.Command, typed string) string {
	if like, known := other[typed]; known && !cmd.HasParent() {
		return " Did you mean " + like + "?"
	}
	cmd.SuggestionsMinimumDistance = 2
	if like := cmd.SuggestionsFor(typed); len(like) > 0 {
		return " Did you mean " + strings.Join(like, " or ") + "?"
	}
	return ""
}

// openWindow is wherry without a command. A single plain word is more often a
// mistyped command than a host, unless a site is saved as that.
func (a *app) openWindow(cmd *cobra.Command, args []string) error {
	unknown := ""
	if len(args) == 1 && !strings.ContainsAny(args[0], ".:@/[") && !a.isSaved(args[0]) {
		word, like := words.Safe(args[0]), similar(cmd, args[0])
		unknown = "there is no command " + word + ", and "
		switch {
		case like != "" && a.window == nil:
			return usagef(cmd.CommandPath(), "there is no command %s.%s", word, like)
		case like != "":
			return usagef(cmd.CommandPath(), "there is no command %s.%s A server of that name is written ftp://%s.", word, like, word)
		}
	}
	if err := a.heed(cmd); err != nil {
		return err
	}
	if a.window == nil {
		return usagef(cmd.CommandPath(), "%sthis Wherry was built without its window; it takes commands only.", unknown)
	}
	var place *engine.Place
	if len(args) == 1 {
		err := a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
			found, err := s.resolve(args[0])
			place = &found
			return err
		})
		if err != nil {
			return err
		}
	}
	err := a.show(cmd.Context(), WindowRequest{Place: place})
	if errors.Is(err, ErrNoDisplay) {
		return usagef(cmd.CommandPath(), "%sthere is no display to open a window on; the commands work without one.", unknown)
	}
	return err
}

// show opens the window and waits until it is closed.
func (a *app) show(ctx context.Context, req WindowRequest) (err error) {
	cfg, closeLog, err := a.config(wish{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	req.Engine = cfg
	if a.opt.json {
		req.Events = a.std.Out
	}
	if err = a.window(ctx, req); errors.Is(err, ErrRaised) {
		a.notice("wherry: %s", raised(req.Place))
		return nil
	}
	return err
}

// raised tells of a start that another process took over.
func raised(p *engine.Place) string {
	switch {
	case p == nil:
		return "Wherry is open already; its window was raised."
	case p.Local:
		return "Wherry is open already; its window was raised and shows " + vfs.Readable(localfs.ToOS(p.Path)) + "."
	}
	return "Wherry is open already; its window was raised and connects to " + words.Safe(p.Site.Host) + "."
}

// siteStore opens the saved sites alone, for what happens before a command.
func (a *app) siteStore() (*site.Store, error) {
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	store, _, err := site.OpenStore(filepath.Join(dirs.Config, "sites.json"))
	return store, err
}

// isSaved says whether a site has that name.
func (a *app) isSaved(name string) bool {
	store, err := a.siteStore()
	if err != nil {
		return false
	}
	_, ok := store.ByName(name)
	return ok
}

// completeSites offers the names of saved sites where a TARGET can stand.
func (a *app) completeSites(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	store, err := a.siteStore()
	if err != nil || strings.Contains(typed, ":") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []string
	for _, s := range store.List() {
		if name := s.Name + ":"; !s.Quick && strings.HasPrefix(name, typed) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return names, cobra.ShellCompDirectiveNoSpace
}

package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wherry/sync/transfer"
)

// refusals tell why a flag has no effect on a command, and what to do instead, where
// more can be said than that. The first that meets counts; no command is any one.
var refusals = []struct{ commands, flags, why string }{
	{"get", "limit-up", "is about what is sent to servers; --limit-down or --limit slows down a download."},
	{"put", "limit-down", "is about what comes from servers; --limit-up or --limit slows down an upload."},
	{"get", "replace", "is about servers; a file of this computer is replaced by --exists overwrite."},
	{"put, queue add put", "segments", "is for downloads: a file goes up over one connection."},
	{"sites add, sites edit", "password-stdin", "has no effect here; `wherry sites password SITE --password-stdin` keeps a password once the site is saved."},
	{"sites add, sites edit", "ca", "holds for one command and is not saved; --trust accepts the site's own certificate for good."},
	{"sites add, sites edit", "limit", "holds for one command and is not saved with a site; --limit-up and --limit-down are."},
	{"sites add, sites edit", "", "holds for one command and is not saved with a site."},
	{"queue add get, queue add put", "limit, limit-up, limit-down", "holds for who does the work: give it to `wherry queue run`, or save --limit-up and --limit-down with the site."},
	{"queue add get, queue add put", "verify, retries", "holds for who does the work: give it to `wherry queue run`."},
	{"queue run", "keep-mode, segments", "is said of a row when it is added, by `wherry queue add`."},
	{"queue run", "", "is kept with the rows' sites: by `wherry sites edit`, or with an address by `wherry queue add`."},
}

// bounds hold by themselves where nothing is waited for or transferred: scripts give
// the same ones to all commands, which is no mistake.
var bounds = []string{"timeout", "connections", "retries", "limit", "limit-up", "limit-down"}

// isBound says whether a flag holds by itself on a command. Beside `queue list`
// --limit may have been meant as the one of that, which is about rows.
func isBound(path, flag string) bool {
	return slices.Contains(bounds, flag) && !(flag == "limit" && strings.HasPrefix(path, "queue "))
}

// heed refuses a flag that was given and has no effect on the command: what a person
// asked for would silently not be done.
func (a *app) heed(cmd *cobra.Command) error {
	path := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	common, letters := cmd.Root().PersistentFlags(), cmd.Annotations[groupsOf]
	refused, why := "", ""
	common.VisitAll(func(f *pflag.Flag) {
		if refused != "" || !f.Changed || cmd.Flags().Lookup(f.Name) != f || inGroups(f.Name, letters) {
			return
		}
		if why = whyNot(path, f.Name); why != "" || !isBound(path, f.Name) {
			refused = f.Name
		}
	})
	switch {
	case refused == "" && path == "mv" && !slices.Contains([]string{"", string(transfer.Overwrite), string(transfer.Skip)}, a.opt.exists.value):
		return usagef(cmd.CommandPath(), "--exists of wherry mv takes overwrite and skip; without it a file that is there stays, and that is an error.")
	case refused == "":
		return nil
	case why != "":
		return usagef(cmd.CommandPath(), "--%s %s", refused, why)
	}
	return usagef(cmd.CommandPath(), "--%s has no effect on %s; it is for %s.", refused, cmd.CommandPath(), heeding(cmd.Root(), refused))
}

// whyNot is what more can be said of a flag that has no effect on a command, "" for
// nothing.
func whyNot(path, flag string) string {
	for _, r := range refusals {
		if slices.Contains(strings.Split(r.commands, ", "), path) && (r.flags == "" || slices.Contains(strings.Split(r.flags, ", "), flag)) {
			return r.why
		}
	}
	return ""
}

// inGroups tells whether a flag is in one of the groups of those letters, or in that
// of all commands.
func inGroups(flag, letters string) bool {
	for _, g := range groups {
		if strings.Contains(letters, g.letter) && slices.Contains(g.flags, flag) {
			return true
		}
	}
	return false
}

// heeding names the commands that a flag has an effect on.
func heeding(root *cobra.Command, flag string) string {
	if inGroups(flag, "c") {
		return "commands that connect, such as wherry ls"
	}
	var names []string
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd != root && !cmd.HasSubCommands() && cmd.Name() != "demo" && inGroups(flag, cmd.Annotations[groupsOf]) {
			names = append(names, cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
	return strings.Join(names, ", ")
}

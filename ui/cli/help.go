package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// groups are the common flags by what they are about. A command names its
// groups, by letter, in the annotation groupsOf; output flags go with all.
var groups = []struct {
	letter, title string
	flags         []string
}{
	{"c", "Connection flags", []string{"mode", "tls", "trust", "ca", "password-stdin", "timeout", "connections", "port-range", "external-ip", "encoding", "proxy", "account", "hidden", "keep-alive", "login-command"}},
	{"g", "Transfer flags", []string{"exists", "verify", "keep-mode", "segments", "limit", "limit-down", "retries"}},
	{"u", "Transfer flags", []string{"exists", "replace", "verify", "keep-mode", "limit", "limit-up", "retries"}},
	{"o", "Transfer flags", []string{"replace", "verify", "limit", "limit-up", "limit-down", "retries"}},
	{"e", "Transfer flags", []string{"verify", "connections", "limit", "limit-up", "limit-down", "retries"}},
	{"r", "Transfer flags", []string{"exists", "replace", "verify", "connections", "limit", "limit-up", "limit-down", "retries"}},
	{"q", "Copying flags", []string{"exists", "replace", "keep-mode"}},
	{"d", "Download flags", []string{"segments"}},
	{"m", "Moving flags", []string{"exists"}},
	{"s", "Flags that are saved", []string{"mode", "tls", "trust", "port-range", "external-ip", "encoding", "proxy", "account", "hidden", "keep-alive", "login-command", "replace", "connections", "limit-up", "limit-down"}},
	{"w", "Connection flags", []string{"trust", "ca", "password-stdin", "timeout"}},
	{"p", "Password flags", []string{"password-stdin"}},
	{"", "Output and files", []string{"json", "quiet", "log", "config"}},
}

// groupsOf is the annotation's name.
const groupsOf = "flag-groups"

// targets tells how a TARGET is written; it stands in the help of every
// command that takes one.
const targets = `TARGET is one of
  SITE:/path                  a saved site (see wherry sites)
  ftp://user@host:port/path   a server; TLS is required unless --tls off or the login is anonymous
  ftpes://user@host/path      the same, TLS required by AUTH TLS always
  ftps://user@host/path       implicit TLS, port 990
In URLs a blank is %20 and # is %23. Without a path the login folder is meant.`

// usage writes what cobra's template would, with the common flags in groups
// and only where they matter.
func usage(cmd *cobra.Command) error {
	out := cmd.OutOrStderr()
	fmt.Fprintf(out, "Usage:\n")
	if cmd.Runnable() {
		fmt.Fprintf(out, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "  %s COMMAND\n\nCommands:\n", cmd.CommandPath())
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() || c.Name() == "help" {
				fmt.Fprintf(out, "  %-11s %s\n", c.Name(), c.Short)
			}
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
	}
	flagHelp(out, cmd)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\n%s COMMAND --help tells more about one, with examples.\n", cmd.CommandPath())
	}
	return nil
}

func flagHelp(out io.Writer, cmd *cobra.Command) {
	common := cmd.Root().PersistentFlags()
	own := &cobra.Command{}
	own.Flags().AddFlagSet(cmd.LocalFlags())
	if cmd.HasParent() {
		fmt.Fprintf(out, "\nFlags:\n%s", own.Flags().FlagUsages())
	}
	for _, g := range groups {
		if !strings.Contains(cmd.Annotations[groupsOf], g.letter) {
			continue
		}
		some := &cobra.Command{}
		some.Flags().SortFlags = false
		for _, name := range g.flags {
			some.Flags().AddFlag(common.Lookup(name))
		}
		fmt.Fprintf(out, "\n%s:\n%s", g.title, some.Flags().FlagUsages())
	}
}

// help is the long text, then usage.
func help(cmd *cobra.Command, _ []string) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n", text)
	_ = usage(cmd) // cannot fail
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

func (a *app) sitesCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "sites",
		Short: "Saved sites: list, show, add, edit, remove, password",
		Long: `Saved sites are servers with a name. SITE:/path then stands for a folder or file
there, in every command. They are shared with the window. Passwords are never in
their file: they are kept in the system's keychain.`,
		Example: `  wherry sites add shop ftpes://anna@ftp.example.org/www --mode passive
  wherry sites password shop
  wherry ls shop:/www`,
		Annotations: map[string]string{groupsOf: ""},
	}, a.sitesList(), a.sitesShow(), a.sitesAdd(), a.sitesEdit(), a.sitesRemove(), a.sitesPassword())
}

// store runs work with the sites; no connection is made.
func (a *app) store(cmd *cobra.Command, work func(s *session) error) error {
	return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, work)
}

// saved finds a saved site by its name or folder/name.
func (s *session) saved(name string) (site.Site, error) {
	one, ok := s.engine.Sites().ByName(name)
	if !ok {
		return one, usagef(s.command, "no site is saved as %s; `wherry sites list` shows those that are.", words.Safe(name))
	}
	return one, nil
}

func (a *app) sitesList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the saved sites", Example: "  wherry sites list\n  wherry sites list --json",
		Args: a.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.store(cmd, func(s *session) error {
				columns := tabwriter.NewWriter(a.std.Out, 0, 0, 2, ' ', 0)
				enc := jsonLines(a.std.Out)
				for _, one := range s.engine.Sites().List() {
					switch {
					case one.Quick:
					case a.opt.json:
						if err := enc.Encode(spelled(one)); err != nil {
							return err
						}
					default:
						fmt.Fprintf(columns, "%s\t%s\t%s\n", vfs.Readable(site.FullName(one)), vfs.Readable(address(one)), modeWords(one.Mode))
					}
				}
				return columns.Flush()
			})
		},
	}
}

// address is user@host:port of a site.
func address(one site.Site) string {
	if one.IsAnonymous() {
		return one.Address()
	}
	return one.User + "@" + one.Address()
}

func modeWords(m site.Mode) site.Mode {
	if m == "" {
		return site.ModeAuto
	}
	return m
}

// spelled is a site for JSON, where what a person left to Wherry has its word.
func spelled(one site.Site) site.Site {
	if one.Mode = modeWords(one.Mode); one.TLS == site.TLSDefault {
		one.TLS = site.TLSExplicit
	}
	return one
}

func tlsWords(one site.Site) string {
	switch {
	case one.TLS == site.TLSDefault && one.IsAnonymous():
		return "explicit (off where an anonymous login is refused it)"
	case one.TLS == site.TLSDefault:
		return string(site.TLSExplicit)
	case one.TLS == site.TLSOff:
		return "off: passwords and files can be read on the way"
	}
	return string(one.TLS)
}

func (a *app) sitesShow() *cobra.Command {
	return &cobra.Command{
		Use: "show SITE", Short: "Show one saved site", Example: "  wherry sites show shop",
		Args: a.args(1, 1, "name a saved site"), ValidArgsFunction: a.completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.store(cmd, func(s *session) error {
				one, err := s.saved(args[0])
				if err != nil {
					return err
				}
				if a.opt.json {
					return jsonLines(a.std.Out).Encode(spelled(one))
				}
				return s.showSite(cmd.Context(), one)
			})
		},
	}
}

func (s *session) showSite(ctx context.Context, one site.Site) error {
	kept := s.kept(ctx, one.ID)
	if one.IsAnonymous() {
		kept = "none needed"
	}
	proxyKept, hidden := "", ""
	if strings.Contains(one.Proxy, "@") {
		proxyKept = s.kept(ctx, one.ProxyID())
	}
	if one.Hidden {
		hidden = "asked for"
	}
	ports := portRange{from: one.PortFrom, to: one.PortTo}
	out := tabwriter.NewWriter(s.std.Out, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"Name", site.FullName(one)},
		{"Host", one.Address()},
		{"User", one.User},
		{"Password", kept},
		{"TLS", tlsWords(one)},
		{"Mode", string(modeWords(one.Mode))},
		{"Folder there", one.RemoteDir},
		{"Folder here", one.LocalDir},
		{"Connections", fmt.Sprint(one.MaxConnections())},
		{"Ports", ports.String()},
		{"External IP", one.ExternalIP},
		{"Encoding", one.Encoding},
		{"Proxy", one.Proxy},
		{"Its password", proxyKept},
		{"Account", one.Account},
		{"Hidden names", hidden},
		{"Keep-alive", string(one.KeepAlive)},
		{"After login", strings.Join(one.Commands, "; ")},
		{"Sends at most", limitWords(one.LimitUp)},
		{"Receives at most", limitWords(one.LimitDown)},
		{"Replaces", replaceWords[one.Replace]},
		{"Notes", one.Notes},
	} {
		if row[1] != "" {
			fmt.Fprintf(out, "%s\t%s\n", row[0], vfs.Readable(row[1]))
		}
	}
	return out.Flush()
}

func limitWords(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return words.Rate(float64(bytes))
}

// replaceWords say how files are replaced where the server refuses to rename
// onto them.
var replaceWords = map[site.Replace]string{
	site.ReplaceDirect: "by writing the file itself, where the server does not rename onto it",
	site.ReplaceDelete: "by deleting the old file first, where the server does not rename onto it",
	site.ReplaceNever:  "never, where the server does not rename onto it",
}

// kept says where the password of that ID is.
func (s *session) kept(ctx context.Context, id site.ID) string {
	has, err := s.engine.HasPassword(ctx, id)
	switch {
	case err != nil:
		return "not known: " + words.Of(err, words.CommandLine).Title
	case has:
		return "in the system's keychain"
	}
	return "not kept"
}

// siteFlags are the settings of a saved site that no other command has.
type siteFlags struct{ name, folder, localDir, notes string }

func (f *siteFlags) add(cmd *cobra.Command, rename bool) {
	if rename {
		cmd.Flags().StringVar(&f.name, "name", "", "new `name`")
	}
	cmd.Flags().StringVar(&f.folder, "folder", "", "`group` of sites that it is shown in")
	cmd.Flags().StringVar(&f.localDir, "local-dir", "", "`folder` of this computer where the window begins")
	cmd.Flags().StringVar(&f.notes, "notes", "", "a `text` for yourself; not a place for passwords")
}

func (f *siteFlags) apply(cmd *cobra.Command, one *site.Site) {
	for name, field := range map[string]struct{ from, to *string }{
		"name": {&f.name, &one.Name}, "folder": {&f.folder, &one.Folder},
		"local-dir": {&f.localDir, &one.LocalDir}, "notes": {&f.notes, &one.Notes},
	} {
		if cmd.Flags().Changed(name) {
			*field.to = *field.from
		}
	}
}

func (a *app) sitesAdd() *cobra.Command {
	var flags siteFlags
	cmd := &cobra.Command{
		Use: "add NAME TARGET", Short: "Save a site",
		Long: `Save a server under a name. A path in TARGET is where it begins. The connection
flags that are given are saved with it; --trust accepts that certificate for
good.`,
		Example: `  wherry sites add shop ftpes://anna@ftp.example.org/www
  wherry sites add old ftp://bob@10.0.0.7 --tls off --mode active --port-range 50000-50100`,
		Args: a.args(2, 2, "give the name and the TARGET to save under it"), Annotations: map[string]string{groupsOf: "s"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.store(cmd, func(s *session) error {
				if _, taken := s.engine.Sites().ByName(args[0]); taken {
					return usagef(s.command, "a site is saved as %s already; `wherry sites edit` changes it.", words.Safe(args[0]))
				}
				one, err := s.described(args[1])
				if err != nil {
					return err
				}
				one = a.opt.limits(one)
				one.ID, one.Name = site.NewID(), args[0]
				flags.apply(cmd, &one)
				return s.save(one)
			})
		},
	}
	flags.add(cmd, false)
	return cmd
}

// described makes a site of a TARGET that is to be saved.
func (s *session) described(text string) (site.Site, error) {
	t, err := site.ParseTarget(text)
	switch {
	case err != nil:
		return site.Site{}, usagef(s.command, "%s", words.Of(err, words.CommandLine))
	case t.Local || t.Saved != "":
		return site.Site{}, usagef(s.command, "%s is no server; give it as ftp://user@host/folder", words.Safe(text))
	case t.Password != "":
		s.notice("wherry: The password in the address was not kept, and the shell's history has it now. " +
			"`wherry sites password` puts it into the system's keychain.")
	}
	if t.HasPath {
		t.Site.RemoteDir = t.Path
	}
	return s.opt.apply(t.Site), nil
}

func (s *session) save(one site.Site) error {
	if name := site.FullName(one); !site.IsRemote(name + ":/") {
		return usagef(s.command, "%[1]s cannot be the name of a site, as %[1]s:/ is a place of this computer.", words.Safe(name))
	}
	err := s.engine.Sites().Put(one)
	if err == nil && s.opt.trust != "" {
		err = s.engine.Accept(one, string(s.opt.trust))
	}
	if kind := vfs.KindOf(err); err != nil && (kind == vfs.KindBadName || kind == vfs.KindExists) {
		return usagef(s.command, "%s", words.Of(err, words.CommandLine).Title)
	}
	return err
}

func (a *app) sitesEdit() *cobra.Command {
	var flags siteFlags
	cmd := &cobra.Command{
		Use: "edit SITE [TARGET]", Short: "Change a saved site",
		Long: `Change a saved site. A TARGET replaces host, port, TLS, user and first folder;
flags replace the setting they name, and with an empty value take it back to
what it is without them. The rest, and the password, stay.`,
		Example: `  wherry sites edit shop --mode active
  wherry sites edit shop --port-range '' --external-ip ''
  wherry sites edit shop ftpes://anna@new.example.org/www --name shop-new`,
		Args: a.args(1, 2, "name a saved site"), Annotations: map[string]string{groupsOf: "s"}, ValidArgsFunction: a.completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.store(cmd, func(s *session) error {
				one, err := s.saved(args[0])
				if err != nil {
					return err
				}
				if len(args) == 2 {
					t, err := s.described(args[1])
					if err != nil {
						return err
					}
					one.Host, one.Port, one.TLS, one.User, one.RemoteDir = t.Host, t.Port, t.TLS, t.User, t.RemoteDir
				}
				one = s.opt.limits(s.opt.apply(one))
				flags.apply(cmd, &one)
				return s.save(one)
			})
		},
	}
	flags.add(cmd, true)
	return cmd
}

func (a *app) sitesRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove SITE", Short: "Forget a saved site and its password", Example: "  wherry sites remove shop",
		Args: a.args(1, 1, "name a saved site"), ValidArgsFunction: a.completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.store(cmd, func(s *session) error {
				one, err := s.saved(args[0])
				if err != nil {
					return err
				}
				err = errors.Join(s.engine.Forget(cmd.Context(), one.ID), s.engine.Forget(cmd.Context(), one.ProxyID()))
				if err != nil {
					a.notice("wherry: %s If a password is kept there, it stays.", words.Of(err, words.CommandLine).Title)
				}
				return s.engine.Sites().Remove(one.ID)
			})
		},
	}
}

func (a *app) sitesPassword() *cobra.Command {
	var forget, proxy bool
	cmd := &cobra.Command{
		Use: "password SITE", Short: "Put a site's password into the system's keychain",
		Long: `Keep the password of a saved site in the system's keychain, or with --forget take
it out. The password is asked for, or read by --password-stdin or from
WHERRY_PASSWORD; it is not tried. With --proxy it is the one of the site's proxy.`,
		Example: `  wherry sites password shop
  pass show shop | wherry sites password shop --password-stdin
  wherry sites password shop --proxy
  wherry sites password shop --forget`,
		Args: a.args(1, 1, "name a saved site"), Annotations: map[string]string{groupsOf: "p"}, ValidArgsFunction: a.completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if forget && a.opt.passwordStdin {
				return usagef(cmd.CommandPath(), "--forget takes the password away; --password-stdin gives one.")
			}
			return a.store(cmd, func(s *session) error {
				one, err := s.saved(args[0])
				id, login := one.ID, address(one)
				if proxy {
					id, login = one.ProxyID(), "the proxy "+one.Proxy
				}
				switch {
				case err != nil:
					return err
				case forget:
					return s.vaultFault(s.engine.Forget(cmd.Context(), id), proxy)
				case proxy && !strings.Contains(one.Proxy, "@"):
					return usagef(s.command, "the site has no proxy with a user; `wherry sites edit SITE --proxy socks5://user@host:port` names one.")
				}
				password, err := a.password()
				if err == nil && password == "" && a.interactive() {
					password, err = a.line(cmd.Context(), "Password for "+words.Safe(login)+": ", true)
				}
				switch {
				case err != nil:
					return err
				case password == "":
					return usagef(s.command, "no password was given; use --password-stdin or WHERRY_PASSWORD where no terminal is.")
				}
				return s.vaultFault(s.engine.Remember(cmd.Context(), id, password, true), proxy)
			})
		},
	}
	cmd.Flags().BoolVar(&forget, "forget", false, "take it out of the keychain")
	cmd.Flags().BoolVar(&proxy, "proxy", false, "the password of the site's proxy")
	return cmd
}

// vaultFault tells why the keychain did not take a password, or lose one; proxy
// says whose.
func (s *session) vaultFault(err error, proxy bool) error {
	if err == nil || !proxy || vfs.KindOf(err) == vfs.KindCancelled {
		return err
	}
	s.advise(words.Vault(err, proxy, words.CommandLine))
	return &reportedError{kindCode(vfs.KindOf(err), false)}
}

// completeNames offers saved sites without the colon of a TARGET.
func (a *app) completeNames(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	names, _ := a.completeSites(cmd, args, typed)
	for i, n := range names {
		names[i] = n[:len(n)-1]
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

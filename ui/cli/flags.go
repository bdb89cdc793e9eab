package cli

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
)

// options are the flags that all commands know, so that they may stand
// before and after the command's name alike.
type options struct {
	mode, tls, exists choice
	trust             fingerprint
	ca                string
	passwordStdin     bool
	timeout           span
	ports             portRange
	externalIP        ipv4
	encoding, proxy   text
	account           text
	hidden            toggle
	keepAlive         choice
	commands          texts

	verify, replace choice
	connections     count
	retries         int
	keepMode        bool
	segments        segments
	// limits of all transfers; sites add and edit save the last two
	limit, limitUp, limitDown rate

	json, quiet bool
	log, config string
}

// defaultTimeout without progress on every wait for a server.
const defaultTimeout = 20 * time.Second

// addFlags puts every common flag on root. The groups of help.go name them
// again, to show each command those that matter to it.
func (o *options) addFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	o.mode.back, o.tls.back, o.keepAlive.back, o.replace.back = true, true, true, true
	o.mode.allowed = []string{string(site.ModeAuto), string(site.ModePassive), string(site.ModeActive)}
	o.tls.allowed = []string{string(site.TLSExplicit), string(site.TLSImplicit), string(site.TLSOff)}
	o.keepAlive.allowed = []string{"off", string(site.KeepAliveNoop)}
	o.replace.allowed = []string{string(site.ReplaceDirect), string(site.ReplaceDelete), string(site.ReplaceNever)}
	o.verify.allowed = []string{string(transfer.VerifyOff), string(transfer.VerifyOffered), string(transfer.VerifyAlways)}
	o.exists.allowed = []string{
		string(transfer.Ask), string(transfer.Overwrite), string(transfer.Newer), string(transfer.Different),
		string(transfer.Resume), string(transfer.Rename), string(transfer.Skip),
	}
	f.Var(&o.mode, "mode", "who opens data connections: auto, passive or active (default auto)")
	f.Var(&o.tls, "tls", "explicit, implicit or off (default explicit; only anonymous logins go on in clear)")
	f.Var(&o.trust, "trust", "accept only the certificate with this `fingerprint`, SHA256:HEX")
	f.StringVar(&o.ca, "ca", "", "accept certificates signed by the authorities in this PEM `file` too")
	f.BoolVar(&o.passwordStdin, "password-stdin", false, "read the password from standard input (or set WHERRY_PASSWORD)")
	o.timeout = span(defaultTimeout)
	f.Var(&o.timeout, "timeout", "give up a wait in which nothing moved for so long, with its `unit`: 30s, 2m")
	f.Var(&o.ports, "port-range", "active mode: listen on ports `A-B` only")
	f.Var(&o.externalIP, "external-ip", "active mode: the IPv4 `address` under which a router forwards to us")
	f.Var(&o.encoding, "encoding", "`name` of the server's encoding of file names, such as windows-1251")
	f.Var(&o.proxy, "proxy", "connect through this `URL`, socks5://[user@]host:port or http://..., or none\n(default what ALL_PROXY and NO_PROXY say)")
	f.Var(&o.account, "account", "the `name` to answer with when the server asks for an account (ACCT)")
	f.Var(&o.hidden, "hidden", "ask for names with a leading dot where the server leaves them out")
	f.Lookup("hidden").NoOptDefVal = "true"
	f.Var(&o.keepAlive, "keep-alive", "on idle connections: off, or noop every half minute (default off)")
	f.Var(&o.commands, "login-command", "send this `line` after each login, such as \"SITE UMASK 022\"; may be repeated")

	f.Var(&o.verify, "verify", "compare contents by a hash: off, offered (where both sides know one) or always\n(default offered)")
	f.Var(&o.exists, "exists", "when the target exists: ask, overwrite, newer, different, resume, rename or skip\n(default ask; without a terminal get and put skip, and the queue's rows\nwait for an answer)")
	f.Var(&o.connections, "connections", "use up to `N` connections, 1 to 32 (default 4)")
	f.Var(&o.replace, "replace", "where the server refuses to rename onto an existing file: direct (write it\nitself), delete (it first) or never (default ask; fail without a terminal)")
	f.BoolVar(&o.keepMode, "keep-mode", false, "give copies the permissions of what was copied, where both sides can")
	f.Var(&o.segments, "segments", "read one large file over up to `N` connections, 1 to 8, as far as --connections and\nthe server leave room; the disk needs room for nearly twice the file (default 1)")
	f.Var(&o.limit, "limit", "transfer no faster than `rate` bytes a second, such as 500k or 2M")
	f.Var(&o.limitUp, "limit-up", "send no faster than `rate`")
	f.Var(&o.limitDown, "limit-down", "receive no faster than `rate`")
	f.IntVar(&o.retries, "retries", defaultRetries, "try a failed transfer again up to `N` times")

	f.BoolVar(&o.json, "json", false, "write results as one JSON object a line")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, no notices, no summary; errors only")
	f.StringVar(&o.log, "log", "", "append what we and the server said to `file`, passwords masked")
	f.StringVar(&o.config, "config", "", "keep all of Wherry's own files in `folder` (or set WHERRY_HOME)")
}

// defaultRetries keeps a command from hanging about in front of a person.
const defaultRetries = 3

// check finds what single flags cannot see by themselves.
func (o *options) check() error {
	if o.retries < 0 {
		return fmt.Errorf("--retries must be 0 or more")
	}
	return nil
}

// apply lays the flags that were given over a site's own settings.
func (o *options) apply(s site.Site) site.Site {
	if o.mode.given {
		s.Mode = modeWords(site.Mode(o.mode.value))
	}
	if o.tls.given {
		s.TLS = site.TLS(o.tls.value) // "" is site.TLSDefault
	}
	if o.ports.given {
		s.PortFrom, s.PortTo = o.ports.from, o.ports.to
	}
	if o.externalIP.given {
		s.ExternalIP = o.externalIP.value
	}
	if o.encoding.given {
		s.Encoding = o.encoding.value
	}
	if o.connections != 0 {
		s.Connections = int(o.connections)
	}
	if o.proxy.given {
		s.Proxy = o.proxy.value
	}
	if o.account.given {
		s.Account = o.account.value
	}
	if o.hidden.given {
		s.Hidden = o.hidden.value
	}
	switch {
	case !o.keepAlive.given:
	case o.keepAlive.value == "off":
		s.KeepAlive = site.KeepAliveOff
	default:
		s.KeepAlive = site.KeepAlive(o.keepAlive.value) // "" is off, too
	}
	if o.commands.given {
		s.Commands = o.commands.values
	}
	if o.replace.given {
		s.Replace = site.Replace(o.replace.value)
	}
	return s
}

// tuning is what the flags say of the queue.
func (o *options) tuning() queue.Tuning {
	return queue.Tuning{Workers: int(o.connections), Total: o.limit.bytes, Up: o.limitUp.bytes, Down: o.limitDown.bytes}
}

// limits lays the limits that were given over a site's own: on a command that
// saves it. Elsewhere they are those of the command.
func (o *options) limits(s site.Site) site.Site {
	if o.limitUp.given {
		s.LimitUp = o.limitUp.bytes
	}
	if o.limitDown.given {
		s.LimitDown = o.limitDown.bytes
	}
	return s
}

// span is a length of time, longer than nothing.
type span time.Duration

func (d *span) String() string { return time.Duration(*d).String() }
func (d *span) Type() string   { return "TIME" }

func (d *span) Set(text string) error {
	long, err := time.ParseDuration(text)
	if err != nil || long <= 0 {
		return fmt.Errorf("it takes a time with its unit, such as 30s or 2m")
	}
	*d = span(long)
	return nil
}

// text is a flag whose empty value means something too: it takes a saved
// setting back.
type text struct {
	value string
	given bool
}

func (t *text) String() string     { return t.value }
func (t *text) Type() string       { return "TEXT" }
func (t *text) Set(v string) error { t.value, t.given = v, true; return nil }

// texts is a flag that may be repeated; an empty value takes a saved list
// back.
type texts struct {
	values []string
	given  bool
}

func (t *texts) String() string { return strings.Join(t.values, "; ") }
func (t *texts) Type() string   { return "TEXT" }

func (t *texts) Set(v string) error {
	if t.given = true; v != "" {
		t.values = append(t.values, v)
	}
	return nil
}

// toggle is a yes or no that may also be left as it is.
type toggle struct{ value, given bool }

func (t *toggle) String() string {
	if !t.given {
		return ""
	}
	return strconv.FormatBool(t.value)
}

// Type is what pflag shows without a value behind it.
func (t *toggle) Type() string { return "bool" }

func (t *toggle) Set(v string) error {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return fmt.Errorf("it takes true or false")
	}
	t.value, t.given = b, true
	return nil
}

// choice is a flag that takes one of a few words; where back is set, an empty
// value takes a saved setting back.
type choice struct {
	allowed []string // fixed
	back    bool     // fixed
	value   string
	given   bool
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "WORD" }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.allowed, word) && !(c.back && word == "") {
		return fmt.Errorf("it takes %s", strings.Join(c.allowed, ", "))
	}
	c.value, c.given = word, true
	return nil
}

// fingerprint of a certificate, see trust.ParseFingerprint.
type fingerprint string

func (p *fingerprint) String() string { return string(*p) }
func (p *fingerprint) Type() string   { return "SHA256:HEX" }

func (p *fingerprint) Set(text string) error {
	parsed, err := trust.ParseFingerprint(text)
	if err != nil {
		return fmt.Errorf("it takes SHA256: and 64 hexadecimal digits")
	}
	*p = fingerprint(parsed)
	return nil
}

// portRange is a range of ports, A-B; the zero value is none, and an empty one
// takes a saved range back.
type portRange struct {
	from, to int
	given    bool
}

func (r *portRange) Type() string { return "A-B" }

func (r *portRange) String() string {
	if r.from == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%d", r.from, r.to)
}

func (r *portRange) Set(text string) error {
	if text == "" {
		*r = portRange{given: true}
		return nil
	}
	a, b, ok := strings.Cut(text, "-")
	from, errFrom := strconv.ParseUint(a, 10, 16)
	to, errTo := strconv.ParseUint(b, 10, 16)
	if !ok || errFrom != nil || errTo != nil || from == 0 || to < from {
		return fmt.Errorf("it takes two ports, the lower one first, such as 50000-50100")
	}
	*r = portRange{int(from), int(to), true}
	return nil
}

// ipv4 is an IPv4 address, for PORT can carry no other (RFC 959); an empty one
// takes a saved address back.
type ipv4 struct{ text }

// Type is what stands for the value in a help text that names none.
func (a *ipv4) Type() string { return "ADDRESS" }

// Set takes an address, or nothing.
func (a *ipv4) Set(v string) error {
	if v == "" {
		return a.text.Set(v)
	}
	ip, err := netip.ParseAddr(v)
	if err != nil || !ip.Is4() {
		return fmt.Errorf("it takes an IPv4 address")
	}
	return a.text.Set(ip.String())
}

// count is a number of connections, 1 to 32; 0 is "not given".
type count int

func (c *count) Type() string { return "N" }

func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.Itoa(int(*c))
}

// segments is a number of connections for one file; 0 is "not given".
type segments int

func (s *segments) Type() string   { return "N" }
func (s *segments) String() string { return (*count)(s).String() }

func (s *segments) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > transfer.MaxSegments {
		return fmt.Errorf("it takes a number from 1 to %d", transfer.MaxSegments)
	}
	*s = segments(n)
	return nil
}

func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 32 {
		return fmt.Errorf("it takes a number from 1 to 32")
	}
	*c = count(n)
	return nil
}

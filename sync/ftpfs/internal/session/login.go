package session

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/jlaffaye/ftp"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// login sends USER, PASS and ACCT. The library's login knows no ACCT and hides the
// codes, so it only takes the connection over.
func (o *operation) login(ask func() (string, error)) error {
	user := o.conf.Site.User
	if o.conf.Site.IsAnonymous() {
		user = site.Anonymous
	}
	var err error
	o.lib, err = ftp.Dial(o.conf.Site.Address(), ftp.DialWithDialFunc(o.ctl.DialFunc))
	if err != nil {
		return err
	}
	password, err := ask()
	if err != nil {
		return err
	}
	if strings.ContainsFunc(user+password+o.conf.Site.Account, unicode.IsControl) {
		return o.kinded(vfs.KindLogin, "the user name, password or account holds a control character")
	}
	return o.identify(user, password)
}

// identify says who we are. A server may be content after any of the three
// commands (RFC 959, 5.4 and 6).
func (o *operation) identify(user, password string) error {
	r, err := o.ctl.Command("USER " + user)
	if err == nil && r.Code == 331 {
		r, err = o.ctl.Command("PASS " + password)
	}
	if err == nil && r.Code == 332 {
		r, err = o.account(r)
	}
	switch {
	case err != nil:
		return err
	case r.Code == 230, r.Code == 202: // 202: "superfluous", of PASS and ACCT
		return nil
	}
	return o.loginFault(r)
}

// account answers wanted, a 332 or 532, by ACCT and returns what the server
// says to that.
func (o *operation) account(wanted wire.Reply) (wire.Reply, error) {
	if o.conf.Site.Account == "" {
		return wanted, o.kinded(vfs.KindLogin, "the server wants an account besides the password, and the site has none: "+wanted.String())
	}
	return o.ctl.Command("ACCT " + o.conf.Site.Account)
}

// siteCommand sends one line of the site's own. What it asked for is not so
// where it is refused, and then nothing should be done as if it were.
func (o *operation) siteCommand(line string) error {
	r, err := o.ctl.Command(line)
	switch {
	case err != nil:
		return err
	case r.Code < 400:
		return nil
	}
	kind := vfs.KindUnsupported
	if r.Code == 421 {
		kind = vfs.KindBusy
	}
	return o.kinded(kind, fmt.Sprintf("the site's command %s was refused: %s", line, r))
}

// loginFault tells a wrong password from a full server and from one that wants
// TLS first.
func (o *operation) loginFault(r wire.Reply) error {
	text := strings.ToLower(r.Text())
	kind := vfs.KindLogin
	switch {
	case r.Code < 300:
		kind = vfs.KindProtocol
	case r.Code/100 == 4, wire.TooMany(text):
		kind = vfs.KindBusy
	case o.conf.Site.TLS == site.TLSOff && mentionsTLS(text):
		kind = vfs.KindTLS
	}
	return o.kinded(kind, r.String())
}

func mentionsTLS(text string) bool {
	for _, w := range []string{"tls", "ssl", "encrypt", "secure"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// typeImage has files sent as they are (RFC 959, 3.1.1.3). Without that a
// server converts line ends, and SIZE tells another number.
const typeImage = "TYPE I"

// typeConfirmed judges the reply to it.
func (o *operation) typeConfirmed(r wire.Reply) error {
	if err := o.ctl.Err(); err != nil {
		return err // 421
	}
	if r.Code != 200 {
		return o.kinded(vfs.KindProtocol, "the server does not confirm the binary type: "+r.String())
	}
	return nil
}

// Doubt has the type set anew before the next transfer: a file came out as if
// its line ends had been converted. It may be called from any goroutine.
func (s *Session) Doubt() { s.doubt.Store(true) }

// binary sets the type anew where it is in doubt.
func (o *operation) binary() error {
	if !o.doubt.Swap(false) {
		return nil
	}
	r, err := o.ctl.Command(typeImage)
	if err == nil {
		err = o.typeConfirmed(r)
	}
	if err != nil {
		o.doubt.Store(true)
	}
	return err
}

package ftpfs_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestHostileLogins: a password is sent where it is asked for, once, and a
// refusal is final until a person says otherwise.
func TestHostileLogins(t *testing.T) {
	t.Parallel()
	thrice := func(do func(*bench) error) func(*bench) error {
		return func(b *bench) (err error) {
			for range 3 {
				err = do(b)
			}
			return err
		}
	}
	account := func(name string) func(*bench, *ftpfs.Config) {
		return func(_ *bench, c *ftpfs.Config) { c.Site.Account = name }
	}
	wantsAccount := map[string]ftptest.Handler{"PASS": ftptest.Reply("332 Account, please"), "ACCT": ftptest.LogIn("230 Welcome")}
	wantsAccountFirst := map[string]ftptest.Handler{"USER": ftptest.Reply("332 Account, please"), "ACCT": ftptest.LogIn("230 Welcome")}
	catalogue(t, map[string]row{
		"a wrong password is sent once":              {plan: always("PASS", ftptest.Reply("530 Login incorrect")), do: thrice(list("/")), want: vfs.KindLogin, also: count("PASS", 1), broken: true, sessions: 1},
		"a user unknown is asked once":               {plan: always("USER", ftptest.Reply("530 Who?")), do: thrice(list("/")), want: vfs.KindLogin, also: count("USER", 1), never: []string{"PASS"}, broken: true, sessions: 1},
		"530 with the password in it keeps it quiet": {plan: always("PASS", ftptest.Reply("530 tide is not the password")), want: vfs.KindLogin, broken: true},
		"no room at PASS is no wrong password":       {plan: once("PASS", ftptest.Reply("530 Too many connections from your address")), want: vfs.KindBusy},
		"no room in the greeting is no refusal":      {plan: ftptest.Plan{Greeting: turns(ftptest.Reply("421 Too many users, try later"))}, want: vfs.KindBusy},
		"230 for USER needs no password":             {plan: ftptest.Plan{Verbs: on("USER", ftptest.LogIn("230 Come in"))}, also: lists("f")},
		"202 for PASS is a login":                    {plan: ftptest.Plan{Verbs: on("PASS", ftptest.LogIn("202 Not needed here"))}, also: lists("f")},
		"332 is answered by the account":             {plan: ftptest.Plan{Verbs: wantsAccount}, tune: account("harbour"), also: allOf(lists("f"), count("ACCT", 1))},
		"332 for USER is answered by the account":    {plan: ftptest.Plan{Verbs: wantsAccountFirst}, tune: account("harbour"), also: lists("f")},
		"332 without an account is a refused login":  {plan: ftptest.Plan{Verbs: wantsAccount}, do: thrice(list("/")), want: vfs.KindLogin, also: count("PASS", 1), never: []string{"ACCT"}, broken: true},
		"ACCT refused is a refused login":            {plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"PASS": ftptest.Reply("332 Account, please"), "ACCT": ftptest.Reply("530 No such account")}}, tune: account("harbour"), do: thrice(list("/")), want: vfs.KindLogin, also: count("ACCT", 1), broken: true},
		"331 for PASS is no login":                   {plan: always("PASS", ftptest.Reply("331 Once more")), want: vfs.KindLogin, broken: true},
		"bytes above ASCII in a password arrive":     {plan: ftptest.Plan{User: "sailor", Password: "t\u00efd\xff e"}, also: lists("f")},
		"a line break in a password is never sent":   {plan: ftptest.Plan{}, tune: password("tide\r\nDELE /f"), want: vfs.KindLogin, never: []string{"PASS", "DELE"}, broken: true},
		"a line break in a user is never sent":       {plan: ftptest.Plan{}, tune: func(_ *bench, c *ftpfs.Config) { c.Site.User = "sailor\r\nDELE /f" }, want: vfs.KindLogin, never: []string{"USER", "DELE"}, broken: true},
		"TLS wanted by the server is said so":        {plan: always("USER", ftptest.Reply("530 Non-anonymous sessions must use encryption.")), want: vfs.KindTLS, never: []string{"PASS"}, broken: true},
		"commands after the login are sent each time": {
			plan: ftptest.Plan{Verbs: on("SITE", ftptest.Reply("200 Umask set"))}, do: amid(list("/")), sessions: 2,
			tune: func(_ *bench, c *ftpfs.Config) { c.Site.Commands = []string{"SITE UMASK 022", "NOOP"} },
			also: allOf(count("SITE", 2), reads(content)),
		},
		"a command after the login that is refused is told": {
			plan: always("SITE", ftptest.Reply("500 No")), want: vfs.KindUnsupported, broken: true,
			tune: func(_ *bench, c *ftpfs.Config) { c.Site.Commands = []string{"SITE UMASK 022"} },
		},
		"SSH is not FTP":           {plan: ftptest.Plan{Greeting: ftptest.Bytes("SSH-2.0-OpenSSH_9.2\r\n")}, want: vfs.KindNotFTP, broken: true},
		"HTTP is not FTP":          {plan: ftptest.Plan{Greeting: ftptest.Bytes("HTTP/1.1 400 Bad Request\r\n\r\n")}, want: vfs.KindNotFTP, broken: true},
		"a ban is said so":         {plan: ftptest.Plan{Greeting: ftptest.Reply("500 Your address is banned")}, want: vfs.KindRefused, broken: true},
		"a silent server is left":  {plan: ftptest.Plan{Greeting: ftptest.Silence}, ends: reply, want: vfs.KindTimeout, broken: true},
		"a server that hangs up":   {plan: ftptest.Plan{Greeting: ftptest.Drop}, want: vfs.KindLost, broken: true},
		"silence at PASS is left":  {plan: always("PASS", ftptest.Silence), ends: reply, want: vfs.KindTimeout, broken: true},
		"binary type refused ends": {plan: always("TYPE", ftptest.Reply("504 Never")), want: vfs.KindProtocol, never: []string{"RETR", "STOR"}, broken: true},
	})
}

func password(s string) func(*bench, *ftpfs.Config) {
	return func(_ *bench, c *ftpfs.Config) {
		c.Password = func(context.Context) (string, error) { return s, nil }
	}
}

// TestHostileCrowds: a server that bears fewer connections than we would like
// gets fewer, and no transfer is lost by it.
func TestHostileCrowds(t *testing.T) {
	t.Parallel()
	for outcome, refusal := range map[string]ftptest.Handler{
		"530 too many":               ftptest.Reply("530 Sorry, the maximum number of clients (2) for this user are already connected"),
		"421 too many":               ftptest.All(ftptest.Reply("421 Too many connections (2) from this IP"), ftptest.Drop),
		"421 too many and no drop":   ftptest.Reply("421 There are too many connected users, please try later"),
		"530 in words of their own":  ftptest.Reply("530 User sailor: too many simultaneous logins"),
		"a 4xx that is try later":    ftptest.Reply("450 Try again later"),
		"421 of a limit per account": ftptest.All(ftptest.Reply("421 Maximum login limit has been reached."), ftptest.Drop),
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			row{plan: crowded(2, refusal), do: crowd, also: func(b *bench) {
				if got := b.fs.Status().Limit; got > 2 {
					b.Errorf("the limit is %d", got)
				}
			}}.run(t)
		})
	}
}

// crowded bears a number of logins at a time.
func crowded(most int64, refusal ftptest.Handler) ftptest.Plan {
	var in atomic.Int64
	return ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"PASS": func(c *ftptest.Conn, arg string) {
			if in.Add(1) > most {
				in.Add(-1)
				refusal(c, arg)
				return
			}
			c.OnEnd(func() { in.Add(-1) })
			ftptest.Default(c, arg)
		},
	}}
}

// crowd downloads six times at a time.
func crowd(b *bench) error {
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() {
			got, err := read(b.Context(), b.fs, "/f")
			if err == nil && got != content {
				err = errors.New("other bytes came")
			}
			errs[i] = err
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

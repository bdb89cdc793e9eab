package ftpfs_test

import (
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestHostileAhead: where a firewall swallows what moves on a data connection
// that was made ahead, that is noticed by a short limit, and the work is done
// once more, without haste.
func TestHostileAhead(t *testing.T) {
	t.Parallel()
	// third strikes the first transfer whose connection is made ahead.
	third := func(verb string, secure bool, h ftptest.Handler) ftptest.Plan {
		p := always(verb, ftptest.InTurn(ftptest.Default, ftptest.Default, h))
		p.TLS, p.Reuse = secure, secure
		return p
	}
	again := func(do func(*bench) error) func(*bench) error {
		return func(b *bench) (err error) {
			// The server has to prove that it answers several commands in order.
			_, err = b.fs.Stat(b.Context(), vfs.MustParse("/f"))
			for n := 0; n < 3 && err == nil; n++ {
				err = do(b)
			}
			return err
		}
	}
	swallowed := ftptest.All(ftptest.Reply("150 Here"), held)
	unacknowledged := ftptest.Flow{Finals: []string{}, After: held}.Serve
	inWays(t, ways[2:3], func() map[string]row {
		rows := map[string]row{}
		for name, secure := range map[string]bool{"in clear": false, "with TLS": true} {
			for what, h := range map[string]ftptest.Handler{"all": swallowed, "the end": unacknowledged} {
				rows["a download, "+name+", "+what] = row{plan: third("RETR", secure, h), do: again(get("/f")), also: reads(content)}
				rows["a listing, "+name+", "+what] = row{plan: third("LIST", secure, h), do: again(list("/")), also: lists("f")}
				rows["an upload, "+name+", "+what] = row{plan: third("STOR", secure, h), do: again(send), also: sent}
			}
		}
		for outcome, r := range rows {
			r.ends, r.held, r.sessions = data, true, 2
			rows[outcome] = r
		}
		return rows
	})
}

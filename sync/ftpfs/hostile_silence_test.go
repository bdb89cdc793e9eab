package ftpfs_test

import (
	"context"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestHostileSilence: in every state a cancelled call ends while the server
// still says nothing, and a call that nobody cancels ends by its limit.
func TestHostileSilence(t *testing.T) {
	t.Parallel()
	quiet := func(f ftptest.Flow) ftptest.Handler { f.Hold = forever; return f.Serve }
	states := map[string]struct {
		plan ftptest.Plan
		verb string // the last that the server hears
		do   func(context.Context, *bench) error
	}{}
	state := func(name, verb string, plan ftptest.Plan, do func(*bench) error) {
		states[name] = struct {
			plan ftptest.Plan
			verb string
			do   func(context.Context, *bench) error
		}{plan, verb, func(ctx context.Context, b *bench) error { return do(b.under(ctx)) }}
	}
	for _, verb := range []string{"USER", "PASS", "FEAT", "OPTS", "SYST", "PWD"} {
		state("at "+verb, verb, always(verb, ftptest.Silence), login)
	}
	for _, verb := range []string{"PBSZ", "PROT"} {
		plan := always(verb, ftptest.Silence)
		plan.TLS = true
		state("at "+verb, verb, plan, login)
	}
	state("at AUTH", "AUTH", ftptest.Plan{TLS: true, Verbs: on("AUTH", ftptest.Silence)}, login)
	state("in the handshake", "AUTH", ftptest.Plan{TLS: true, Verbs: on("AUTH", ftptest.All(ftptest.Reply("234 Go"), held))}, login)
	state("in the handshake of the data connection", "MLSD", ftptest.Plan{TLS: true, Verbs: on("MLSD", ftptest.All(ftptest.Reply("150 Here"), held))}, list("/"))
	state("at the greeting of the second connection", "MLSD", ftptest.Plan{Verbs: on("MLSD", held)}, list("/"))
	state("at the size ahead of a download", "SIZE", always("SIZE", ftptest.Silence), get("/f"))
	state("at REST", "REST", always("REST", ftptest.Silence), func(b *bench) error {
		_, err := b.fs.Open(b.Context(), vfs.MustParse("/f"), 5)
		return err
	})
	state("behind the last byte of a listing", "MLSD", always("MLSD", ftptest.Flow{Finals: []string{}}.Serve), list("/"))
	state("in the middle of a listing over TLS", "MLSD", ftptest.Plan{TLS: true, Verbs: on("MLSD", quiet(ftptest.Flow{At: 5}))}, list("/"))
	state("in the middle of a download over TLS", "RETR", ftptest.Plan{TLS: true, Verbs: on("RETR", quiet(ftptest.Flow{At: 5}))}, get("/f"))
	state("in the middle of an upload over TLS", "STOR", ftptest.Plan{TLS: true, Verbs: on("STOR", quiet(ftptest.Flow{At: 5}))}, put("/up", strings.Repeat("x", 20<<20)))
	state("at the first name of a rename", "RNFR", always("RNFR", ftptest.Silence), renameF)
	state("at the second name of a rename", "RNTO", always("RNTO", ftptest.Silence), renameF)
	for name, s := range states {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := row{plan: s.plan, want: vfs.KindCancelled, broken: true, held: true}
			r.do = func(b *bench) error {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				ended := make(chan error, 1)
				go func() { ended <- s.do(ctx, b) }()
				if err := b.srv.Await(b.Context(), s.verb, 1); err != nil {
					return err
				}
				cancel()
				return <-ended
			}
			r.run(t)
		})
	}
}

func renameF(b *bench) error {
	return b.fs.Rename(b.Context(), vfs.MustParse("/f"), vfs.MustParse("/g"), true)
}

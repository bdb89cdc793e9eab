package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// flights are the commands of a transcript, those on a line that went out before a
// reply came.
func (r *rig) flights() (out []string) {
	lines, _ := r.trace.Since(0)
	var now []string
	for _, l := range lines {
		switch {
		case l.Dir == trace.Sent:
			verb, _, _ := strings.Cut(l.Text, " ")
			now = append(now, verb)
		case l.Dir == trace.Received && len(now) > 0:
			out, now = append(out, strings.Join(now, " ")), nil
		}
	}
	return out
}

// TestSetUpInOneFlight: a server that bears it gets at once what the session needs
// to know, and all the others one after the other; what comes out is the same.
func TestSetUpInOneFlight(t *testing.T) {
	vsftpd := func(p ftptest.Plan) ftptest.Plan {
		p.Without = append(p.Without, "UTF8")
		return ftptest.AsVSFTPD(p)
	}
	flushes := ftptest.Plan{Verbs: map[string]ftptest.Handler{"SYST": ftptest.InTurn(ftptest.Silence), "PWD": ftptest.InTurn(ftptest.Silence), "SIZE": ftptest.InTurn(ftptest.Silence)}}
	for outcome, tc := range map[string]struct {
		plan          ftptest.Plan
		commands      []string
		first, second []string
		want          vfs.Kind
	}{
		"vsftpd": {
			plan:   vsftpd(ftptest.Plan{}),
			first:  []string{"USER", "PASS", "FEAT TYPE SYST PWD SIZE"},
			second: []string{"USER", "PASS", "FEAT TYPE SYST PWD SIZE"},
		},
		"vsftpd that offers UTF8": {
			plan:   ftptest.AsVSFTPD(ftptest.Plan{}),
			first:  []string{"USER", "PASS", "FEAT TYPE SYST PWD SIZE", "OPTS"},
			second: []string{"USER", "PASS", "FEAT TYPE OPTS SYST PWD SIZE"},
		},
		"with TLS": {
			plan:   vsftpd(ftptest.Plan{TLS: true, Reuse: true}),
			first:  []string{"AUTH", "USER", "PASS", "FEAT PBSZ PROT TYPE SYST PWD SIZE"},
			second: []string{"AUTH", "USER", "PASS", "FEAT PBSZ PROT TYPE SYST PWD SIZE"},
		},
		"TLS that is not had for data": {
			plan:  vsftpd(ftptest.Plan{TLS: true, Verbs: map[string]ftptest.Handler{"PROT": ftptest.Reply("536 Clear only")}}),
			first: []string{"AUTH", "USER", "PASS", "FEAT PBSZ PROT TYPE SYST PWD SIZE"},
			want:  vfs.KindTLS,
		},
		"ProFTPD, as it was known before": {
			plan:   ftptest.AsProFTPD(ftptest.Plan{}),
			first:  []string{"USER", "PASS", "FEAT", "TYPE OPTS SYST PWD"},
			second: []string{"USER", "PASS", "FEAT TYPE OPTS SYST PWD"},
		},
		"a server of no name": {
			first:  []string{"USER", "PASS", "FEAT", "TYPE", "OPTS", "SYST", "PWD"},
			second: []string{"USER", "PASS", "FEAT", "TYPE", "OPTS", "SYST", "PWD"},
		},
		"a site with commands of its own": {
			plan: vsftpd(ftptest.Plan{}), commands: []string{"NOOP"},
			first:  []string{"USER", "PASS", "FEAT", "NOOP", "TYPE SYST PWD SIZE"},
			second: []string{"USER", "PASS", "FEAT", "NOOP", "TYPE SYST PWD SIZE"},
		},
		"vsftpd that drops what it has not read": {
			plan:   vsftpd(flushes),
			first:  []string{"USER", "PASS", "FEAT TYPE SYST PWD SIZE", "NOOP", "FEAT", "TYPE", "SYST", "PWD", "SIZE"},
			second: []string{"USER", "PASS", "FEAT", "TYPE", "SYST", "PWD", "SIZE"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			r.conf.Site.Commands = tc.commands
			r.patience(tc.want)
			for _, want := range [][]string{tc.first, tc.second} {
				before := len(r.flights())
				s, err := Open(t.Context(), r.conf)
				r.wants(err, tc.want)
				if diff := cmp.Diff(want, r.flights()[before:]); diff != "" {
					t.Error(diff)
				}
				if err != nil {
					return
				}
				if home := s.Facts().Home.String(); home != "/" {
					t.Errorf("home is %s", home)
				}
				r.works(s)
				r.must(s.Close())
			}
		})
	}
}

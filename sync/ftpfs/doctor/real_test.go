package doctor_test

import (
	"os"
	"testing"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/ftptest"
	"wherry/sync/site"
)

// TestRealServers holds the whole check against the four programs, in clear
// and over TLS.
func TestRealServers(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		for outcome, tc := range map[string]struct {
			opt  ftptest.Options
			tls  site.TLS
			mode site.Mode
			want string
		}{
			"in clear":              {ftptest.Options{}, site.TLSOff, site.ModeAuto, "ppp-pp pppp -p ppppp pp"},
			"over TLS":              {ftptest.Options{RequireTLS: true}, site.TLSExplicit, site.ModeAuto, "pppppp pppp pp ppppp pp"},
			"over implicit TLS":     {ftptest.Options{Implicit: true}, site.TLSImplicit, site.ModeAuto, "pppppp pppp pp ppppp pp"},
			"passive only":          {ftptest.Options{NoActive: true}, site.TLSOff, site.ModeAuto, "ppp-pp ppFF -p ppppp pp"},
			"active only":           {ftptest.Options{NoPassive: true}, site.TLSOff, site.ModeAuto, "ppp-pp FFpp -p ppppp pp"},
			"active only, not used": {ftptest.Options{NoPassive: true}, site.TLSOff, site.ModePassive, "ppp-pp FFpp -- ----- -p"},
			"IPv6":                  {ftptest.Options{IPv6: true}, site.TLSOff, site.ModeAuto, "ppp-pp p-p- -p ppppp pp"},
		} {
			if kind.Cannot(tc.opt) != "" {
				continue
			}
			t.Run(string(kind)+" "+outcome, func(t *testing.T) {
				t.Parallel()
				s := ftptest.Start(t, kind, tc.opt)
				c := ask(t, s.Site(tc.mode, tc.tls), s.Password)
				c.conf.Roots, c.conf.Write = s.CA, true
				r := c.run()
				c.want(tc.want)
				if got, want := r.Works(), tc.mode == site.ModeAuto; got != want {
					t.Errorf("Works is %v", got)
				}
				if r.Passive.Works == tc.opt.NoPassive || r.Active.Works == tc.opt.NoActive {
					t.Errorf("passive %+v, active %+v", r.Passive, r.Active)
				}
				if !r.Local.IsValid() || int(r.Peer.Port()) != s.Port || r.Encrypted != (tc.tls != site.TLSOff) {
					t.Errorf("from %v to %v, encrypted %v", r.Local, r.Peer, r.Encrypted)
				}
				if left, err := os.ReadDir(s.Dir); err != nil || len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
				if r.Works() {
					c.fact(doctor.Clock, doctor.FactOffset, "0s")
				}
				if r.Encrypted {
					c.fact(doctor.TLS, doctor.FactVersion, "TLS 1.")
					c.fact(doctor.TLS, doctor.FactCipher, "TLS_")
					c.fact(doctor.TLS, doctor.FactTrust, doctor.TrustNamed) // by Roots alone
					c.fact(doctor.TLS, doctor.FactFingerprint, "SHA256:")
					c.fact(doctor.TLS, doctor.FactNames, "127.0.0.1")
					c.fact(doctor.Reuse, doctor.FactSecured, "4")
				}
			})
		}
	}
}

package session

import (
	"errors"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestNoVerdict: a transfer that lacks nothing but the final reply can be told
// from one that broke off, so that its size can settle it.
func TestNoVerdict(t *testing.T) {
	silent, gone := ftptest.Flow{Finals: []string{}}, ftptest.Flow{Finals: []string{}, After: ftptest.Drop}
	const content = "0123456789"
	for outcome, tc := range map[string]struct {
		flow    ftptest.Flow
		tls     bool
		missing bool
		kind    vfs.Kind
	}{
		"silence":                      {silent, false, true, vfs.KindLost},
		"silence over TLS":             {silent, true, true, vfs.KindLost},
		"the control connection ends":  {gone, false, true, vfs.KindLost},
		"it ends over TLS":             {gone, true, true, vfs.KindLost},
		"a refusal is a verdict":       {ftptest.Flow{Finals: []string{"552 Quota"}}, false, false, vfs.KindNoSpace},
		"goodbye is none":              {ftptest.Flow{Finals: []string{"421 Shutting down"}, After: ftptest.Drop}, false, true, vfs.KindLost},
		"goodbye for idleness is none": {ftptest.Flow{Finals: []string{"421 Idle timeout"}, After: ftptest.Drop}, false, true, vfs.KindLost},
		"a reset leaves bytes behind":  {ftptest.Flow{At: 4, Fault: ftptest.CrashAll}, false, false, vfs.KindLost},
		"nor is a short one complete":  {ftptest.Flow{At: 4, Fault: ftptest.CloseData, Finals: []string{}, After: ftptest.Drop}, false, false, vfs.KindLost},
		"all is well, and then silent": {ftptest.Flow{}, false, false, vfs.KindOther},
	} {
		for _, verbs := range []map[string]ftptest.Handler{verb("RETR", tc.flow.Serve), verb("STOR", tc.flow.Serve)} {
			up := verbs["STOR"] != nil
			if up && tc.flow.Fault != ftptest.NoFault {
				continue // ten bytes lie in the system's buffers when the server goes; its size will tell
			}
			name := "download: " + outcome
			if up {
				name = "upload: " + outcome
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := script(t, ftptest.Plan{TLS: tc.tls, Verbs: verbs, Files: map[string]string{"/f": content}})
				r.conf.FinalTimeout = time.Second
				s := r.open()
				var err error
				if up {
					err = write(t.Context(), s, "/up", content)
				} else {
					_, err = read(t.Context(), s, "/f")
				}
				r.wants(err, tc.kind)
				if errors.Is(err, ErrNoVerdict) != tc.missing {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

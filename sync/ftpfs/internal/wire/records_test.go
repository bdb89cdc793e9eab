package wire

import (
	"crypto/tls"
	"testing"
)

// record makes a TLS record of type and length.
func record(kind byte, length int) []byte {
	return append([]byte{kind, 3, 3, byte(length >> 8), byte(length)}, make([]byte, length)...)
}

func TestRecordsClosed(t *testing.T) {
	data, alert := record(typeAppData, 300), record(typeAlert, 26)
	notify13, cut := record(typeAppData, alertLen13), record(typeAppData, 100)[:50]
	for outcome, tc := range map[string]struct {
		version uint16
		stream  [][]byte
		want    bool
	}{
		"1.2 with an alert":          {tls.VersionTLS12, [][]byte{data, alert}, true},
		"1.2 without":                {tls.VersionTLS12, [][]byte{data}, false},
		"1.2 cut within the alert":   {tls.VersionTLS12, [][]byte{data, alert[:9]}, false},
		"1.2 cut within the header":  {tls.VersionTLS12, [][]byte{alert, data[:3]}, false},
		"1.3 with an alert":          {tls.VersionTLS13, [][]byte{data, notify13}, true},
		"1.3 without":                {tls.VersionTLS13, [][]byte{data}, false},
		"1.3 cut within data":        {tls.VersionTLS13, [][]byte{data, cut}, false},
		"1.3 data behind the alert":  {tls.VersionTLS13, [][]byte{notify13, data}, false},
		"an alert in clear in 1.3":   {tls.VersionTLS13, [][]byte{record(typeAlert, 2)}, false},
		"nothing at all":             {tls.VersionTLS13, nil, false},
		"an empty record, then quit": {tls.VersionTLS12, [][]byte{record(typeAlert, 0), data}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			for _, step := range []int{1, 3, 7, 4096} {
				var r records
				var all []byte
				for _, part := range tc.stream {
					all = append(all, part...)
				}
				for len(all) > 0 {
					n := min(step, len(all))
					r.watch(all[:n])
					all = all[n:]
				}
				if got := r.closed(tc.version); got != tc.want {
					t.Errorf("in steps of %d: %v", step, got)
				}
			}
		})
	}
}

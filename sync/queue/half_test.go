package queue

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestHalfFilesAreNotCopiedWithTheirFolder: they would arrive under a name that
// belongs to what is not finished; that is told. Who names one gets it.
func TestHalfFilesAreNotCopiedWithTheirFolder(t *testing.T) {
	halves := []string{"/t/sub/y" + transfer.Suffix, "/t/x" + transfer.Suffix}
	for outcome, tc := range map[string]struct {
		requests []Request
		want     []string
		left     []string
	}{
		"up, with the folder":   {[]Request{upDir("/t")}, []string{"/in/t/a", "/in/t/sub/b", "/in/t/dir" + transfer.Suffix + "/c", "/in/t/" + transfer.Suffix}, halves},
		"down, with the folder": {[]Request{func() Request { r := down("/t"); r.Type = vfs.TypeDir; return r }()}, []string{"/in/t/a", "/in/t/sub/b", "/in/t/dir" + transfer.Suffix + "/c", "/in/t/" + transfer.Suffix}, halves},
		"up, by its name":       {[]Request{up("/t/x" + transfer.Suffix)}, []string{"/in/x" + transfer.Suffix}, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			from, to := r.here, r.there
			if tc.requests[0].Source.Site == remote {
				from, to = to, from
			}
			all := []string{"/t/a", "/t/x" + transfer.Suffix, "/t/sub/b", "/t/sub/y" + transfer.Suffix, "/t/dir" + transfer.Suffix + "/c", "/t/" + transfer.Suffix}
			for _, name := range all {
				from.Put(name, "content", when)
			}
			r.add(tc.requests...)
			r.drain()
			var got []string
			for _, name := range append([]string{"/x" + transfer.Suffix}, all...) {
				if _, ok := to.Get("/in" + name); ok {
					got = append(got, "/in"+name)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("files that arrived (-want +got):\n%s", diff)
			}
			var left []string
			for _, i := range r.items() {
				if i.State == Skipped && i.Message == "it is not whole yet" && i.Parent != 0 {
					left = append(left, i.Source.Path.String())
				}
			}
			slices.Sort(left)
			if diff := cmp.Diff(tc.left, left); diff != "" {
				t.Errorf("left out, and told (-want +got):\n%s", diff)
			}
		})
	}
}

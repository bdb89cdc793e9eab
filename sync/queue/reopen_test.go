package queue

import "testing"

// TestNothingIsInWorkWhereNobodyWorks: what a killed process had begun waits as
// soon as the journal is opened, so that it can be listed and removed without a
// run.
func TestNothingIsInWorkWhereNobodyWorks(t *testing.T) {
	r := newDiskRig(t)
	r.add(up("/a"), upDir("/t"))
	for _, begun := range []*work{r.claimed(files, Active), r.claimed(scans, Scanning)} {
		if begun == nil {
			t.Fatal("a row was not taken")
		}
	}
	r.must(r.Close())
	r.Queue = r.open(r.onDisk)
	wantStates(t, r, "/a: waiting", "/t: waiting")
	for _, item := range r.items() {
		r.must(r.Cancel(t.Context(), item.ID))
	}
	if left := r.items(); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

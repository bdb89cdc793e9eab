package queue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestEveryFaultAtEveryCall has each call of a folder's transfer fail, on each
// side, before or after it took effect. At once after it what stood at the
// target is there whole, old or new, and a row that is done has the new one.
// Once all is well a retry brings the rest, and no part is left.
func TestEveryFaultAtEveryCall(t *testing.T) {
	for outcome, fault := range map[string]memfs.Fault{
		"the connection is lost": {Kind: vfs.KindLost},
		"the reply is lost":      {Kind: vfs.KindLost, After: true},
		"no permission":          {Kind: vfs.KindPermission},
		"no space":               {Kind: vfs.KindNoSpace},
	} {
		for side, source := range map[string]bool{"source": true, "target": false} {
			t.Run(outcome+" at the "+side, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, func(c *Config) { c.Retries = -1 })
				r.here.SetChunk(4096)
				at := r.there
				if source {
					at = r.here
				}
				for step := 0; ; step++ {
					now := fault
					now.Skip = step
					if !r.fails(at, now, step) {
						break
					}
					if step > 200 {
						t.Fatal("no end")
					}
				}
			})
		}
	}
}

// fails transfers a folder with a fault, and again without; false where the
// fault met no call.
func (r *rig) fails(at *memfs.FS, fault memfs.Fault, step int) bool {
	r.t.Helper()
	dir := fmt.Sprintf("/d%d", step)
	fresh, old := map[string]string{}, map[string]string{"/a": "old"}
	for name, size := range map[string]int{"/a": 9000, "/b": 0} {
		fresh[name] = strings.Repeat(name, size/len(name))
		r.here.Put(dir+name, fresh[name], when)
	}
	r.there.Put("/in"+dir+"/a", "old", when.AddDate(-1, 0, 0))
	id := r.add(upDir(dir))[0]
	before := len(at.Calls())
	at.Inject(fault)
	r.drain()
	met := len(at.Calls())-before > fault.Skip
	at.Heal()
	about := fmt.Sprintf("step %d", step)
	now := r.below("/in" + dir)
	for name, content := range now {
		if final, isPart := strings.CutSuffix(name, transfer.Suffix); !isPart && content != fresh[final] && content != old[final] {
			r.t.Errorf("%s: %s has %d bytes, of neither file", about, name, len(content))
		}
	}
	if _, ok := now["/a"]; !ok {
		r.t.Errorf("%s: what was to be replaced is gone", about)
	}
	for _, item := range r.items() {
		name := strings.TrimPrefix(item.Source.Path.String(), dir)
		if item.State == Done && item.Type == vfs.TypeFile && strings.HasPrefix(item.Source.Path.String(), dir+"/") && now[name] != fresh[name] {
			r.t.Errorf("%s: %s is falsely done", about, name)
		}
		if item.State == Asking && item.Question.NoReplace {
			r.must(r.Answer(r.t.Context(), item.ID, transfer.Answer{Rule: transfer.Overwrite, Replace: transfer.ReplaceNever}))
		}
	}
	r.must(r.Retry(r.t.Context(), id))
	r.drain()
	if diff := cmp.Diff(fresh, r.below("/in"+dir)); diff != "" {
		r.t.Errorf("%s: in the end (-want +got):\n%s", about, diff)
	}
	for _, item := range r.items() {
		if item.State != Done {
			r.t.Errorf("%s: in the end %s is %s: %s", about, item.Source.Path, item.State, item.Message)
		}
	}
	return met
}

// below are the files at the target below a folder, by what follows its name.
func (r *rig) below(dir string) map[string]string {
	out := map[string]string{}
	for name, content := range r.there.Files() {
		if rest, ok := strings.CutPrefix(name, dir); ok && strings.HasPrefix(rest, "/") {
			out[rest] = content
		}
	}
	return out
}

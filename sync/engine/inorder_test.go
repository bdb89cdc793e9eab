package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wherry/sync/queue"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestAFoldersFilesAreSentInOrder of their names, and not as the disk happens to have
// them: who looks on sees how far it is.
func TestAFoldersFilesAreSentInOrder(t *testing.T) {
	t.Parallel()
	c := muster(t, Config{})
	var want []string
	c.must(os.Mkdir(filepath.Join(c.dir, "box"), 0o700))
	for i := range 40 {
		want = append(want, fmt.Sprintf("part-%02d", i*7%40))
		c.must(os.WriteFile(filepath.Join(c.dir, "box", want[i]), []byte("x"), 0o600))
	}
	slices.Sort(want)
	_, err := c.Enqueue(ctxOf(t), queue.Request{
		Source: queue.Place{Path: c.join(c.here, "box")}, Target: queue.Place{Path: c.join(c.here, "copy")},
		Type: vfs.TypeDir, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
	})
	c.must(err)
	c.must(c.Queue().Drain(ctxOf(t)))
	rows, err := c.Queue().List(ctxOf(t), queue.Filter{States: []queue.State{queue.Done}}, 0, 100)
	c.must(err)
	slices.SortFunc(rows, func(a, b queue.Item) int { return int(a.ID - b.ID) })
	var got []string
	for _, row := range rows {
		if row.Type == vfs.TypeFile {
			got = append(got, row.Source.Path.Base())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are %v", got)
	}
}

package queueview

import (
	"strings"
	"testing"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A row names source and target in columns of their own, and its reason may be
// cut at the end: what happened has to stand first.
func TestAReasonBeginsWithWhatHappened(t *testing.T) {
	path := func(text string) vfs.Path {
		p, err := vfs.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	up := queue.Item{
		Source: queue.Place{Site: site.Local, Path: path("/home/anna/a.txt")}, Target: queue.Place{Site: "shop", Path: path("/www/a.txt")},
		State: queue.Failed,
	}
	alike := up
	alike.Target.Path = alike.Source.Path
	skipped := up
	skipped.State = queue.Skipped
	for name, c := range map[string]struct {
		item    queue.Item
		kind    vfs.Kind
		about   string
		message string
		want    string
	}{
		"what the server refused":          {up, vfs.KindPermission, "/www/a.txt", "create /www/a.txt: permission denied: 553 Could not create file.", `Permission denied: the server answered "553 Could not create file."`},
		"which side it was":                {up, vfs.KindNotFound, "/home/anna/a.txt", "", "The source does not exist."},
		"the source where nothing is said": {up, vfs.KindLost, "", "", "The connection broke while working on the source."},
		"both sides have the same path":    {alike, vfs.KindNotFound, "/home/anna/a.txt", "", "The file does not exist."},
		"a host keeps its name":            {up, vfs.KindTimeout, "ftp.example.org", "", "ftp.example.org did not answer in time."},
		"another path keeps its name":      {up, vfs.KindNotDir, "/www", "", `"/www" is a file, where a folder is needed.`},
		"skipped by the rule":              {skipped, vfs.KindOther, "", string(transfer.Newer), "Skipped: the target is newer, or a time is not known."},
		"skipped for what the source is":   {skipped, vfs.KindOther, "", "not a file, a folder or a link", "Skipped: not a file, a folder or a link."},
	} {
		t.Run(name, func(t *testing.T) {
			it := c.item
			it.Kind, it.About, it.Message = c.kind, c.about, c.message
			if got := reason(it); !strings.HasPrefix(got, c.want) {
				t.Errorf("it says %q", got)
			}
		})
	}
}

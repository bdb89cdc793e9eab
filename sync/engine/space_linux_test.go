package engine

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// A petabyte fits on no disk that a test runs on: that is found while the disk
// is as it was, and not when it is full.
func TestAFullDiskHereStopsBeforeItIsFilled(t *testing.T) {
	t.Parallel()
	const huge = "1125899906842624"
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/huge": freight(5000), "/small": freight(5000)},
		Verbs: map[string]ftptest.Handler{
			"MLST": ftptest.Bytes("250-Here\r\n type=file;size=" + huge + ";modify=20240229123045; /huge\r\n250 End\r\n"),
			"SIZE": ftptest.Reply("213 " + huge),
		},
	})
	c := muster(t, Config{Retries: 5})
	file, err := os.Create(filepath.Join(t.TempDir(), "probe"))
	c.must(err)
	defer file.Close()
	if err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, 1); err != nil {
		ftptest.Missing(t, "a disk under the temporary folder that sets room aside: %v", err)
	}
	id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	ended := c.copy(queue.Place{Site: id, Path: c.join(home, "huge")}, queue.Place{Path: c.join(c.here, "huge")}, vfs.TypeFile)
	if len(ended[queue.Failed]) != 1 || ended[queue.Failed][0].Kind != vfs.KindNoSpace {
		t.Fatalf("the rows ended as %+v", ended)
	}
	if n := srv.Count("RETR"); n > 1 {
		t.Errorf("asked for %d times", n)
	}
	left, err := os.ReadDir(c.dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left here: %v, %v", left, err)
	}
}

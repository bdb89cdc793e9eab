package netns

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// TestMain has many more tests at a time than there are processors: they wait
// for firewalls most of their time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// desk is a person's computer in the client's namespace.
type desk struct {
	t      *testing.T
	net    *ftptest.Network
	server *ftptest.Server
	where  site.Site
	fs     *ftpfs.FS
	ring   *trace.Ring
	first  []ftpfs.Attempt // of the first list of works
}

// sit opens a file system on the scene's server; nothing connects yet. The
// limits are those that people have.
func sit(t *testing.T, scene *ftptest.Scene, where site.Site) *desk {
	t.Helper()
	return sitWith(t, scene, ftpfs.Config{Site: where})
}

func sitWith(t *testing.T, scene *ftptest.Scene, c ftpfs.Config) *desk {
	t.Helper()
	d := &desk{t: t, net: scene.Net, server: scene.Server, where: c.Site, ring: trace.NewRing(2000, nil)}
	c.Roots, c.Trace = scene.Server.CA, d.ring
	c.Password = func(context.Context) (string, error) { return scene.Server.Password, nil }
	d.fs = ftpfs.New(c)
	t.Cleanup(func() {
		if err := d.fs.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("transcript:\n%s", d.transcript())
		}
	})
	return d
}

func (d *desk) transcript() string {
	lines, _ := d.ring.Since(0)
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// sent counts the commands of that name.
func (d *desk) sent(verb string) int {
	lines, _ := d.ring.Since(0)
	count := 0
	for _, l := range lines {
		if got, _, _ := strings.Cut(l.Text, " "); l.Dir == trace.Sent && got == verb {
			count++
		}
	}
	return count
}

// took is how long each of the first three clicks needed.
type took struct{ list, put, get time.Duration }

// works does what a person does first. Each must succeed at once: there is no
// second try.
func (d *desk) works() (took, error) {
	var t took
	began := time.Now()
	lap := func() time.Duration {
		now := time.Now()
		defer func() { began = now }()
		return now.Sub(began)
	}
	dir := vfs.MustParse(d.server.Home)
	if _, err := d.fs.List(d.t.Context(), dir); err != nil {
		return t, fmt.Errorf("list: %w", err)
	}
	t.list = lap()
	d.first = d.fs.Status().Attempts
	want := content()
	p, err := dir.Join("cargo.bin")
	if err == nil {
		err = d.put(p, want)
	}
	if err != nil {
		return t, fmt.Errorf("put: %w", err)
	}
	t.put = lap()
	if disk, err := os.ReadFile(filepath.Join(d.server.Dir, "cargo.bin")); err != nil || !bytes.Equal(disk, want) {
		return t, fmt.Errorf("put: other bytes are on the server's disk (%v)", err)
	}
	began = time.Now()
	if err := d.get(p, want); err != nil {
		return t, fmt.Errorf("get: %w", err)
	}
	t.get = lap()
	list, err := d.fs.List(d.t.Context(), dir)
	if err == nil && !slices.ContainsFunc(list, func(e vfs.Entry) bool { return e.Name == "cargo.bin" }) {
		err = errors.New("the file is not listed")
	}
	if err != nil {
		return t, fmt.Errorf("second list: %w", err)
	}
	return t, nil
}

// content is a file of 300 KB that is the same in each run and repeats
// nowhere.
func content() []byte {
	var all []byte
	for block := sha256.Sum256([]byte("cargo")); len(all) < 300_000; block = sha256.Sum256(block[:]) {
		all = append(all, block[:]...)
	}
	return all
}

func (d *desk) put(p vfs.Path, want []byte) error {
	w, err := d.fs.Create(d.t.Context(), p, 0)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, bytes.NewReader(want)); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Commit()
}

func (d *desk) get(p vfs.Path, want []byte) error {
	r, err := d.fs.Open(d.t.Context(), p, 0)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("other bytes came back")
	}
	return errors.Join(err, r.Close())
}

// list is one click.
func (d *desk) list() error {
	_, err := d.fs.List(d.t.Context(), vfs.MustParse(d.server.Home))
	return err
}

// names are what a folder of this machine holds.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

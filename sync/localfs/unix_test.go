//go:build !windows

package localfs_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
)

func TestListTellsLinksOwnersAndOddThings(t *testing.T) {
	f, dir, name := place(t)
	plant(t, name, "file", "12345")
	plant(t, name, "line\nend", "x")
	for _, err := range []error{
		os.Mkdir(filepath.Join(name, "folder"), 0o750),
		os.Symlink("folder", filepath.Join(name, "to folder")),
		os.Symlink("file", filepath.Join(name, "to file")),
		os.Symlink("loop", filepath.Join(name, "loop")),
		syscall.Mkfifo(filepath.Join(name, "pipe"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := f.List(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]vfs.Entry{
		"file":      {Type: vfs.TypeFile},
		"line\nend": {Type: vfs.TypeFile},
		"folder":    {Type: vfs.TypeDir},
		"to folder": {Type: vfs.TypeLink, Target: "folder", TargetType: vfs.TypeDir},
		"to file":   {Type: vfs.TypeLink, Target: "file", TargetType: vfs.TypeFile},
		"loop":      {Type: vfs.TypeLink, Target: "loop"},
		"pipe":      {Type: vfs.TypeOther},
	}
	for _, e := range entries {
		w, ok := want[e.Name]
		if !ok || e.Type != w.Type || e.Target != w.Target || e.TargetType != w.TargetType {
			t.Errorf("listed %+v, want %+v", e, w)
		}
		if e.Owner != me.Username || e.Group == "" || !e.HasMode || e.Accuracy != time.Nanosecond {
			t.Errorf("attributes of %+v, want owner %s, a group, a mode", e, me.Username)
		}
		delete(want, e.Name)
	}
	if len(want) > 0 {
		t.Errorf("not listed: %v", want)
	}
}

// TestALinkToNothingIsToldFromAMissingName where it is opened.
func TestALinkToNothingIsToldFromAMissingName(t *testing.T) {
	f, dir, name := place(t)
	if err := errors.Join(os.Symlink("gone", filepath.Join(name, "dead")), os.Symlink("round", filepath.Join(name, "round"))); err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]bool{"dead": true, "round": true, "missing": false} {
		p, err := dir.Join(link)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Open(t.Context(), p, 0)
		if got := strings.Contains(err.Error(), "a link that leads to nothing"); vfs.KindOf(err) != vfs.KindNotFound || got != want {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestWritingNeverGoesThroughWhatIsNoPlainFile(t *testing.T) {
	f, dir, name := place(t)
	victim := plant(t, name, "victim", "precious")
	for _, err := range []error{
		os.Symlink("victim", filepath.Join(name, "link")),
		os.Symlink("new", filepath.Join(name, "dangling")),
		syscall.Mkfifo(filepath.Join(name, "pipe"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{"link", "dangling", "pipe"} {
		for _, at := range []int64{0, 8} {
			w, err := f.Create(t.Context(), join(t, dir, target), at)
			if vfs.KindOf(err) != vfs.KindExists {
				t.Errorf("%s at %d: %v, want exists", target, at, err)
			}
			if err == nil {
				_ = w.Abort()
			}
		}
	}
	if got, err := os.ReadFile(victim); err != nil || string(got) != "precious" {
		t.Errorf("the file behind the link holds %q: %v", got, err)
	}
	if _, err := os.Lstat(filepath.Join(name, "new")); err == nil {
		t.Error("a file was made through a link")
	}
}

func TestReadingAPipeIsRefusedAndDoesNotWait(t *testing.T) {
	f, dir, name := place(t)
	if err := syscall.Mkfifo(filepath.Join(name, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(t.Context(), join(t, dir, "pipe"), 0); vfs.KindOf(err) != vfs.KindUnsupported {
		t.Errorf("open: %v, want unsupported", err)
	}
	if _, err := f.List(t.Context(), join(t, dir, "pipe")); vfs.KindOf(err) != vfs.KindNotDir {
		t.Errorf("list: %v, want not_a_folder", err)
	}
}

func TestAFolderNeverReplacesAFolder(t *testing.T) {
	f, dir, name := place(t)
	for _, sub := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(name, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	err := f.Rename(t.Context(), join(t, dir, "a"), join(t, dir, "b"), true)
	if vfs.KindOf(err) != vfs.KindExists {
		t.Errorf("rename: %v, want exists", err)
	}
	into := join(t, join(t, dir, "a"), "below")
	if err := f.Rename(t.Context(), join(t, dir, "a"), into, false); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("a folder into itself: %v, want bad_name", err)
	}
}

func TestErrorsShowNoRawName(t *testing.T) {
	f, dir, _ := place(t)
	_, err := f.Stat(t.Context(), join(t, dir, "\x1b[2Jx"))
	if err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("error %q, want one without the escape character", err)
	}
}

func TestBytesMoveWithoutPassingThroughUs(t *testing.T) {
	f, dir, name := place(t)
	text := strings.Repeat("some text ", 300_000)
	plant(t, name, "from", text)
	r, err := f.Open(t.Context(), join(t, dir, "from"), 0)
	if err != nil {
		t.Fatal(err)
	}
	server, client := connected(t)
	type result struct {
		n   int64
		err error
	}
	sent := make(chan result)
	go func() {
		n, err := io.Copy(server, r)
		_ = server.CloseWrite()
		sent <- result{n, err}
	}()
	w, err := f.Create(t.Context(), join(t, dir, "to"), 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(w, client)
	if s := <-sent; s.err != nil || s.n != int64(len(text)) {
		t.Errorf("sent %d: %v", s.n, s.err)
	}
	if err != nil || n != int64(len(text)) {
		t.Errorf("received %d: %v", n, err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(name, "to")); err != nil || string(got) != text {
		t.Errorf("%d bytes arrived changed: %v", len(got), err)
	}
}

func TestABrokenConnectionIsNotTheDisksFault(t *testing.T) {
	for outcome, broken := range map[string]func(server, client *net.TCPConn) error{
		"reset":           func(server, _ *net.TCPConn) error { return errors.Join(server.SetLinger(0), server.Close()) },
		"deadline passed": func(_, client *net.TCPConn) error { return client.SetReadDeadline(time.Unix(1, 0)) },
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, _ := place(t)
			server, client := connected(t)
			if err := broken(server, client); err != nil {
				t.Fatal(err)
			}
			w, err := f.Create(t.Context(), join(t, dir, "file"), 0)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Abort()
			_, err = io.Copy(w, client)
			var ours *vfs.Error
			if err == nil || errors.As(err, &ours) {
				t.Fatalf("error %v, want the connection's own", err)
			}
		})
	}
}

func connected(t *testing.T) (server, client *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close(); accepted.Close() })
	return accepted.(*net.TCPConn), dialled.(*net.TCPConn)
}

// inChild marks the process that runs under a limit of its own.
const inChild = "LOCALFS_SMALL_FILES"

// A process limit on the size of files answers as a full disk would. It is the
// child's, so that the test's own files stay out of it.
func TestAFullDiskSaysNoSpaceAndIsNotCommitted(t *testing.T) {
	if os.Getenv(inChild) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestAFullDiskSaysNoSpaceAndIsNotCommitted$", "-test.v")
		cmd.Env = append(os.Environ(), inChild+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v:\n%s", err, out)
		}
		return
	}
	limit := syscall.Rlimit{Cur: 4096, Max: 4096}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	f, dir, _ := place(t)
	w, err := f.Create(t.Context(), join(t, dir, "file"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 100_000)); vfs.KindOf(err) != vfs.KindNoSpace {
		t.Errorf("write: %v, want no_space", err)
	}
	if err := w.Commit(); vfs.KindOf(err) != vfs.KindNoSpace {
		t.Errorf("commit: %v, want no_space", err)
	}
}

func TestClosingTheFileSystemBreaksStreamsOff(t *testing.T) {
	f, dir, name := place(t)
	plant(t, name, "file", "some text")
	r, err := f.Open(t.Context(), join(t, dir, "file"), 0)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Create(t.Context(), join(t, dir, "new"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, readErr := r.Read(make([]byte, 4))
	_, writeErr := w.Write([]byte("x"))
	for what, err := range map[string]error{"read": readErr, "write": writeErr, "commit": w.Commit(), "close": r.Close()} {
		if vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("%s: %v, want cancelled", what, err)
		}
	}
}

func BenchmarkList100k(b *testing.B) {
	dir := b.TempDir()
	for i := range 100_000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file-%06d.txt", i)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	f := localfs.New()
	p, err := vfs.Parse(dir)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		entries, err := f.List(b.Context(), p)
		if err != nil || len(entries) != 100_000 || slices.ContainsFunc(entries, func(e vfs.Entry) bool { return e.Size != 0 }) {
			b.Fatal(len(entries), err)
		}
	}
}

package instance

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/ftptest"
)

// nobody is a user that owns nothing.
const nobody = 65534

// asNobody dials and says something as another user. Only the thread of this
// goroutine becomes that user, and ends with it.
func asNobody(socket, message string) (answer string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked
		if _, _, no := unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), nobody, ^uintptr(0)); no != 0 {
			err = no
			return
		}
		var conn net.Conn
		if conn, err = net.Dial("unix", socket); err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, message)
		_ = conn.(*net.UnixConn).CloseWrite()
		text, _ := io.ReadAll(conn) // cut off, where nobody listens
		answer = string(text)
	}()
	<-done
	return answer, err
}

func TestAnotherUserIsNotHeardEvenWhereTheFolderIsOpen(t *testing.T) {
	if os.Geteuid() != 0 {
		ftptest.Missing(t, "root, which can be another user")
	}
	dir := t.TempDir()
	_, told := first(t, dir, nil)
	socket := filepath.Join(dir, "window.sock")
	for name, mode := range map[string]os.FileMode{filepath.Dir(dir): 0o755, dir: 0o755, socket: 0o666} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	if answer, err := asNobody(socket, "stranger"); err != nil || answer != "" {
		t.Fatalf("%v, %q", err, answer)
	}
	if _, err := Claim(t.Context(), dir, []byte("friend")); !errors.Is(err, ErrTold) {
		t.Fatal(err)
	}
	if got := <-told; got != "friend" {
		t.Errorf("told by %s", got)
	}
}

func TestFolderWithALongNameIsClaimedToo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	_, told := first(t, dir, nil)
	if _, err := Claim(t.Context(), dir, []byte("hello")); !errors.Is(err, ErrTold) {
		t.Fatal(err)
	}
	if got := <-told; got != "hello" {
		t.Errorf("told %q", got)
	}
}

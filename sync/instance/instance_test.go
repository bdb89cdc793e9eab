package instance

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("WHERRY_TEST_CLAIM"); dir != "" {
		claimUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

// claimUntilKilled is the body of another process.
func claimUntilKilled(dir string) {
	if _, err := Claim(context.Background(), dir, nil); err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString("claimed\n")
	select {}
}

// first claims a folder and notes what it is told.
func first(t *testing.T, dir string, answer error) (f *First, told chan string) {
	t.Helper()
	f, err := Claim(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	told = make(chan string, 8)
	f.Serve(func(message []byte) error {
		told <- string(message)
		return answer
	})
	return f, told
}

func TestSecondStartTellsTheFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	_, told := first(t, dir, nil)
	for _, message := range []string{"", "hello", strings.Repeat("x", MaxMessage)} {
		if _, err := Claim(t.Context(), dir, []byte(message)); !errors.Is(err, ErrTold) {
			t.Fatalf("%d bytes: got %v", len(message), err)
		}
		if got := <-told; got != message {
			t.Errorf("%d bytes were told as %d", len(message), len(got))
		}
	}
}

// faltering is a listener of a process that has too many files open at first.
type faltering struct {
	net.Listener
	fails int
}

func (l *faltering) Accept() (net.Conn, error) {
	if l.fails--; l.fails >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestAFirstWithoutFilesLeftIsFoundLater(t *testing.T) {
	dir := t.TempDir()
	f, err := Claim(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	f.listener = &faltering{f.listener, 2}
	f.Serve(func([]byte) error { return nil })
	if _, err := Claim(t.Context(), dir, []byte("hello")); !errors.Is(err, ErrTold) {
		t.Errorf("got %v", err)
	}
}

func TestFoldersDoNotCollide(t *testing.T) {
	top := t.TempDir()
	first(t, filepath.Join(top, "a"), nil)
	first(t, filepath.Join(top, "b"), nil)
}

func TestNextStartIsTheFirstAfterAClose(t *testing.T) {
	dir := t.TempDir()
	f, _ := first(t, dir, nil)
	for range 2 {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	first(t, dir, nil)
}

func TestKilledProcessIsInNobodysWay(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WHERRY_TEST_CLAIM="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("claimed\n"))
	if _, err := out.Read(line); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Lstat(filepath.Join(dir, "window.sock")); err != nil {
		t.Fatalf("the killed process left no socket to be in the way: %v", err)
	}
	_, told := first(t, dir, nil)
	if _, err := Claim(t.Context(), dir, []byte("hello")); !errors.Is(err, ErrTold) {
		t.Fatal(err)
	}
	<-told
}

func TestWhoCannotTellIsNotTheFirst(t *testing.T) {
	for outcome, claim := range map[string]func(t *testing.T, dir string) error{
		"the first one refuses": func(t *testing.T, dir string) error {
			first(t, dir, errors.New("no"))
			_, err := Claim(t.Context(), dir, nil)
			return err
		},
		"the message is too long": func(t *testing.T, dir string) error {
			first(t, dir, nil)
			_, err := Claim(t.Context(), dir, make([]byte, MaxMessage+1))
			return err
		},
		"the person gives up while the first one hangs": func(t *testing.T, dir string) error {
			f, err := Claim(t.Context(), dir, nil) // and serves nobody
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err = Claim(ctx, dir, nil)
			return err
		},
		"the folder cannot be made": func(t *testing.T, dir string) error {
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Claim(t.Context(), filepath.Join(file, "state"), nil)
			return err
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			if err := claim(t, t.TempDir()); err == nil || errors.Is(err, ErrTold) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTooLongMessageOfAStrangerIsNotTaken(t *testing.T) {
	dir := t.TempDir()
	_, told := first(t, dir, nil)
	conn, err := net.Dial("unix", filepath.Join(dir, "window.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write(bytes.Repeat([]byte("x"), 2*MaxMessage))
	// The next one is served, and the long one was never told.
	if _, err := Claim(t.Context(), dir, []byte("short")); !errors.Is(err, ErrTold) {
		t.Fatal(err)
	}
	if got := <-told; got != "short" {
		t.Errorf("told %d bytes", len(got))
	}
}

func TestOnlyThisUserReachesTheSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first(t, dir, nil)
	for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "window.sock"): 0o600, filepath.Join(dir, "window.lock"): 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want && Private {
			t.Errorf("%s has the rights %o", name, got)
		}
	}
}

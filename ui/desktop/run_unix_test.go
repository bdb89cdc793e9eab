//go:build unix

package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandIsRunByTheShell(t *testing.T) {
	t.Setenv("SHELL", "/bin/sh")
	t.Setenv("WHERRY_PASSWORD", "s3cret")
	for outcome, tc := range map[string]struct {
		command, want string
		fails         bool
	}{
		"what it says is told, from both outputs":  {"echo one; echo two >&2", "one\ntwo", false},
		"the shell's words mean what they mean":    {`for n in 1 2; do printf "$n-"; done`, "1-2-", false},
		"what we tell it is in its environment":    {`echo "$WHERRY_DONE"`, "3", false},
		"the password that we were given is not":   {`echo "<$WHERRY_PASSWORD>"`, "<>", false},
		"a failure is told with what it said last": {"echo no such host; exit 7", "no such host", true},
		"a command that does not exist is told":    {"no-such-command-of-wherry 2>/dev/null", "", true},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := Run(t.Context(), tc.command, "WHERRY_DONE=3")
			if got != tc.want || (err != nil) != tc.fails {
				t.Errorf("it said %q, %v", got, err)
			}
		})
	}
}

func TestEndOfALongOutputIsKept(t *testing.T) {
	t.Setenv("SHELL", "/bin/sh")
	got, err := Run(t.Context(), `i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done`)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) > tailSize || !strings.HasSuffix(got, "line 2998\nline 2999") {
		t.Errorf("%d bytes are kept, to %q", len(got), got[max(len(got)-20, 0):])
	}
}

func TestCommandEndsWithTheProgram(t *testing.T) {
	t.Setenv("SHELL", "/bin/sh")
	begun := filepath.Join(t.TempDir(), "begun")
	if out, err := exec.Command("mkfifo", begun).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	go func() {
		_, err := Run(ctx, "echo begun > "+begun+"; sleep 3600 & wait")
		done <- err
	}()
	if _, err := os.ReadFile(begun); err != nil { // waits for the command
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err == nil || errors.Is(err, exec.ErrWaitDelay) {
		t.Errorf("it ended with %v; what it had started was left", err)
	}
}

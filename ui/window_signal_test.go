//go:build linux && !headless

package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// demoEndsByASignal: who tries Wherry in a terminal ends it by a signal, at
// whatever moment, and has nothing left of it then.
func demoEndsByASignal(t *testing.T, binary string) {
	for moment, begun := range map[string]string{"while it opens": "connecting", "while it is used": "connected"} {
		t.Run(moment, func(t *testing.T) {
			s := newDesk(t, binary)
			left := t.TempDir()
			s.program = startProgram(s.screen, binary, s.home, []string{"TMPDIR=" + left}, "demo")
			s.comes("the moment", begun, func(fact) bool { return true })
			if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			s.screen.await("its end", func() bool {
				select {
				case <-s.ended:
					return true
				default:
					return false
				}
			})
			if ended := s.cmd.ProcessState.Sys().(syscall.WaitStatus); ended.Signaled() {
				t.Errorf("it was ended, and did not end itself: %v", ended.Signal())
			}
			files, err := os.ReadDir(left)
			if err != nil || len(files) > 0 {
				t.Errorf("it left %v, %v", files, err)
			}
			said, err := os.ReadFile(filepath.Join(s.screen.pictures, "program.log"))
			if err != nil || bytes.Contains(said, []byte("panic:")) {
				t.Errorf("it said %s, %v", said, err)
			}
		})
	}
}

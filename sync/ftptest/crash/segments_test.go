package crash

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// TestAFileOverSeveralConnectionsIsGoneOnWithAfterKill: what stands after each
// kill is a beginning of the file under the part's name, and nothing else; in
// the end the file is whole, and came over several connections.
func TestAFileOverSeveralConnectionsIsGoneOnWithAfterKill(t *testing.T) {
	here := t.TempDir()
	s := &stage{t: t, server: ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{}), program: build(t, here), config: filepath.Join(here, "config")}
	content := make([]byte, 14<<20)
	_, _ = rand.NewChaCha8([32]byte{3}).Read(content) // never fails
	to := filepath.Join(here, "fetched")
	if err := s.server.WriteFile("big", content); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	s.output(s.config, "queue", "add", "get", s.url(s.server.Home+"/big"), to, "--segments", "4", "--tls", "off", "--quiet")
	stood, log := 0, filepath.Join(here, "log")
	for kill := range 2 {
		s.killAfter(2, "queue", "run", "--json", "--limit-down", "9M", "--log", log)
		part, err := os.ReadFile(filepath.Join(to, "big.wherry-part"))
		if err != nil || !bytes.HasPrefix(content, part) || len(part) < stood {
			t.Fatalf("after kill %d the part has %d bytes, of %d before, or others: %v", kill+1, len(part), stood, err)
		}
		stood = len(part)
		if left, err := os.ReadDir(to); err != nil || len(left) != 1 {
			t.Errorf("after kill %d there stand %v (%v)", kill+1, left, err)
		}
	}
	s.output(s.config, "queue", "run", "--quiet", "--log", log)
	got, err := os.ReadFile(filepath.Join(to, "big"))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes arrived of %d, or others: %v", len(got), len(content), err)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 1 {
		t.Errorf("in the end there stand %v (%v)", left, err)
	}
	said, err := os.ReadFile(log)
	if n := strings.Count(string(said), "-> REST "); err != nil || n < 4 || stood == 0 {
		t.Errorf("%d streams began behind the first byte, %d bytes stood before (%v)", n, stood, err)
	}
}

// killAfter runs the program until it has told so often of its progress.
func (s *stage) killAfter(times int, args ...string) {
	s.t.Helper()
	cmd := s.command(s.t.Context(), s.config, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for times > 0 && lines.Scan() {
		if strings.Contains(lines.Text(), `"progress"`) {
			times--
		}
	}
	_ = cmd.Process.Kill() // it may have ended in this instant
	_ = cmd.Wait()         // it was killed
	if times > 0 {
		s.t.Fatal(fmt.Sprint("it ended before it was killed: ", said.String()))
	}
}

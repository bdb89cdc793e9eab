package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
)

// How much is done. A run is killed after so many of its events at most, so
// that the number of kills does not depend on the machine.
const (
	uploads   = 1500
	downloads = 1500
	maxEvents = 260
	maxDelay  = 25 * time.Millisecond
	maxRuns   = 400
	minKills  = 10
)

// TestNothingIsLostDoubledOrFalselyDoneByKill is promise 3 in the open: the
// program, the disk and the server are real, and so is the kill.
func TestNothingIsLostDoubledOrFalselyDoneByKill(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 4))
	// On a busy machine the program may get far before it is killed.
	for kills := 0; kills < minKills && !t.Failed(); {
		kills += killUntilDone(t, dice)
	}
}

// killUntilDone has all copied by runs that are killed, and returns how many were.
func killUntilDone(t *testing.T, dice *rand.Rand) int {
	s := newStage(t, dice)
	s.add()
	kills, code := 0, -1
	for ; code < 0; kills++ {
		if kills == maxRuns {
			t.Fatalf("no end after %d runs", kills)
		}
		if code = s.runAndKill(); code < 0 {
			s.judge(fmt.Sprint("after kill ", kills+1))
		}
		if t.Failed() {
			return kills
		}
	}
	if code != 0 {
		t.Errorf("the last run ended with %d:\n%s", code, &s.said)
	}
	s.finish()
	t.Logf("%d kills, up to %d parts were left by one", kills-1, s.mostParts)
	return kills - 1
}

// stage is the program, its folder, and the two ways.
type stage struct {
	t        *testing.T
	dice     *rand.Rand
	server   *ftptest.Server
	program  string
	config   string
	up, down *way
	said     bytes.Buffer // what the present run wrote to stderr

	mostParts int
}

func newStage(t *testing.T, dice *rand.Rand) *stage {
	t.Helper()
	s := &stage{t: t, dice: dice, server: ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})}
	here := t.TempDir()
	s.program, s.config = build(t, here), filepath.Join(here, "config")
	there := s.server.Dir
	s.up = plan(dice, filepath.Join(here, "send"), filepath.Join(there, "received"), uploads, tops("u", 4))
	s.down = plan(dice, filepath.Join(there, "offered"), filepath.Join(here, "fetched"), downloads, tops("d", 4))
	write := s.server.WriteFile
	s.up.lay(t, writer(s.up.from), under(write, "received"))
	s.down.lay(t, under(write, "offered"), writer(s.down.to))
	return s
}

// build makes the program as the README says for computers without a window.
func build(t *testing.T, dir string) string {
	t.Helper()
	program := filepath.Join(dir, "wherry")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-tags", "headless", "-o", program, ".")
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %v\n%s", err, out)
	}
	return program
}

// command is the program with arguments; it sees nothing of this account.
func (s *stage) command(ctx context.Context, config string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program, append([]string{"--config", config}, args...)...)
	home := filepath.Dir(s.config)
	cmd.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "WHERRY_PASSWORD=" + s.server.Password, "DBUS_SESSION_BUS_ADDRESS=disabled:",
		"TMPDIR=" + home,
	}
	return cmd
}

// output runs a command that must end well.
func (s *stage) output(config string, args ...string) []byte {
	s.t.Helper()
	var out, errs bytes.Buffer
	cmd := s.command(s.t.Context(), config, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("wherry %q: %v\n%s", args, err, &errs)
	}
	return out.Bytes()
}

func (s *stage) url(dir string) string {
	return fmt.Sprintf("ftp://%s@%s:%d%s", s.server.User, s.server.Host, s.server.Port, dir)
}

// add puts both ways into the queue, in turns.
func (s *stage) add() {
	s.t.Helper()
	flags := []string{"--tls", "off", "--exists", "overwrite", "--quiet"}
	for i := range 4 {
		up, down := fmt.Sprint("u", i), fmt.Sprint("d", i)
		s.output(s.config, append([]string{"queue", "add", "put", filepath.Join(s.up.from, up), s.url(s.up.to) + "/"}, flags...)...)
		s.output(s.config, append([]string{"queue", "add", "get", s.url(s.down.from + "/" + down), s.down.to}, flags...)...)
	}
}

// runAndKill starts the program and kills it: at once, after some of its
// events, or a little later. It returns the exit code where the program was
// faster, else -1.
func (s *stage) runAndKill() int {
	s.t.Helper()
	events, delay := s.dice.IntN(maxEvents), time.Duration(s.dice.Int64N(int64(maxDelay)))
	if s.dice.IntN(6) == 0 {
		events = 0 // in the midst of starting, of going on with what was begun
	}
	s.said.Reset()
	cmd := s.command(s.t.Context(), s.config, "queue", "run", "--json")
	cmd.Stderr = &s.said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range events {
		if !lines.Scan() {
			break
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, out) // its end is what counts
	}()
	killed := time.NewTimer(delay)
	defer killed.Stop()
	select {
	case <-ended:
	case <-killed.C:
		_ = cmd.Process.Kill() // it may have ended in this instant
		<-ended
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// judge looks at both sides and at the journal as they stand after a kill.
func (s *stage) judge(when string) {
	s.t.Helper()
	// The journal first: what it calls done must stand before, not soon.
	done := s.list(s.copied(), "--done")
	s.mostParts = max(s.mostParts, s.up.look(s.t)+s.down.look(s.t))
	seen := map[string]bool{}
	for _, row := range done {
		w, name := s.find(row)
		switch {
		case row.State != "done":
			s.t.Errorf("%s, %s is listed as done and is %s", when, row.Target, row.State)
		case row.Type == "dir":
		case w == nil:
			s.t.Errorf("%s, nobody asked for row %d, %s", when, row.ID, row.Target)
		case !w.intact[name]:
			s.t.Errorf("%s, %s is falsely done", when, row.Target)
		case seen[row.Target]:
			s.t.Errorf("%s, %s is done twice", when, row.Target)
		}
		seen[row.Target] = true
	}
	if s.t.Failed() {
		s.t.Logf("the killed run had said:\n%s", &s.said)
	}
}

// copied is a copy of the program's folder: to look into the killed one's
// journal would tidy it up.
func (s *stage) copied() string {
	s.t.Helper()
	dir := s.t.TempDir()
	for _, name := range []string{"queue.db", "queue.db-wal", "sites.json", "sites-quick.json"} {
		content, err := os.ReadFile(filepath.Join(s.config, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return dir
}

// row is a line of queue list --json.
type row struct {
	ID     int64  `json:"id"`
	Type   string `json:"type"`
	State  string `json:"state"`
	Source string `json:"source"`
	Target string `json:"target"`
}

func (s *stage) list(config string, flags ...string) []row {
	s.t.Helper()
	out := s.output(config, append([]string{"queue", "list", "--json", "--limit", "1000000"}, flags...)...)
	var rows []row
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var r row
		err := decoder.Decode(&r)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			s.t.Fatal(err)
		}
		rows = append(rows, r)
	}
}

// find tells which file a row is about.
func (s *stage) find(r row) (*way, string) {
	for _, w := range []*way{s.up, s.down} {
		if _, name, ok := strings.Cut(r.Target, w.to+"/"); ok && w.files[name] != nil {
			return w, name
		}
	}
	return nil, ""
}

// finish compares everything once nothing is left to do.
func (s *stage) finish() {
	s.t.Helper()
	s.up.whole(s.t)
	s.down.whole(s.t)
	files := map[string]int{}
	for _, row := range s.list(s.config) {
		if row.State != "done" {
			s.t.Errorf("%s is %s", row.Target, row.State)
		}
		if row.Type == "file" {
			files[row.Target]++
		}
	}
	for target, n := range files {
		if n > 1 {
			s.t.Errorf("%s has %d rows", target, n)
		}
	}
	if len(files) != uploads+downloads {
		s.t.Errorf("%d files have rows, %d were asked for", len(files), uploads+downloads)
	}
}

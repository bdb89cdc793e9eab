//go:build linux && !headless

package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is a running Wherry and the facts it tells.
type program struct {
	t      *testing.T
	d      *screen
	cmd    *exec.Cmd
	origin point         // of the window's contents on the screen
	ended  chan struct{} // closed when the process is gone and all facts are read
	told   chan struct{} // holds a token when a fact came

	mu       sync.Mutex
	now      map[string]fact // guarded; what is true, by kind and side
	happened []fact          // guarded; in order, until asked for
	frames   [2]int64        // guarded; times of the newest two, newest last
	last     []fact          // guarded; the newest of all but frames, for messages
	broken   error           // guarded; why facts could not be read
}

// startProgram starts Wherry's window. The facts come through a FIFO, so
// waiting for one is a read that blocks. What the program says goes into a
// log in the output folder.
func startProgram(d *screen, binary, home string, env []string, args ...string) *program {
	t := d.t
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "facts")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// For reading and writing, so that opening waits for nobody; our own
	// writing end is closed when the process is gone, and reading then ends.
	both, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(d.pictures, "program.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, d: d, ended: make(chan struct{}), told: make(chan struct{}, 1), now: map[string]fact{}}
	p.cmd = exec.Command(binary, args...)
	p.cmd.Env = d.env(home, append([]string{factsVariable + "=" + fifo}, env...)...)
	p.cmd.Dir = home
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = p.cmd.Wait() // how it ended is in ProcessState
		_ = both.Close()
	}()
	go func() {
		defer close(p.ended)
		p.readFacts(r)
		<-gone
	}()
	t.Cleanup(func() {
		p.kill()
		_ = log.Close()
		if out, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the program said:\n%s", out)
		}
	})
	return p
}

// kill ends the program as kill -9 does, and waits.
func (p *program) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

func (p *program) readFacts(r io.ReadCloser) {
	defer r.Close()
	dec := json.NewDecoder(r)
	for {
		var f fact
		err := dec.Decode(&f)
		p.mu.Lock()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // killed in the middle of a line
		case err != nil:
			p.broken = err
		default:
			p.takeLocked(f)
		}
		p.mu.Unlock()
		select {
		case p.told <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (p *program) takeLocked(f fact) {
	switch f.Fact {
	case "frame":
		p.frames = [2]int64{p.frames[1], f.At}
		return
	case "pane", "queue", "status", "focus", "controls", "question":
		p.now[f.Fact+f.Side] = f
	default:
		p.happened = append(p.happened, f)
	}
	p.last = append(p.last[max(0, len(p.last)-15):], f)
}

// wait returns once is, called with the lock held, says so.
func (p *program) wait(what string, is func() bool) {
	p.t.Helper()
	late := time.After(patience)
	over := false
	for {
		p.mu.Lock()
		so, broken := is(), p.broken
		p.mu.Unlock()
		switch {
		case so:
			return
		case broken != nil:
			p.t.Fatalf("a fact cannot be read: %v", broken)
		case over:
			p.t.Fatalf("the program ended (%v) before: %s%s", p.cmd.ProcessState, what, p.told15())
		}
		select {
		case <-p.told:
		case <-p.ended:
			over = true
		case <-late:
			p.t.Fatalf("waited in vain for: %s; the picture is %s; the last facts were:%s", what, p.d.picture("stuck"), p.told15())
		}
	}
}

// told15 is the newest facts, for messages.
func (p *program) told15() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := ""
	for _, f := range p.last {
		line, _ := json.Marshal(f)
		text += "\n" + string(line)
	}
	return text
}

// is waits until what is true now fits, and returns it. kind is that of the
// fact, for a pane with its side: "paneleft".
func (p *program) is(what, kind string, fits func(fact) bool) (now fact) {
	p.t.Helper()
	p.wait(what, func() bool {
		f, told := p.now[kind]
		now = f
		return told && fits(f)
	})
	return now
}

// comes waits until something happened, and takes it and all before it away,
// so that the next call waits for the next one.
func (p *program) comes(what, kind string, fits func(fact) bool) (found fact) {
	p.t.Helper()
	p.wait(what, func() bool {
		for i, f := range p.happened {
			if f.Fact == kind && fits(f) {
				found, p.happened = f, p.happened[i+1:]
				return true
			}
		}
		return false
	})
	return found
}

// breathe waits until the window has taken in what mouse and keys did before
// this call. Fyne sums up motions once a frame but handles a click at once, at
// the place of the last frame; no hand is as quick as that.
func (p *program) breathe() {
	p.t.Helper()
	since := time.Now().UnixNano()
	p.wait("two frames", func() bool { return p.frames[0] > since })
}

func (p *program) moveTo(to point) {
	p.t.Helper()
	p.d.moveTo(to)
	p.breathe()
}

func (p *program) click(at point) {
	p.t.Helper()
	p.moveTo(at)
	p.d.x("click", "1")
}

func (p *program) ctrlClick(at point) {
	p.t.Helper()
	p.moveTo(at)
	p.d.x("keydown", "ctrl", "click", "1", "keyup", "ctrl")
}

// press moves a pressed button in steps, as a hand does, and holds it there.
func (p *program) press(from, to point) {
	p.t.Helper()
	p.moveTo(from)
	p.d.x("mousedown", "1")
	const steps = 5
	for i := 1; i <= steps; i++ {
		p.moveTo(point{from.X + (to.X-from.X)*i/steps, from.Y + (to.Y-from.Y)*i/steps})
	}
}

func (p *program) release() { p.d.x("mouseup", "1") }

// locate finds the window on the screen, from which facts count: once the
// window manager has given it the keys and moves it no more.
func (p *program) locate() {
	p.t.Helper()
	last := point{-1, -1}
	p.d.await("the window in its place", func() bool {
		id := p.d.window(p.cmd.Process.Pid)
		if id == "" {
			return false
		}
		// xdotool's own geometry counts a reparented window's frame twice;
		// where the pointer lands does not lie.
		p.d.x("mousemove", "--window", id, "0", "0")
		p.origin = p.d.pointer()
		settled := p.origin == last && p.origin != point{}
		last = p.origin
		return settled
	})
}

// at is a place in the window on the screen.
func (p *program) at(x, y float32) point { return point{p.origin.X + int(x), p.origin.Y + int(y)} }

// buildProgram builds the program as a person would.
func buildProgram(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "wherry")
	if out, err := exec.Command("go", "build", "-o", name, "wherry").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return name
}

// treeOf reads a folder: names below it, and what they hold.
func treeOf(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	if err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if e.IsDir() {
			tree[rel+"/"] = ""
			return nil
		}
		content, err := os.ReadFile(name)
		tree[rel] = digest(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return tree
}

// digest is content as a failed test can show it.
func digest(content []byte) string {
	if len(content) <= 32 {
		return strconv.Quote(string(content))
	}
	return fmt.Sprintf("%d bytes, %s", len(content), sum(content))
}

//go:build !headless

package ui

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a fact; reaching it fails the test.
const patience = 60 * time.Second

// screen is an X server of the test's own with a window manager on it.
type screen struct {
	t       *testing.T
	display string
}

// startDesktop starts Xvfb and openbox. At a desk without them the test is
// skipped with a line that says so; under REQUIRE_SERVERS=1 it fails.
func startDesktop(t *testing.T, width, height int) *screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("REQUIRE_SERVERS") == "1" {
				t.Fatalf("%s is needed for the window test: %v", tool, err)
			}
			t.Skipf("REQUIRE_SERVERS is not set and %s is not installed", tool)
		}
	}
	d := &screen{t: t}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	server.ExtraFiles = []*os.File{w}
	d.start(server)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb named no display: %v", err)
	}
	d.display = ":" + strings.TrimSpace(line)
	wm := exec.Command("openbox", "--sm-disable")
	wm.Env = d.env()
	d.start(wm)
	d.await("the window manager", func() bool {
		out, err := d.command("xdotool", "get_desktop").CombinedOutput()
		return err == nil && strings.TrimSpace(string(out)) != ""
	})
	return d
}

func (d *screen) env(more ...string) []string {
	env := append(os.Environ(), "DISPLAY="+d.display, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1", "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "LANG=en_US.UTF-8", "LC_ALL=")
	return append(env, more...)
}

func (d *screen) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = d.env()
	return c
}

// start runs a process until the test ends, in a group of its own so that what
// it starts ends with it.
func (d *screen) start(c *exec.Cmd) {
	d.t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		d.t.Fatalf("start %s: %v", c.Path, err)
	}
	d.t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait()
	})
}

// await asks the X server about something that no fact file tells, until it is
// so.
func (d *screen) await(what string, is func() bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			d.t.Fatalf("%s did not come", what)
		case <-tick.C:
		}
	}
}

// x sends one real event, or several, by xdotool.
func (d *screen) x(args ...string) string {
	d.t.Helper()
	out, err := d.command("xdotool", args...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("xdotool %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (d *screen) key(keys ...string) { d.x(append([]string{"key", "--clearmodifiers"}, keys...)...) }
func (d *screen) typeText(s string)  { d.x("type", "--clearmodifiers", "--delay", "8", "--", s) }

// moveTo goes there in two steps, since a toolkit takes a first motion as
// entering.
func (d *screen) moveTo(p point) {
	d.x("mousemove", strconv.Itoa(p.X-3), strconv.Itoa(p.Y-2), "mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y))
}

// picture writes what the screen shows into the test's output folder.
func (d *screen) picture(name string) {
	d.t.Helper()
	dir := outputFolder(d.t)
	file := filepath.Join(dir, name+".png")
	if out, err := d.command("import", "-window", "root", file).CombinedOutput(); err != nil {
		d.t.Fatalf("picture %s: %v: %s", name, err, out)
	}
	d.t.Logf("picture: %s", file)
}

// outputFolder is WHERRY_TEST_OUTPUT, or build/window at the top of the tree.
func outputFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WHERRY_TEST_OUTPUT")
	if dir == "" {
		dir = filepath.Join("..", "build", "window")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// point on the screen in pixels.
type point struct{ X, Y int }

// program is a running Wherry and the facts it tells.
type program struct {
	t      *testing.T
	d      *screen
	cmd    *exec.Cmd
	facts  chan fact
	seen   []fact
	origin point
	over   chan struct{} // closed when the test ends
}

// startProgram builds Wherry and starts its window with a home folder and
// further arguments. The facts come through a FIFO, so waiting for one is a
// read that blocks.
func startProgram(t *testing.T, d *screen, home string, env []string, args ...string) *program {
	t.Helper()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "facts")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, d: d, facts: make(chan fact, 10000), over: make(chan struct{})}
	p.cmd = exec.Command(buildProgram(t), append([]string{"--config", filepath.Join(dir, "config")}, args...)...)
	p.cmd.Env = d.env(append([]string{"HOME=" + home, factsVariable + "=" + fifo}, env...)...)
	p.cmd.Dir = home
	logName := filepath.Join(outputFolder(t), strings.ReplaceAll(t.Name(), "/", "_")+".log")
	log, err := os.Create(logName)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reading := make(chan struct{})
	go func() { defer close(reading); p.readFacts(fifo) }()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		close(p.over)
		// The reader may still wait for a writer that never came.
		if w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = w.Close()
		}
		<-reading
		_ = log.Close()
		if out, err := os.ReadFile(logName); err == nil && t.Failed() {
			t.Logf("the program said:\n%s", out)
		}
	})
	return p
}

func (p *program) readFacts(fifo string) {
	defer close(p.facts)
	r, err := os.Open(fifo)
	if err != nil {
		return
	}
	defer r.Close()
	dec := json.NewDecoder(r)
	for {
		var f fact
		if err := dec.Decode(&f); err != nil {
			if !errors.Is(err, io.EOF) {
				p.t.Errorf("a fact cannot be read: %v", err)
			}
			return
		}
		select {
		case p.facts <- f:
		case <-p.over:
			return
		}
	}
}

// await returns the first fact from now on, or the newest told already, that
// fits.
func (p *program) await(what string, fits func(fact) bool) fact {
	p.t.Helper()
	late := time.After(patience)
	for {
		for i := len(p.seen) - 1; i >= 0; i-- {
			if fits(p.seen[i]) {
				return p.seen[i]
			}
		}
		p.next(what, late)
	}
}

// awaitNew is await for facts that come after this call.
func (p *program) awaitNew(what string, fits func(fact) bool) fact {
	p.t.Helper()
	late := time.After(patience)
	for {
		if f := p.next(what, late); fits(f) {
			return f
		}
	}
}

func (p *program) next(what string, late <-chan time.Time) fact {
	p.t.Helper()
	select {
	case f, ok := <-p.facts:
		if !ok {
			p.t.Fatalf("the program ended before: %s", what)
		}
		if f.Fact != "tick" {
			p.seen = append(p.seen, f)
		}
		return f
	case <-late:
		p.d.picture(strings.ReplaceAll(p.t.Name(), "/", "_") + "-stuck")
		last := ""
		for _, f := range p.seen[max(0, len(p.seen)-12):] {
			b, _ := json.Marshal(f)
			last += string(b) + "\n"
		}
		p.t.Fatalf("waited in vain for: %s; the window is at %v, the last facts were:\n%s", what, p.origin, last)
	}
	panic("unreachable")
}

// breathe waits until the window has taken in what the mouse did: Fyne sums up
// motions once a frame, and a click that comes before counts at the old place.
// No hand is as quick as that.
func (p *program) breathe() {
	p.t.Helper()
	for range 3 {
		p.awaitNew("a tick", func(f fact) bool { return f.Fact == "tick" })
	}
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
	const steps = 6
	for i := 1; i <= steps; i++ {
		p.d.x("mousemove", strconv.Itoa(from.X+(to.X-from.X)*i/steps), strconv.Itoa(from.Y+(to.Y-from.Y)*i/steps))
		p.breathe()
	}
}

func (p *program) release() { p.d.x("mouseup", "1") }

func (p *program) drag(from, to point) {
	p.t.Helper()
	p.press(from, to)
	p.release()
}

// locate finds the window on the screen, from which facts count: once the
// window manager has given it the keys and moves it no more.
func (p *program) locate() {
	p.t.Helper()
	last := point{-1, -1}
	p.d.await("the window in its place", func() bool {
		out, err := p.d.command("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(p.cmd.Process.Pid)).Output()
		id := strings.TrimSpace(string(out))
		if err != nil || id == "" {
			return false
		}
		if now, err := p.d.command("xdotool", "getactivewindow").Output(); err != nil || strings.TrimSpace(string(now)) != id {
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

func (d *screen) pointer() point {
	var at point
	for line := range strings.SplitSeq(d.x("getmouselocation", "--shell"), "\n") {
		k, v, _ := strings.Cut(line, "=")
		n, _ := strconv.Atoi(v)
		switch k {
		case "X":
			at.X = n
		case "Y":
			at.Y = n
		}
	}
	return at
}

func (p *program) at(x, y float32) point {
	return point{p.origin.X + int(x), p.origin.Y + int(y)}
}

// buildProgram builds the program once for all tests of the run.
func buildProgram(t *testing.T) string {
	t.Helper()
	name := filepath.Join(outputFolder(t), "wherry-under-test")
	abs, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", abs, "wherry")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return abs
}

// sameTree fails unless both folders hold the same names and bytes.
func sameTree(t *testing.T, want, got string) {
	t.Helper()
	read := func(root string) map[string]string {
		m := map[string]string{}
		err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(root, name)
			if e.IsDir() {
				m[rel] = "folder"
				return nil
			}
			b, err := os.ReadFile(name)
			m[rel] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	w, g := read(want), read(got)
	for name, content := range w {
		if g[name] != content {
			t.Errorf("%s: %d bytes here, %d bytes there, or not the same ones", name, len(content), len(g[name]))
		}
	}
	for name := range g {
		if _, ok := w[name]; !ok {
			t.Errorf("%s is there and should not be", name)
		}
	}
}

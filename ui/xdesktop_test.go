//go:build linux && !headless

package ui

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherry/sync/ftptest"
)

// patience bounds every wait; reaching it fails the test.
const patience = 3 * time.Minute

// screen is an X server of the test's own with a window manager on it.
type screen struct {
	t        *testing.T
	display  string
	pictures string // folder
	taken    int    // pictures
}

// point on the screen in pixels.
type point struct{ X, Y int }

// needs skips the test at a desk where a tool is missing, with a line that
// says so; where servers are required it fails.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		ftptest.Missing(t, "%s, which .ci/system.sh test installs", tool)
	}
}

// windowManager is openbox without a person's own ways: the test must find
// Alt+F4, and windows where they are put.
const windowManager = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse><context name="Client">
    <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
  </context></mouse>
</openbox_config>
`

// startDesktop starts Xvfb and openbox.
func startDesktop(t *testing.T, width, height int) *screen {
	t.Helper()
	needs(t, "Xvfb", "openbox", "xdotool", "import")
	d := &screen{t: t, pictures: outputFolder(t)}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	// -noreset: an X server whose last client goes begins anew, and cuts off
	// who connects meanwhile; here that would be the window manager.
	server := exec.Command("Xvfb", "-displayfd", "3", "-noreset", "-nolisten", "tcp", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	server.ExtraFiles = []*os.File{w}
	d.start(server)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb named no display: %v", err)
	}
	d.display = ":" + strings.TrimSpace(line)
	conf := filepath.Join(t.TempDir(), "openbox.xml")
	if err := os.WriteFile(conf, []byte(windowManager), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start(d.command("openbox", "--sm-disable", "--config-file", conf))
	d.await("the window manager", func() bool {
		out, err := d.command("xdotool", "get_desktop").CombinedOutput()
		return err == nil && strings.TrimSpace(string(out)) != ""
	})
	return d
}

// env is this process's environment on the test's screen, with nothing of the
// desk it runs on: no settings, and no bus that leads to a person's keychain.
func (d *screen) env(home string, more ...string) []string {
	apart := filepath.Join(filepath.Dir(home), "apart")
	env := append(os.Environ(), "DISPLAY="+d.display, "HOME="+home, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1",
		"WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "LANG=en_US.UTF-8", "LC_ALL=",
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(apart, "no-bus"))
	for _, name := range []string{"CONFIG", "CACHE", "STATE", "DATA"} {
		env = append(env, "XDG_"+name+"_HOME="+filepath.Join(apart, strings.ToLower(name)))
	}
	return append(env, more...)
}

func (d *screen) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display)
	return c
}

// start runs a process until the test ends, in a group of its own so that what
// it starts ends with it.
func (d *screen) start(c *exec.Cmd) {
	d.t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		d.t.Fatalf("start %s: %v", c.Path, err)
	}
	d.t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait()
	})
}

// await asks the X server or the disk about something that no fact tells,
// until it is so.
func (d *screen) await(what string, is func() bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			d.picture("stuck")
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

// Without --clearmodifiers, which lets go of the mouse too.
func (d *screen) key(keys ...string) { d.x(append([]string{"key"}, keys...)...) }
func (d *screen) typeText(s string)  { d.x("type", "--delay", "8", "--", s) }

// pointer is where the mouse is.
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

func (d *screen) moveTo(p point) { d.x("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y)) }

// window returns the window of a process that has the keys, "" while it has
// none.
func (d *screen) window(pid int) string {
	out, err := d.command("xdotool", "getactivewindow", "getwindowpid").Output()
	if err != nil || strings.TrimSpace(string(out)) != strconv.Itoa(pid) {
		return ""
	}
	out, err = d.command("xdotool", "getactivewindow").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// picture writes what the screen shows into the test's output folder.
func (d *screen) picture(name string) string {
	d.t.Helper()
	d.taken++
	file := filepath.Join(d.pictures, fmt.Sprintf("%d-%s.png", d.taken, name))
	if out, err := d.command("import", "-window", "root", file).CombinedOutput(); err != nil {
		d.t.Fatalf("picture %s: %v: %s", name, err, out)
	}
	return file
}

// outputFolder is for what a person looks at after a test: below
// WHERRY_TEST_OUTPUT, or build/window at the top of the tree. It begins empty.
func outputFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WHERRY_TEST_OUTPUT")
	if dir == "" {
		dir = filepath.Join("..", "build", "window")
	}
	dir, err := filepath.Abs(filepath.Join(dir, strings.TrimPrefix(strings.ReplaceAll(t.Name(), "/", "-"), "TestWindow-")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

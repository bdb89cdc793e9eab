//go:build linux

package desktop

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"wherry/sync/ftptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startBus starts a message bus of the test's own, and makes it the session's.
func startBus(t *testing.T) (address string) {
	t.Helper()
	address, _ = runBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address
}

// runBus starts a message bus until the test ends, or stop is called.
func runBus(t *testing.T) (address string, stop func()) {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		ftptest.Missing(t, "dbus-daemon, which .ci/system.sh test installs")
	}
	c := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:path="+filepath.Join(t.TempDir(), "bus"))
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	// No service of this computer may be started by a call.
	c.Env = append(os.Environ(), "XDG_DATA_DIRS="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), stop
}

// service is a notification service.
type service struct{ shown chan []string }

func (s service) Notify(app string, _ uint32, icon, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.shown <- []string{app, icon, title, text}
	return 1, nil
}

func TestNotificationIsShown(t *testing.T) {
	bus, err := dbus.Connect(startBus(t))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	s := service{make(chan []string, 1)}
	if err := bus.Export(s, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if err := Notify(t.Context(), "org.example.App", "Done", "2 files."); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(<-s.shown, "|"); got != "Wherry|org.example.App|Done|2 files." {
		t.Errorf("shown is %q", got)
	}
}

func TestNobodyToNotifyIsNoWait(t *testing.T) {
	for outcome, prepare := range map[string]func(*testing.T) context.Context{
		"no service is there": func(t *testing.T) context.Context { startBus(t); return t.Context() },
		"no bus is named": func(t *testing.T) context.Context {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
			return t.Context()
		},
		"the bus is gone": func(t *testing.T) context.Context {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
			return t.Context()
		},
		"the bus says nothing, and the program ends": func(t *testing.T) context.Context {
			name := filepath.Join(t.TempDir(), "bus")
			l, err := net.Listen("unix", name)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				cancel()
				<-t.Context().Done() // until the test ends
				_ = conn.Close()
			}()
			t.Cleanup(func() { _ = l.Close(); <-done })
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+name)
			return ctx
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			if err := Notify(prepare(t), "org.example.App", "Done", ""); err == nil {
				t.Error("it was shown to nobody")
			}
		})
	}
}

func TestBusThatHasToBeStartedIsNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, env := range map[string]map[string]string{
		"":                                       {"DBUS_SESSION_BUS_ADDRESS": "autolaunch:"},
		"unix:path=/run/bus":                     {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus", "XDG_RUNTIME_DIR": dir},
		"unix:path=" + filepath.Join(dir, "bus"): {"XDG_RUNTIME_DIR": dir},
	} {
		if got := busAddress(func(name string) string { return env[name] }); got != want {
			t.Errorf("%v: got %q, want %q", env, got, want)
		}
	}
}

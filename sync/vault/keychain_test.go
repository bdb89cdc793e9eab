//go:build linux

package vault

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

const (
	service = "wherry-test"
	limit   = 20 * time.Second
)

// need skips at a desk and fails where every server is required.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		ftptest.Missing(t, "%s, which the real keychain needs", p)
	}
}

// within runs this test again on a D-Bus session of its own, with a scratch
// home, after the shell command prepare. What runs there is told by the
// variable inside.
func within(t *testing.T, prepare string, options ...string) {
	t.Helper()
	home := t.TempDir()
	script := prepare + `exec "$0" -test.run="$1" -test.v`
	args := append(options, "--", "sh", "-c", script, os.Args[0], "^"+t.Name()+"$")
	c := exec.CommandContext(t.Context(), "dbus-run-session", args...)
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); {
		case name == "HOME", name == "DISPLAY", name == "WAYLAND_DISPLAY", strings.HasPrefix(name, "XDG_"), strings.HasPrefix(name, "DBUS_"):
		default:
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "HOME="+home, "XDG_RUNTIME_DIR="+home, inside+"=1")
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
}

const unlocked = `printf 'pw\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null; `

func TestARealKeychainKeepsPasswords(t *testing.T) {
	if os.Getenv(inside) == "" {
		need(t, "dbus-run-session", "gnome-keyring-daemon", "secret-tool")
		within(t, unlocked)
		return
	}
	c := Keychain(service, limit)
	keepReplaceForget(t, c)
	if err := c.Set(t.Context(), "0123abcd", "s3cret"); err != nil {
		t.Fatal(err)
	}
	look := func() string {
		out, _ := exec.Command("secret-tool", "lookup", "service", service, "username", "0123abcd").Output()
		return string(out)
	}
	if got := look(); got != "s3cret" {
		t.Errorf("another program finds %q", got)
	}
	if err := c.Delete(t.Context(), "0123abcd"); err != nil || look() != "" {
		t.Errorf("not forgotten: %v", err)
	}
}

func TestALockedKeychainIsSaidSo(t *testing.T) {
	if os.Getenv(inside) == "" {
		need(t, "dbus-run-session", "gnome-keyring-daemon")
		within(t, unlocked)
		return
	}
	c := Keychain(service, limit)
	if err := c.Set(t.Context(), "a", "s3cret"); err != nil {
		t.Fatal(err)
	}
	// Locked while nothing can show a prompt: there is no display.
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	login := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	err = bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		CallWithContext(t.Context(), "org.freedesktop.Secret.Service.Lock", 0, login).Err
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Get(t.Context(), "a"); vfs.KindOf(err) != vfs.KindPermission {
		t.Fatal(err)
	}
}

func TestASessionWithoutAKeychainIsSaidSo(t *testing.T) {
	if os.Getenv(inside) == "" {
		need(t, "dbus-run-session")
		config := filepath.Join(t.TempDir(), "bus.conf")
		if err := os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
			<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600); err != nil {
			t.Fatal(err)
		}
		within(t, "", "--config-file="+config)
		return
	}
	if err := Keychain(service, limit).Set(t.Context(), "a", "s3cret"); vfs.KindOf(err) != vfs.KindUnsupported {
		t.Fatal(err)
	}
}

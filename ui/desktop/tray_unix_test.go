//go:build linux

package desktop

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// watcher is what hosts of a tray register with.
type watcher struct {
	bus   *dbus.Conn
	props *prop.Properties
}

func startWatcher(t *testing.T, address string, hosted bool) watcher {
	t.Helper()
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	props, err := prop.Export(bus, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: hosted, Emit: prop.EmitFalse},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(watcherName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return watcher{bus, props}
}

// set tells that a host came, or that the last one went.
func (w watcher) set(t *testing.T, hosted bool) {
	t.Helper()
	w.props.SetMust(watcherName, "IsStatusNotifierHostRegistered", hosted)
	signal := watcherName + ".StatusNotifierHostUnregistered"
	if hosted {
		signal = watcherName + ".StatusNotifierHostRegistered"
	}
	if err := w.bus.Emit(watcherPath, signal); err != nil {
		t.Fatal(err)
	}
}

func TestTrayIsThereOnlyWithAHost(t *testing.T) {
	for outcome, tc := range map[string]struct {
		watcher, host, want bool
	}{
		"icons are shown":              {true, true, true},
		"nobody shows what is watched": {true, false, false},
		"nobody is there":              {false, false, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			address := startBus(t)
			if tc.watcher {
				startWatcher(t, address, tc.host)
			}
			tray, err := OpenTray(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer tray.Close()
			if got := tray.Hosted(); got != tc.want {
				t.Errorf("hosted is %v", got)
			}
		})
	}
	t.Run("there is no bus", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
		if _, err := OpenTray(t.Context()); err == nil {
			t.Error("somebody answered")
		}
	})
}

func TestTrayThatComesAndGoesIsTold(t *testing.T) {
	address, stop := runBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	w := startWatcher(t, address, false)
	tray, err := OpenTray(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tray.Close()
	told, ended := make(chan bool), make(chan struct{})
	go func() {
		defer close(ended)
		tray.Watch(t.Context(), func(hosted bool) { told <- hosted })
	}()
	w.set(t, true)
	if !<-told {
		t.Error("a host came, and the opposite is told")
	}
	w.set(t, true) // a second host is no news
	w.set(t, false)
	if <-told {
		t.Error("the last host went, and the opposite is told")
	}
	w.set(t, true)
	<-told
	_ = w.bus.Close()
	if <-told {
		t.Error("the watcher died, and the opposite is told")
	}
	startWatcher(t, address, true)
	if !<-told {
		t.Error("the watcher came again, and the opposite is told")
	}
	stop()
	if <-told {
		t.Error("the bus died, and the opposite is told")
	}
	<-ended
}

func TestWatchEndsWithItsContext(t *testing.T) {
	startBus(t)
	tray, err := OpenTray(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tray.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tray.Watch(ctx, func(bool) { t.Error("an end is no news of the tray") })
}

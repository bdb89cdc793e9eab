package vault

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// inside is set for the tests that run again within a D-Bus session.
const inside = "VAULT_TEST_INSIDE"

// TestMain looks for goroutines left behind, but for the connection that the
// D-Bus library keeps to a real bus for as long as the process runs.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

// ring is a keychain in memory, whose calls can be held and made to fail.
type ring struct {
	mu   sync.Mutex
	kept map[string]string
	hold chan struct{} // when not nil, calls wait for it to be closed
	in   chan struct{} // told of each call
	err  error
}

func newRing() *ring { return &ring{kept: map[string]string{}, in: make(chan struct{}, 100)} }

func (r *ring) enter() error {
	r.in <- struct{}{}
	if r.hold != nil {
		<-r.hold
	}
	return r.err
}

func (r *ring) Get(service, user string) (string, error) {
	err := r.enter()
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.kept[service+user]; ok || err != nil {
		return p, err
	}
	return "", keyring.ErrNotFound
}

func (r *ring) Set(service, user, password string) error {
	err := r.enter()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.kept[service+user] = password
	}
	return err
}

func (r *ring) Delete(service, user string) error {
	_, err := r.Get(service, user)
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, service+user)
	return err
}

func (r *ring) DeleteAll(string) error { return errors.New("nobody asked for that") }

func there() string { return "" }

const long = time.Hour // a limit that no test reaches

func TestVaultsKeepReplaceAndForget(t *testing.T) {
	for outcome, v := range map[string]site.Vault{
		"memory":   Memory(),
		"keychain": newChain("wherry", long, newRing(), there),
	} {
		t.Run(outcome, func(t *testing.T) { keepReplaceForget(t, v) })
	}
}

// keepReplaceForget is what every vault must do; the real keychain's test
// uses it too.
func keepReplaceForget(t *testing.T, v site.Vault) {
	t.Helper()
	ctx := t.Context()
	want := func(id site.ID, password string, found bool) {
		t.Helper()
		got, ok, err := v.Get(ctx, id)
		if got != password || ok != found || err != nil {
			t.Fatalf("Get(%s) = %q, %v, %v; want %q, %v", id, got, ok, err, password, found)
		}
	}
	want("a", "", false)
	for _, password := range []string{"first", "pässwörd with 'quotes' \"and\" $HOME", ""} {
		for id, p := range map[site.ID]string{"a": password, "b": "other"} {
			if err := v.Set(ctx, id, p); err != nil {
				t.Fatal(err)
			}
		}
		want("a", password, true)
		want("b", "other", true)
	}
	for range 2 {
		if err := v.Delete(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		want("a", "", false)
	}
	want("b", "other", true)
	if err := v.Delete(ctx, "b"); err != nil {
		t.Fatal(err)
	}
}

func TestAKeychainThatIsNotThereIsNotCalled(t *testing.T) {
	r := newRing()
	c := newChain("wherry", long, r, func() string { return "no desktop session" })
	_, _, get := c.Get(t.Context(), "a")
	for _, err := range []error{get, c.Set(t.Context(), "a", "hunter2"), c.Delete(t.Context(), "a")} {
		if vfs.KindOf(err) != vfs.KindUnsupported || !strings.Contains(err.Error(), "no desktop session") {
			t.Error(err)
		}
	}
	if len(r.in) != 0 {
		t.Error("it was called")
	}
}

func TestWordsOfTheKeychain(t *testing.T) {
	for outcome, tc := range map[string]struct {
		err  error
		want vfs.Kind
	}{
		"no bus":              {errors.New("dbus: couldn't determine address of session bus"), vfs.KindUnsupported},
		"a bus that is gone":  {errors.New("dial unix /tmp/dbus-x: connect: no such file or directory"), vfs.KindUnsupported},
		"no service":          {errors.New("The name org.freedesktop.secrets was not provided by any .service files"), vfs.KindUnsupported},
		"unknown platform":    {keyring.ErrUnsupportedPlatform, vfs.KindUnsupported},
		"locked":              {errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"), vfs.KindPermission},
		"too long a password": {keyring.ErrSetDataTooBig, vfs.KindNoSpace},
		"something new":       {errors.New("the moon is full"), vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRing()
			r.err = tc.err
			err := newChain("wherry", long, r, there).Set(t.Context(), "a", "hunter2")
			if vfs.KindOf(err) != tc.want || !errors.Is(err, tc.err) || strings.Contains(err.Error(), "hunter2") {
				t.Fatalf("%v (%v)", err, vfs.KindOf(err))
			}
		})
	}
}

func TestAPromptHoldsNobodyUp(t *testing.T) {
	r := newRing()
	r.hold = make(chan struct{})
	c := newChain("wherry", time.Millisecond, r, there)
	if err := c.Set(t.Context(), "a", "kept after all"); vfs.KindOf(err) != vfs.KindTimeout {
		t.Fatal(err)
	}
	for range 3 {
		if _, _, err := c.Get(t.Context(), "a"); vfs.KindOf(err) != vfs.KindBusy {
			t.Fatal(err)
		}
	}
	<-r.in // the first call is on its way, however late it began
	if len(r.in) != 0 {
		t.Fatalf("%d more calls are on their way", len(r.in))
	}
	close(r.hold) // the person answers
	c.limit = long
	before := <-c.left
	before.until = time.Now().Add(long)
	c.left <- before
	if password, ok, err := c.Get(t.Context(), "a"); password != "kept after all" || !ok || err != nil {
		t.Fatal(password, ok, err)
	}
}

func TestACancelledCallLetsGoAtOnce(t *testing.T) {
	r := newRing()
	r.hold = make(chan struct{})
	c := newChain("wherry", long, r, there)
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, _, err := c.Get(ctx, "a"); vfs.KindOf(err) != vfs.KindCancelled {
			t.Error(err)
		}
	})
	<-r.in
	cancel()
	wait.Wait()
	if err := c.Delete(ctx, "a"); vfs.KindOf(err) != vfs.KindCancelled {
		t.Error(err)
	}
	// The next one waits for it rather than calling beside it.
	wait.Go(func() {
		if _, ok, err := c.Get(t.Context(), "a"); ok || err != nil {
			t.Error(ok, err)
		}
	})
	if len(r.in) != 0 {
		t.Error("two calls at once")
	}
	close(r.hold)
	wait.Wait()
}

func TestCallsComeOneAfterTheOther(t *testing.T) {
	r := newRing()
	c := newChain("wherry", long, r, there)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if err := c.Set(t.Context(), "a", "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

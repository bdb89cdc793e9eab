package learned

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, file string) *Store {
	t.Helper()
	s, notices, err := Open(file)
	if err != nil || notices != nil {
		t.Fatal(err, notices)
	}
	return s
}

func shut(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// day is a moment, n days on.
func day(n int) time.Time { return time.Date(2026, 3, 1+n, 12, 0, 0, 0, time.UTC) }

func TestWhatWasLearnedOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "learned.json")
	s := open(t, file)
	home, work := Memo{Via: "EPRT", Sessions: 3, At: day(1)}, Memo{Via: "PASV", At: day(2)}
	site := s.Site("ann@ftp.example.org:21")
	site.Keep("192.168.1.1", home)
	site.Keep("10.0.0.1", work)
	if got := site.Recall("192.168.1.1"); got != home {
		t.Errorf("before it is written: %+v", got)
	}
	shut(t, s)
	again := open(t, file)
	defer shut(t, again)
	for of, want := range map[[2]string]Memo{
		{"ann@ftp.example.org:21", "192.168.1.1"}: home,
		{"ann@ftp.example.org:21", "10.0.0.1"}:    work,
		{"ann@ftp.example.org:21", "10.0.0.2"}:    {},
		{"bob@ftp.example.org:21", "10.0.0.1"}:    {},
	} {
		if diff := cmp.Diff(want, again.Site(of[0]).Recall(of[1])); diff != "" {
			t.Error(of, diff)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

func TestTwoProcessesKeepEachOthersEntries(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learned.json")
	one, two := open(t, file), open(t, file)
	one.Site("a").Keep("net", Memo{Via: "EPSV", At: day(1)})
	one.Site("both").Keep("net", Memo{Via: "EPSV", At: day(5)})
	shut(t, one)
	two.Site("b").Keep("net", Memo{Via: "PASV", At: day(1)})
	two.Site("both").Keep("net", Memo{Via: "PORT", At: day(3)})
	shut(t, two)
	third := open(t, file)
	defer shut(t, third)
	for site, via := range map[string]string{"a": "EPSV", "b": "PASV", "both": "EPSV"} {
		if got := third.Site(site).Recall("net").Via; got != via {
			t.Errorf("%s: %q, want %q", site, got, via)
		}
	}
}

// TestWritesAreRare counts them by what stands in the file: what flaps is
// written once, and then again when the pause is over.
func TestWritesAreRare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learned.json")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, file)
		defer shut(t, s)
		site := s.Site("site")
		for i := range 10_000 {
			site.Keep("net", Memo{Via: "EPSV", Sessions: i, At: day(1)})
			if i == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		if got := written(t, file)["site"]["net"].Sessions; got != 0 {
			t.Errorf("within the pause it was written again: %d", got)
		}
		<-time.After(Pause)
		synctest.Wait()
		if got := written(t, file)["site"]["net"].Sessions; got != 9_999 {
			t.Errorf("after the pause the file says %d", got)
		}
	})
}

func written(t *testing.T, file string) document {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var parts struct{ Sites document }
	if err := json.Unmarshal(b, &parts); err != nil {
		t.Fatal(err)
	}
	return parts.Sites
}

func TestSameAgainIsNotWritten(t *testing.T) {
	for outcome, tc := range map[string]struct {
		next Memo
		want time.Time
	}{
		"the same an hour later":   {Memo{Via: "EPSV", Sessions: 2, At: day(1).Add(time.Hour)}, day(1)},
		"the same a day later":     {Memo{Via: "EPSV", Sessions: 2, At: day(2)}, day(2)},
		"another way":              {Memo{Via: "PASV", Sessions: 2, At: day(1).Add(time.Hour)}, day(1).Add(time.Hour)},
		"another limit":            {Memo{Via: "EPSV", At: day(1).Add(time.Hour)}, day(1).Add(time.Hour)},
		"the limit told again":     {Memo{Via: "EPSV", Sessions: 2, Told: day(1), At: day(1).Add(time.Hour)}, day(1).Add(time.Hour)},
		"older than what is there": {Memo{Via: "PORT", At: day(0)}, day(1)},
	} {
		t.Run(outcome, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "learned.json")
			for _, m := range []Memo{{Via: "EPSV", Sessions: 2, At: day(1)}, tc.next} {
				s := open(t, file)
				s.Site("site").Keep("net", m)
				shut(t, s)
			}
			if got := written(t, file)["site"]["net"].At; !got.Equal(tc.want) {
				t.Errorf("the file says %v", got)
			}
		})
	}
}

func TestOldestGoesFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learned.json")
	s := open(t, file)
	for i := range MaxSites + 20 {
		s.Site(fmt.Sprint("site ", i)).Keep("net", Memo{Via: "EPSV", At: day(i)})
	}
	for i := range MaxNetworks + 3 {
		s.Site("traveller").Keep(fmt.Sprint("net ", i), Memo{Via: "EPSV", At: day(1000 - i)})
	}
	shut(t, s)
	all := written(t, file)
	if len(all) != MaxSites {
		t.Errorf("%d sites", len(all))
	}
	if _, ok := all["site 20"]; ok {
		t.Error("an old site is there while newer ones went")
	}
	if _, ok := all[fmt.Sprint("site ", MaxSites+19)]; !ok {
		t.Error("the newest site went")
	}
	networks := all["traveller"]
	if _, oldest := networks["net 10"]; len(networks) != MaxNetworks || oldest {
		t.Errorf("%d networks", len(networks))
	}
}

func TestDamagedFileIsSetAsideAndSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learned.json")
	if err := os.WriteFile(file, []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, notices, err := Open(file)
	if err != nil || len(notices) != 1 || !strings.Contains(notices[0], "learned.json.bad") {
		t.Fatal(notices, err)
	}
	s.Site("site").Keep("net", Memo{Via: "EPSV", At: day(1)})
	shut(t, s)
	if got := written(t, file)["site"]["net"].Via; got != "EPSV" {
		t.Errorf("the new file says %q", got)
	}
}

func TestFolderThatCannotBeWrittenCostsOnlyTheFile(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	s = open(t, filepath.Join(filepath.Dir(inTheWay), "learned.json"))
	if err := os.Mkdir(filepath.Join(filepath.Dir(inTheWay), "learned.json.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := Memo{Via: "EPSV", At: day(1)}
	s.Site("site").Keep("net", want)
	if got := s.Site("site").Recall("net"); got != want {
		t.Errorf("recalled %+v", got)
	}
	if err := s.Close(); err == nil {
		t.Error("the failure is not told")
	}
	s.Site("late").Keep("net", want) // after Close: nothing happens
}

// TestNobodyWaitsForTheDisk: another process holds the file's lock, on a disk
// that hangs.
func TestNobodyWaitsForTheDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learned.json")
	first := open(t, file)
	first.Site("site").Keep("net", Memo{Via: "EPSV", Sessions: 2, At: day(1)})
	shut(t, first)
	s := open(t, file)
	other := flock.New(file + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		site := s.Site("site")
		site.Keep("new", Memo{Via: "PASV", At: day(2)})
		for saving := false; !saving; {
			s.mu.Lock()
			saving = s.saving
			s.mu.Unlock()
		}
		site.Keep("new", Memo{Via: "PORT", At: day(3)})
		for network, via := range map[string]string{"net": "EPSV", "new": "PORT", "none": ""} {
			if got := site.Recall(network).Via; got != via {
				t.Errorf("%s: %q", network, got)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("somebody waits for the lock")
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	<-done
	shut(t, s)
	if got := written(t, file)["site"]["new"].Via; got != "PORT" {
		t.Errorf("the file says %q", got)
	}
}

func TestMemoryAlone(t *testing.T) {
	s := open(t, "")
	want := Memo{Via: "PORT", Sessions: 2, At: day(1)}
	s.Site("site").Keep("net", want)
	shut(t, s)
	if got := s.Site("site").Recall("net"); got != want {
		t.Errorf("recalled %+v", got)
	}
}

//go:build !headless

package ui

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/storage"

	"wherry/sync/ftpfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/cli"
)

func TestStatusSaysWhichModeIsInUse(t *testing.T) {
	for want, c := range map[string]connection{
		"Passive mode (EPSV, auto)":  {site: site.Site{Mode: site.ModeAuto}, status: ftpfs.Status{Mode: "passive", Via: "EPSV"}},
		"Active mode (PORT, auto)":   {status: ftpfs.Status{Mode: "active", Via: "PORT"}},
		"Active mode (EPRT, chosen)": {site: site.Site{Mode: site.ModeActive}, status: ftpfs.Status{Mode: "active", Via: "EPRT"}},
		"Passive mode (chosen)":      {site: site.Site{Mode: site.ModePassive}, status: ftpfs.Status{Mode: "passive"}},
		"Active mode (chosen)":       {site: site.Site{Mode: site.ModeActive}},
		"Passive mode (chosen) ":     {site: site.Site{Mode: site.ModePassive}, status: ftpfs.Status{Mode: "active", Via: "EPRT"}},
		"Auto mode":                  {site: site.Site{Mode: site.ModeAuto}},
	} {
		if got := modeText(c); got != strings.TrimSpace(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDroppedThings(t *testing.T) {
	www := vfs.MustParse("/www")
	for outcome, tc := range map[string]struct {
		uri  string
		to   site.ID
		dir  vfs.Path
		want string // "" for refused
	}{
		"a file goes into the folder under its own name": {"/home/anna/a%20 b.txt", "shop", www, "/www/a%20 b.txt"},
		"a file may come back to another folder here":    {"/home/anna/a.txt", site.Local, www, "/www/a.txt"},
		"a file on its own place is refused":             {"/www/a.txt", site.Local, www, ""},
		"a web address is refused":                       {"https://example.org/a.txt", "shop", www, ""},
		"the root is refused":                            {"/", "shop", www, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			// A drop comes as the plain name of a file.
			u := storage.NewFileURI(tc.uri)
			if strings.Contains(tc.uri, "://") {
				var err error
				if u, err = storage.ParseURI(tc.uri); err != nil {
					t.Fatal(err)
				}
			}
			r, ok := dropRequest(u, tc.to, tc.dir)
			if ok != (tc.want != "") || ok && r.Target.Path.String() != tc.want {
				t.Errorf("got %v, %v", r.Target.Path, ok)
			}
		})
	}
}

func TestFinishedTransferTouchesItsFolderAndThoseAbove(t *testing.T) {
	var s touched
	at := func(dir string) folder { return folder{"shop", vfs.MustParse(dir)} }
	s.onEvent(queue.Event{Type: queue.EventDone, Item: queue.Item{Target: queue.Place{Site: "shop", Path: vfs.MustParse("/www/new/a.txt")}}})
	s.onEvent(queue.Event{Type: queue.EventProgress, Item: queue.Item{Target: queue.Place{Site: "shop", Path: vfs.MustParse("/quiet/a.txt")}}})
	got := s.take([]folder{at("/www/new"), at("/www"), at("/quiet"), {site.Local, vfs.MustParse("/www")}})
	if len(got) != 2 || !got[at("/www/new")] || !got[at("/www")] {
		t.Errorf("touched are %v", got)
	}
	if again := s.take([]folder{at("/www")}); len(again) != 0 {
		t.Error("what was taken is told again")
	}
}

func TestDisplayThatCannotShowAnything(t *testing.T) {
	dir := t.TempDir()
	for outcome, env := range map[string][2]string{
		"none is named":                   {"", ""},
		"nobody answers at the named one": {":32000", ""},
		"no number is named":              {"nonsense", ""},
		"Wayland is named and not there":  {"", filepath.Join(dir, "wayland-9")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Setenv("DISPLAY", env[0])
			t.Setenv("WAYLAND_DISPLAY", env[1])
			if err := display(t.Context()); !errors.Is(err, cli.ErrNoDisplay) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDisplayThatAnswersIsTaken(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "w")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", socket)
	if err := display(t.Context()); err != nil {
		t.Error(err)
	}
}

package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestArrangementSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	f, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Change(func(s *Settings) { s.Theme, s.Panes[1].Folder = "dark", "/srv" }); err != nil {
		t.Fatal(err)
	}
	again, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Load(); got.Theme != "dark" || got.Panes[1].Folder != "/srv" {
		t.Errorf("read back %+v", got)
	}
}

func TestDamagedFileIsSetAsideAndTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, notices, err := Open(dir)
	if err != nil || len(notices) != 1 {
		t.Fatalf("notices %q, %v", notices, err)
	}
	if got := f.Load(); got.Theme != "" {
		t.Errorf("read %+v", got)
	}
}

func TestRecentKeepsTheNewestOnce(t *testing.T) {
	var s Settings
	for i := range MaxRecent + 3 {
		s.Remember(fmt.Sprint("host-", i))
	}
	s.Remember("host-5")
	if len(s.Recent) != MaxRecent || s.Recent[0] != "host-5" || s.Recent[1] != fmt.Sprint("host-", MaxRecent+2) {
		t.Errorf("recent are %q", s.Recent)
	}
}

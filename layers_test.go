package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// rooms is the table of ARCHITECTURE.md: a package imports only packages of a
// lower row.
var rooms = map[string]int{
	"sync/vfs":                      0,
	"sync/jsonfile":                 0,
	"sync/instance":                 0,
	"sync/site":                     1,
	"sync/trace":                    1,
	"assets":                        0,
	"sync/localfs":                  2,
	"sync/vfs/memfs":                2,
	"sync/vfs/vfstest":              2,
	"sync/vault":                    2,
	"sync/trust":                    2,
	"sync/learned":                  2,
	"sync/siteimport":               2,
	"sync/transfer":                 2,
	"sync/mirror":                   2,
	"sync/ftpfs/internal/wire":      2,
	"sync/ftpfs/internal/listing":   2,
	"sync/demo":                     2,
	"sync/ftpfs/internal/session":   3,
	"sync/queue":                    3,
	"sync/ftpfs/internal/pool":      4,
	"sync/ftpfs/doctor":             5,
	"sync/ftpfs":                    5,
	"sync/engine":                   6,
	"ui/words":                      7,
	"ui/cli":                        8,
	"ui/loop":                       7,
	"ui/desktop":                    7,
	"ui/look":                       7,
	"ui/parts":                      8,
	"ui/action":                     8,
	"ui/pane":                       9,
	"ui/queueview":                  9,
	"ui/sitemanager":                9,
	"ui/logview":                    9,
	"ui/doctorview":                 9,
	"ui/mirrorview":                 9,
	"ui/settings":                   9,
	"ui":                            10,
	".":                             11,
	"sync/ftptest":                  testsOnly,
	"sync/ftpfs/netns":              testsOnly,
	"sync/ftptest/cmd/bench":        testsOnly,
	"sync/ftptest/crash":            testsOnly,
	"sync/ftptest/cmd/install":      testsOnly,
	"sync/ftptest/internal/scripts": testsOnly,
	"ui/look/looktest":              testsOnly,
}

// testsOnly marks packages that only tests and their own kind may import.
const testsOnly = 99

// onlyImporter names the single room that may import an outside package, so
// that each library stays behind one seam.
var onlyImporter = map[string]string{
	"github.com/jlaffaye/ftp":       "sync/ftpfs/internal/session",
	"github.com/zalando/go-keyring": "sync/vault",
	"goftp.io/server/v2":            "sync/demo",
	"modernc.org/sqlite":            "sync/queue",
	"github.com/spf13/cobra":        "ui/cli",
	"fyne.io/fyne/v2/app":           "ui",
	"fyne.io/systray":               "ui",
}

func TestLayers(t *testing.T) {
	for _, fault := range layerFaults(t, os.DirFS(".")) {
		t.Error(fault)
	}
}

// TestLayersCanFail is the control: each broken rule must be seen.
func TestLayersCanFail(t *testing.T) {
	file := func(src string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(src)} }
	for outcome, tc := range map[string]struct {
		name, src, want string
	}{
		"upward import":         {"sync/vfs/x.go", `package vfs; import "wherry/sync/engine"`, "lower row"},
		"sideways import":       {"ui/pane/x.go", `package pane; import "wherry/ui/queueview"`, "lower row"},
		"unknown room":          {"sync/util/x.go", `package util`, "not in the table"},
		"file in sync":          {"sync/x.go", `package sync`, "no Go file"},
		"library past its seam": {"sync/engine/x.go", `package engine; import "github.com/jlaffaye/ftp"`, "only"},
		"Fyne below the window": {"sync/queue/x.go", `package queue; import "fyne.io/fyne/v2"`, "Fyne"},
		"Fyne in the cli":       {"ui/cli/x.go", `package cli; import "fyne.io/fyne/v2"`, "Fyne"},
		"vfs beyond stdlib":     {"sync/vfs/x.go", `package vfs; import "golang.org/x/text/encoding"`, "standard library"},
		"test server in code":   {"sync/engine/x.go", `package engine; import "wherry/sync/ftptest"`, "tests only"},
		"fyne.Do elsewhere":     {"ui/pane/x.go", `package pane; import "fyne.io/fyne/v2"; func f() { fyne.Do(nil) }`, "ui/loop"},
	} {
		t.Run(outcome, func(t *testing.T) {
			faults := layerFaults(t, fstest.MapFS{tc.name: file(tc.src)})
			if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, tc.want) }) {
				t.Fatalf("no fault naming %q among %q", tc.want, faults)
			}
		})
	}
	sound := fstest.MapFS{"sync/engine/x.go": file(`package engine; import "wherry/sync/vfs"`)}
	if faults := layerFaults(t, sound); len(faults) != 0 {
		t.Fatalf("a sound tree has faults: %q", faults)
	}
}

// layerFaults reads every Go file's imports and returns the broken rules. It
// reads the sources itself: a go list run would be answered from the test
// cache after the sources changed.
func layerFaults(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var faults []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."), d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		room := path.Dir(name)
		isTest := strings.HasSuffix(name, "_test.go")
		if !isTest && room != "ui/loop" && strings.HasPrefix(room, "ui") &&
			(strings.Contains(string(src), "fyne.Do(") || strings.Contains(string(src), "fyne.DoAndWait(")) {
			faults = append(faults, name+": only ui/loop calls fyne.Do")
		}
		if room == "sync" {
			faults = append(faults, name+": no Go file lies directly in sync")
		}
		if _, ok := rooms[room]; !ok {
			faults = append(faults, fmt.Sprintf("%s: room %s is not in the table", name, room))
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if f := importFault(room, imported, isTest); f != "" {
				faults = append(faults, name+": "+f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(faults)
	return faults
}

func importFault(room, imported string, isTest bool) string {
	outside := strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
	if owner, ok := onlyImporter[imported]; ok && owner != room && !isTest {
		return fmt.Sprintf("imports %s; only %s may", imported, owner)
	}
	if strings.HasPrefix(imported, "fyne.io/") && (!strings.HasPrefix(room, "ui") || room == "ui/cli") && room != "." {
		return "imports Fyne below the window"
	}
	if outside && room == "sync/vfs" {
		return "imports " + imported + "; sync/vfs has the standard library only"
	}
	lower, ok := strings.CutPrefix(imported, "wherry/")
	if !ok || isTest {
		return ""
	}
	row, known := rooms[lower]
	switch {
	case !known:
		return "imports " + lower + ", which is not in the table"
	case row == testsOnly && rooms[room] != testsOnly:
		return "imports " + lower + ", which is for tests only"
	case row >= rooms[room] && rooms[room] != testsOnly:
		return fmt.Sprintf("imports %s of row %d; row %d takes a lower row only", lower, row, rooms[room])
	}
	return ""
}

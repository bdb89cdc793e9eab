package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSummaryIsTheMiddleOfTheRuns(t *testing.T) {
	runs := func(seconds ...int) []sample {
		var all []sample
		for _, s := range seconds {
			d := time.Duration(s) * time.Second
			all = append(all, sample{wall: d, cpu: d / 2, bytes: int64(s) << 20, server: d / 4})
		}
		return all
	}
	for outcome, tc := range map[string]struct {
		runs []sample
		want result
	}{
		"one run is its own median":  {runs(3), result{"x", 3e9, 3e9, 3e9, 1.5e9, 3 << 20, 0.75e9}},
		"an outlier moves no median": {runs(90, 2, 1), result{"x", 2e9, 1e9, 90e9, 1e9, 2 << 20, 0.5e9}},
		"of two it is the mean":      {runs(4, 2), result{"x", 3e9, 2e9, 4e9, 1.5e9, 3 << 20, 0.75e9}},
	} {
		got := summarise("x", tc.runs)
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(result{})); diff != "" {
			t.Errorf("%s: %s", outcome, diff)
		}
	}
}

func TestVerdictIsAgainstTheFastestPeer(t *testing.T) {
	of := func(client string, wall, cpu time.Duration) result {
		return result{client: client, wall: wall, cpu: cpu}
	}
	fast, slow := of("lftp", 2*time.Second, time.Second), of("curl", 4*time.Second, 4*time.Second)
	ours := of("wherry", 3*time.Second, 2*time.Second)
	b := &rig{settings: settings{connections: 4}}
	for outcome, tc := range map[string]struct {
		work  work
		peers []result
		want  string
	}{
		"slower than one of two falls short":  {work{goal: goal{time: 1}}, []result{slow, fast}, "short: time 1.50 of at most 1.00"},
		"its processor time is the fastest's": {work{goal: goal{cpu: 1}}, []result{slow, fast}, "short: CPU 2.00 of at most 1.00"},
		"faster than the only one reaches it": {work{goal: goal{time: 1}}, []result{slow}, "reached: time 0.75 of at most 1.00"},
		"bytes unread are no listing":         {work{do: list, goal: goal{time: 1}}, []result{of("curl", 1, 1), of("lftp", 4*time.Second, time.Second)}, "reached: time 0.75 of at most 1.00"},
		"round trips a file by connections":   {work{far: true, tree: tinyFiles(60), goal: goal{trips: 4}}, nil, "reached: round trips 4.00 of at most 4.00"},
	} {
		if got := b.verdict(tc.work, append([]result{ours}, tc.peers...)); got != tc.want {
			t.Errorf("%s: %q, want %q", outcome, got, tc.want)
		}
	}
}

func TestTranscriptsGiveTheirCommands(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verb       func(string) string
		line, want string
	}{
		"Wherry's command":       {wherryVerb, "2026-01-02 15:04:05.000 [1] -> STOR /in/a -> b", "STOR"},
		"Wherry's reply":         {wherryVerb, "2026-01-02 15:04:05.000 [1] <- 213 1024", ""},
		"lftp's command":         {lftpVerb, "---> CWD in", "CWD"},
		"lftp's reply":           {lftpVerb, "<--- 250 OK", ""},
		"SITE with what it does": {lftpVerb, "---> SITE CHMOD 644 a", "SITE CHMOD"},
		"nothing sent":           {lftpVerb, "---> ", ""},
	} {
		if got := tc.verb(tc.line); got != tc.want {
			t.Errorf("%s: %q, want %q", outcome, got, tc.want)
		}
	}
}

func TestTreesAreMadeAndCountedAlike(t *testing.T) {
	small := tree{name: "t", files: 5, folders: 2, smallest: 3, largest: 9}
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		made, err := small.make(dir)
		if err != nil {
			t.Fatal(err)
		}
		counted, err := count(dir)
		if err != nil || counted != made || counted.files != 5 {
			t.Errorf("made %+v, counted %+v, %v", made, counted, err)
		}
	}
	if !strings.Contains(names(works(1<<30, 300)), "far-put-tls") {
		t.Error("the help does not name the works")
	}
}

func TestALikenessHasTheTimesOfItsFiles(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "in", "t")
	if _, err := (tree{name: "t", files: 3, folders: 2, smallest: 2, largest: 2}).make(from); err != nil {
		t.Fatal(err)
	}
	old := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	const name = "folder-01/file-000001.dat"
	if err := errors.Join(os.Chtimes(filepath.Join(from, "t", name), old, old), likeness(filepath.Join(from, "t"), to)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(to, name))
	if err != nil || !info.ModTime().Equal(old) {
		t.Errorf("%v, %v", info, err)
	}
	if got, err := count(to); err != nil || got != (amount{files: 3, bytes: 6}) {
		t.Errorf("%+v, %v", got, err)
	}
}

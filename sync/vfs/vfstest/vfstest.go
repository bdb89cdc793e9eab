// Package vfstest is the conformance suite of vfs.FS: one set of cases that
// fakes, this computer and sites on real servers all pass.
//
// It exists because everything above the file systems trusts the contract in
// package vfs and never asks which kind it holds; a fake that is kinder than a
// real server would prove nothing. No case depends on how fast a file system
// is, and none looks at anything but what FS promises.
package vfstest

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

// Options say what a file system cannot do. The zero value is one that can do
// everything that vfs.FS describes.
type Options struct {
	// NoModes: SetMode fails with KindUnsupported, and entries need not have
	// a mode.
	NoModes bool
	// NoTimes: SetTime fails with KindUnsupported.
	NoTimes bool
	// NoReplace: Rename with replace onto an existing file fails with
	// KindExists and changes nothing.
	NoReplace bool
	// NoResumeRead: Open at an offset above zero fails with KindUnsupported.
	NoResumeRead bool
	// NoResumeWrite: Create at an offset above zero fails with
	// KindUnsupported.
	NoResumeWrite bool
	// TimeStep is the coarsest step in which times come back after SetTime;
	// zero takes Features.TimeStep. Where a listing is coarser, its
	// Entry.Accuracy counts.
	TimeStep time.Duration
	// Vague lists kinds that may stand in for NotFound, Exists, NotEmpty,
	// NotDir, IsDir and BadName, because the server has one answer (550) for
	// all of them. That the call fails and changes nothing is asked for all
	// the same.
	Vague []vfs.Kind
	// Refuses tells the names that this file system cannot hold or list;
	// they are left out. Nil: it holds every name that vfs.Path.Join takes.
	Refuses func(name string) bool
	// Link makes a symbolic link behind the file system's back, pointing to
	// target as written. Nil: there are no links, and their cases are left
	// out.
	Link func(t *testing.T, target string, at vfs.Path)
	// Held: the file system is held to a folder (vfs.Confiner), so that it has
	// no top.
	Held bool
	// Streams is how many files can be open at a time on one FS; zero means
	// at least three.
	Streams int
}

// Maker returns a file system of its own for one case and an empty folder in
// it that the case may fill. What stands behind it, a server for one, may be
// shared. The suite closes the FS when the case ends; the maker cleans up the
// folder with t.Cleanup.
type Maker func(t *testing.T) (vfs.FS, vfs.Path)

// Run tests the file system that mk makes, one subtest a case.
func Run(t *testing.T, mk Maker, opt Options) {
	t.Helper()
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"list", listCases},
		{"read", readCases},
		{"write", writeCases},
		{"change", changeCases},
		{"attributes", attributeCases},
		{"links", linkCases},
		{"hash", hashCases},
		{"swift", swiftCases},
		{"spread", spreadCases},
		{"part", partCases},
		{"confine", confineCases},
		{"cancel", cancelCases},
		{"together", togetherCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, tc := range group.cases {
				t.Run(tc.outcome, func(t *testing.T) { runCase(t, mk, opt, tc.run) })
			}
		})
	}
	t.Run("names", func(t *testing.T) {
		for outcome, name := range awkwardNames() {
			if opt.Refuses != nil && opt.Refuses(name) {
				continue
			}
			t.Run(outcome, func(t *testing.T) {
				runCase(t, mk, opt, func(s *suite) { s.nameSurvives(name) })
			})
		}
	})
}

// testCase is one promise, named by what holds when it is kept.
type testCase struct {
	outcome string
	run     func(s *suite)
}

func runCase(t *testing.T, mk Maker, opt Options, run func(*suite)) {
	t.Helper()
	f, dir := mk(t)
	defer func() {
		if err := f.Close(); err != nil {
			t.Errorf("closing the file system: %v", err)
		}
	}()
	run(&suite{T: t, ctx: t.Context(), f: f, dir: dir, opt: opt})
}

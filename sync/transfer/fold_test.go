package transfer_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestAnotherSpellingIsNeverReplaced(t *testing.T) {
	const other = "/dst/FILE.txt"
	for outcome, tc := range map[string]struct {
		rule  transfer.Rule
		have  string
		folds vfs.Features
		want  transfer.Outcome // "": it fails
		files map[string]string
	}{
		"overwrite":                          {transfer.Overwrite, other, vfs.Features{FoldsCase: true}, "", map[string]string{other: "old"}},
		"newer":                              {transfer.Newer, other, vfs.Features{FoldsCase: true}, "", map[string]string{other: "old"}},
		"different":                          {transfer.Different, other, vfs.Features{FoldsCase: true}, "", map[string]string{other: "old"}},
		"resume":                             {transfer.Resume, other, vfs.Features{FoldsCase: true}, "", map[string]string{other: "old"}},
		"ask, where nobody is asked wrongly": {transfer.Ask, other, vfs.Features{FoldsCase: true}, "", map[string]string{other: "old"}},
		"skip":                               {transfer.Skip, other, vfs.Features{FoldsCase: true}, transfer.Skipped, map[string]string{other: "old"}},
		"rename keeps both":                  {transfer.Rename, other, vfs.Features{FoldsCase: true}, transfer.Done, map[string]string{other: "old", "/dst/file (2).txt": "the new content"}},
		"its own spelling is replaced":       {transfer.Overwrite, targetName, vfs.Features{FoldsCase: true}, transfer.Done, map[string]string{targetName: "the new content"}},
		"two files where nothing folds":      {transfer.Overwrite, other, vfs.Features{}, transfer.Done, map[string]string{other: "old", targetName: "the new content"}},
		"two files where only forms fold":    {transfer.Overwrite, other, vfs.Features{FoldsForm: true}, transfer.Done, map[string]string{other: "old", targetName: "the new content"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "the new content")
			p.to.Limit(func(can *vfs.Features) { can.FoldsCase, can.FoldsForm = tc.folds.FoldsCase, tc.folds.FoldsForm })
			p.to.Put(tc.have, "old", day(1))
			p.job.Exists = tc.rule
			result, err := p.run(t.Context())
			p.wantFiles(tc.files)
			switch {
			case tc.want != "":
				if err != nil || result.Outcome != tc.want {
					t.Errorf("outcome %q, want %q: %v", result.Outcome, tc.want, err)
				}
			case vfs.KindOf(err) != vfs.KindExists || !strings.Contains(err.Error(), "FILE.txt"):
				t.Errorf("error %v, want exists with the other name", err)
			}
		})
	}
}

func TestANameThatAnotherAnswersToIsNotReplaced(t *testing.T) {
	for outcome, tc := range map[string]struct {
		name, have string
		form, done bool
	}{
		"a composed accent for a combining one": {"/dst/caf\u00e9", "/dst/cafe\u0301", true, false},
		"a file system that folds further":      {"/dst/stra\u00dfe", "/dst/STRASSE", false, false},
		"a hidden name in another case":         {"/dst/.name", "/dst/.NAME", false, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "new")
			p.job.Target.Path = vfs.MustParse(tc.name)
			p.to.Limit(func(can *vfs.Features) { can.FoldsCase, can.FoldsForm = true, tc.form })
			p.to.Put(tc.have, "old", day(1))
			p.mustFail(vfs.KindExists)
			p.wantFiles(map[string]string{tc.have: "old"})
		})
	}
}

func TestAFreeNameTakenByAnotherSpellingMeanwhileIsNotReplaced(t *testing.T) {
	p := newPair(t, "new")
	p.to.Limit(func(can *vfs.Features) { can.FoldsCase = true })
	p.to.Inject(memfs.Fault{Op: memfs.OpStat, Path: targetName, Kind: vfs.KindNotFound})
	p.to.Put("/dst/FILE.TXT", "old", day(1))
	p.mustFail(vfs.KindExists)
	p.wantFiles(map[string]string{"/dst/FILE.TXT": "old", partName: "new"})
}

func TestAListingTellsTheSpellingsOfManyFiles(t *testing.T) {
	p := newPair(t, "new")
	p.to.Limit(func(can *vfs.Features) { can.FoldsCase = true })
	p.job.Spellings = new(transfer.Spellings)
	p.to.Put("/dst/FILE (2).txt", "other", day(1))
	for i := range 5 {
		name := []string{targetName, "/dst/b", "/dst/c"}[i%3]
		p.to.Put(name, "old", day(1))
		p.job.Target.Path, p.made, p.told = vfs.MustParse(name), nil, target
		p.mustBeDone()
	}
	// b and c came after the first listing, so that each asked once more.
	if n := count(p.to, memfs.OpList); n != 3 {
		t.Errorf("the folder was listed %d times, want 3", n)
	}
	// What was not spelled so is never taken from memory.
	p.job.Target.Path = vfs.MustParse("/dst/B")
	p.mustFail(vfs.KindExists)
	p.job.Target.Path = vfs.MustParse("/dst/file (2).txt")
	p.mustFail(vfs.KindExists)
}

func TestAListingIsBelievedForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, "new")
		p.to.Limit(func(can *vfs.Features) { can.FoldsCase = true })
		p.job.Spellings = new(transfer.Spellings)
		p.to.Put(targetName, "old", day(1))
		p.mustBeDone()
		p.to.Drop(targetName)
		p.to.Put("/dst/FILE.TXT", "somebody's", day(1))
		<-time.After(time.Minute)
		p.mustFail(vfs.KindExists)
		p.wantFiles(map[string]string{"/dst/FILE.TXT": "somebody's"})
	})
}

func TestFoldName(t *testing.T) {
	both, caseOnly, formOnly := vfs.Features{FoldsCase: true, FoldsForm: true}, vfs.Features{FoldsCase: true}, vfs.Features{FoldsForm: true}
	for outcome, tc := range map[string]struct {
		a, b string
		can  vfs.Features
		same bool
	}{
		"letters":                        {"Readme.TXT", "README.txt", caseOnly, true},
		"letters beyond ASCII":           {"ÄÖÜ Ж Σ", "äöü ж σ", caseOnly, true},
		"the two small sigmas":           {"ς", "σ", caseOnly, true},
		"the Kelvin sign":                {"\u212a", "k", caseOnly, true},
		"a sharp s is not two":           {"ß", "ss", both, false},
		"forms":                          {"caf\u00e9", "cafe\u0301", formOnly, true},
		"forms where case folds only":    {"caf\u00e9", "cafe\u0301", caseOnly, false},
		"case where forms fold only":     {"A", "a", formOnly, false},
		"both":                           {"CAF\u00c9", "cafe\u0301", both, true},
		"nothing folds":                  {"A", "a", vfs.Features{}, false},
		"bytes that are not UTF-8 stand": {"\xe4", "\xc4", both, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if same := transfer.FoldName(tc.a, tc.can) == transfer.FoldName(tc.b, tc.can); same != tc.same {
				t.Errorf("%q and %q are one: %v, want %v", tc.a, tc.b, same, tc.same)
			}
		})
	}
}

func FuzzFoldName(f *testing.F) {
	for _, seed := range []string{"", "Readme", "caf\u00e9", "cafe\u0301", "ß", "\u0130", "\xff", "\ufb03", "\u1e9e", "\u0345"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, can := range []vfs.Features{{}, {FoldsCase: true}, {FoldsForm: true}, {FoldsCase: true, FoldsForm: true}} {
			folded := transfer.FoldName(name, can)
			if utf8.ValidString(name) && !utf8.ValidString(folded) {
				t.Fatalf("%q became %q, which is not UTF-8", name, folded)
			}
			if can.FoldsForm && can.FoldsCase {
				continue // a folded letter may compose anew; both names of a pair do so alike
			}
			if again := transfer.FoldName(folded, can); again != folded && utf8.ValidString(name) {
				t.Fatalf("%q became %q and then %q", name, folded, again)
			}
		}
	})
}

package transfer_test

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func TestWhatListingsShowToBeLeftIsLeft(t *testing.T) {
	file := func(size int64, when time.Time) vfs.Entry {
		return vfs.Entry{Name: "file.txt", Type: vfs.TypeFile, Size: size, ModTime: when, Accuracy: time.Second}
	}
	minute := func(e vfs.Entry) vfs.Entry { coarsely(&e); return e }
	kind := func(e vfs.Entry, typ vfs.Type) vfs.Entry { e.Type = typ; return e }
	old, now := day(9), day(10)
	for outcome, tc := range map[string]struct {
		rule           transfer.Rule
		source, target vfs.Entry
		want           string // "" for not beyond doubt
	}{
		"newer: alike":                            {transfer.Newer, file(3, now), file(3, now), transfer.Same},
		"newer: of the same second":               {transfer.Newer, file(3, now.Add(time.Second)), file(3, now), transfer.Same},
		"newer: alike in time, not in size":       {transfer.Newer, file(3, now), file(4, now), transfer.Same},
		"newer: the target is":                    {transfer.Newer, file(3, old), file(3, now), "newer"},
		"newer: the source is":                    {transfer.Newer, file(3, now), file(3, old), ""},
		"newer: the source is by two seconds":     {transfer.Newer, file(3, now.Add(2*time.Second)), file(3, now), ""},
		"newer: the target to the minute":         {transfer.Newer, file(3, old), minute(file(3, now)), ""},
		"newer: the source to the minute":         {transfer.Newer, minute(file(3, old)), file(3, now), ""},
		"newer: a time is not told":               {transfer.Newer, file(3, time.Time{}), file(3, now), ""},
		"different: as large":                     {transfer.Different, file(3, now), file(3, old), transfer.Same},
		"different: as large, to the minute":      {transfer.Different, minute(file(3, now)), minute(file(3, old)), transfer.Same},
		"different: as large, and undated":        {transfer.Different, file(3, time.Time{}), file(3, time.Time{}), transfer.Same},
		"different: larger":                       {transfer.Different, file(4, now), file(3, now), ""},
		"different: a size is not told":           {transfer.Different, file(vfs.SizeUnknown, now), file(3, now), ""},
		"different: no size is told":              {transfer.Different, file(vfs.SizeUnknown, now), file(vfs.SizeUnknown, now), ""},
		"skip: it stands there":                   {transfer.Skip, file(3, now), file(4, old), "skip"},
		"skip: it stands there, to the minute":    {transfer.Skip, minute(file(3, now)), minute(file(4, old)), "skip"},
		"skip: a link does":                       {transfer.Skip, file(3, now), kind(file(3, now), vfs.TypeLink), ""},
		"skip: a folder does":                     {transfer.Skip, file(3, now), kind(file(3, now), vfs.TypeDir), ""},
		"skip: a pipe does":                       {transfer.Skip, file(3, now), kind(file(3, now), vfs.TypeOther), ""},
		"skip: what, nobody says":                 {transfer.Skip, file(3, now), kind(file(3, now), vfs.TypeUnknown), ""},
		"skip: the source is a link":              {transfer.Skip, kind(file(3, now), vfs.TypeLink), file(3, now), ""},
		"skip: what the source is, nobody says":   {transfer.Skip, kind(file(3, now), vfs.TypeUnknown), file(3, now), ""},
		"resume: alike":                           {transfer.Resume, file(3, now), file(3, now), transfer.Same},
		"resume: as long and of another time":     {transfer.Resume, file(3, now), file(3, old), "long"},
		"resume: longer":                          {transfer.Resume, file(3, now), file(4, now), "different"},
		"resume: shorter":                         {transfer.Resume, file(4, now), file(3, now), ""},
		"resume: empty":                           {transfer.Resume, file(4, now), file(0, now), ""},
		"resume: longer, to the minute":           {transfer.Resume, file(3, now), minute(file(4, now)), "different"},
		"resume: alike, to the minute":            {transfer.Resume, file(3, now), minute(file(3, now)), ""},
		"overwrite leaves nothing":                {transfer.Overwrite, file(3, now), file(3, now), ""},
		"rename leaves nothing":                   {transfer.Rename, file(3, now), file(3, now), ""},
		"a person is asked":                       {transfer.Ask, file(3, now), file(3, now), ""},
		"a person is asked where nothing is said": {"", file(3, now), file(3, now), ""},
		"what rule it is, nobody knows":           {"sometimes", file(3, now), file(3, now), ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, ok := transfer.Known{Source: tc.source, Target: &tc.target}.Leaves(tc.rule)
			if ok != (tc.want != "") || ok && got != tc.want {
				t.Errorf("%q, %v; want %q", got, ok, tc.want)
			}
		})
	}
	if reason, ok := (transfer.Known{Source: file(3, now)}).Leaves(transfer.Skip); ok {
		t.Errorf("a target that is not there is left: %s", reason)
	}
}

// TestExactTimesAreWantedWhereTheyDecide, and of nothing that is sent whatever they are.
func TestExactTimesAreWantedWhereTheyDecide(t *testing.T) {
	file := func(size int64, when time.Time) vfs.Entry {
		return vfs.Entry{Name: "file.txt", Type: vfs.TypeFile, Size: size, ModTime: when, Accuracy: time.Second}
	}
	minute := func(e vfs.Entry) vfs.Entry { coarsely(&e); return e }
	link := func(e vfs.Entry) vfs.Entry { e.Type = vfs.TypeLink; return e }
	old, now := day(9), day(10)
	for outcome, tc := range map[string]struct {
		rule           transfer.Rule
		source, target vfs.Entry
		want           bool
	}{
		"newer: of the same minute":               {transfer.Newer, file(3, now.Add(9*time.Second)), minute(file(3, now)), true},
		"newer: the source to the minute":         {transfer.Newer, minute(file(3, now)), file(3, now), true},
		"newer: both to the minute":               {transfer.Newer, minute(file(3, now)), minute(file(4, now)), true},
		"newer: the target is, to the minute":     {transfer.Newer, file(3, old), minute(file(3, now)), true},
		"newer: the source is, to the minute":     {transfer.Newer, file(3, now), minute(file(3, old)), false},
		"newer: a time is not told":               {transfer.Newer, file(3, now), file(3, time.Time{}), true},
		"newer: both are told":                    {transfer.Newer, file(3, now), file(3, now), false},
		"newer: a link":                           {transfer.Newer, file(3, now), minute(link(file(3, now))), false},
		"newer: no size":                          {transfer.Newer, file(3, now), minute(file(vfs.SizeUnknown, now)), false},
		"resume: as long":                         {transfer.Resume, file(3, now), minute(file(3, old)), true},
		"resume: longer":                          {transfer.Resume, file(3, now), minute(file(4, now)), false},
		"resume: shorter":                         {transfer.Resume, file(4, now), minute(file(3, now)), false},
		"different heeds sizes":                   {transfer.Different, file(3, now), minute(file(3, now)), false},
		"skip heeds nothing":                      {transfer.Skip, file(3, now), minute(file(3, now)), false},
		"overwrite heeds nothing":                 {transfer.Overwrite, file(3, now), minute(file(3, now)), false},
		"a person looks at the times, not a rule": {transfer.Ask, file(3, now), minute(file(3, now)), false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := (transfer.Known{Source: tc.source, Target: &tc.target}).WantsTimes(tc.rule); got != tc.want {
				t.Errorf("%v", got)
			}
		})
	}
	if (transfer.Known{Source: minute(file(3, now))}).WantsTimes(transfer.Newer) {
		t.Error("wanted of what is not there")
	}
}

// TestWhatIsLeftByListingsALookLeavesToo, for the same reason, at whatever times,
// sizes and grades of accuracy.
func TestWhatIsLeftByListingsALookLeavesToo(t *testing.T) {
	sizes := []int{0, 1, 5}
	apart := []time.Duration{-48 * time.Hour, -time.Minute, -2 * time.Second, -time.Second, 0, time.Nanosecond, time.Second, 2 * time.Second, 59 * time.Second, time.Hour}
	steps := []time.Duration{time.Nanosecond, time.Second, time.Minute, 24 * time.Hour}
	listed := func(e vfs.Entry, step time.Duration) vfs.Entry {
		e.ModTime, e.Accuracy = e.ModTime.Truncate(step), step
		return e
	}
	left := map[transfer.Rule]int{}
	for _, rule := range []transfer.Rule{transfer.Skip, transfer.Newer, transfer.Different, transfer.Resume} {
		for _, size := range sizes {
			for _, stood := range sizes {
				for _, by := range apart {
					p := newPair(t, strings.Repeat("s", size))
					p.from.Put(sourceName, strings.Repeat("s", size), day(10).Add(7*time.Second+by))
					p.to.Put(targetName, strings.Repeat("t", stood), day(10).Add(7*time.Second))
					p.list()
					known := *p.job.Known
					p.job.Known, p.job.Exists = nil, rule
					result, err := p.run(t.Context())
					for _, a := range steps {
						for _, b := range steps {
							stands := listed(*known.Target, b)
							roughly := transfer.Known{Source: listed(known.Source, a), Target: &stands}
							reason, ok := roughly.Leaves(rule)
							if !ok {
								if _, exact := known.Leaves(rule); exact != roughly.WantsTimes(rule) && !(roughly.WantsTimes(rule) && by > 0) {
									t.Errorf("%s, %d bytes over %d, newer by %v, known to %v and %v: times are wanted: %v; with them it is left: %v",
										rule, size, stood, by, a, b, roughly.WantsTimes(rule), exact)
								}
								continue
							}
							left[rule]++
							if err != nil || result.Outcome != transfer.Skipped || result.Reason != reason {
								t.Errorf("%s, %d bytes over %d, newer by %v, known to %v and %v: left as %q; a look says %s %q, %v",
									rule, size, stood, by, a, b, reason, result.Outcome, result.Reason, err)
							}
						}
					}
				}
			}
		}
	}
	for rule, n := range left {
		if n == 0 {
			t.Errorf("%s never leaves anything", rule)
		}
	}
	if len(left) != 4 {
		t.Errorf("left: %v", left)
	}
}

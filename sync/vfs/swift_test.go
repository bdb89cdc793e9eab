package vfs_test

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

func TestTwoLooksAreComparedByWhatBothTell(t *testing.T) {
	at := time.Date(2024, 5, 10, 12, 0, 7, 0, time.UTC)
	look := func(change ...func(*vfs.Entry)) vfs.Entry {
		e := vfs.Entry{Name: "file", Type: vfs.TypeFile, Size: 10, ModTime: at, Accuracy: time.Second}
		for _, c := range change {
			c(&e)
		}
		return e
	}
	sized := func(n int64) func(*vfs.Entry) { return func(e *vfs.Entry) { e.Size = n } }
	timed := func(d, accuracy time.Duration) func(*vfs.Entry) {
		return func(e *vfs.Entry) { e.ModTime, e.Accuracy = at.Add(d), accuracy }
	}
	typed := func(typ vfs.Type) func(*vfs.Entry) { return func(e *vfs.Entry) { e.Type = typ } }
	untimed := func(e *vfs.Entry) { e.ModTime = time.Time{} }
	for outcome, tc := range map[string]struct {
		other vfs.Entry
		same  bool
	}{
		"nothing differs":                     {look(), true},
		"another owner is the same file":      {look(func(e *vfs.Entry) { e.Owner, e.HasMode = "me", true }), true},
		"another size":                        {look(sized(11)), false},
		"an unknown size":                     {look(sized(vfs.SizeUnknown)), true},
		"another type":                        {look(typed(vfs.TypeLink)), false},
		"an unknown type":                     {look(typed(vfs.TypeUnknown)), true},
		"a second later":                      {look(timed(time.Second, time.Second)), false},
		"no time":                             {look(untimed), true},
		"no time but another size":            {look(untimed, sized(3)), false},
		"the minute that it is in":            {look(timed(-7*time.Second, time.Minute)), true},
		"another minute":                      {look(timed(-67*time.Second, time.Minute)), false},
		"the minute that it is in, by nearly": {look(timed(time.Minute, time.Minute)), true},
	} {
		t.Run(outcome, func(t *testing.T) {
			if look().Same(tc.other) != tc.same || tc.other.Same(look()) != tc.same {
				t.Errorf("want same: %v", tc.same)
			}
		})
	}
}

func TestOnlyAFileToldInFullIsExact(t *testing.T) {
	whole := vfs.Entry{Type: vfs.TypeFile, Size: 0, ModTime: time.Unix(1, 0), Accuracy: time.Second}
	if !whole.Exact() {
		t.Error("a file with size and second is not exact")
	}
	for outcome, change := range map[string]func(*vfs.Entry){
		"a link":             func(e *vfs.Entry) { e.Type = vfs.TypeLink },
		"of unknown type":    func(e *vfs.Entry) { e.Type = vfs.TypeUnknown },
		"without a size":     func(e *vfs.Entry) { e.Size = vfs.SizeUnknown },
		"without a time":     func(e *vfs.Entry) { e.ModTime = time.Time{} },
		"told to the minute": func(e *vfs.Entry) { e.Accuracy = time.Minute },
	} {
		e := whole
		if change(&e); e.Exact() {
			t.Errorf("%s it is exact", outcome)
		}
	}
}

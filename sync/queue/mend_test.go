package queue

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// read is a row as it is read of a damaged journal.
func read(id, parent ID, typ vfs.Type, state State, name string) row {
	r := row{Item: Item{
		ID: id, Parent: parent, Type: typ, State: state, Exists: transfer.Newer, Priority: High, KeepMode: true, Segments: 3, Added: when,
		Source: Place{Path: vfs.MustParse(name)}, Target: Place{Site: remote, Path: vfs.MustParse("/in" + name)},
	}, job: 5, rank: 7, depth: strings.Count(name, "/"), name: name[strings.LastIndex(name, "/")+1:]}
	if isEnd(state) {
		r.Ended, r.scanned = when, typ == vfs.TypeDir
	}
	return r
}

// TestWhatWasReadIsMadeToFit: folders that are lost are made up from what was in
// them, all of them count what is there, and are read again where it is not all.
func TestWhatWasReadIsMadeToFit(t *testing.T) {
	const file, dir = vfs.TypeFile, vfs.TypeDir
	elsewhere := read(2, 0, dir, Done, "/z")
	elsewhere.job, elsewhere.Target.Path = 9, vfs.MustParse("/in/t")
	for outcome, tc := range map[string]struct {
		rows []row
		want []string // id, parent, path, state; for folders: all below, ended, failed, skipped
	}{
		"a folder that was done stays done": {
			[]row{read(3, 0, dir, Done, "/t"), read(4, 3, file, Done, "/t/a"), read(5, 3, file, Skipped, "/t/b"), read(6, 3, file, Failed, "/t/c")},
			[]string{"3 0 /t done 3 3 1 1", "4 3 /t/a done", "5 3 /t/b skipped", "6 3 /t/c failed"},
		},
		"one that was at work is read again": {
			[]row{read(3, 0, dir, Active, "/t"), read(4, 3, file, Done, "/t/a"), read(5, 3, file, Waiting, "/t/b")},
			[]string{"3 0 /t waiting 2 1 0 0", "4 3 /t/a done", "5 3 /t/b waiting"},
		},
		"what is below a folder in a folder counts in both": {
			[]row{read(3, 0, dir, Done, "/t"), read(4, 3, dir, Done, "/t/d"), read(5, 4, file, Failed, "/t/d/a"), read(6, 4, file, Skipped, "/t/d/b")},
			[]string{"3 0 /t done 3 3 1 1", "4 3 /t/d done 2 2 1 1", "5 4 /t/d/a failed", "6 4 /t/d/b skipped"},
		},
		"a folder that could not be read counts itself": {
			[]row{read(3, 0, dir, Done, "/t"), read(4, 3, dir, Failed, "/t/d")},
			[]string{"3 0 /t done 1 1 1 0", "4 3 /t/d failed 0 0 0 0"},
		},
		"a folder that was done and is not, nor what is above it": {
			[]row{read(3, 0, dir, Done, "/t"), read(4, 3, dir, Done, "/t/d"), read(5, 4, file, Waiting, "/t/d/a")},
			[]string{"3 0 /t waiting 2 0 0 0", "4 3 /t/d waiting 1 0 0 0", "5 4 /t/d/a waiting"},
		},
		"a lost folder is made up once": {
			[]row{read(4, 3, file, Done, "/t/a"), read(5, 3, file, Waiting, "/t/b")},
			[]string{"3 0 /t waiting 2 1 0 0", "4 3 /t/a done", "5 3 /t/b waiting"},
		},
		"lost folders in each other are": {
			[]row{read(5, 4, file, Done, "/t/d/a"), read(6, 3, file, Done, "/t/b")},
			[]string{"3 0 /t waiting 3 2 0 0", "4 3 /t/d waiting 1 1 0 0", "5 4 /t/d/a done", "6 3 /t/b done"},
		},
		"a lost folder in one that was done": {
			[]row{read(3, 0, dir, Done, "/t"), read(5, 4, file, Done, "/t/d/a")},
			[]string{"3 0 /t waiting 2 1 0 0", "4 3 /t/d waiting 1 1 0 0", "5 4 /t/d/a done"},
		},
		"a lost folder in the one of its own request": {
			[]row{
				read(1, 0, dir, Done, "/y"), elsewhere, read(3, 0, dir, Done, "/t"), read(5, 4, file, Done, "/t/d/a"),
			},
			[]string{"1 0 /y done 0 0 0 0", "2 0 /z done 0 0 0 0", "3 0 /t waiting 2 1 0 0", "4 3 /t/d waiting 1 1 0 0", "5 4 /t/d/a done"},
		},
		"the first folder of all": {
			[]row{read(2, 1, file, Done, "/t/a"), read(4, 3, file, Waiting, "/u/b")},
			[]string{"1 0 /t waiting 1 1 0 0", "2 1 /t/a done", "3 0 /u waiting 1 0 0 0", "4 3 /u/b waiting"},
		},
		"of a lost one above it nothing is known": {
			[]row{read(5, 4, file, Done, "/t/d/a")},
			[]string{"4 0 /t/d waiting 1 1 0 0", "5 4 /t/d/a done"},
		},
		"a name that is no path belongs to none": {
			[]row{read(5, 4, vfs.TypeOther, Failed, "/t/d")},
			[]string{"5 0 /t/d failed"},
		},
		"nor does what is below a file, or a folder that is being removed": {
			[]row{read(1, 0, file, Waiting, "/t"), read(4, 1, file, Waiting, "/t/a"), read(5, 0, dir, removing, "/r"), read(6, 5, file, Waiting, "/r/a")},
			[]string{"1 0 /t waiting", "4 0 /t/a waiting", "5 0 /r removing 0 0 0 0", "6 0 /r/a waiting"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			s := salvager{fresh: r.s}
			r.must(r.s.write(t.Context(), cheap, func() error {
				if err := s.insertAll(t.Context(), tc.rows); err != nil {
					return err
				}
				return s.mend(t.Context())
			}))
			var got []string
			for _, found := range r.all() {
				line := fmt.Sprint(found.ID, " ", found.Parent, " ", found.Source.Path, " ", found.State)
				if found.Type == dir {
					line += fmt.Sprint(" ", found.tally.total, " ", found.tally.ended, " ", found.tally.failed, " ", found.tally.skipped)
				}
				got = append(got, line)
				if found.scanned != (found.Type == dir && found.State == Done) {
					t.Errorf("whether the content of row %d is in the journal: %t", found.ID, found.scanned)
				}
				if found.ID == elsewhere.ID {
					continue
				}
				if found.Exists != transfer.Newer || found.Priority != High || !found.KeepMode || found.Segments != 3 || found.job != 5 || found.rank != 7 ||
					!found.Added.Equal(when) || found.Target.Path.String() != "/in"+found.Source.Path.String() || found.Ended.IsZero() == isEnd(found.State) {
					t.Errorf("row %d is not as it was asked for: %+v", found.ID, found)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatCannotBeMadeToFitIsTold: the new journal is not taken then.
func TestWhatCannotBeMadeToFitIsTold(t *testing.T) {
	for outcome, change := range map[string]string{
		"no folder is made up":  `INSERT ON main.rows WHEN NEW.type = 'dir'`,
		"no row leaves its one": `UPDATE OF parent ON main.rows`,
		"no folder is counted":  `UPDATE OF total ON main.rows`,
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			s := salvager{fresh: r.s}
			err := r.s.write(t.Context(), cheap, func() error {
				if err := s.insertAll(t.Context(), []row{read(3, 0, vfs.TypeFile, Done, "/t"), read(4, 3, vfs.TypeFile, Done, "/t/a"), read(6, 5, vfs.TypeFile, Done, "/u/a")}); err != nil {
					t.Fatal(err)
				}
				if _, err := r.s.exec(t.Context(), `CREATE TEMP TRIGGER refused BEFORE `+change+` BEGIN SELECT RAISE(ABORT, 'refused'); END`); err != nil {
					t.Fatal(err)
				}
				return s.mend(t.Context())
			})
			if err == nil || !strings.Contains(err.Error(), "refused") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// all are the rows as the journal has them.
func (r *rig) all() []row {
	r.t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	found, err := r.list(r.t.Context(), `SELECT `+columns+` FROM rows ORDER BY id`)
	r.must(err)
	return found
}

package queue

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

// written makes a journal with n rows and closes it.
func written(t *testing.T, r *rig, n int) []byte {
	t.Helper()
	q := r.open(r.onDisk)
	var requests []Request
	for i := range n {
		requests = append(requests, up("/"+strings.Repeat("x", 100)+string(rune('a'+i%26))+string(rune('a'+i/26%26))))
	}
	_, err := q.Add(t.Context(), requests...)
	r.must(err)
	r.must(q.Close())
	content, err := os.ReadFile(r.file)
	r.must(err)
	return content
}

func TestDamagedFilesAreSetAside(t *testing.T) {
	for outcome, damage := range map[string]func(t *testing.T, r *rig){
		"no database at all": func(t *testing.T, r *rig) {
			r.must(os.WriteFile(r.file, bytes.Repeat([]byte("not a database. "), 100), 0o600))
		},
		"shorter than a header": func(t *testing.T, r *rig) { r.must(os.Truncate(r.file, 50)) },
		"cut in the middle": func(t *testing.T, r *rig) {
			r.must(os.Truncate(r.file, 8192))
		},
		"a page of rubbish, after a crash": func(t *testing.T, r *rig) {
			content, err := os.ReadFile(r.file)
			r.must(err)
			for i := 5 * 4096; i < 12*4096; i++ {
				content[i] = byte(i * 7)
			}
			r.must(os.WriteFile(r.file, content, 0o600))
			r.must(os.WriteFile(r.file+"-wal", []byte("rest"), 0o600))
		},
		"found damaged while in use": func(t *testing.T, r *rig) { markDamaged(r.file) },
	} {
		t.Run(outcome, func(t *testing.T) {
			r := bare(t)
			written(t, r, 200)
			damage(t, r)
			before, err := os.ReadFile(r.file)
			r.must(err)
			for n, name := range []string{"queue.db.bad-1", "queue.db.bad-2"} {
				c := r.config()
				c.File = r.file
				q, notices, err := Open(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if len(notices) != 1 || !strings.Contains(notices[0], name) {
					t.Errorf("notices %q", notices)
				}
				if _, err := q.Add(t.Context(), up("/a")); err != nil {
					t.Error(err)
				}
				r.must(q.Close())
				kept, err := os.ReadFile(filepath.Join(filepath.Dir(r.file), name))
				if err != nil || n == 0 && !bytes.Equal(kept, before) {
					t.Errorf("%s is not what was there (%v)", name, err)
				}
				markDamaged(r.file)
			}
			r.must(os.Remove(r.file + suspect))
			q := r.open(r.onDisk)
			r.must(q.Close())
		})
	}
}

func TestANewerJournalIsLeftAlone(t *testing.T) {
	for outcome, closed := range map[string]bool{"closed in order": true, "with a WAL": false} {
		t.Run(outcome, func(t *testing.T) {
			r := bare(t)
			written(t, r, 3)
			newer := r.open(r.onDisk)
			_, err := newer.s.conn.ExecContext(t.Context(), `PRAGMA user_version = 99`)
			r.must(err)
			if closed {
				r.must(newer.Close())
			} else {
				defer func() { r.must(newer.Close()) }()
			}
			before, err := os.ReadFile(r.file)
			r.must(err)
			c := r.config()
			c.File = r.file
			_, _, err = Open(t.Context(), c)
			if vfs.KindOf(err) != vfs.KindUnsupported || !strings.Contains(err.Error(), "newer Wherry") {
				t.Errorf("error %v", err)
			}
			after, err := os.ReadFile(r.file)
			r.must(err)
			if !bytes.Equal(before, after) {
				t.Error("the file has changed")
			}
		})
	}
}

func TestConfigNeedsAFileAndAnOpener(t *testing.T) {
	for outcome, c := range map[string]Config{"nothing": {}, "no opener": {File: Memory}} {
		if _, _, err := Open(t.Context(), c); vfs.KindOf(err) != vfs.KindUnsupported {
			t.Errorf("%s: %v", outcome, err)
		}
	}
}

package ftpfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// mirror copies the whole site into a folder of this computer as the queue
// does, by Walk and Run, and tells what arrived and what was refused. Nothing
// may stand outside that folder.
func mirror(arrived, refused *[]string) func(*bench) error {
	return func(b *bench) error {
		top := b.TempDir()
		here := localfs.New()
		defer here.Close()
		chosen := filepath.Join(top, "outer", "chosen")
		if err := os.MkdirAll(chosen, 0o755); err != nil {
			return err
		}
		dir, err := localfs.FromOS(chosen)
		if err != nil {
			return err
		}
		var failed []error
		err = vfs.Walk(b.Context(), b.fs, vfs.Root(), func(p vfs.Path, e vfs.Entry, leaving bool) error {
			to := dir
			for _, elem := range p.Elems() {
				if to, err = to.Join(elem); err != nil {
					return err
				}
			}
			switch {
			case leaving, e.Type == vfs.TypeLink:
			case e.Type == vfs.TypeDir:
				return here.Mkdir(b.Context(), to)
			default:
				_, err := transfer.Run(b.Context(), transfer.Job{
					Source: transfer.File{FS: b.fs, Path: p}, Target: transfer.File{FS: here, Path: to}, Exists: transfer.Skip,
				})
				failed = append(failed, err)
			}
			return nil
		}, func(_ vfs.Path, e vfs.Entry, _ error) { *refused = append(*refused, e.Name) })
		*arrived = below(b, top, "outer/chosen")
		return errors.Join(append(failed, err)...)
	}
}

// below returns the names of files under top/inner, and fails where there are
// others under top.
func below(b *bench, top, inner string) []string {
	b.Helper()
	var names []string
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name = strings.TrimPrefix(name, top+"/")
		if !strings.HasPrefix(name, inner+"/") {
			b.Errorf("outside the folder stands %q", name)
		}
		names = append(names, strings.TrimPrefix(name, inner+"/"))
		return nil
	})
	if err != nil {
		b.Error(err)
	}
	return names
}

// TestHostileNames: a name that could lead out of the chosen folder, or that
// no command may hold, is shown and left alone; everything else arrives under
// its own name and nowhere else.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for outcome, name := range map[string]string{
		"the folder above":             "..",
		"a path up":                    "../../up",
		"a path up that looks deeper":  "deeper/../../../up",
		"an absolute path":             "/etc/cron.d/evil",
		"a path below":                 "deeper/file",
		"a NUL":                        "a\x00b",
		"a carriage return and a verb": "a\rDELE b",
		"longer than any path":         strings.Repeat("x", 5000),
	} {
		t.Run("refused: "+outcome, func(t *testing.T) {
			t.Parallel()
			var arrived, refused []string
			row{
				plan: listed("type=file;size=35; "+name+"\r\ntype=file;size=35; f\r\n", nil), do: mirror(&arrived, &refused), sessions: 1,
				also: func(b *bench) {
					want := []string{name}
					if name == ".." {
						want = nil // never an entry
					}
					if diff := cmp.Diff([][]string{want, {"f"}}, [][]string{refused, arrived}); diff != "" {
						b.Error(diff)
					}
				},
			}.run(t)
		})
	}
	for outcome, name := range map[string]string{
		"backslashes":               `..\..\up`,
		"a drive":                   `C:\x`,
		"a stream of a file":        "a:b",
		"a device of Windows":       "NUL.txt",
		"a dot at the end":          "a.",
		"a space at the end":        "a ",
		"a space in front":          " a",
		"a hyphen in front":         "-la",
		"a tilde in front":          "~root",
		"stars and brackets":        "[a]*?{b}",
		"semicolons":                "a;type=dir; b",
		"quotes":                    `"a" 'b'`,
		"an arrow of a link":        "a -> b",
		"text turned around":        "a\u202etxt.exe",
		"bytes that are no text":    "a\xff\xfeb",
		"three dots":                "...",
		"a percent escape":          "%2e%2e%2fup",
		"255 bytes":                 strings.Repeat("x", 243),
		"Unicode in two parts":      "u\u0308",
		"a telnet command":          "a\xff\xf4\xf2b",
		"the name of a part":        "g.wherry-part",
		"an ideographic space":      "a\u3000b",
		"a name that is a command":  "QUIT",
		"a shell's favourites":      "$(reboot)`id`|x&",
		"an option of list":         "-R",
		"a name like a reply":       "226 Done",
		"a fullwidth slash":         "a\uff0fb",
		"a name of combining marks": "a" + strings.Repeat("\u0301", 20),
	} {
		t.Run("arrives: "+outcome, func(t *testing.T) {
			t.Parallel()
			var arrived, refused []string
			row{
				plan: ftptest.Plan{Files: map[string]string{"/" + name: content}}, do: mirror(&arrived, &refused),
				also: func(b *bench) {
					if diff := cmp.Diff([][]string{nil, {name}}, [][]string{refused, arrived}); diff != "" {
						b.Error(diff)
					}
				},
			}.run(t)
		})
	}
	t.Run("refused: an escape sequence, and the rest goes through", func(t *testing.T) {
		t.Parallel()
		var arrived, refused []string
		row{
			plan: listed("type=file;size=35; a\x1b[2Jb\r\ntype=file;size=35; f\r\n", nil), do: mirror(&arrived, &refused), want: vfs.KindBadName,
			also: func(b *bench) {
				if diff := cmp.Diff([]string{"f"}, arrived); diff != "" {
					b.Error(diff)
				}
				transcriptIsSafe(b)
			},
		}.run(t)
	})
}

// listed has a listing of the server's own for the top folder, and the content
// of /f behind every name.
func listed(lines string, more map[string]ftptest.Handler) ftptest.Plan {
	verbs := map[string]ftptest.Handler{
		"MLSD": ftptest.Flow{Content: text(lines)}.Serve,
		"RETR": func(c *ftptest.Conn, arg string) {
			if arg != "/proof" {
				arg = "/f"
			}
			ftptest.Default(c, arg)
		},
	}
	for verb, h := range more {
		verbs[verb] = h
	}
	return ftptest.Plan{Verbs: verbs}
}

// TestHostileTrees: folders have an end, links are not followed.
func TestHostileTrees(t *testing.T) {
	t.Parallel()
	var arrived, refused []string
	endless := ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"MLSD": func(c *ftptest.Conn, _ string) {
			ftptest.Flow{Content: text("type=dir; again\r\n")}.Serve(c, "/")
		},
	}}
	link := "type=OS.unix=slink:/;size=1; round\r\ntype=OS.unix=slink:/etc/passwd; out\r\ntype=file;size=35; f\r\n"
	walk := func(b *bench) error {
		return vfs.Walk(b.Context(), b.fs, vfs.Root(), func(vfs.Path, vfs.Entry, bool) error { return nil }, func(vfs.Path, vfs.Entry, error) {})
	}
	catalogue(t, map[string]row{
		"a folder that holds itself ends the walk": {plan: endless, do: walk, want: vfs.KindProtocol, also: count("MLSD", vfs.MaxDepth)},
		"a folder that holds itself is not removed for ever": {plan: endless, want: vfs.KindProtocol, do: func(b *bench) error {
			return vfs.RemoveAll(b.Context(), b.fs, vfs.MustParse("/again"), vfs.Entry{Name: "again", Type: vfs.TypeDir}, func(vfs.Path) {})
		}},
		"a link that leads round is not followed": {plan: listed(link, nil), do: mirror(&arrived, &refused), also: func(b *bench) {
			if diff := cmp.Diff([]string{"f"}, arrived); diff != "" {
				b.Error(diff)
			}
			count("MLSD", 1)(b)
		}},
		"a name that is given twice arrives once": {
			plan: listed("type=file;size=35; f\r\ntype=file;size=35; f\r\n", nil),
			do: func(b *bench) error {
				var arrived, refused []string
				err := mirror(&arrived, &refused)(b)
				if fmt.Sprint(arrived) != "[f]" {
					b.Errorf("%q arrived", arrived)
				}
				return err
			},
		},
	})
}

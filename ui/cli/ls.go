package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"wherry/sync/vfs"
	"wherry/ui/words"
)

func (a *app) lsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ls TARGET...",
		Short: "List a folder, or one file",
		Long: `List what is in a folder on a server, by name, or describe one file.

` + targets + `
A quoted * or ? or [a-z] in the last name lists what matches it, unless a name
is written exactly so.`,
		Example: `  wherry ls ftp://ftp.example.org/pub
  wherry ls shop:/www
  wherry ls --json 'ftpes://anna@ftp.example.org/logs/*.gz'`,
		Args:        a.args(1, -1, "name a folder to list, such as ftp://ftp.example.org/pub"),
		Annotations: map[string]string{groupsOf: "c"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				return s.list(cmd.Context(), args)
			})
		},
	}
}

func (s *session) list(ctx context.Context, args []string) error {
	out := bufio.NewWriter(s.std.Out)
	for _, arg := range args {
		entries, err := s.listed(ctx, arg)
		if err != nil {
			return err
		}
		slices.SortFunc(entries, func(a, b vfs.Entry) int { return strings.Compare(a.Name, b.Name) })
		if s.opt.json {
			err = writeEntriesJSON(out, entries)
		} else {
			writeEntries(out, entries)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// listed returns the content of a folder, or the files that arg names.
func (s *session) listed(ctx context.Context, arg string) ([]vfs.Entry, error) {
	r, err := s.remote(ctx, arg)
	if err != nil {
		return nil, err
	}
	if r.path.IsRoot() || !r.hasPath || strings.HasSuffix(arg, "/") {
		return r.fs.List(ctx, r.path)
	}
	found, err := expand(ctx, r, true)
	if err != nil {
		return nil, err
	}
	if len(found) == 1 && found[0].path == r.path && found[0].entry.Type != vfs.TypeFile {
		entries, err := r.fs.List(ctx, r.path)
		if err == nil || found[0].entry.Type == vfs.TypeDir {
			return entries, err
		}
		// A link to a file, or one that leads nowhere: show itself.
	}
	entries := make([]vfs.Entry, len(found))
	for i, f := range found {
		entries[i] = f.entry
	}
	return entries, nil
}

// writeEntries writes columns for people. Every column but the name is as
// wide as its widest text.
func writeEntries(out io.Writer, entries []vfs.Entry) {
	rows := make([][5]string, len(entries))
	var width [5]int
	for i, e := range entries {
		size := ""
		if e.Type == vfs.TypeFile || e.Type == vfs.TypeUnknown {
			size = words.Size(e.Size)
		}
		rows[i] = [5]string{
			words.Mode(e), vfs.Readable(e.Owner), vfs.Readable(e.Group), size, words.Time(e.ModTime, e.Accuracy, time.Local),
		}
		for c, text := range rows[i] {
			width[c] = max(width[c], len([]rune(text)))
		}
	}
	for i, e := range entries {
		for c, text := range rows[i] {
			if width[c] == 0 {
				continue // nobody has an owner here
			}
			pad := strings.Repeat(" ", width[c]-len([]rune(text)))
			if c == 3 {
				fmt.Fprintf(out, "%s%s  ", pad, text)
			} else {
				fmt.Fprintf(out, "%s%s  ", text, pad)
			}
		}
		name := vfs.Readable(e.Name)
		if e.Target != "" {
			name += " -> " + vfs.Readable(e.Target)
		}
		fmt.Fprintln(out, name)
	}
}

// entryJSON is the line of `ls --json`. What the server does not tell is null.
type entryJSON struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"` // file, dir, link, other
	Size     *int64  `json:"size"` // bytes
	Modified *string `json:"modified"`
	Mode     *string `json:"mode"` // octal, four digits
	Owner    *string `json:"owner"`
	Group    *string `json:"group"`
	Target   *string `json:"target"` // of a link; "" of what is none
	// NameBytes are the name's own bytes in base64, only where they are no
	// UTF-8 and name is therefore a readable stand-in.
	NameBytes []byte `json:"name_bytes,omitempty"`
}

// asText returns a name for JSON, which can carry any text: as it is, so that
// a script can use it again; what is no text, readably.
func asText(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return vfs.Readable(name)
}

// told is a text for JSON, nil for one that the server does not tell.
func told(text string) *string {
	if text == "" {
		return nil
	}
	text = asText(text)
	return &text
}

func writeEntriesJSON(out io.Writer, entries []vfs.Entry) error {
	enc := jsonLines(out)
	for _, e := range entries {
		row := entryJSON{
			Name: asText(e.Name), Type: e.Type.String(),
			Owner: told(e.Owner), Group: told(e.Group), Target: told(e.Target),
		}
		if none := ""; e.Type != vfs.TypeLink && e.Target == "" {
			row.Target = &none
		}
		if !utf8.ValidString(e.Name) {
			row.NameBytes = []byte(e.Name)
		}
		if e.Size >= 0 && e.Type != vfs.TypeDir {
			row.Size = &e.Size
		}
		if !e.ModTime.IsZero() {
			when := e.ModTime.UTC().Format(time.RFC3339)
			row.Modified = &when
		}
		if e.HasMode {
			mode := fmt.Sprintf("%04o", e.Mode.Perm())
			row.Mode = &mode
		}
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

// jsonLines writes one object a line, names as they are: no reader of ours
// is a web page, for which Go would escape < and &.
func jsonLines(out io.Writer) *json.Encoder {
	enc := json.NewEncoder(visible{out})
	enc.SetEscapeHTML(false)
	return enc
}

// visible writes JSON so that printing it cannot move a terminal's cursor or
// turn text around: what JSON leaves as it is and no terminal should see is
// escaped, and means the same to whoever reads it. Outside of strings there is
// no such character. An Encoder writes a whole line at once.
type visible struct{ out io.Writer }

// Write escapes p into out.
func (v visible) Write(p []byte) (int, error) {
	var b []byte
	for _, r := range string(p) {
		switch {
		case r == '\n' || unicode.IsGraphic(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	if _, err := v.out.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}

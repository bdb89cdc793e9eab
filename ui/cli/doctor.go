package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

func (a *app) doctorCommand() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "doctor TARGET",
		Short: "Check a connection, step by step",
		Long: `Try each step of a connection to a server by itself, and tell what was seen: the
host name and its addresses, the connection, the greeting, TLS and the
certificate, the login, and then data connections in all four ways, passive by
EPSV and PASV, active by EPRT and PORT, each by a real listing. At the end stand
a picture of the connections, a verdict, and what may help.

Both modes are tried whatever --mode or the site says; the verdict is about the
one that would be used. Nothing is written to the server without --write; with
it small temporary files are uploaded to the folder in TARGET, downloaded,
resumed, renamed and deleted. Most checks take a few seconds; a firewall that
drops connections makes it half a minute. Ctrl-C ends it at once.

It ends with 0 where a data connection works and so does the folder in TARGET:
it can be listed and, with --write, written to. Where only the folder fails it
ends with 1, and with "works":true in --json, which is about data connections.

` + targets,
		Example: `  wherry doctor ftp://anna@ftp.example.org
  wherry doctor shop:/www --write
  wherry doctor shop: --json`,
		Args: a.args(1, 1, "name the server to check, such as ftp://user@ftp.example.org"), Annotations: map[string]string{groupsOf: "c"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{}, func(s *session) error {
				return s.check(cmd.Context(), args[0], write)
			})
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "also try transfers with small temporary files, which are removed again")
	return cmd
}

// check runs the doctor and tells of it.
func (s *session) check(ctx context.Context, text string, write bool) error {
	place, err := s.resolve(text)
	if err != nil {
		return err
	}
	if place.Local {
		return usagef(s.command, "%s is on this computer; name a server, such as ftp://user@ftp.example.org", words.Safe(text))
	}
	var dir vfs.Path
	if place.HasPath {
		dir = place.Path
	}
	c := &consultation{session: s, site: place.Site}
	if s.opt.json {
		c.enc = jsonLines(s.std.Out)
	}
	c.begin()
	report, err := s.engine.Check(ctx, place.Site, place.Password, write, dir, c.step)
	if err != nil {
		return err
	}
	c.end(report)
	if c.failed != nil {
		return c.failed
	}
	if code := checkCode(report); code != exitOK {
		s.told = true
		return &reportedError{code}
	}
	return nil
}

// checkCode is the exit code of a check: whether files can be transferred, and
// if not, why; and whether the folder that was named can be used as asked.
func checkCode(r doctor.Report) int {
	stopped, ok := r.Stopped()
	switch {
	case ok && stopped.Kind() == vfs.KindCancelled:
		return exitInterrupted
	case r.Works() && len(r.Missed()) > 0:
		return exitFailed
	case r.Works():
		return exitOK
	case !ok:
		return exitNoData
	}
	if code := kindCode(stopped.Kind(), true); code != exitFailed {
		return code
	}
	return exitConnect
}

// consultation is one check as it is told.
type consultation struct {
	*session
	site   site.Site
	enc    *json.Encoder // nil without --json
	steps  []doctor.Step
	names  []string // of steps that were not made, and are yet to be told
	why    string   // they were not made
	failed error    // of writing
}

// write notes the first failure to write, after which nothing more is told.
func (c *consultation) write(format string, args ...any) {
	if c.failed == nil {
		_, c.failed = fmt.Fprintf(c.std.Out, format, args...)
	}
}

func (c *consultation) begin() {
	if c.enc == nil && !c.opt.quiet {
		c.write("Checking %s, transfer mode %s\n\n", words.Safe(address(c.site)), modeWords(c.site.Mode))
	}
}

// stepWidth is the column of names.
const stepWidth = 22

// step tells one step at once. What it means may depend on later ones, and is
// told at the end.
func (c *consultation) step(s doctor.Step) {
	c.steps = append(c.steps, s)
	if c.enc != nil {
		if c.failed == nil {
			c.failed = c.enc.Encode(stepJSONOf(s, c.soFar()))
		}
		return
	}
	w := words.Step(s, c.soFar(), words.CommandLine)
	text := w.Seen
	switch s.Status {
	case doctor.Failed:
		if text == "" {
			text = w.Means
		}
	case doctor.NotAllowed:
		text = "not allowed (use --write)"
	case doctor.NotPossible:
		text = w.Means
	}
	if s.Status == doctor.NotPossible || s.Status == doctor.NotAllowed {
		c.untried(w.Name, text)
		return
	}
	c.tellUntried()
	sign := "✓"
	if s.Status == doctor.Failed {
		sign = "✗"
	}
	c.line(sign, w.Name, words.TookOf(s), shorten(text, 3*textWidth/2))
}

// untried gathers steps that were not made for one reason, and tells them
// together.
func (c *consultation) untried(name, why string) {
	if c.why != why {
		c.tellUntried()
	}
	c.why, c.names = why, append(c.names, name)
}

func (c *consultation) tellUntried() {
	switch n := len(c.names); {
	case n == 0:
		return
	case n == 1:
		c.line("–", c.names[0], "", c.why)
	case n > 6:
		c.line("–", fmt.Sprintf("The other %d steps", n), "", c.why)
	default:
		c.line("–", fmt.Sprintf("%s and %d more", c.names[0], n-1), "", c.why)
	}
	c.names = nil
}

func (c *consultation) line(sign, name, took, text string) {
	if !c.opt.quiet {
		c.write("%s", paragraph(fmt.Sprintf("%s %-*s %7s  ", sign, stepWidth, name, took), "", text))
	}
}

// soFar is the report as far as it has come.
func (c *consultation) soFar() doctor.Report {
	return doctor.Partial(c.site, c.steps)
}

// end tells the whole.
func (c *consultation) end(r doctor.Report) {
	v := words.VerdictFor(r, words.CommandLine)
	switch {
	case c.enc != nil:
		if c.failed == nil {
			c.failed = c.enc.Encode(verdictJSONOf(r, v))
		}
		return
	case c.opt.quiet:
		c.write("%s\n", v.Title)
		return
	}
	c.tellUntried()
	c.write("\n")
	if picture := words.Picture(r); picture != "" {
		c.write("%s\n", picture)
	}
	for _, n := range notesOf(r, v) {
		c.write("%s", paragraph(strings.Join(n.names, ", ")+": ", "  ", n.text)+"\n")
	}
	c.write("%s", paragraph("Verdict: ", "", v.Title))
	if v.Remedy != "" {
		c.write("%s", paragraph("To do:   ", "", v.Remedy))
	}
	c.write("Took %s.\n", words.Took(r.Took))
}

// note is what is worth knowing of one step or of several alike.
type note struct {
	names []string
	text  string
	alike string // "" unless it tells of a data connection that failed
}

// notesOf gathers what failed and what is strange. Advice that the verdict
// gives is not given twice, and of two ways of one mode that failed alike the
// first is told.
func notesOf(r doctor.Report, v words.Words) []note {
	var all []note
	for _, s := range r.Steps {
		if s.Status != doctor.Passed && s.Status != doctor.Failed {
			continue
		}
		w := words.Step(s, r, words.CommandLine)
		text := w.Means
		if w.Do != "" && !strings.Contains(v.Remedy, w.Do) {
			text = strings.TrimSpace(text + " " + w.Do)
		}
		if text == "" || strings.Contains(v.String(), text) {
			continue
		}
		alike := ""
		if a := s.Attempt; a != nil && s.Status == doctor.Failed {
			alike = string(a.Rung.Mode()) + " " + string(a.Outcome)
		}
		if last := len(all) - 1; last >= 0 && alike != "" && all[last].alike == alike && !words.Strange(s, r) {
			all[last].names = append(all[last].names, w.Name)
			continue
		}
		all = append(all, note{[]string{w.Name}, text, alike})
	}
	return all
}

// textWidth is where lines are broken.
const textWidth = 96

// paragraph breaks text at blanks behind a head; further lines stand under its
// end where that leaves room, else under a short indent.
func paragraph(head, indent, text string) string {
	var b strings.Builder
	line := indent + head
	under := strings.Repeat(" ", len([]rune(line)))
	if len(under) > textWidth/2 || indent != "" {
		under = indent + "  "
	}
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > textWidth {
			b.WriteString(line + "\n")
			line, empty = under, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

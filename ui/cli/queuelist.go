package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// itemJSON is a line of `queue list --json`.
type itemJSON struct {
	ID       queue.ID    `json:"id"`
	Parent   queue.ID    `json:"parent,omitempty"`
	State    queue.State `json:"state"`
	Type     string      `json:"type"`
	Source   string      `json:"source"`
	Target   string      `json:"target"`
	Done     int64       `json:"done"` // bytes of a file, entries of a folder
	Size     *int64      `json:"size"`
	Attempts int         `json:"attempts"`
	Added    time.Time   `json:"added"`
	Ended    *time.Time  `json:"ended,omitempty"`
	Verified string      `json:"verified,omitempty"` // of a done file: size, hash or none
	Priority string      `json:"priority"`
	KeepMode bool        `json:"keep_mode,omitempty"`
	// When a person wants it to begin; absent where that is at its turn.
	NotBefore *time.Time `json:"not_before,omitempty"`
	// What a waiting row waits for; absent where that is only its turn.
	NextTry  *time.Time `json:"next_try,omitempty"`
	WaitsFor string     `json:"waits_for,omitempty"` // the host that does not answer
	Kind     string     `json:"kind,omitempty"`
	Message  string     `json:"message,omitempty"`
}

func (a *app) queueList() *cobra.Command {
	limit := 100
	var f queue.Filter
	cmd := &cobra.Command{
		Use: "list", Short: "List the queue, or search it",
		Long: `List the queue in the order in which it is done, or with --done what is done
already, the latest first. --find leaves the rows whose source or target has the text
in its path; large and small letters of a to z are one.`,
		Example: "  wherry queue list\n  wherry queue list --limit 1000 --json\n  wherry queue list --done --find report.pdf",
		Args:    a.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef(cmd.CommandPath(), "--limit takes a number from 1 on.")
			}
			if f.Newest {
				f.States = []queue.State{queue.Done}
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.listQueue(cmd.Context(), f, limit)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", limit, "list up to `N` rows")
	cmd.Flags().BoolVar(&f.Newest, "done", false, "what is done, the latest first")
	cmd.Flags().StringVar(&f.Find, "find", "", "only rows with `TEXT` in the path of source or target")
	return cmd
}

// listQueue lists by pages: neither the rows nor their lines are held at once.
func (s *session) listQueue(ctx context.Context, f queue.Filter, limit int) error {
	for offset := 0; offset < limit; {
		items, err := s.engine.Queue().List(ctx, f, offset, min(page, limit-offset))
		if err != nil {
			return err
		}
		if err := s.listPage(items); err != nil {
			return err
		}
		if len(items) < page {
			break
		}
		offset += len(items)
	}
	if !s.opt.json {
		s.queueTotals()
	}
	return nil
}

func (s *session) listPage(items []queue.Item) error {
	if s.opt.json {
		enc := jsonLines(s.std.Out)
		for _, i := range items {
			if err := enc.Encode(s.lineOfItem(i)); err != nil {
				return err
			}
		}
		return nil
	}
	out := tabwriter.NewWriter(s.std.Out, 0, 0, 2, ' ', 0)
	for _, i := range items {
		size, message := words.Size(i.Size), messageOf(i)
		if i.Type == vfs.TypeDir {
			size = words.Count(i.Size, "entry", "entries")
		}
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t-> %s\n", i.ID, stateText(i), size, withName(show(s.engine, i.Source), i), withName(show(s.engine, i.Target), i))
		switch {
		case i.WaitsFor != site.Local:
			message = s.waitText(i.WaitsFor, i.NextTry)
		case message == "" && begins(i) && i.State != queue.Done:
			message = "not before " + words.Moment(i.NotBefore.Local(), time.Now())
		}
		if message != "" {
			fmt.Fprintf(out, "\t\t\t%s\n", message)
		}
	}
	return out.Flush()
}

// begins says whether a time to begin is still to come.
func begins(i queue.Item) bool { return i.Ended.IsZero() && i.NotBefore.After(time.Now()) }

func messageOf(i queue.Item) string {
	if i.Message == "" {
		return ""
	}
	return words.OfKind(i.Kind, about(i), i.Message, words.CommandLine).Title
}

// lineOfItem is a row for JSON.
func (s *session) lineOfItem(i queue.Item) itemJSON {
	line := itemJSON{
		ID: i.ID, Parent: i.Parent, State: i.State, Type: i.Type.String(), Source: withName(show(s.engine, i.Source), i),
		Target: withName(show(s.engine, i.Target), i), Done: i.Done, Attempts: i.Attempts, Priority: i.Priority.String(), Message: messageOf(i),
		Added: i.Added, Verified: i.Verified, KeepMode: i.KeepMode,
	}
	if i.Size >= 0 {
		line.Size = &i.Size
	}
	if line.Message != "" {
		line.Kind = i.Kind.String()
	}
	if begins(i) {
		line.NotBefore = &i.NotBefore
	}
	if i.State == queue.Waiting && !i.NextTry.IsZero() {
		line.NextTry = &i.NextTry
	}
	if !i.Ended.IsZero() {
		line.Ended = &i.Ended
	}
	if i.WaitsFor != site.Local {
		line.WaitsFor = s.hostOf(i.WaitsFor)
	}
	return line
}

// stateText is the state, with a priority that is not the usual one.
func stateText(i queue.Item) string {
	if i.Priority == queue.Normal || !i.Ended.IsZero() {
		return string(i.State)
	}
	return string(i.State) + ", " + i.Priority.String()
}

// queueTotals says how much of the queue the list left out.
func (s *session) queueTotals() {
	snap := s.engine.Queue().Snapshot()
	s.notice("wherry: %s", totals(snap))
	s.queueWaits(snap)
}

// waitText says what a row waits for, and until when by the clock here.
func (s *session) waitText(id site.ID, until time.Time) string {
	if until.IsZero() {
		return "waiting for " + s.hostOf(id) + ", which is being tried"
	}
	return "waiting for " + s.hostOf(id) + " until " + until.Local().Format("15:04")
}

// hostOf is the host of a site, safe to show.
func (s *session) hostOf(id site.ID) string {
	one, _ := s.engine.Site(id)
	return words.Safe(one.Host)
}

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
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
	Segments int         `json:"segments,omitempty"`
	// When a person wants it to begin; absent where that is at its turn.
	NotBefore *time.Time `json:"not_before,omitempty"`
	// What a waiting row waits for; absent where that is only its turn.
	NextTry  *time.Time `json:"next_try,omitempty"`
	WaitsFor string     `json:"waits_for,omitempty"` // the host that does not answer
	// What an asking row asks: exists or replace, see queue answer; of exists what
	// is there and what is to come.
	Asks    string    `json:"asks,omitempty"`
	There   *sideJSON `json:"there,omitempty"`
	New     *sideJSON `json:"new,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Message string    `json:"message,omitempty"`
}

// sideJSON is one side of a question, null where it is not known.
type sideJSON struct {
	Size     *int64     `json:"size"`
	Modified *time.Time `json:"modified"`
}

func sideOf(e vfs.Entry) *sideJSON {
	side := sideJSON{}
	if e.Size >= 0 {
		side.Size = &e.Size
	}
	if !e.ModTime.IsZero() {
		side.Modified = &e.ModTime
	}
	return &side
}

// defaultRows is how many rows a person is shown who asks for no number.
const defaultRows = 100

func (a *app) queueList() *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use: "list", Short: "List the queue, or search it",
		Long: `List the queue in the order in which it is done: what is left and what failed, up to
100 rows. --all, --state and their like choose other rows, and --done has the latest
first. --find leaves the rows whose source or target has the text in its path, whatever
their state; large and small letters of a to z are one. With --json every row is
written, unless a flag leaves some out.`,
		Example: "  wherry queue list\n  wherry queue list --failed\n  wherry queue list --state waiting,asking --json\n  wherry queue list --done --find report.pdf",
		Args:    a.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if l.limit < 0 {
				return usagef(cmd.CommandPath(), "--limit takes a number from 1 on, or 0 for all.")
			}
			if err := l.choose(cmd, a.opt.json); err != nil {
				return err
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.listQueue(cmd.Context(), l)
			})
		},
	}
	l.states.allowed = states
	cmd.Flags().IntVar(&l.limit, "limit", defaultRows, "list up to `N` rows, 0 for all (default 100; all with --json or --all)")
	cmd.Flags().Lookup("limit").DefValue = "0" // the text tells it
	cmd.Flags().Var(&l.states, "state", "only rows in these `states`, such as failed or waiting,asking")
	cmd.Flags().Bool("left", false, "what has not ended")
	cmd.Flags().Bool("failed", false, "what failed")
	cmd.Flags().BoolVar(&l.Newest, "done", false, "what is done, the latest first")
	cmd.Flags().Bool("all", false, "rows in every state")
	cmd.Flags().StringVar(&l.Find, "find", "", "only rows with `TEXT` in the path of source or target")
	return cmd
}

// listing is what queue list is to show.
type listing struct {
	queue.Filter
	states  stateList
	limit   int  // 0 for all
	usually bool // nobody chose states: people are told which ones are left out
}

// open are the states that have not ended.
var open = []queue.State{queue.Active, queue.Scanning, queue.Waiting, queue.Asking, queue.Paused}

// choose makes the filter of the flags.
func (l *listing) choose(cmd *cobra.Command, json bool) error {
	flags, ways := cmd.Flags(), 0
	for name, chosen := range map[string][]queue.State{
		"state": l.states.chosen, "left": open, "failed": {queue.Failed}, "done": {queue.Done}, "all": nil,
	} {
		if flags.Changed(name) {
			ways++
			l.States = chosen
		}
	}
	if ways > 1 {
		return usagef(cmd.CommandPath(), "choose one of --state, --left, --failed, --done and --all; --state takes several states, as in --state failed,asking.")
	}
	if !flags.Changed("limit") && (json || flags.Changed("all")) {
		l.limit = 0
	}
	if l.usually = ways == 0 && l.Find == "" && !json; l.usually {
		l.States = append([]queue.State{queue.Failed}, open...)
	}
	return nil
}

// stateList is a flag of states, with commas between them.
type stateList struct {
	allowed, chosen []queue.State
}

func (l *stateList) String() string { return "" }

// Type is what stands for the value in a help text that names none.
func (l *stateList) Type() string { return "STATES" }

// Set adds to what was said before.
func (l *stateList) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		state := queue.State(strings.TrimSpace(word))
		if !slices.Contains(l.allowed, state) {
			return fmt.Errorf("it takes %s", strings.Trim(fmt.Sprint(l.allowed), "[]"))
		}
		l.chosen = append(l.chosen, state)
	}
	return nil
}

// listQueue lists by pages: neither the rows nor their lines are held at once.
func (s *session) listQueue(ctx context.Context, l listing) error {
	listed := 0
	err := s.engine.Queue().Walk(ctx, l.Filter, l.limit, func(items []queue.Item) error {
		listed += len(items)
		return s.listPage(items)
	})
	if err != nil {
		return err
	}
	if s.opt.json {
		return nil
	}
	if err := s.queueTotals(ctx); err != nil {
		return err
	}
	return s.leftOut(ctx, l, listed)
}

// leftOut says which rows the list did not show, and how they are seen.
func (s *session) leftOut(ctx context.Context, l listing, listed int) error {
	found, err := s.engine.Queue().Count(ctx, l.Filter)
	if err != nil {
		return err
	}
	if more := found - listed; more > 0 {
		s.notice("wherry: %s left out; --limit 0 lists all.", words.Count(int64(more), "more row of these is", "more rows of these are"))
	}
	if !l.usually {
		return nil
	}
	count := s.engine.Queue().Snapshot().Count
	if ended := count[queue.Done] + count[queue.Skipped]; ended > 0 {
		s.notice("wherry: %s not listed that %s done or skipped; --done or --all lists them.",
			words.Count(int64(ended), "row is", "rows are"), map[bool]string{true: "is", false: "are"}[ended == 1])
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
			if unread(i) {
				size = words.Size(vfs.SizeUnknown)
			}
		}
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t-> %s\n", i.ID, stateText(i), size, withName(show(s.engine, i.Source), i), withName(show(s.engine, i.Target), i))
		switch {
		case i.Question != nil:
			message = asked(*i.Question)
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

// asked is what a row asks, in one line.
func asked(q transfer.Question) string {
	if q.NoReplace {
		return "asks how to replace the file there, which the server does not by itself: " + strings.Join(waysToAnswer, ", ")
	}
	return "asks: there now " + words.Side(q.TargetNow, q.SourceEntry, time.Local) + "; new " + words.Side(q.SourceEntry, q.TargetNow, time.Local)
}

// unread says whether a folder's entries are not known yet.
func unread(i queue.Item) bool {
	return i.Type == vfs.TypeDir && i.Size == 0 && !slices.Contains([]queue.State{queue.Active, queue.Done}, i.State)
}

// begins says whether a time to begin is still to come.
func begins(i queue.Item) bool { return i.Ended.IsZero() && i.NotBefore.After(time.Now()) }

// messageOf is why a row failed, was skipped or is tried again, "" for nothing.
func messageOf(i queue.Item) string {
	switch {
	case i.Message == "":
		return ""
	case i.State == queue.Skipped && i.Kind == vfs.KindOther:
		why, _ := words.Skipped(i.Message)
		return why + "."
	}
	return words.OfKind(i.Kind, about(i), i.Message, words.CommandLine).Title
}

// lineOfItem is a row for JSON.
func (s *session) lineOfItem(i queue.Item) itemJSON {
	line := itemJSON{
		ID: i.ID, Parent: i.Parent, State: i.State, Type: i.Type.String(), Source: withName(show(s.engine, i.Source), i),
		Target: withName(show(s.engine, i.Target), i), Done: i.Done, Attempts: i.Attempts, Priority: i.Priority.String(), Message: messageOf(i),
		Added: i.Added, Verified: i.Verified, KeepMode: i.KeepMode, Segments: i.Segments,
	}
	if i.Type == vfs.TypeUnknown {
		line.Type = "unknown"
	}
	if i.Size >= 0 && !unread(i) {
		line.Size = &i.Size
	}
	if line.Message != "" && (i.State != queue.Skipped || i.Kind != vfs.KindOther) {
		line.Kind = i.Kind.String()
	}
	switch {
	case i.Question == nil:
	case i.Question.NoReplace:
		line.Asks = "replace"
	default:
		line.Asks, line.There, line.New = "exists", sideOf(i.Question.TargetNow), sideOf(i.Question.SourceEntry)
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
func (s *session) queueTotals(ctx context.Context) error {
	folders, err := s.engine.Queue().Folders(ctx)
	if err != nil {
		return err
	}
	broken, err := s.engine.Queue().Broken(ctx)
	if err != nil {
		return err
	}
	_, opens, err := s.engine.Queue().Elsewhere()
	if err != nil {
		return err
	}
	snap := s.engine.Queue().Snapshot()
	s.notice("wherry: %s", totals(snap, folders, broken))
	s.queueWaits(snap)
	s.queueHours(snap, opens)
	return nil
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

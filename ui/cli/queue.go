package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

func (a *app) queueCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "queue",
		Short: "The queue: add, list, run, move, priority, pause, resume, retry, remove, clear",
		Long: `The queue keeps transfers on disk until they are done, also when the program or
the computer ends. The window works on it while it is open, wherry queue run does
without a window, and only one of them at a time; all may add to it.`,
		Example: `  wherry queue add get shop:/www ~/backup
  wherry queue list
  wherry queue run`,
		Annotations: map[string]string{groupsOf: ""},
	}, a.queueAdd(), a.queueList(), a.queueRun(), a.queueMove(), a.queuePriority(),
		a.queueChange("pause", "Pause rows, or all that are left", (*queue.Queue).Pause, queue.Waiting, queue.Scanning, queue.Active, queue.Asking),
		a.queueChange("resume", "Let paused rows go on, or all of them", (*queue.Queue).Resume, queue.Paused),
		a.queueChange("retry", "Try failed rows again, or all of them", (*queue.Queue).Retry, queue.Failed),
		a.queueChange("remove", "Take rows out of the queue, or all of them", (*queue.Queue).Remove),
		a.queueClear())
}

func (a *app) queueAdd() *cobra.Command {
	add := func(use, short, example string, plan planner) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Example: example, Long: short + ", later or by another Wherry that runs.\n\n" + arrival + "\n\n" + targets + "\n" +
				"Connection flags are kept with an address; those of a saved site are its own.",
			Args: a.args(2, -1, "name what to copy and where to"), Annotations: map[string]string{groupsOf: "c"},
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true, later: true}, func(s *session) error {
					return s.enqueue(cmd.Context(), args, plan)
				})
			},
		}
	}
	return group(&cobra.Command{
		Use:   "add",
		Short: "Add downloads (get) or uploads (put)",
		Example: `  wherry queue add get shop:/www ~/backup
  wherry queue add put photos shop:/in/`,
		Annotations: map[string]string{groupsOf: "c"},
	},
		add("get TARGET... DIR", "Download files and folders", "  wherry queue add get shop:/www ~/backup", (*session).planGet),
		add("put PATH... TARGET", "Upload files and folders", "  wherry queue add put photos shop:/in/", (*session).planPut))
}

func (s *session) enqueue(ctx context.Context, args []string, plan planner) error {
	reqs, err := plan(s, ctx, args)
	if err != nil {
		return err
	}
	for i := range reqs {
		// Whoever works on the queue may have a person to ask.
		if s.opt.exists.value == "" {
			reqs[i].Exists = "ask"
		}
	}
	ids, err := s.engine.Enqueue(ctx, reqs...)
	if err != nil {
		return err
	}
	if !s.opt.json {
		s.notice("wherry: Added %s. `wherry queue run` or an open window does the work.", words.Count(int64(len(ids)), "row", "rows"))
		return nil
	}
	enc := jsonLines(s.std.Out)
	for i, id := range ids {
		line := eventJSON{Event: "added", ID: id, Source: show(s.engine, reqs[i].Source), Target: show(s.engine, reqs[i].Target)}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

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
	Ended    *time.Time  `json:"ended,omitempty"`
	Priority string      `json:"priority"`
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
				items, err := s.engine.Queue().List(cmd.Context(), f, 0, limit)
				if err != nil {
					return err
				}
				return s.listQueue(items)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", limit, "list up to `N` rows")
	cmd.Flags().BoolVar(&f.Newest, "done", false, "what is done, the latest first")
	cmd.Flags().StringVar(&f.Find, "find", "", "only rows with `TEXT` in the path of source or target")
	return cmd
}

func (s *session) listQueue(items []queue.Item) error {
	enc := jsonLines(s.std.Out)
	out := tabwriter.NewWriter(s.std.Out, 0, 0, 2, ' ', 0)
	for _, i := range items {
		message := ""
		if i.Message != "" {
			message = words.OfKind(i.Kind, about(i), i.Message, words.CommandLine).Title
		}
		if s.opt.json {
			line := itemJSON{
				ID: i.ID, Parent: i.Parent, State: i.State, Type: i.Type.String(), Source: withName(show(s.engine, i.Source), i),
				Target: withName(show(s.engine, i.Target), i), Done: i.Done, Attempts: i.Attempts, Priority: i.Priority.String(), Message: message,
			}
			if i.Size >= 0 {
				line.Size = &i.Size
			}
			if message != "" {
				line.Kind = i.Kind.String()
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
			if err := enc.Encode(line); err != nil {
				return err
			}
			continue
		}
		size := words.Size(i.Size)
		if i.Type == vfs.TypeDir {
			size = words.Count(i.Size, "entry", "entries")
		}
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t-> %s\n", i.ID, stateText(i), size, withName(show(s.engine, i.Source), i), withName(show(s.engine, i.Target), i))
		if i.WaitsFor != site.Local {
			message = s.waitText(i.WaitsFor, i.NextTry)
		}
		if message != "" {
			fmt.Fprintf(out, "\t\t\t%s\n", message)
		}
	}
	if err := out.Flush(); err != nil || s.opt.json {
		return err
	}
	s.queueTotals()
	return nil
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
	total := int64(0)
	snap := s.engine.Queue().Snapshot()
	text := ""
	for _, state := range []queue.State{queue.Active, queue.Scanning, queue.Waiting, queue.Asking, queue.Paused, queue.Failed, queue.Skipped, queue.Done} {
		if n := int64(snap.Count[state]); n > 0 {
			total += n
			text += ", " + words.Number(n) + " " + string(state)
		}
	}
	s.notice("wherry: %s%s", words.Count(total, "row", "rows"), text)
	for _, w := range snap.Waits {
		reason := words.OfKind(w.Kind, w.About, w.Message, words.CommandLine).Title
		s.notice("wherry: %s All its rows are %s; wherry queue retry ID tries at once.", reason, s.waitText(w.Site, w.Until))
	}
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

func (a *app) queueRun() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Work on the queue until nothing is left to do",
		Long: `Transfer what is in the queue, without a window, until nothing is left that can go
on by itself. Rows that ask something are asked here on a terminal, and stay
asking otherwise. A password that is not in the keychain is asked for, or read by
--password-stdin or from WHERRY_PASSWORD where all rows need the same login.`,
		Example: `  wherry queue run
  wherry queue run --json --log wherry.log`,
		Args: a.args(0, 0, ""), Annotations: map[string]string{groupsOf: "ct"},
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runQueue(cmd.Context(), cmd.CommandPath()) },
	}
}

func (a *app) runQueue(ctx context.Context, command string) error {
	r := a.newRun()
	events := newEvents(r.event)
	defer events.Close()
	err := a.withEngine(ctx, command, wish{durable: true, events: events.OnEvent}, func(s *session) error {
		r.begin(s)
		if err := s.givePassword(ctx); err != nil {
			return err
		}
		return r.drain(ctx, s.engine.Queue(), events)
	})
	if errors.Is(err, queue.ErrRunning) {
		a.say("wherry: Another Wherry works on the queue already: its window, or another `wherry queue run`.\n" +
			"        It does what is added here too; there is nothing more to start.")
		return &reportedError{exitFailed}
	}
	return err
}

// givePassword lets the one login that the queue needs have the password that
// was given beside the command.
func (s *session) givePassword(ctx context.Context) error {
	ids, err := s.engine.Queue().Sites(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		one, ok := s.engine.Site(id)
		if !ok {
			continue
		}
		password, err := s.given(s.command, one)
		if err != nil {
			return err
		}
		if password == "" {
			continue
		}
		if err := s.engine.Remember(ctx, id, password, false); err != nil {
			return err
		}
	}
	return nil
}

// queueChange makes a command that changes rows by their numbers; without any,
// all rows in one of the states (all rows at all for none).
func (a *app) queueChange(name, short string, change func(*queue.Queue, context.Context, ...queue.ID) error, states ...queue.State) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: name + " ID...", Short: short, Example: "  wherry queue " + name + " 12 13\n  wherry queue " + name + " --all",
		Long: short + ". ID is a number of wherry queue list; a folder stands for all that is in it.",
		Args: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) != all {
				return usagef(cmd.CommandPath(), "name rows by the numbers of `wherry queue list`, or all of them with --all.")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := rowIDs(cmd.CommandPath(), args)
			if err != nil {
				return err
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				q := s.engine.Queue()
				if all {
					return changeAll(cmd.Context(), q, change, states)
				}
				return change(q, cmd.Context(), ids...)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all rows that it can be done with")
	return cmd
}

// rowIDs reads the numbers of rows.
func rowIDs(command string, args []string) ([]queue.ID, error) {
	ids := make([]queue.ID, len(args))
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n < 1 {
			return nil, usagef(command, "%s is no number of a row.", words.Safe(arg))
		}
		ids[i] = queue.ID(n)
	}
	return ids, nil
}

// page is how many rows are changed at a time.
const page = 1000

func changeAll(ctx context.Context, q *queue.Queue, change func(*queue.Queue, context.Context, ...queue.ID) error, states []queue.State) error {
	last := queue.ID(0)
	for {
		items, err := q.List(ctx, queue.Filter{States: states}, 0, page)
		if err != nil || len(items) == 0 || items[0].ID == last {
			return err // an unchanged first row means that the rest cannot be changed
		}
		last = items[0].ID
		ids := make([]queue.ID, len(items))
		for i, item := range items {
			ids[i] = item.ID
		}
		if err := change(q, ctx, ids...); err != nil {
			return err
		}
	}
}

func (a *app) queueClear() *cobra.Command {
	return &cobra.Command{
		Use:   "clear [done|failed|skipped]...",
		Short: "Forget rows that have ended",
		Long:  "Forget rows that are done and skipped, or those in the states that are named. The files stay.",
		Example: `  wherry queue clear
  wherry queue clear failed`,
		Args: cobra.ArbitraryArgs, ValidArgs: []string{"done", "failed", "skipped"},
		RunE: func(cmd *cobra.Command, args []string) error {
			states := []queue.State{queue.Done, queue.Skipped}
			if len(args) > 0 {
				states = nil
			}
			for _, arg := range args {
				switch state := queue.State(arg); state {
				case queue.Done, queue.Failed, queue.Skipped:
					states = append(states, state)
				default:
					return usagef(cmd.CommandPath(), "%s is not one of done, failed and skipped.", words.Safe(arg))
				}
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.engine.Queue().Clear(cmd.Context(), states...)
			})
		},
	}
}

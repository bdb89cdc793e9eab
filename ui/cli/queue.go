package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/ui/words"
)

func (a *app) queueCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "queue",
		Short: "The queue: add, list, status, run, answer, move, priority, schedule, pause, resume, retry, remove, clear",
		Long: `The queue keeps transfers on disk until they are done, also when the program or
the computer ends. The window works on it while it is open, wherry queue run does
without a window, and only one of them at a time; all may add to it.`,
		Example: `  wherry queue add get shop:/www ~/backup
  wherry queue list
  wherry queue run`,
		Annotations: map[string]string{groupsOf: ""},
	}, a.queueAdd(), a.queueList(), a.queueStatus(), a.queueRun(), a.queueAnswer(), a.queueMove(), a.queuePriority(), a.queueSchedule(),
		a.queueChange("pause", "Pause rows, or all that are left", (*queue.Queue).Pause, open...),
		a.queueChange("resume", "Let paused rows go on, or all of them", (*queue.Queue).Resume, queue.Paused),
		a.queueChange("retry", "Try failed rows again, or all of them", (*queue.Queue).Retry, queue.Failed),
		a.queueChange("remove", "Take rows out of the queue, also those that move, or all that are left", (*queue.Queue).Cancel, open...),
		a.queueClear())
}

func (a *app) queueAdd() *cobra.Command {
	add := func(use, short, example, flags string, plan planner) *cobra.Command {
		var at moment
		cmd := &cobra.Command{
			Use: use, Short: short, Example: example, Long: short + ", later or by another Wherry that runs.\n\n" + arrival + "\n\n" + targets + "\n" +
				"Connection flags and --replace are kept with an address; those of a saved site are its own.\n" +
				"--trust accepts that certificate of the server for good; --ca holds for this command and not for the run.\n\n" + offline,
			Args: a.args(2, -1, "name what to copy and where to"), Annotations: map[string]string{groupsOf: flags},
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true, later: true}, func(s *session) error {
					return s.enqueue(cmd.Context(), args, at.when, plan)
				})
			},
		}
		cmd.Flags().Var(&at, "at", "begin at this `time` and not before,\n"+momentHint)
		return cmd
	}
	return group(&cobra.Command{
		Use:   "add",
		Short: "Add downloads (get) or uploads (put)",
		Example: `  wherry queue add get shop:/www ~/backup
  wherry queue add put photos shop:/in/`,
		Annotations: map[string]string{groupsOf: "cq"},
	},
		add("get TARGET... DIR", "Download files and folders", "  wherry queue add get shop:/www ~/backup", "cqd", (*session).planGet),
		add("put PATH... TARGET", "Upload files and folders", "  wherry queue add put photos shop:/in/", "cq", (*session).planPut))
}

// offline tells what is asked of a server when work for it is added.
const offline = `Adding needs no password and, where TARGET has a path, no server that answers: put
asks it nothing, and get looks where it can and else takes a name as it is written
(a pattern with * or ? needs both). The rest is looked at when the work begins,
and nothing is made on the server before.`

func (s *session) enqueue(ctx context.Context, args []string, at time.Time, plan planner) error {
	reqs, err := plan(s, ctx, args)
	if err != nil {
		return err
	}
	for i := range reqs {
		// Whoever works on the queue may have a person to ask.
		if s.opt.exists.value == "" {
			reqs[i].Exists = "ask"
		}
		reqs[i].NotBefore = at
	}
	if err := s.trustFor(reqs); err != nil {
		return err
	}
	begun := time.Now()
	ids, err := s.engine.Enqueue(ctx, reqs...)
	if err != nil {
		return err
	}
	there, err := s.existing(ctx, ids, begun)
	if err != nil {
		return err
	}
	if !s.opt.json {
		begins := ""
		if !at.IsZero() {
			begins = " for " + words.Moment(at, time.Now())
		}
		if n := len(ids) - len(there); n > 0 {
			s.notice("wherry: Added %s%s. `wherry queue run` or an open window does the work.", words.Count(int64(n), "row", "rows"), begins)
		}
		for i, id := range ids {
			if item, ok := there[i]; ok {
				s.notice("wherry: %s is in the queue already, as row %d, %s; nothing of that row was changed.%s", show(s.engine, reqs[i].Source), id, item.State, remedyOf(item))
			}
		}
		return nil
	}
	enc := jsonLines(s.std.Out)
	for i, id := range ids {
		_, was := there[i]
		line := eventJSON{Event: "added", Existing: was, ID: id, Source: show(s.engine, reqs[i].Source), Target: show(s.engine, reqs[i].Target)}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// trustFor accepts the certificate of --trust for good, as `sites add` does, for the
// servers of what is added: whoever does the work is not told of this command.
func (s *session) trustFor(reqs []queue.Request) error {
	if s.opt.trust == "" {
		return nil
	}
	met := map[site.ID]bool{site.Local: true}
	for _, r := range reqs {
		for _, id := range []site.ID{r.Source.Site, r.Target.Site} {
			if one, ok := s.engine.Site(id); ok && !met[id] {
				if err := s.engine.Accept(one, string(s.opt.trust)); err != nil {
					return err
				}
			}
			met[id] = true
		}
	}
	return nil
}

// existing tells which of ids, by their place, are rows that were there before
// begun, or that an earlier one of ids has added.
func (s *session) existing(ctx context.Context, ids []queue.ID, begun time.Time) (map[int]queue.Item, error) {
	rows := map[queue.ID]queue.Item{}
	for from := 0; from < len(ids); from += page {
		items, err := s.engine.Queue().Get(ctx, ids[from:min(from+page, len(ids))]...)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			rows[i.ID] = i
		}
	}
	there, seen := map[int]queue.Item{}, map[queue.ID]bool{}
	for n, id := range ids {
		if item, ok := rows[id]; ok && (seen[id] || item.Added.Before(begun)) {
			there[n] = item
		}
		seen[id] = true
	}
	return there, nil
}

// remedyOf is what a row that is there already needs before it goes on.
func remedyOf(i queue.Item) string {
	switch i.State {
	case queue.Asking:
		return fmt.Sprintf(" `wherry queue answer %d RULE` answers it.", i.ID)
	case queue.Paused:
		return fmt.Sprintf(" `wherry queue resume %d` lets it go on.", i.ID)
	}
	return ""
}

// queueChange makes a command that changes rows by their numbers; without any,
// all rows in one of the states.
func (a *app) queueChange(name, short string, change func(*queue.Queue, context.Context, ...queue.ID) error, states ...queue.State) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: name + " ID...", Short: short, Example: "  wherry queue " + name + " 12 13\n  wherry queue " + name + " --all",
		Long: short + ".\nID is a number of wherry queue list; a folder stands for all that is in it.",
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
					if name == "resume" {
						if err := q.Hold(cmd.Context(), false); err != nil {
							return err
						}
					}
					return changeAll(cmd.Context(), q, change, states)
				}
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error { return change(q, cmd.Context(), ids...) })
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all rows that it can be done with: "+strings.Trim(fmt.Sprint(states), "[]"))
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

// forRows does with the rows that are there what is asked for all of them, and
// says which ones are not.
func (s *session) forRows(ctx context.Context, ids []queue.ID, do func(...queue.ID) error) error {
	items, err := s.engine.Queue().Get(ctx, ids...)
	if err != nil {
		return err
	}
	there := map[queue.ID]bool{}
	for _, i := range items {
		there[i.ID] = true
	}
	var gone error
	ids = slices.DeleteFunc(ids, func(id queue.ID) bool {
		if !there[id] {
			s.say("wherry: Row %d is not in the queue.", id)
			gone = &reportedError{exitFailed}
		}
		return !there[id]
	})
	if len(ids) == 0 {
		return gone
	}
	if err := do(ids...); err != nil {
		return err
	}
	return gone
}

// page is how many rows are read at a time.
const page = 1000

func changeAll(ctx context.Context, q *queue.Queue, change func(*queue.Queue, context.Context, ...queue.ID) error, states []queue.State) error {
	ids, err := q.IDs(ctx, queue.Filter{States: states})
	if err != nil || len(ids) == 0 {
		return err
	}
	return change(q, ctx, ids...)
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

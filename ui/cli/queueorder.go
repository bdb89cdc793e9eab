package cli

import (
	"context"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

func (a *app) queueMove() *cobra.Command {
	var top, bottom bool
	var before int64
	cmd := &cobra.Command{
		Use: "move ID...", Short: "Move rows to the top, to the bottom, or before another row",
		Long: `Move rows to the top, to the bottom, or before another row, in the order that they
have among themselves. ID is a number of wherry queue list; a folder takes along all
that is in it, also what is found there later. Top and bottom are those of the row's
priority; before a row of another priority, the rows take that one.`,
		Example: "  wherry queue move 12 13 --top\n  wherry queue move 12 --before 7",
		Args:    a.args(1, -1, "name the rows by the numbers of `wherry queue list`"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := rowIDs(cmd.CommandPath(), args)
			if err != nil {
				return err
			}
			chosen := 0
			for _, flag := range []string{"top", "bottom", "before"} {
				if cmd.Flags().Changed(flag) {
					chosen++
				}
			}
			if chosen != 1 || !top && !bottom && before < 1 {
				return usagef(cmd.CommandPath(), "say where to by one of --top, --bottom and --before ID.")
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				q := s.engine.Queue()
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error {
					switch {
					case top:
						return q.MoveTop(cmd.Context(), ids...)
					case bottom:
						return q.MoveBottom(cmd.Context(), ids...)
					}
					return a.moveBefore(cmd.Context(), q, queue.ID(before), ids)
				})
			})
		},
	}
	cmd.Flags().BoolVar(&top, "top", false, "before all others")
	cmd.Flags().BoolVar(&bottom, "bottom", false, "behind all others")
	cmd.Flags().Int64Var(&before, "before", 0, "directly before the row `ID`")
	return cmd
}

// moveBefore says what is wrong with the row to move before.
func (a *app) moveBefore(ctx context.Context, q *queue.Queue, other queue.ID, ids []queue.ID) error {
	err := q.MoveBefore(ctx, other, ids...)
	switch vfs.KindOf(err) {
	case vfs.KindNotFound:
		a.say("wherry: Row %d is not in the queue, or has ended. Nothing was moved.", other)
	case vfs.KindUnsupported:
		a.say("wherry: Row %d is one of those to be moved. Nothing was moved.", other)
	default:
		return err
	}
	return &reportedError{exitFailed}
}

func (a *app) queuePriority() *cobra.Command {
	priorities := map[string]queue.Priority{}
	names := []string{}
	for _, p := range []queue.Priority{queue.High, queue.Normal, queue.Low} {
		priorities[p.String()] = p
		names = append(names, p.String())
	}
	return &cobra.Command{
		Use: "priority high|normal|low ID...", Short: "Have rows done before or after the others",
		Long: `Have rows done before or after the others: all that is high first, then what is
normal, then what is low. ID is a number of wherry queue list; a folder takes along
all that is in it, also what is found there later. What moves already goes on.`,
		Example:   "  wherry queue priority high 12 13\n  wherry queue priority low 7",
		ValidArgs: names,
		Args:      a.args(2, -1, "say high, normal or low, and name the rows by the numbers of `wherry queue list`"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, ok := priorities[args[0]]
			if !ok {
				return usagef(cmd.CommandPath(), "%s is not one of high, normal and low.", words.Safe(args[0]))
			}
			ids, err := rowIDs(cmd.CommandPath(), args[1:])
			if err != nil {
				return err
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error { return s.engine.Queue().SetPriority(cmd.Context(), p, ids...) })
			})
		},
	}
}

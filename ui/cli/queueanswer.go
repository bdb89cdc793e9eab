package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// rulesToAnswer are what may be said of a name that is taken.
var rulesToAnswer = []string{
	string(transfer.Overwrite), string(transfer.Newer), string(transfer.Different), string(transfer.Resume), string(transfer.Rename), string(transfer.Skip),
}

// waysToAnswer are what may be said of a server that does not rename onto a file.
var waysToAnswer = []string{string(transfer.ReplaceDirect), string(transfer.ReplaceDelete), string(transfer.Skip)}

func (a *app) queueAnswer() *cobra.Command {
	var all, job bool
	cmd := &cobra.Command{
		Use: "answer ID... RULE", Short: "Answer what rows ask, or all of them",
		Long: `Answer what rows in the state asking ask, and let them go on. RULE is overwrite, newer,
different, resume, rename or skip where the target exists. It is direct (write the file
itself), delete (delete it first) or skip where the server refuses to rename onto a
file; direct and delete count for that site from then on. ID is a number of
wherry queue list --state asking, or a folder's, for all that ask below it; with --job
the answer is also for all that was added together with these rows, now and later.`,
		Example:   "  wherry queue answer 12 13 overwrite\n  wherry queue answer 12 newer --job\n  wherry queue answer --all newer",
		ValidArgs: append(slices.Clone(rulesToAnswer), waysToAnswer[:2]...),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || (len(args) == 1) != all {
				return usagef(cmd.CommandPath(), "name rows by the numbers of `wherry queue list`, or all that ask with --all, and the answer behind them: %s.",
					strings.Join(cmd.ValidArgs, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			answer := args[len(args)-1]
			if !slices.Contains(cmd.ValidArgs, answer) {
				return usagef(cmd.CommandPath(), "%s is no answer; it takes %s.", words.Safe(answer), strings.Join(cmd.ValidArgs, ", "))
			}
			ids, err := rowIDs(cmd.CommandPath(), args[:len(args)-1])
			if err != nil {
				return err
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				if all {
					_, err := s.answerThose(cmd.Context(), answer, job, func(queue.Item) (bool, error) { return true, nil })
					return err
				}
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error { return s.answerRows(cmd.Context(), answer, job, ids) })
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all rows that ask what this answers")
	cmd.Flags().BoolVar(&job, "job", false, "also what was added together with these rows, whether it asks now or would ask later")
	return cmd
}

// answerThose answers by pages those that are meant of the rows that ask, and
// returns how many it could; those that ask something else are left out.
func (s *session) answerThose(ctx context.Context, answer string, job bool, meant func(queue.Item) (bool, error)) (answered int, err error) {
	for others := 0; ; {
		items, err := s.engine.Queue().List(ctx, queue.Filter{States: []queue.State{queue.Asking}}, others, page)
		if err != nil {
			return answered, err
		}
		for _, i := range items {
			ok, err := meant(i)
			if err == nil && ok {
				ok, err = s.answer(ctx, i, answer, job)
			}
			switch {
			case err != nil:
				return answered, err
			case ok:
				answered++
			default:
				others++
			}
		}
		if len(items) < page {
			return answered, nil
		}
	}
}

// answerRows answers rows by their numbers, for a folder's all that ask below it,
// and says which of them it cannot.
func (s *session) answerRows(ctx context.Context, answer string, job bool, ids []queue.ID) error {
	items, err := s.engine.Queue().Get(ctx, ids...)
	if err != nil {
		return err
	}
	var failed error
	for _, i := range items {
		ok := false
		switch {
		case i.Type == vfs.TypeDir:
			var n int
			n, err = s.answerThose(ctx, answer, job, s.below(ctx, i.ID))
			ok = n > 0
		case i.State == queue.Asking:
			ok, err = s.answer(ctx, i, answer, job)
		}
		if err != nil {
			return err
		}
		if !ok {
			failed = &reportedError{exitFailed}
			s.say("wherry: Row %d %s.", i.ID, asksNot(i, answer))
		}
	}
	return failed
}

// below tells the rows below a folder, at any depth.
func (s *session) below(ctx context.Context, folder queue.ID) func(queue.Item) (bool, error) {
	inside := map[queue.ID]bool{folder: true, 0: false}
	return func(i queue.Item) (bool, error) {
		var way []queue.ID
		at := i.Parent
		for {
			if in, known := inside[at]; known {
				for _, id := range way {
					inside[id] = in
				}
				return in, nil
			}
			way = append(way, at)
			above, err := s.engine.Queue().Get(ctx, at)
			if err != nil || len(above) == 0 {
				return false, err
			}
			at = above[0].Parent
		}
	}
}

// asksNot says why a row cannot have an answer.
func asksNot(i queue.Item, answer string) string {
	switch {
	case i.Type == vfs.TypeDir:
		return "has nothing below it that asks what " + answer + " answers"
	case i.State != queue.Asking:
		return "is " + string(i.State) + " and asks nothing"
	case i.Question.NoReplace:
		return "asks how to replace a file, and " + answer + " is no answer to that; " + strings.Join(waysToAnswer, ", ") + " are"
	}
	return "asks what to do with what exists, and " + answer + " is no answer to that; " + strings.Join(rulesToAnswer, ", ") + " are"
}

// answer answers one row; false where it asks something else.
func (s *session) answer(ctx context.Context, i queue.Item, answer string, job bool) (bool, error) {
	a := transfer.Answer{Rule: transfer.Rule(answer), ForAll: job}
	allowed := rulesToAnswer
	if i.Question.NoReplace {
		allowed = waysToAnswer
		if a.Rule = transfer.Skip; answer != string(transfer.Skip) {
			a.Replace = transfer.ReplaceWay(answer)
		}
	}
	if !slices.Contains(allowed, answer) {
		return false, nil
	}
	err := s.engine.Queue().Answer(ctx, i.ID, a)
	if vfs.KindOf(err) == vfs.KindNotFound {
		err = nil // somebody else was first, or the answer before counted for it too
	}
	return true, err
}

// byRule answers by a rule what rows ask about a name that is taken, and passes
// everything else on to a person, where one is there.
func (a *app) byRule(rule transfer.Rule) func(context.Context, transfer.Question) (transfer.Answer, error) {
	return func(ctx context.Context, q transfer.Question) (transfer.Answer, error) {
		switch {
		case !q.NoReplace:
			return transfer.Answer{Rule: rule}, nil
		case a.interactive():
			return (&asker{app: a}).Exists(ctx, q)
		}
		return transfer.Answer{}, queue.ErrNobody
	}
}

// reopen sends back the rows that ask how to replace a file where --replace says
// it for this run: they meet it in place of the question.
func (s *session) reopen(ctx context.Context) error {
	if s.opt.replace.value == "" {
		return nil
	}
	q := s.engine.Queue()
	for others := 0; ; {
		items, err := q.List(ctx, queue.Filter{States: []queue.State{queue.Asking}}, others, page)
		if err != nil {
			return err
		}
		var ids []queue.ID
		for _, i := range items {
			if i.Question.NoReplace {
				ids = append(ids, i.ID)
			}
		}
		others += len(items) - len(ids)
		if err := q.Pause(ctx, ids...); err != nil {
			return err
		}
		if err := q.Resume(ctx, ids...); err != nil || len(items) < page {
			return err
		}
	}
}

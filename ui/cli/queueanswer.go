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
	var all bool
	cmd := &cobra.Command{
		Use: "answer ID... RULE", Short: "Answer what rows ask, or all of them",
		Long: `Answer what rows in the state asking ask, and let them go on. RULE is overwrite, newer,
different, resume, rename or skip where the target exists. It is direct (write the file
itself), delete (delete it first) or skip where the server refuses to rename onto a
file; direct and delete count for that site from then on. ID is a number of
wherry queue list --state asking.`,
		Example:   "  wherry queue answer 12 13 overwrite\n  wherry queue answer --all newer",
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
					return s.answerAll(cmd.Context(), answer)
				}
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error { return s.answerRows(cmd.Context(), answer, ids) })
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all rows that ask what this answers")
	return cmd
}

// answerAll answers by pages, those rows left out that ask something else.
func (s *session) answerAll(ctx context.Context, answer string) error {
	for others := 0; ; {
		items, err := s.engine.Queue().List(ctx, queue.Filter{States: []queue.State{queue.Asking}}, others, page)
		if err != nil {
			return err
		}
		for _, i := range items {
			ok, err := s.answer(ctx, i, answer)
			if err != nil {
				return err
			}
			if !ok {
				others++
			}
		}
		if len(items) < page {
			return nil
		}
	}
}

// answerRows answers rows by their numbers, and says which of them it cannot.
func (s *session) answerRows(ctx context.Context, answer string, ids []queue.ID) error {
	items, err := s.engine.Queue().Get(ctx, ids...)
	if err != nil {
		return err
	}
	var failed error
	for _, i := range items {
		ok := false
		if i.State == queue.Asking {
			if ok, err = s.answer(ctx, i, answer); err != nil {
				return err
			}
		}
		if !ok {
			failed = &reportedError{exitFailed}
			s.say("wherry: Row %d %s.", i.ID, asksNot(i, answer))
		}
	}
	return failed
}

// asksNot says why a row cannot have an answer.
func asksNot(i queue.Item, answer string) string {
	switch {
	case i.State != queue.Asking:
		return "is " + string(i.State) + " and asks nothing"
	case i.Question.NoReplace:
		return "asks how to replace a file, and " + answer + " is no answer to that; " + strings.Join(waysToAnswer, ", ") + " are"
	}
	return "asks what to do with what exists, and " + answer + " is no answer to that; " + strings.Join(rulesToAnswer, ", ") + " are"
}

// answer answers one row; false where it asks something else.
func (s *session) answer(ctx context.Context, i queue.Item, answer string) (bool, error) {
	a := transfer.Answer{Rule: transfer.Rule(answer)}
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

package queue

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// taken returns a rig with n uploads whose targets exist, to be asked about,
// and one that is free.
func taken(t *testing.T, n int, change func(*Config)) (*rig, []ID) {
	r := newRig(t, change)
	var requests []Request
	for i := range n {
		name := fmt.Sprintf("/f%d", i)
		r.here.Put(name, "new", when)
		r.there.Put("/in"+name, "older", when.AddDate(-1, 0, 0))
		requests = append(requests, up(name))
	}
	r.here.Put("/free", "new", when)
	requests = append(requests, up("/free"))
	for i := range requests {
		requests[i].Exists = transfer.Ask
	}
	return r, r.add(requests...)
}

func TestQuestionsWaitAndTheRestGoesOn(t *testing.T) {
	for outcome, ask := range map[string]func(context.Context, transfer.Question) (transfer.Answer, error){
		"nobody is ever there": nil,
		"nobody is there now": func(context.Context, transfer.Question) (transfer.Answer, error) {
			return transfer.Answer{}, ErrNobody
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, ids := taken(t, 2, func(c *Config) { c.Ask = ask })
			r.drain()
			wantStates(t, r, "/f0: asking", "/f1: asking", "/free: done")
			want := &transfer.Question{
				Source: vfs.MustParse("/f0"), Target: vfs.MustParse("/in/f0"),
				SourceEntry: vfs.Entry{Name: "f0", Type: vfs.TypeFile, Size: 3, ModTime: when},
				TargetNow:   vfs.Entry{Name: "f0", Type: vfs.TypeFile, Size: 5, ModTime: when.AddDate(-1, 0, 0)},
			}
			got := r.item(ids[0]).Question
			if got == nil {
				t.Fatal("the row has no question")
			}
			want.SourceEntry.Accuracy, want.TargetNow.Accuracy = got.SourceEntry.Accuracy, got.TargetNow.Accuracy
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(vfs.Path{})); diff != "" {
				t.Errorf("question (-want +got):\n%s", diff)
			}
			if asking := r.Snapshot().Active; len(asking) != 2 || asking[0].ID != ids[0] {
				t.Errorf("the snapshot shows %v", asking)
			}
			r.must(r.Answer(t.Context(), ids[0], transfer.Answer{Rule: transfer.Overwrite}))
			r.must(r.Answer(t.Context(), ids[1], transfer.Answer{}))
			r.drain()
			wantStates(t, r, "/f0: done", "/f1: skipped", "/free: done")
		})
	}
}

func TestAnswersFromAPerson(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer transfer.Answer
		asked  int
		want   State
	}{
		"one by one":         {transfer.Answer{Rule: transfer.Overwrite}, 3, Done},
		"for all, overwrite": {transfer.Answer{Rule: transfer.Overwrite, ForAll: true}, 1, Done},
		"for all, skip":      {transfer.Answer{Rule: transfer.Skip, ForAll: true}, 1, Skipped},
		"the safe answer":    {transfer.Answer{}, 3, Skipped},
	} {
		t.Run(outcome, func(t *testing.T) {
			asked := 0
			r, _ := taken(t, 3, func(c *Config) {
				c.Ask = func(context.Context, transfer.Question) (transfer.Answer, error) {
					asked++
					return tc.answer, nil
				}
				c.Tuning.Workers = 1
			})
			r.drain()
			if asked != tc.asked {
				t.Errorf("asked %d times", asked)
			}
			state := string(tc.want)
			wantStates(t, r, "/f0: "+state, "/f1: "+state, "/f2: "+state, "/free: done")
		})
	}
}

// TestForAllCountsForLaterQuestionsOfTheJobOnly.
func TestForAllCountsForLaterQuestionsOfTheJobOnly(t *testing.T) {
	r, ids := taken(t, 1, nil)
	r.here.Put("/t/x", "new", when)
	r.there.Put("/in/t/x", "older", when)
	r.drain()
	r.must(r.Answer(t.Context(), ids[0], transfer.Answer{Rule: transfer.Skip, ForAll: true}))
	request := upDir("/t")
	request.Exists = transfer.Ask
	r.add(request)
	r.drain()
	wantStates(t, r, "/f0: skipped", "/free: done", "/t: active", "/t/x: asking")
}

func TestAnswersToNothing(t *testing.T) {
	r, ids := taken(t, 1, nil)
	r.drain()
	for outcome, tc := range map[string]struct {
		id     ID
		answer transfer.Answer
		want   vfs.Kind
	}{
		"no such row":        {99, transfer.Answer{Rule: transfer.Skip}, vfs.KindNotFound},
		"a row that is done": {ids[1], transfer.Answer{Rule: transfer.Skip}, vfs.KindNotFound},
		"ask is no answer":   {ids[0], transfer.Answer{Rule: transfer.Ask}, vfs.KindUnsupported},
	} {
		t.Run(outcome, func(t *testing.T) {
			if err := r.Answer(t.Context(), tc.id, tc.answer); vfs.KindOf(err) != tc.want {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestAnAnswerToTheQuestionBefore does nothing: a script that answers row by row what
// it has listed may come to one that was let go on by the first of its answers, and
// asks something else by now.
func TestAnAnswerToTheQuestionBefore(t *testing.T) {
	for outcome, tc := range map[string]struct {
		rule transfer.Rule
		old  transfer.Answer
	}{
		"what to do with what exists": {transfer.Overwrite, transfer.Answer{Rule: transfer.Overwrite, ForAll: true}},
		"how to replace it":           {transfer.Ask, transfer.Answer{Rule: transfer.Skip, Replace: transfer.ReplaceDirect}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.there.Limit(func(can *vfs.Features) { can.Replaces = false })
			r.here.Put("/a", "new", when)
			r.there.Put("/in/a", "old", when)
			req := up("/a")
			req.Exists = tc.rule
			id := r.add(req)[0]
			r.drain()
			if err := r.Answer(t.Context(), id, tc.old); vfs.KindOf(err) != vfs.KindNotFound {
				t.Errorf("error %v", err)
			}
			if got := r.item(id); got.State != Asking {
				t.Errorf("the row is %s", got.State)
			}
		})
	}
}

func TestAQuestionThatIsAnsweredElsewhereIsTakenBack(t *testing.T) {
	for outcome, tc := range map[string]struct {
		elsewhere func(r *rig, id ID) error
		want      string
	}{
		"answered": {func(r *rig, id ID) error {
			return r.Answer(t.Context(), id, transfer.Answer{Rule: transfer.Overwrite})
		}, "/f0: done"},
		"paused":  {func(r *rig, id ID) error { return r.Pause(t.Context(), id) }, "/f0: paused"},
		"removed": {func(r *rig, id ID) error { return r.Cancel(t.Context(), id) }, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			open, asked := make(chan struct{}), 0
			r, ids := taken(t, 2, func(c *Config) {
				c.Tuning.Workers = 1 // so that the first row asks first
				c.Ask = func(ctx context.Context, question transfer.Question) (transfer.Answer, error) {
					if asked++; asked > 1 {
						return transfer.Answer{Rule: transfer.Overwrite}, nil
					}
					close(open)
					<-ctx.Done()
					return transfer.Answer{}, ctx.Err()
				}
			})
			elsewhere := make(chan error, 1)
			go func() {
				<-open
				elsewhere <- tc.elsewhere(r, ids[0])
			}()
			r.drain()
			r.must(<-elsewhere)
			want := []string{tc.want, "/f1: done", "/free: done"}
			if tc.want == "" {
				want = want[1:]
			}
			wantStates(t, r, want...)
			if asked != 2 {
				t.Errorf("%d questions were put", asked)
			}
		})
	}
}

// TestAnAnswerCountsForWhatWasAsked: where a row was paused and resumed while its
// question was open, and another file stands there by now, that one was not seen.
func TestAnAnswerCountsForWhatWasAsked(t *testing.T) {
	for outcome, tc := range map[string]struct {
		after bool // the row asks anew before the question is known to be taken back
	}{
		"the open question is taken back":    {false},
		"an answer to it counts for nothing": {true},
	} {
		t.Run(outcome, func(t *testing.T) {
			var sizes []int64
			var r *rig
			r, ids := taken(t, 1, func(c *Config) {
				c.Ask = func(ctx context.Context, question transfer.Question) (transfer.Answer, error) {
					sizes = append(sizes, question.TargetNow.Size)
					if len(sizes) > 1 {
						return transfer.Answer{Rule: transfer.Skip}, nil
					}
					question.TargetNow.Size = 4711
					text, err := questionText(question)
					if err == nil {
						err = r.write(ctx, cheap, func() error {
							_, err := r.s.exec(ctx, `UPDATE rows SET question = ? WHERE state = 'asking'`, text)
							return err
						})
					}
					if err != nil || tc.after {
						return transfer.Answer{Rule: transfer.Overwrite}, err
					}
					<-ctx.Done()
					return transfer.Answer{}, ctx.Err()
				}
			})
			r.drain()
			if len(ids) != 2 || len(sizes) != 2 || sizes[1] != 4711 {
				t.Errorf("asked about files of %d bytes", sizes)
			}
			wantStates(t, r, "/f0: skipped", "/free: done")
		})
	}
}

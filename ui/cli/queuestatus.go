package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/ui/words"
)

// statusJSON is the line of `queue status --json`.
type statusJSON struct {
	Rows      map[queue.State]int `json:"rows"`               // by state, each state named
	Left      int                 `json:"left"`               // rows that have not ended
	BytesLeft int64               `json:"bytes_left"`         // of those whose size is known
	Folders   int                 `json:"folders"`            // of rows.active, those that are folders: something below them has not ended
	Broken    int                 `json:"folders_failed"`     // of rows.failed, those that are folders: something below them failed, and is counted, too
	Running   bool                `json:"running"`            // a window or a queue run works on the queue
	OpensAt   *time.Time          `json:"opens_at,omitempty"` // no file begins there before; absent: at any time
	Held      bool                `json:"held"`               // all work is paused, see queue resume --all
	Waits     []waitJSON          `json:"waits"`
}

// waitJSON is a host that does not answer and that rows wait for.
type waitJSON struct {
	Host    string     `json:"host"`
	Until   *time.Time `json:"until,omitempty"` // absent while it is tried
	Kind    string     `json:"kind"`
	Message string     `json:"message"`
}

func (a *app) queueStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Count the queue: how much of it is done, left, failed",
		Long: `Count the rows of the queue by their state, and tell how many bytes are left and which
servers are waited for. It takes no longer where the queue is long.`,
		Example: "  wherry queue status\n  wherry queue status --json",
		Args:    a.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.queueStatus(cmd.Context(), s.engine.Queue())
			})
		},
	}
}

func (s *session) queueStatus(ctx context.Context, q *queue.Queue) error {
	running, opens, err := q.Elsewhere()
	if err != nil {
		return err
	}
	snap := q.Snapshot()
	folders, err := q.Folders(ctx)
	if err != nil {
		return err
	}
	broken, err := q.Broken(ctx)
	if err != nil {
		return err
	}
	if s.opt.json {
		line := statusJSON{
			Rows: map[queue.State]int{}, Left: snap.Unfinished(), BytesLeft: snap.BytesLeft, Folders: folders, Broken: broken, Running: running,
			Held: snap.Held, Waits: []waitJSON{},
		}
		if !opens.IsZero() {
			line.OpensAt = &opens
		}
		for _, state := range states {
			line.Rows[state] = snap.Count[state]
		}
		for _, w := range snap.Waits {
			one := waitJSON{Host: s.hostOf(w.Site), Kind: w.Kind.String(), Message: words.OfKind(w.Kind, w.About, w.Message, words.CommandLine).Title}
			if !w.Until.IsZero() {
				one.Until = &w.Until
			}
			line.Waits = append(line.Waits, one)
		}
		return jsonLines(s.std.Out).Encode(line)
	}
	if _, err := s.std.Out.Write([]byte(totals(snap, folders, broken) + "\n")); err != nil {
		return err
	}
	s.queueWaits(snap)
	s.queueHours(snap, opens)
	if snap.Unfinished() > 0 && !running {
		s.notice("wherry: Nothing works on the queue now; `wherry queue run` or an open window does.")
	}
	return nil
}

// queueHours says why nothing begins while another Wherry works on the queue, whose
// hours open then, where they do.
func (s *session) queueHours(snap queue.Snapshot, opens time.Time) {
	if !opens.IsZero() && snap.Unfinished() > 0 {
		s.notice("wherry: By the hours of the Wherry that works on the queue no file begins before %s.", words.Moment(opens.Local(), time.Now()))
	}
}

// states in the order in which they are told.
var states = []queue.State{queue.Active, queue.Scanning, queue.Waiting, queue.Asking, queue.Paused, queue.Failed, queue.Skipped, queue.Done}

// totals counts the rows: "5 rows, 1 active, 4 waiting; 2.1 MB left". So many
// of the active ones are folders, and so many of the failed ones broken: folders
// that failed by what is in them, which counts once.
func totals(snap queue.Snapshot, folders, broken int) string {
	total, text := int64(0), ""
	for _, state := range states {
		n := int64(snap.Count[state])
		total += n
		switch state {
		case queue.Active:
			n = max(n-int64(folders), 0)
		case queue.Failed:
			n = max(n-int64(broken), 0)
		}
		if n > 0 {
			text += ", " + words.Number(n) + " " + string(state)
		}
	}
	if folders > 0 {
		text += ", " + words.Count(int64(folders), "folder", "folders") + " not done"
	}
	if broken > 0 {
		text += ", " + words.Count(int64(broken), "folder", "folders") + " with failures"
	}
	if snap.BytesLeft > 0 {
		text += "; " + words.Size(snap.BytesLeft) + " left"
	}
	return words.Count(total, "row", "rows") + text
}

// queueWaits says what holds up rows that could go on by themselves.
func (s *session) queueWaits(snap queue.Snapshot) {
	for _, w := range snap.Waits {
		reason := words.OfKind(w.Kind, w.About, w.Message, words.CommandLine).Title
		s.notice("wherry: %s All its rows are %s; wherry queue retry ID tries at once.", reason, s.waitText(w.Site, w.Until))
	}
	if snap.Held {
		s.notice("wherry: The queue as a whole is paused; wherry queue resume --all lets it go on.")
	}
}

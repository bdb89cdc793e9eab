package queue

import (
	"context"

	"golang.org/x/time/rate"
)

// limiter lets bytes a second through, in bursts of a quarter of a second at
// most but at least of one network buffer.
func limiter(bytes int64) *rate.Limiter {
	if bytes <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(bytes), int(max(bytes/4, 32<<10)))
}

// wait lets n bytes through the limit that all transfers share; it is
// transfer.Job.Wait.
func (q *Queue) wait(ctx context.Context, n int) error {
	for n > 0 {
		part := min(n, q.limit.Burst())
		if err := q.limit.WaitN(ctx, part); err != nil {
			return err
		}
		n -= part
	}
	return nil
}

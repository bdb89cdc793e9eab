package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// result is one client's samples in short: medians, and how far the times lie
// apart, which says how far to trust them.
type result struct {
	client                 string
	wall, fastest, slowest time.Duration
	cpu                    time.Duration
	bytes                  int64
	server                 time.Duration // processor time that it cost the server
}

func summarise(client string, all []sample) result {
	wall := sorted(all, func(s sample) time.Duration { return s.wall })
	return result{
		client: client, wall: median(wall), fastest: wall[0], slowest: wall[len(wall)-1],
		cpu:    median(sorted(all, func(s sample) time.Duration { return s.cpu })),
		bytes:  median(sorted(all, func(s sample) int64 { return s.bytes })),
		server: median(sorted(all, func(s sample) time.Duration { return s.server })),
	}
}

func sorted[T time.Duration | int64](all []sample, of func(sample) T) []T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values
}

// median of sorted values; of an even number the mean of the middle two.
func median[T time.Duration | int64](values []T) T {
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// introduce finds the clients, and says which are missing, what the figures
// mean, and below which one memory is not seen.
func (b *rig) introduce(ctx context.Context, out io.Writer) error {
	var missing []string
	var err error
	if b.clients, missing, err = programs(b.wherry); err != nil {
		return err
	}
	if len(missing) > 0 {
		fmt.Fprintf(out, "Left out, as not installed: %s.\n", strings.Join(missing, ", "))
	}
	least, err := b.run(ctx, "true", invocation{})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %d rounds in turns, %d processors, %d connections where there are many files. Medians; in brackets "+
		"the fastest and the slowest. A program starts as a copy of this one, so memory below %.0f MiB is not seen.\n\n",
		b.kind, b.rounds, runtime.NumCPU(), b.connections, mib(least.bytes))
	fmt.Fprintln(out, "| work | client | seconds | CPU s | server's CPU s | peak MiB | round trips a file | Wherry's time / its | Wherry's CPU / its | Wherry's goal |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|---|")
	return nil
}

// print writes a work's rows, one a client.
func (b *rig) print(out io.Writer, w work, results []result) {
	ours := results[0]
	for i, r := range results {
		title, trips, ratios, verdict := "", "", " | ", ""
		if w.far && !w.single {
			trips = fmt.Sprintf("%.1f", b.trips(w, r))
		}
		if i == 0 {
			title, verdict = w.title, b.verdict(w, results)
		} else {
			ratios = fmt.Sprintf("%.2f | %.2f", ratio(ours.wall, r.wall), ratio(ours.cpu, r.cpu))
		}
		fmt.Fprintf(out, "| %s | %s | %.2f (%.2f-%.2f) | %.2f | %.2f | %.0f | %s | %s | %s |\n", title, r.client,
			r.wall.Seconds(), r.fastest.Seconds(), r.slowest.Seconds(), r.cpu.Seconds(), r.server.Seconds(), mib(r.bytes), trips, ratios, verdict)
	}
}

// trips is how many round trips each file kept its connection busy, logging
// in and folders shared among them.
func (b *rig) trips(w work, r result) float64 {
	return r.wall.Seconds() * float64(b.connections) / float64(w.tree.files) / (2 * oneWay).Seconds()
}

// verdict compares Wherry, the first of the results, with its goals. Ratios
// are to the fastest peer; of curl's listing to none, as it prints what the
// server sends and understands nothing of it.
func (b *rig) verdict(w work, results []result) string {
	ours, peers := results[0], slices.Clone(results[1:])
	peers = slices.DeleteFunc(peers, func(r result) bool { return w.do == list && r.client == "curl" })
	var reached, short []string
	judge := func(what string, got, most float64) {
		text := fmt.Sprintf("%s %.2f of at most %.2f", what, got, most)
		switch {
		case most == 0:
		case got <= most:
			reached = append(reached, text)
		default:
			short = append(short, text)
		}
	}
	if len(peers) > 0 {
		best := slices.MinFunc(peers, func(a, b result) int { return int(a.wall - b.wall) })
		judge("time", ratio(ours.wall, best.wall), w.goal.time)
		judge("CPU", ratio(ours.cpu, best.cpu), w.goal.cpu)
	}
	if w.far && !w.single {
		judge("round trips", b.trips(w, ours), w.goal.trips)
	}
	judge("MiB", mib(ours.bytes), w.goal.mib)
	if len(short) == 0 {
		return "reached: " + strings.Join(reached, ", ")
	}
	return "short: " + strings.Join(short, ", ")
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// size is bytes for a title.
func size(bytes int64) string {
	if bytes >= 1<<30 && bytes%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", bytes>>30)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

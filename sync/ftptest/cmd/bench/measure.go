package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// sample is what one run cost.
type sample struct {
	wall, cpu time.Duration
	bytes     int64         // peak memory
	server    time.Duration // processor time of the server, 0 where it cannot be told
}

// measure lets the clients do the work in turns and prints the rows.
func (b *rig) measure(ctx context.Context, out io.Writer, w work, p place) error {
	able := make([]program, 0, len(b.clients))
	for _, c := range b.clients {
		if c.able(w) {
			able = append(able, c)
		}
	}
	samples := make([][]sample, len(able))
	for round := range b.rounds {
		for turn := range able {
			i := (round + turn) % len(able) // nobody comes first each time
			c := able[i]
			s, err := b.once(ctx, c, b.job(w, p), p.whole)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			samples[i] = append(samples[i], s)
		}
	}
	results := make([]result, len(able))
	for i, c := range able {
		results[i] = summarise(c.name, samples[i])
	}
	b.print(out, w, results)
	if b.profiles != "" {
		if err := b.profile(ctx, w, p); err != nil {
			return err
		}
	}
	if b.commands && w.tree.files > 1 {
		return b.tally(ctx, out, w, p, able)
	}
	return nil
}

// job says where the work's files are. Wherry's get and put make the tree's
// folder inside the target, the others name it.
func (b *rig) job(w work, p place) job {
	j := job{work: w, place: p, home: b.file("home"), connections: b.connections}
	if w.single {
		j.connections = 1
	}
	if w.do == put {
		j.local, j.remote = b.file(path.Join("from", w.tree.name)), path.Join(p.server.Home, "in")
	} else {
		j.local, j.remote = b.file("to"), path.Join(p.server.Home, w.tree.name)
	}
	return j
}

// once runs one client and clears away what it brought.
func (b *rig) once(ctx context.Context, c program, j job, want amount) (sample, error) {
	brought := b.file("to")
	if j.do == put {
		brought = path.Join(j.server.Dir, "in")
		if err := j.server.MkdirAll("in"); err != nil {
			return sample{}, err
		}
	}
	if err := errors.Join(os.MkdirAll(b.file("home"), 0o700), os.MkdirAll(b.file("to"), 0o755)); err != nil {
		return sample{}, err
	}
	if j.again {
		from := b.file("from")
		if j.do == get {
			from = j.server.Dir
		}
		if err := likeness(filepath.Join(from, j.tree.name), filepath.Join(brought, j.tree.name)); err != nil {
			return sample{}, err
		}
	}
	before, living, err := served()
	if err != nil {
		return sample{}, err
	}
	if j.do != list {
		if err := b.touch(want.bytes); err != nil {
			return sample{}, err
		}
	}
	s, err := b.run(ctx, c.path, c.command(j))
	if err != nil {
		return s, err
	}
	after, err := servedAll(ctx, living)
	if err != nil {
		return s, err
	}
	s.server = after - before
	got, err := count(brought)
	if j.do == list {
		got.files, err = printed(b.file("out"))
	}
	if err == nil && got != want {
		err = fmt.Errorf("%d files of %d bytes arrived, not %d of %d", got.files, got.bytes, want.files, want.bytes)
	}
	return s, errors.Join(err, os.RemoveAll(brought))
}

// servedAll is served as soon as no more processes live than before: sessions
// take a moment to end.
func servedAll(ctx context.Context, before int) (time.Duration, error) {
	const patience = 2 * time.Second
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		spent, living, err := served()
		if err != nil || living <= before || ctx.Err() != nil {
			return spent, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(patience / 100):
		}
	}
}

// run calls a program. What it prints goes to the file "out", as a person
// would keep a long listing.
func (b *rig) run(ctx context.Context, program string, call invocation) (s sample, err error) {
	out, err := os.Create(b.file("out"))
	if err != nil {
		return s, err
	}
	defer out.Close()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, call.args...)
	cmd.Dir, cmd.Env = b.base, append(hermetic(b.file("home")), call.env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(call.input), out, &said
	begun := time.Now()
	err = cmd.Run()
	s.wall = time.Since(begun)
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, last(said.String()))
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.bytes = int64(usage.Maxrss)
		if runtime.GOOS != "darwin" {
			s.bytes <<= 10 // kilobytes everywhere else, getrusage(2)
		}
	}
	return s, nil
}

// printed counts the names of the crowd in a listing. Line by line: what this
// program takes of memory is seen as its children's too (see introduce).
func printed(file string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	names := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if bytes.Contains(lines.Bytes(), []byte("file-")) {
			names++
		}
	}
	return names, lines.Err()
}

// last is the end of what a failed program said.
func last(text string) string {
	const most = 500
	return strings.TrimSpace(text[max(0, len(text)-most):])
}

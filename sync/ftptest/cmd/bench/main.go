// Bench runs Wherry's command line side by side with lftp and curl, where they
// are installed, against a real FTP server of this machine, and prints a table
// of ratios: seconds alone say more about the machine and its moment than
// about the programs.
//
// It exists because "fast" is a promise with figures (BENCHMARKS.md), and each
// change of the transfers can break it unseen. It is run by people, with make
// bench, and never decides whether a change is good: a busy machine would.
//
// The clients take turns within each round, so that what else the machine does
// meets them alike. Time is the wall's; processor time (user and system) and
// peak memory are the client process's own, as wait4(2) tells them; what the
// server spent is told by /proc. After each
// run what arrived is counted, so that nobody wins by leaving something out.
// Wherry keeps what it has learned of the server from one round to the next, as
// between a person's runs: only its first round has nothing of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"wherry/sync/ftptest"
)

// settings are what a person chooses.
type settings struct {
	wherry      string         // the program to measure
	rows        *regexp.Regexp // names of works
	rounds      int
	connections int
	bigMiB      int
	distant     int // files moved over the delayed link
	kind        ftptest.Kind
	dir         string // for everything that is made; "" chooses
	commands    bool   // count the commands a file
	profiles    string // folder for profiles, "" for none
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == asClient {
		os.Exit(client(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := parse(os.Args[1:])
	if err == nil {
		err = bench(ctx, os.Stdout, s)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (settings, error) {
	var s settings
	var rows, kind string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&s.wherry, "wherry", "wherry", "the `program` to measure")
	f.StringVar(&rows, "row", "", "only works whose name matches this `pattern`: "+names(works(1<<30, 300)))
	f.IntVar(&s.rounds, "rounds", 5, "runs of each client")
	f.IntVar(&s.connections, "connections", 4, "connections of each client, where there are many files")
	f.IntVar(&s.bigMiB, "big", 1024, "size of the big file, in `MiB`")
	f.IntVar(&s.distant, "distant", 300, "number of files 50 ms away")
	f.StringVar(&kind, "server", string(ftptest.VSFTPD), "the server: vsftpd, proftpd, pureftpd or pyftpd")
	f.StringVar(&s.dir, "dir", "", "`folder` for all files (default: in /dev/shm where that has room)")
	f.BoolVar(&s.commands, "commands", false, "also count the commands that each client sends")
	f.StringVar(&s.profiles, "profiles", "", "also leave profiles of Wherry (go tool pprof) in this `folder`")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	var err error
	s.kind = ftptest.Kind(kind)
	s.rows, err = regexp.Compile(rows)
	switch {
	case err != nil:
		return s, fmt.Errorf("-row: %w", err)
	case min(s.rounds, s.bigMiB, s.distant, s.connections) < 1 || s.connections > 32:
		return s, errors.New("-rounds, -big and -distant take 1 or more, -connections 1 to 32")
	}
	return s, nil
}

// bench measures the chosen works, one after the other.
func bench(ctx context.Context, out io.Writer, s settings) (err error) {
	if err := adopt(); err != nil {
		return err
	}
	b, err := prepare(s)
	if b != nil {
		defer func() { err = errors.Join(err, b.close()) }()
	}
	if err != nil {
		return err
	}
	if err := b.introduce(ctx, out); err != nil {
		return err
	}
	for _, w := range works(int64(s.bigMiB)<<20, s.distant) {
		if !s.rows.MatchString(w.name) {
			continue
		}
		place, missing, err := b.place(ctx, w)
		switch {
		case missing != "":
			fmt.Fprintf(out, "\n%s is left out: %s\n", w.name, missing)
			continue
		case err != nil:
			return err
		}
		if err := b.measure(ctx, out, w, place); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

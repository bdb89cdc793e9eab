package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"

	"wherry/ui/cli"
)

// asClient as first argument makes this program Wherry's command line with a
// profiler around it, so that Wherry itself carries none.
const asClient = "as-wherry"

// profileBase is the environment variable that names the profiles to write,
// without their endings.
const profileBase = "WHERRY_BENCH_PROFILE"

// profile runs the work once more and leaves NAME.cpu and NAME.allocs.
func (b *rig) profile(ctx context.Context, w work, p place) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(b.profiles)
	if err != nil {
		return err
	}
	wherry := program{name: "wherry", path: self, command: func(j job) invocation {
		call := callWherry(j)
		call.args = append([]string{asClient}, call.args...)
		call.env = append(call.env, profileBase+"="+filepath.Join(dir, w.name))
		return call
	}}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	_, err = b.once(ctx, wherry, b.job(w, p), p.whole)
	return err
}

// client is Wherry's command line. It returns its exit code.
func client(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	end, err := profiled(os.Getenv(profileBase))
	code := 0
	if err == nil {
		code = cli.Main(ctx, args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, nil)
		err = end()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return code
}

// profiled starts what the function it returns ends.
func profiled(base string) (end func() error, err error) {
	processor, err := os.Create(base + ".cpu")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(processor); err != nil {
		return nil, errors.Join(err, processor.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		memory, err := os.Create(base + ".allocs")
		if err != nil {
			return errors.Join(err, processor.Close())
		}
		return errors.Join(pprof.Lookup("allocs").WriteTo(memory, 0), memory.Close(), processor.Close())
	}, nil
}

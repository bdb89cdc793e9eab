// Wherry is an FTP client: a window with two panes and a command line over
// one engine. This file only wires them together.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"wherry/ui"
	"wherry/ui/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the command in order; stop gives the second one
	// back to the system, which ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, ui.Window()))
}

// Package cli is the command line: Wherry for scripts, for shells over ssh,
// and for people who type faster than they drag.
//
// It exists beside the window as the second face over the same engine. It
// turns arguments into calls of the engine, errors into words and an exit
// code, and transfers into progress bars or one JSON object a line. What is
// fixed here, because scripts rely on it: the commands and flags, the exit
// codes (exit.go), the JSON (events.go, ls.go). Results go to standard output;
// words, questions and progress go to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"wherry/sync/engine"
	"wherry/sync/site"
)

// Streams are what a command reads and writes. A stream that is an *os.File
// on a terminal is treated as one: questions are put, bars are drawn.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// WindowRequest is what a person asked of the window on the command line.
type WindowRequest struct {
	// Engine is to be started by the window, with its own Asker and OnEvent.
	Engine engine.Config
	// Place to connect to at once; nil for none.
	Place *engine.Place
	// Demo says that Place is the built-in server.
	Demo bool
	// Events, when not nil, gets the transfers as JSON (`--json`); NewEvents
	// writes it.
	Events io.Writer
	// Notices were made before the window stood and are to be shown there.
	Notices []string
}

// Window opens the window and returns when it is closed. It returns an error
// that wraps ErrNoDisplay where there is nothing to show it on, and ErrRaised
// where the window of another process was raised.
type Window func(ctx context.Context, req WindowRequest) error

// ErrNoDisplay is returned by a Window that finds no display.
var ErrNoDisplay = errors.New("no display")

// ErrRaised is returned by a Window that handed what was asked for to one that
// is open already.
var ErrRaised = errors.New("the window that is open was raised")

// Main runs one command; args are without the program's name. It returns the
// exit code once everything it started has ended. window is nil in a build
// without one. The first end of ctx (Ctrl-C) ends the command in order; for
// the second one to end the process at once the caller must give the signal
// back to the system, see main.go.
func Main(ctx context.Context, args []string, std Streams, window Window) int {
	return (&app{std: std, window: window}).main(ctx, args)
}

// app is one run of the command line.
type app struct {
	std    Streams    // fixed
	window Window     // fixed; may be nil
	vault  site.Vault // fixed; nil for the system's keychain
	opt    options    // fixed once the flags are parsed

	// cancel ends the whole command, as Ctrl-C does where the terminal is in
	// raw mode and sends no signal. Fixed.
	cancel context.CancelFunc
	// password from --password-stdin or WHERRY_PASSWORD, read once: standard
	// input has it only once. login is the one that it went to.
	password func() (string, error)
	login    string
	// shown are the bars on the terminal; nil between transfers.
	shown *display
	// told is set once an interruption was reported.
	told bool

	terminal *term.Terminal // made by the first question; guarded by asking
	asking   sync.Mutex
}

func (a *app) main(ctx context.Context, args []string) int {
	ctx, a.cancel = context.WithCancel(ctx)
	defer a.cancel()
	a.password = sync.OnceValues(a.readPassword)
	root := a.root()
	root.SetArgs(append([]string{}, args...)) // nil would mean the process's own
	root.SetIn(a.std.In)
	root.SetOut(a.std.Out)
	root.SetErr(a.std.Err)
	return a.finish(ctx, root.ExecuteContext(ctx))
}

// interactive says whether a person is there to answer questions.
func (a *app) interactive() bool { return isTerminal(a.std.In) && isTerminal(a.std.Err) }

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// notice tells a person something by the way; never under --quiet.
func (a *app) notice(format string, args ...any) {
	if !a.opt.quiet {
		a.say(format, args...)
	}
}

// say writes a line to standard error, above the bars where there are some.
func (a *app) say(format string, args ...any) {
	out := a.std.Err
	if a.shown != nil {
		out = a.shown
	}
	fmt.Fprintf(out, format+"\n", args...)
}

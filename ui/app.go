//go:build !headless

// Package ui is the window: it puts the features side by side, wires them to
// the engine and to each other, and owns nothing else.
//
// It exists as the one place that knows all features; they do not know each
// other. It is the only package that imports fyne.io/fyne/v2/app, so that
// everything else builds and is tested without cgo and without a display.
package ui

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"wherry/assets"
	"wherry/sync/engine"
	"wherry/sync/instance"
	"wherry/sync/queue"
	"wherry/ui/cli"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/settings"
)

// factsVariable names the file, or FIFO, that gets what becomes true in the
// window as JSON lines: for tests, and for reports of what was seen.
const factsVariable = "WHERRY_WINDOW_FACTS"

// Window returns what opens the window for the command line.
func Window() cli.Window { return open }

// open shows the window until it is closed or ctx ends.
func open(ctx context.Context, req cli.WindowRequest) (err error) {
	first, notice, err := claim(ctx, req)
	if err != nil {
		return err
	}
	if first != nil {
		defer func() { err = errors.Join(err, first.Close()) }()
	}
	if err := display(ctx); err != nil {
		return err
	}
	told, err := factsFile()
	if err != nil {
		return err
	}
	kept, notices, err := settings.Open(req.Engine.Dirs.Config)
	if err != nil {
		return err
	}
	if err := surroundings(req.Engine.Dirs, req.Demo); err != nil {
		return err
	}
	// The loop outlives ctx: a signal that comes before the toolkit runs, and
	// takes signals itself, is brought to the window by it.
	l := loop.New(context.WithoutCancel(ctx), nil)
	defer l.Close()
	s := newShell(newApp(kept), l, kept, newFacts(told))
	cfg, end := s.engineConfig(req)
	defer end()
	if s.engine, err = engine.Start(ctx, cfg); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.engine.Close()) }()
	s.notices = slices.Concat(req.Notices, notice, notices, s.engine.Notices())
	return s.run(ctx, req.Place, first)
}

// newApp starts the toolkit, which reads what surroundings settled.
func newApp(kept *settings.File) fyne.App {
	log.SetOutput(&hush{to: os.Stderr})
	if cache, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(cache, 0o700) // Fyne makes its own folder in it, and only complains without
	}
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("wherry.png", assets.IconPNG))
	a.Settings().SetTheme(look.New(look.Choice(kept.Load().Theme)))
	endQuietly(a.Lifecycle())
	return a
}

// endQuietly takes away what Fyne does after its main loop, saving preferences that
// Wherry does not use. It has another goroutine send that to the loop, which closes
// the channel meanwhile (runGL in Fyne 2.8): the send could panic, and end the
// program before the queue is closed in order.
func endQuietly(l fyne.Lifecycle) {
	if hook, ok := l.(interface{ SetOnStoppedHookExecuted(f func()) }); ok {
		hook.SetOnStoppedHookExecuted(nil)
	}
}

// engineConfig is what the command line asked of the engine, with the window to
// answer questions and to be told what happens. end is to be called once the
// engine is closed.
func (s *shell) engineConfig(req cli.WindowRequest) (cfg engine.Config, end func()) {
	cfg, end = req.Engine, func() {}
	cfg.Asker, cfg.Work = s.asker, true
	s.given, s.tuning = cfg.Tuning, s.kept.Tuning(cfg.Tuning)
	cfg.Tuning = s.tuning
	if cfg.Verify == nil { // nothing was said on the command line
		cfg.Verify = s.verify.get
	}
	cfg.OnEvent = s.onEvent
	if req.Events != nil {
		events := cli.NewEvents(req.Events, s.target)
		cfg.OnEvent = func(e queue.Event) { s.onEvent(e); events.OnEvent(e) }
		end = events.Close
	}
	return cfg, end
}

// run shows the window until it is closed or ctx ends. first is nil where no
// other start of the program can find this one.
func (s *shell) run(ctx context.Context, place *engine.Place, first *instance.First) error {
	// A signal closes the window without asking; the queue goes on next time.
	stop := context.AfterFunc(ctx, func() { s.loop.Post(s.app.Quit) })
	defer stop()
	s.show(ctx, place)
	if first == nil {
		s.app.Run()
		s.loop.Close()
		return nil
	}
	first.Serve(s.arrive)
	s.app.Run()
	// From here on the next start opens a window of its own, rather than wait
	// for connections to be closed in order.
	err := first.Close()
	s.loop.Close()
	return err
}

// factsFile opens what factsVariable names; nil where it names nothing.
func factsFile() (io.Writer, error) {
	name := os.Getenv(factsVariable)
	if name == "" {
		return nil, nil
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

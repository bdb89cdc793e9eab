package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wherry/sync/demo"
	"wherry/sync/engine"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func (a *app) demoCommand() *cobra.Command {
	var serveOnly bool
	cmd := &cobra.Command{
		Use:   "demo [--serve-only]",
		Short: "Try Wherry with a server of its own",
		Long: `Start an FTP server with sample files that only this computer can reach, and the
window connected to it. Without a display the same journey is made here: list,
download, upload, list again. With --serve-only the server's address is printed,
and it serves until Ctrl-C. Everything in it is gone at the end.`,
		Example: `  wherry demo
  wherry demo --serve-only`,
		Args: a.args(0, 0, ""), Annotations: map[string]string{groupsOf: "e"},
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), cmd.CommandPath(), serveOnly) },
	}
	cmd.Flags().BoolVar(&serveOnly, "serve-only", false, "no window: print the address and serve until interrupted")
	return cmd
}

func (a *app) demo(ctx context.Context, command string, serveOnly bool) (err error) {
	server, err := demo.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if serveOnly {
		// The address with its password is the result that was asked for; the
		// password was made for this one run.
		if _, err := fmt.Fprintln(a.std.Out, server.URL()); err != nil {
			return err
		}
		a.notice("wherry: The server speaks no TLS: connect with --tls off. Ctrl-C ends it.")
		<-ctx.Done()
		a.told = true
		return nil
	}
	forget, err := a.scratch()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, forget()) }()
	place := &engine.Place{Site: server.Site(), Password: server.Password(), Path: vfs.Root(), HasPath: true}
	err = ErrNoDisplay
	if a.window != nil {
		err = a.show(ctx, WindowRequest{Place: place, Demo: true})
	}
	if errors.Is(err, ErrNoDisplay) {
		a.say("wherry: There is no display to open the window on, so the journey is made here.")
		return a.journey(ctx, command, *place)
	}
	return err
}

// scratch keeps Wherry's own files in a folder that forget removes, unless the
// person named one: a trial leaves nothing behind.
func (a *app) scratch() (forget func() error, err error) {
	if a.named() != "" {
		return func() error { return nil }, nil
	}
	if a.opt.config, err = os.MkdirTemp("", "wherry-demo-"); err != nil {
		return nil, err
	}
	return func() error { return os.RemoveAll(a.opt.config) }, nil
}

// journey lists, downloads, uploads and lists again, in a folder that is
// removed afterwards.
func (a *app) journey(ctx context.Context, command string, place engine.Place) (err error) {
	dir, err := os.MkdirTemp("", "wherry-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	hello, down := filepath.Join(dir, "hello from wherry.txt"), filepath.Join(dir, "downloads")
	if err := os.WriteFile(hello, []byte("This file was uploaded by wherry demo.\n"), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(down, 0o700); err != nil {
		return err
	}
	r := a.newRun()
	events := newEvents(r.event)
	defer events.Close()
	return a.withEngine(ctx, command, wish{events: events.OnEvent}, func(s *session) error {
		server, err := s.connect(ctx, place)
		if err != nil {
			return &connectError{err}
		}
		top := remote{connected: server, path: place.Path, hasPath: true}
		for _, step := range []struct {
			title string
			do    func() error
		}{
			{"What is on the server, as wherry ls tells it:", func() error { return s.listing(ctx, top) }},
			{"All of it is downloaded, as by wherry get:", func() error { return s.wholeSite(ctx, r, events, top, down) }},
			{"A file is uploaded, as by wherry put:", func() error { return s.oneFile(ctx, r, events, hello, top) }},
			{"What is there now:", func() error { return s.listing(ctx, top) }},
		} {
			a.say("\n%s", step.title)
			r.begin(s)
			if err := step.do(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *session) listing(ctx context.Context, r remote) error {
	entries, err := r.fs.List(ctx, r.path)
	if err != nil {
		return err
	}
	writeEntries(s.std.Out, entries)
	return nil
}

// wholeSite downloads everything below from.
func (s *session) wholeSite(ctx context.Context, r *run, events *Events, from remote, dir string) error {
	here, err := s.here(dir)
	if err != nil {
		return err
	}
	return r.all(ctx, events, queue.Request{
		Source: queue.Place{Site: from.id, Path: from.path}, Target: queue.Place{Site: site.Local, Path: here},
		Type: vfs.TypeDir, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
	})
}

// oneFile uploads a file of this computer into the folder to.
func (s *session) oneFile(ctx context.Context, r *run, events *Events, name string, to remote) error {
	here, err := s.here(name)
	if err != nil {
		return err
	}
	target, err := to.path.Join(here.Base())
	if err != nil {
		return err
	}
	return r.all(ctx, events, queue.Request{
		Source: queue.Place{Site: site.Local, Path: here}, Target: queue.Place{Site: to.id, Path: target},
		Type: vfs.TypeFile, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
	})
}

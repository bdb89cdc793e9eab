package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// asker puts the engine's questions to the person at the terminal, one at a
// time, with the bars out of the way.
type asker struct{ *app }

// Password asks without echo.
func (a *asker) Password(ctx context.Context, s site.Site) (password string, keep bool, err error) {
	defer a.stage()()
	user := words.Safe(s.User + "@" + s.Host)
	if strings.HasSuffix(string(s.ID), string(site.Site{}.ProxyID())) {
		user = "the proxy " + user
	}
	if password, err = a.line(ctx, "Password for "+user+": ", true); err != nil || s.Quick || s.ID == "" {
		return password, false, err
	}
	answer, err := a.line(ctx, "Keep it in the system's keychain? [y/N] ", false)
	return password, strings.EqualFold(answer, "y"), err
}

// Certificate shows what is wrong and who it is, and trusts only on a word.
func (a *asker) Certificate(ctx context.Context, q trust.Question) (trust.Answer, error) {
	defer a.stage()()
	for _, line := range words.Certificate(q) {
		a.say("%s", line)
	}
	for {
		answer, err := a.line(ctx, "Trust it? [n]o, this [o]nce, [a]lways for this host: ", false)
		switch strings.ToLower(answer) {
		case "", "n", "no":
			return trust.Refuse, err
		case "o", "once":
			return trust.Once, err
		case "a", "always":
			return trust.Always, err
		}
	}
}

// Exists shows both sides; the answer of a bare Enter is the safe one.
func (a *asker) Exists(ctx context.Context, q transfer.Question) (transfer.Answer, error) {
	defer a.stage()()
	if q.NoReplace {
		return a.replace(ctx, q)
	}
	a.say("%s exists already.", vfs.Readable(q.Target.String()))
	a.say("  there now: %s", words.Side(q.TargetNow, q.SourceEntry, time.Local))
	a.say("  new:       %s", words.Side(q.SourceEntry, q.TargetNow, time.Local))
	for {
		text, err := a.line(ctx, "[s]kip, [o]verwrite, if [n]ewer, if [d]ifferent size, [k]eep both, [r]esume; capital letter for all: ", false)
		if err != nil {
			return transfer.Answer{}, err
		}
		text = strings.TrimSpace(text)
		rule, ok := map[string]transfer.Rule{
			"": transfer.Skip, "s": transfer.Skip, "o": transfer.Overwrite, "k": transfer.Rename, "r": transfer.Resume,
			"n": transfer.Newer, "d": transfer.Different,
		}[strings.ToLower(text)]
		if ok {
			return transfer.Answer{Rule: rule, ForAll: text != strings.ToLower(text)}, nil
		}
		for _, meaning := range []string{
			"s or Enter: the file there stays as it is.", "o: the new file takes its place.", "n: it does so if it is newer, and is skipped otherwise.",
			"d: it does so if its size is another, and is skipped otherwise.", "k: the new file gets a name of its own beside it.",
			"r: a shorter file there gets what it lacks, where both are the same that far.", "S, O, N, D, K, R: the same for all that ask this.",
		} {
			a.say("  %s", meaning)
		}
	}
}

// replace asks how to replace where the server refuses to rename onto a file.
func (a *asker) replace(ctx context.Context, q transfer.Question) (transfer.Answer, error) {
	a.say("The server refuses to rename the new file onto %s. It has arrived whole, and waits beside the old one.", vfs.Readable(q.Target.String()))
	a.say("  delete: the old file is deleted, and the new one takes its name; for a moment neither has it.")
	a.say("  write:  the new file is written over the old one; if the connection breaks then, neither is whole until it is tried again.")
	a.say("The answer counts for this site from now on; --replace changes it.")
	for {
		text, err := a.line(ctx, "[s]kip this file, [S]kip all, [d]elete first, [w]rite directly: ", false)
		if err != nil {
			return transfer.Answer{}, err
		}
		text = strings.TrimSpace(text)
		way, ok := map[string]transfer.ReplaceWay{
			"": transfer.ReplaceAsk, "s": transfer.ReplaceAsk, "d": transfer.ReplaceDelete, "w": transfer.ReplaceDirect,
		}[strings.ToLower(text)]
		if ok {
			return transfer.Answer{Rule: transfer.Skip, ForAll: text == "S", Replace: way}, nil
		}
	}
}

// stage clears the terminal for a question; the returned function gives it
// back.
func (a *app) stage() (done func()) {
	a.asking.Lock()
	if a.shown == nil {
		return a.asking.Unlock
	}
	a.shown.pause()
	return func() {
		a.shown.resume()
		a.asking.Unlock()
	}
}

// errInterrupted is Ctrl-C at a question.
var errInterrupted = &vfs.Error{Op: "ask", Kind: vfs.KindCancelled}

// line puts one question and reads one line, without echo for a secret. The
// terminal is raw meanwhile, so that Ctrl-C arrives here as a character: it
// ends the whole command. The goroutine that reads cannot be stopped where ctx
// ends first; the process is about to end then.
func (a *app) line(ctx context.Context, prompt string, secret bool) (string, error) {
	in, ok := a.std.In.(*os.File)
	if !ok {
		return "", fmt.Errorf("no terminal to ask on")
	}
	saved, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(in.Fd()), saved)
	if a.terminal == nil {
		a.terminal = term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, a.std.Err}, "")
	}
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		var r answer
		if secret {
			r.text, r.err = a.terminal.ReadPassword(prompt)
		} else {
			a.terminal.SetPrompt(prompt)
			r.text, r.err = a.terminal.ReadLine()
		}
		got <- r
	}()
	select {
	case <-ctx.Done():
		return "", &vfs.Error{Op: "ask", Kind: vfs.KindCancelled, Err: ctx.Err()}
	case r := <-got:
		if errors.Is(r.err, io.EOF) {
			a.cancel()
			return "", errInterrupted
		}
		return r.text, r.err
	}
}

//go:build !headless

package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
	"wherry/ui/queueview"
	"wherry/ui/words"
)

// asker puts the engine's questions to the person, one at a time: two dialogs
// over each other could not be told apart.
type asker struct {
	loop   *loop.Loop
	window fyne.Window
	facts  *facts
	turn   chan struct{} // holds one token while no question is open
	open   *parts.Dialog // the last one; the window's thread alone
}

func newAsker(l *loop.Loop, w fyne.Window, f *facts) *asker {
	a := &asker{loop: l, window: w, facts: f, turn: make(chan struct{}, 1)}
	a.turn <- struct{}{}
	return a
}

// asking says whether something waits for the person's answer. It is called on
// the window's thread.
func (a *asker) asking() bool { return a.open != nil && !a.open.Closed() }

// ask waits for its turn and shows what make returns; reply ends it.
func ask[T any](ctx context.Context, a *asker, build func(reply func(T)) parts.Question) (T, error) {
	select {
	case <-a.turn:
		defer func() { a.turn <- struct{}{} }()
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	return loop.Ask(ctx, a.loop, func(reply func(T)) func() {
		a.open = showQuestion(a.window, a.facts, build(reply))
		return a.open.Close
	})
}

// showQuestion shows a dialog and tells it as a fact.
func showQuestion(w fyne.Window, f *facts, q parts.Question) *parts.Dialog {
	d := parts.Ask(w.Canvas(), q)
	f.tell(fact{Fact: "dialog", Text: q.Title})
	return d
}

type givenPassword struct {
	text string
	keep bool
	ok   bool
}

// Password asks for the password of s.
func (a *asker) Password(ctx context.Context, s site.Site) (string, bool, error) {
	return a.password(ctx, s, "")
}

// passwordAgain asks after the server refused the login.
func (a *asker) passwordAgain(ctx context.Context, s site.Site, refused error) (string, bool, error) {
	return a.password(ctx, s, words.Of(refused, words.Window).Title)
}

// password asks with a text, "" for the usual one. Keeping it is offered for saved sites only: that
// of a quick connection would have no name in the keychain.
func (a *asker) password(ctx context.Context, s site.Site, text string) (string, bool, error) {
	got, err := ask(ctx, a, func(reply func(givenPassword)) parts.Question {
		field := parts.NewField("Password", 240)
		field.Password = true
		keep := parts.NewCheck("Keep it in the system's keychain", nil)
		q := parts.Question{
			Glyph: look.GlyphLock, Title: passwordTitle(s),
			Text: text, Field: field,
			Answers: []parts.Answer{
				{Title: "Cancel", Run: func() { reply(givenPassword{}) }},
				{Title: "Log In", Strong: true, Run: func() { reply(givenPassword{field.Text, keep.Checked, true}) }},
			},
			Escape: func() { reply(givenPassword{}) },
		}
		saved := s.ID != site.Local && !s.Quick
		if text == "" && saved {
			q.Text = "It is used for this session, and kept only if you say so."
		} else if text == "" {
			q.Text = "It is used for this session only."
		}
		if saved {
			q.Content = keep
		}
		return q
	})
	if err == nil && !got.ok {
		err = &vfs.Error{Op: "log in", Path: s.Host, Kind: vfs.KindCancelled}
	}
	return got.text, got.keep, err
}

func passwordTitle(s site.Site) string { return "Password for " + words.Safe(s.User+"@"+s.Host) }

// Certificate shows whose it is, until when, and what is wrong. The answer
// that Enter chooses is the safe one.
func (a *asker) Certificate(ctx context.Context, q trust.Question) (trust.Answer, error) {
	return ask(ctx, a, func(reply func(trust.Answer)) parts.Question {
		var wrong []string
		for _, r := range q.Reasons() {
			wrong = append(wrong, words.Reason(r, q))
		}
		title := "The certificate of " + words.Safe(q.Host) + " is not trusted"
		if q.Known != "" {
			title = "The certificate of " + words.Safe(q.Host) + " has changed"
		}
		return parts.Question{
			Glyph: look.GlyphWarn, Color: look.ColorWarn, Title: title,
			Text: "Nothing secret was sent yet. Compare the fingerprint with the one your provider tells you.",
			Content: parts.NewFacts(
				parts.Fact{Name: "What is wrong", Value: strings.Join(wrong, "; ")},
				parts.Fact{Name: "Issued to", Value: words.Safe(q.Subject())},
				parts.Fact{Name: "For", Value: words.Safe(strings.Join(q.Names(), ", "))},
				parts.Fact{Name: "Issued by", Value: words.Safe(q.Issuer())},
				parts.Fact{Name: "Valid until", Value: q.NotAfter().Local().Format("2 January 2006")},
				parts.Fact{Name: "Fingerprint", Value: q.Fingerprint},
			),
			Width: 560,
			Answers: []parts.Answer{
				{Title: "Always Trust It Here", Run: func() { reply(trust.Always) }},
				{Title: "Trust Once", Run: func() { reply(trust.Once) }},
				{Title: "Do Not Connect", Strong: true, Run: func() { reply(trust.Refuse) }},
			},
			Escape: func() { reply(trust.Refuse) },
		}
	})
}

// Exists asks what to do with what is there already. The answer that Enter
// chooses is to leave it.
func (a *asker) Exists(ctx context.Context, q transfer.Question) (transfer.Answer, error) {
	return ask(ctx, a, func(reply func(transfer.Answer)) parts.Question { return queueview.Ask(q, time.Local, reply) })
}

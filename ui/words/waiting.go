package words

import (
	"strings"

	"wherry/sync/trace"
)

// Awaited says what is waited for, as the transcript of one session tells it: the
// lines since it began. "" where that cannot be told.
func Awaited(lines []trace.Line) string {
	var w await
	for _, l := range lines {
		w.take(l)
	}
	switch {
	case w.connecting != "":
		return w.connecting + "; nothing was answered so far."
	case len(w.open) > 0:
		return awaitedAnswer(w.open[0], w.begun)
	case w.last == "EPSV" || w.last == "PASV":
		return "Waiting for a data connection to the server (passive mode)."
	case w.last == "EPRT" || w.last == "PORT":
		return "Waiting for the server to connect back (active mode)."
	case w.last == "AUTH":
		return "Agreeing on encryption."
	}
	return ""
}

// awaitedAnswer speaks of a command that has no last reply yet; begun tells that
// the first one came (RFC 959, 4.2: 1yz).
func awaitedAnswer(verb string, begun bool) string {
	switch {
	case verb == "USER" || verb == "PASS":
		return "Waiting for the login."
	case isListing(verb) && begun:
		return "The listing is on its way."
	case verb == "RETR" || verb == "STOR" || verb == "APPE":
		return "" // a transfer, which moves
	case isListing(verb):
		return "Waiting for the listing to begin."
	}
	return "Waiting for the server's answer to " + verb + "."
}

func isListing(verb string) bool { return verb == "LIST" || verb == "MLSD" || verb == "NLST" }

// await is how far a session has come. Several commands may be sent before the
// first is answered; the answers come in their order.
type await struct {
	connecting string
	open       []string // verbs sent and not answered to the end
	begun      bool     // the first of them has begun
	last       string   // the verb answered last, "" where it was refused
}

func (w *await) take(l trace.Line) {
	switch l.Dir {
	case trace.Status:
		if strings.HasPrefix(l.Text, "Connecting to ") {
			*w = await{connecting: Safe(l.Text)}
		}
	case trace.Sent:
		w.connecting = ""
		verb, _, _ := strings.Cut(l.Text, " ")
		w.open = append(w.open, strings.ToUpper(Safe(verb)))
	case trace.Received:
		w.connecting = ""
		w.receive(l.Text)
	}
}

// receive takes a line of a reply; those before its last one say nothing here.
func (w *await) receive(text string) {
	if len(text) < 4 || text[3] != ' ' || text[0] < '1' || text[0] > '5' || len(w.open) == 0 {
		return
	}
	if w.begun = text[0] == '1'; w.begun {
		return
	}
	w.last = ""
	if text[0] == '2' || text[0] == '3' {
		w.last = w.open[0]
	}
	w.open = w.open[1:]
}

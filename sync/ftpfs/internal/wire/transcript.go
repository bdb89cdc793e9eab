package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"wherry/sync/trace"
)

// stars stand where a secret was.
const stars = "****"

func (c *Control) say(dir trace.Direction, text string) {
	if c.conf.Trace == nil {
		return
	}
	c.conf.Trace.Add(trace.Line{Session: c.conf.Number, Host: c.conf.Site.Host, Dir: dir, Text: text})
}

// note writes a reply down, line by line.
func (c *Control) note(r Reply) {
	for _, l := range r.Lines {
		c.say(trace.Received, c.Conceal(l))
	}
}

// mask hides the argument of the commands that carry a secret.
func mask(line string) string {
	verb, _, found := strings.Cut(line, " ")
	if found && isSecret(verb) {
		return verb + " " + stars
	}
	return line
}

func isSecret(verb string) bool {
	return strings.EqualFold(verb, "PASS") || strings.EqualFold(verb, "ACCT")
}

// keepSecret remembers the argument of PASS and ACCT, so that a server that
// repeats it does not put it into the transcript.
func (c *Control) keepSecret(line string) {
	verb, arg, _ := strings.Cut(line, " ")
	if !isSecret(verb) || arg == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, arg)
}

// Conceal replaces the secrets sent so far within text. It is for transcripts
// and errors, not for replies that are parsed: a folder may well be called
// like the password.
func (c *Control) Conceal(text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.secrets {
		text = conceal(text, s)
	}
	return text
}

// conceal puts stars where secret stands. A secret of a few letters counts
// only as a word of its own: stars within other words would spell it out.
func conceal(text, secret string) string {
	if len(secret) >= 4 {
		return strings.ReplaceAll(text, secret, stars)
	}
	var out strings.Builder
	for rest := text; ; {
		i := strings.Index(rest, secret)
		if i < 0 {
			out.WriteString(rest)
			return out.String()
		}
		end := i + len(secret)
		before, _ := utf8.DecodeLastRuneInString(text[:len(text)-len(rest)+i])
		after, _ := utf8.DecodeRuneInString(rest[end:])
		out.WriteString(rest[:i])
		if isWord(before) || isWord(after) {
			out.WriteString(secret)
		} else {
			out.WriteString(stars)
		}
		rest = rest[end:]
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

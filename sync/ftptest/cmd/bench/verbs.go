package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// tally runs the work once more with a transcript for each client that writes
// one, and prints how often each command was sent for each file.
func (b *rig) tally(ctx context.Context, out io.Writer, w work, p place, clients []program) error {
	for _, c := range clients {
		if c.verb == nil {
			continue
		}
		j := b.job(w, p)
		j.log = b.file("log")
		if _, err := b.once(ctx, c, j, p.whole); err != nil {
			return fmt.Errorf("%s with a transcript: %w", c.name, err)
		}
		sent, err := verbs(j.log, c.verb)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s, %s, commands a file: %s\n", w.name, c.name, perFile(sent, w.tree.files))
		if err := os.Remove(j.log); err != nil {
			return err
		}
	}
	return nil
}

// verbs counts the commands of a transcript.
func verbs(log string, verb func(string) string) (map[string]int, error) {
	f, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sent := map[string]int{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if v := verb(lines.Text()); v != "" {
			sent[v]++
		}
	}
	return sent, lines.Err()
}

// perFile is the commands, the most frequent first.
func perFile(sent map[string]int, files int) string {
	names := make([]string, 0, len(sent))
	sum := 0
	for name, n := range sent {
		names = append(names, name)
		sum += n
	}
	slices.SortFunc(names, func(a, b string) int {
		if sent[a] != sent[b] {
			return sent[b] - sent[a]
		}
		return strings.Compare(a, b)
	})
	text := fmt.Sprintf("%.2f in all", float64(sum)/float64(files))
	for _, name := range names {
		text += fmt.Sprintf(", %s %.2f", name, float64(sent[name])/float64(files))
	}
	return text
}

// wherryVerb reads a line of --log: what was sent stands behind "-> ".
func wherryVerb(line string) string {
	_, sent, ok := strings.Cut(line, " -> ")
	if !ok {
		return ""
	}
	return commandOf(sent)
}

// lftpVerb reads a line of debug: what was sent stands behind "---> ".
func lftpVerb(line string) string {
	_, sent, ok := strings.Cut(line, "---> ")
	if !ok {
		return ""
	}
	return commandOf(sent)
}

// commandOf is the command, with a second word where the first says nothing.
func commandOf(sent string) string {
	words := strings.Fields(sent)
	switch {
	case len(words) == 0:
		return ""
	case words[0] == "SITE" && len(words) > 1:
		return words[0] + " " + words[1]
	}
	return words[0]
}

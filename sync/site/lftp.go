package site

import (
	"strings"
)

// parseLftp reads the arguments of lftp's open command, which hosting
// companies print in their mails: -u user[,password], -p port and a host or
// URL. Options that choose something else than a server are skipped with
// their values (-e commands); others are refused.
func parseLftp(text string) (Target, error) {
	words, err := shellWords(text)
	if err != nil {
		return Target{}, err
	}
	if words[0] == "lftp" {
		words = words[1:]
	}
	var host, login, port string
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if !strings.HasPrefix(word, "-") {
			if host != "" {
				return Target{}, badTarget("only one host can be given")
			}
			host = word
			continue
		}
		value := strings.TrimPrefix(word[min(2, len(word)):], "=")
		if value == "" {
			if len(words) == 0 {
				return Target{}, badTarget("an option of lftp has no value")
			}
			value, words = words[0], words[1:]
		}
		switch word[:min(2, len(word))] {
		case "-u":
			login = value
		case "-p":
			port = value
		case "-e":
		default:
			return Target{}, badTarget("only the options -u, -p and -e of lftp are understood")
		}
	}
	return lftpTarget(host, login, port)
}

func lftpTarget(host, login, port string) (Target, error) {
	if isLocal(host) || host == "" {
		return Target{}, badTarget("no host is given")
	}
	scheme, rest, ok := strings.Cut(host, "://")
	if !ok {
		scheme, rest = "", host
	}
	t, err := parseURL(strings.ToLower(scheme), rest)
	if err != nil {
		return Target{}, err
	}
	if login != "" {
		user, password, _ := strings.Cut(login, ",")
		if err := t.login(user, password); err != nil {
			return Target{}, err
		}
	}
	if port != "" {
		full := Target{Site: t.Site}
		name := t.Site.Host
		if strings.Contains(name, ":") {
			name = "[" + strings.ReplaceAll(name, "%", "%25") + "]"
		}
		if err := full.hostPort(name+":"+port, strings.ToLower(scheme)); err != nil {
			return Target{}, err
		}
		t.Site = full.Site
	}
	return t, nil
}

// shellWords splits at blanks outside of '…', "…" and after a backslash, as a
// shell does; nothing is expanded.
func shellWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote byte
	open := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			open = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, open = c, true
		case quote == 0 && c == ' ':
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if quote != 0 {
		return nil, badTarget("a quotation mark is never closed")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

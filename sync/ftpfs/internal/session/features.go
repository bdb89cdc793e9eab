package session

import (
	"strings"

	"wherry/sync/ftpfs/internal/wire"
)

// parseFeatures reads the reply to FEAT (RFC 2389): one feature a line behind
// a space, its parameters behind another. Some servers leave the first space
// out. Of a feature named twice, such as AUTH, the last line counts. Both are
// nil where the server does not know FEAT.
func parseFeatures(r wire.Reply) (feats map[string]string, lines []string) {
	if r.Code != 211 {
		return nil, nil
	}
	feats = map[string]string{}
	for _, line := range r.Inner() {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		if word != "" {
			feats[strings.ToUpper(word)] = rest
			lines = append(lines, line)
		}
	}
	return feats, lines
}

// supports says whether to send command. A server without FEAT is older than
// it and may know SIZE, MDTM and REST all the same; it is asked once.
func (s *Session) supports(command string) bool {
	if s.feats == nil {
		return command == "SIZE" || command == "MDTM" || command == "REST"
	}
	_, ok := s.feats[command]
	return ok
}

// unlearn notes that the server does not know command after all, whatever
// FEAT says.
func (s *Session) unlearn(command string) {
	if s.feats == nil {
		s.feats = map[string]string{"SIZE": "", "MDTM": "", "REST": ""}
	}
	delete(s.feats, command)
	s.describe()
}

// unknown says that a reply means that the server does not have the command
// or this use of it, whatever it is used on (RFC 959, 4.2.1).
func unknown(code int) bool { return code == 500 || code == 502 || code == 504 }

// wantedFacts are the facts of MLSD and MLST that an Entry can hold.
var wantedFacts = []string{
	"type", "size", "modify", "perm", "unix.mode",
	"unix.owner", "unix.ownername", "unix.uid", "unix.group", "unix.groupname", "unix.gid",
}

// factsCommand returns the OPTS that turns on the wanted facts, "" where they
// all are on: FEAT marks those with a star (RFC 3659, 7.8). pyftpdlib has
// unix.mode off. more are wanted, too.
func factsCommand(offered string, more ...string) string {
	var ask []string
	missing := false
	for fact := range strings.SplitSeq(offered, ";") {
		name, on := strings.CutSuffix(strings.TrimSpace(fact), "*")
		for _, w := range append(more, wantedFacts...) {
			if strings.EqualFold(name, w) {
				ask = append(ask, name)
				missing = missing || !on
			}
		}
	}
	if !missing {
		return ""
	}
	return "OPTS MLST " + strings.Join(ask, ";") + ";"
}

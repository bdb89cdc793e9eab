package session

import (
	"context"
	"encoding/hex"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// hashCommands are the commands of their own for one digest each, from before
// HASH: GlobalSCAPE's family, and MD5 of draft-twine-ftpmd5.
var hashCommands = map[vfs.HashName][]string{
	vfs.SHA512: {"XSHA512"},
	vfs.SHA256: {"XSHA256"},
	vfs.SHA1:   {"XSHA1", "XSHA"},
	vfs.MD5:    {"XMD5", "MD5"},
	vfs.CRC32:  {"XCRC"},
}

// hashPace is the slowest that a server is believed to read its own disk, in
// bytes a second; hashUnsized is the wait where the size is not known, hashMost
// the longest, whatever a server says of the size.
const (
	hashPace    = 2 << 20
	hashUnsized = time.Hour
	hashMost    = 24 * time.Hour
)

// hashLimit is how long a digest of a file of that size may take.
func hashLimit(size int64) time.Duration {
	if size == vfs.SizeUnknown {
		return hashUnsized
	}
	return time.Duration(min(size/hashPace, int64(hashMost/time.Second))) * time.Second
}

// hashes returns the digests that the server offers.
func (s *Session) hashes() []vfs.HashName {
	var out []vfs.HashName
	for _, by := range vfs.HashNames() {
		if len(s.hashWays(by)) > 0 {
			out = append(out, by)
		}
	}
	return out
}

// hashWays returns the commands that FEAT names for by, HASH before others: its
// answer says which digest it is.
func (s *Session) hashWays(by vfs.HashName) []string {
	var ways []string
	if _, _, offered := s.hashOffer(by); offered {
		ways = append(ways, "HASH")
	}
	for _, command := range hashCommands[by] {
		if s.feats != nil && s.supports(command) {
			ways = append(ways, command)
		}
	}
	return ways
}

// hashOffer finds by in FEAT's "HASH SHA-256*;SHA-1;CRC32"
// (draft-bryan-ftpext-hash-02): spelled as the server does, and whether it is
// the one chosen now.
func (s *Session) hashOffer(by vfs.HashName) (word string, chosen, offered bool) {
	if s.feats == nil {
		return "", false, false
	}
	for offer := range strings.SplitSeq(s.feats["HASH"], ";") {
		word, chosen = strings.CutSuffix(strings.TrimSpace(offer), "*")
		if sameHash(word, by) {
			return word, chosen, true
		}
	}
	return "", false, false
}

// sameHash compares names of digests: "sha1" and "SHA-1" are the same.
func sameHash(word string, by vfs.HashName) bool {
	plain := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	return strings.EqualFold(plain(word), plain(string(by)))
}

// Hash asks for a file's digest by HASH, else by a command of its own; see
// vfs.FS. Where the server cannot do what FEAT says that is KindUnsupported,
// and Facts then no longer name the digest. The wait is as long as a slow disk
// takes to read the file.
func (s *Session) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error) {
	var sum []byte
	err := s.named(ctx, "hash", p, func(o *operation, name string) error {
		if len(o.hashWays(by)) == 0 {
			return o.kinded(vfs.KindUnsupported, "the server offers no "+string(by))
		}
		if err := o.binary(); err != nil {
			return err
		}
		size, err := o.size(p)
		if err != nil {
			return err
		}
		sum, err = o.hash(name, by, hashLimit(size)+o.conf.Timeout)
		return o.explain(err, p, needFile)
	})
	return sum, err
}

// hash asks by one command after the other.
func (o *operation) hash(name string, by vfs.HashName, limit time.Duration) ([]byte, error) {
	var last error
	for _, way := range o.hashWays(by) {
		r, err := o.hashReply(way, name, by, limit)
		if err != nil {
			return nil, err
		}
		sum, read := parseHash(r, name, by)
		switch {
		case read:
			return sum, nil
		case r.OK(), unknown(r.Code):
			o.unlearnHash(way, by)
		case r.Code != 501: // of this name; another command may take it
			return nil, &textproto.Error{Code: r.Code, Msg: r.Text()}
		}
		last = o.kinded(vfs.KindUnsupported, r.String())
	}
	return nil, last
}

// hashReply sends one command, HASH with the digest chosen. XCRC and its like
// take a range of bytes behind the name, so there a name with spaces stands in
// quotes (GlobalSCAPE, ProFTPD); to HASH and MD5 quotes are part of it.
func (o *operation) hashReply(way, name string, by vfs.HashName, limit time.Duration) (wire.Reply, error) {
	switch {
	case way == "HASH":
		word, chosen, _ := o.hashOffer(by)
		if o.hashing == by || o.hashing == "" && chosen {
			break
		}
		r, err := o.ctl.Command("OPTS HASH " + word)
		switch {
		case err != nil:
			return r, err
		case r.Code >= 500:
			r.Code = 504 // of the digest, whatever the file
			return r, nil
		case r.Code >= 300:
			return r, nil
		}
		o.hashing = by
	case way != "MD5" && strings.Contains(name, " "):
		name = `"` + name + `"`
	}
	return o.ctl.CommandWithin(way+" "+name, limit)
}

// unlearnHash notes that way does not tell by after all.
func (o *operation) unlearnHash(way string, by vfs.HashName) {
	if way != "HASH" {
		o.unlearn(way)
		return
	}
	word, _, _ := o.hashOffer(by)
	var left []string
	for offer := range strings.SplitSeq(o.feats["HASH"], ";") {
		if name, _ := strings.CutSuffix(strings.TrimSpace(offer), "*"); name != word {
			left = append(left, offer)
		}
	}
	o.feats["HASH"] = strings.Join(left, ";")
	o.describe()
}

// parseHash finds the digest of the file name in the reply to any of the
// commands: 213, 250 or 251; in capitals or not; before or behind the name,
// which may stand in quotes and look like a digest; among other words. ProFTPD
// says "250-Computing MD5 digest" a line before.
func parseHash(r wire.Reply, name string, by vfs.HashName) (sum []byte, ok bool) {
	if r.Code != 213 && r.Code != 250 && r.Code != 251 || len(r.Lines) == 0 {
		return nil, false
	}
	_, text, _ := strings.Cut(r.Lines[len(r.Lines)-1], " ") // behind the code
	words := strings.Fields(withoutName(strings.TrimSpace(text), name))
	if len(words) > 0 && isHashName(words[0]) {
		if !sameHash(words[0], by) {
			return nil, false
		}
		return parseNamedHash(words[1:], by)
	}
	for _, word := range words {
		found, isOne := hexOf(word, by, len(words) == 1)
		switch {
		case !isOne:
		case sum != nil && string(found) != string(sum):
			return nil, false
		default:
			sum = found
		}
	}
	return sum, sum != nil
}

// parseNamedHash reads what HASH says behind the digest's name: the range of
// bytes, the digest, the file's name (draft-bryan-ftpext-hash-02). Older
// FileZilla Servers leave out the range, files.com the name. A range that does
// not begin at 0 is of a part.
func parseNamedHash(words []string, by vfs.HashName) ([]byte, bool) {
	if len(words) > 0 {
		from, to, isRange := strings.Cut(words[0], "-")
		switch {
		case !isRange:
		case from != "0" || strings.Trim(to, "0123456789") != "":
			return nil, false
		default:
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return nil, false
	}
	return hexOf(words[0], by, true)
}

// withoutName cuts the file's name from either end of text.
func withoutName(text, name string) string {
	for _, quoted := range []string{`"` + strings.ReplaceAll(name, `"`, `""`) + `"`, `"` + name + `"`, name} {
		if rest, found := strings.CutSuffix(text, " "+quoted); found {
			return rest
		}
		if rest, found := strings.CutPrefix(text, quoted+" "); found {
			return rest
		}
	}
	return text
}

func isHashName(word string) bool {
	return slices.ContainsFunc(vfs.HashNames(), func(n vfs.HashName) bool { return sameHash(word, n) })
}

// hexOf reads a word as a digest. Titan FTP Server leaves out a CRC's leading
// zeros; a word of four letters or fewer is one only when it stands alone:
// "a" and "bad" are English too.
func hexOf(word string, by vfs.HashName, alone bool) ([]byte, bool) {
	word = strings.Trim(word, `"'.,:;=()<>[]`)
	if by == vfs.CRC32 {
		word = strings.TrimPrefix(strings.ToLower(word), "0x")
		if missing := 2*by.New().Size() - len(word); missing > 0 && word != "" && (alone || missing < 4) {
			word = strings.Repeat("0", missing) + word
		}
	}
	sum, err := hex.DecodeString(word)
	if err != nil || len(sum) != by.New().Size() {
		return nil, false
	}
	return sum, true
}

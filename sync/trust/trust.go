// Package trust decides about certificates that the system does not vouch
// for, and remembers what a person decided.
//
// It exists because FTP servers show self-made and outdated certificates more
// often than web servers do, and a client that only says "invalid" teaches
// people to turn TLS off. A person is told whose the certificate is, until
// when, and what is wrong with it, and can accept this one certificate for
// this one address; another certificate on the same address is then reported
// as changed, and never accepted silently.
//
// The facts stand here as data; the faces make sentences of them.
package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// Answer to a Question. The zero Answer refuses.
type Answer uint8

// The answers.
const (
	Refuse Answer = iota
	Once          // until this process ends, also for reconnecting
	Always        // kept in the file
)

// Reason is one thing that is wrong with a certificate.
type Reason string

// The reasons.
const (
	Changed       Reason = "changed"        // another one was accepted for this address
	SelfSigned    Reason = "self_signed"    // vouched for by nobody but itself
	UnknownIssuer Reason = "unknown_issuer" // the system does not know who issued it
	WrongName     Reason = "wrong_name"     // made for another host
	Expired       Reason = "expired"        // NotAfter lies in the past
	NotYet        Reason = "not_yet"        // NotBefore lies in the future
	Unfit         Reason = "unfit"          // anything else the system says about it
)

// Question is what a person needs to know to decide.
type Question struct {
	// Host is host:port as dialled.
	Host string
	// Chain as the server showed it, its own certificate first; never empty.
	Chain []*x509.Certificate
	// Problem is what the system's check returned.
	Problem error
	// Fingerprint of the server's own certificate, see Fingerprint.
	Fingerprint string
	// Known is the fingerprint that was accepted for this host before, ""
	// for none.
	Known string
}

// Subject says whose certificate it is: the common name, or else the first
// name or address it was made for. It is the server's own claim and can hold
// any character: show it by vfs.Readable.
func (q Question) Subject() string {
	leaf := q.Chain[0]
	switch {
	case leaf.Subject.CommonName != "":
		return leaf.Subject.CommonName
	case len(leaf.DNSNames) > 0:
		return leaf.DNSNames[0]
	case len(leaf.IPAddresses) > 0:
		return leaf.IPAddresses[0].String()
	}
	return leaf.Subject.String()
}

// Names returns all host names and addresses that the certificate was made
// for, for a person to compare with Host.
func (q Question) Names() []string {
	names := append([]string(nil), q.Chain[0].DNSNames...)
	for _, ip := range q.Chain[0].IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// Issuer says who vouches for it: the common name, or else the whole name.
// What Subject says about characters holds here too.
func (q Question) Issuer() string {
	if name := q.Chain[0].Issuer.CommonName; name != "" {
		return name
	}
	return q.Chain[0].Issuer.String()
}

// NotAfter is the end of its validity.
func (q Question) NotAfter() time.Time { return q.Chain[0].NotAfter }

// Reasons returns all that is wrong, the gravest first; at least one. The
// system's check stops at the first fault it meets, so the others are looked
// for here; only whether the issuer is known cannot be told when it stopped
// before that.
func (q Question) Reasons() []Reason {
	leaf, now := q.Chain[0], time.Now()
	var unknown x509.UnknownAuthorityError
	selfSigned := isSelfSigned(leaf)
	var out []Reason
	for _, r := range []struct {
		reason Reason
		true   bool
	}{
		{Changed, q.Known != "" && q.Known != q.Fingerprint},
		{SelfSigned, selfSigned},
		{UnknownIssuer, !selfSigned && errors.As(q.Problem, &unknown)},
		{WrongName, leaf.VerifyHostname(hostOnly(q.Host)) != nil},
		{Expired, now.After(leaf.NotAfter)},
		{NotYet, now.Before(leaf.NotBefore)},
	} {
		if r.true {
			out = append(out, r.reason)
		}
	}
	if len(out) == 0 {
		out = append(out, Unfit)
	}
	return out
}

// isSelfSigned cannot use CheckSignatureFrom, which refuses a certificate
// that may not sign others, as a careful self-made one is.
func isSelfSigned(c *x509.Certificate) bool {
	return string(c.RawSubject) == string(c.RawIssuer) &&
		c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// hostOnly takes the zone off too, which no certificate holds.
func hostOnly(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if strings.Contains(host, ":") {
		host, _, _ = strings.Cut(host, "%")
		return "[" + host + "]"
	}
	return host
}

// Fingerprint returns "SHA256:" and the certificate's SHA-256 in lower-case
// hex, the form of `--trust`.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return prefix + hex.EncodeToString(sum[:])
}

const prefix = "SHA256:"

// ParseFingerprint reads a fingerprint as people have it: with or without
// "SHA256:" or OpenSSL's "sha256 Fingerprint=", in either case, with or
// without colons or blanks between the bytes. It returns Fingerprint's form,
// or *vfs.Error with KindBadName.
func ParseFingerprint(text string) (string, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	for _, begin := range []string{"sha256 fingerprint=", "sha256:"} {
		s = strings.TrimPrefix(s, begin)
	}
	s = strings.NewReplacer(":", "", " ", "").Replace(s)
	if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size {
		return "", &vfs.Error{
			Op: "trust", Path: text, Kind: vfs.KindBadName,
			Reply: "a fingerprint is SHA256: and 64 hexadecimal digits",
		}
	}
	return prefix + s, nil
}

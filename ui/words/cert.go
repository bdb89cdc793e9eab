package words

import (
	"crypto/x509"
	"errors"
	"regexp"
	"slices"
	"strings"

	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// certificate tells a KindCert: what is wrong with it, and how a person can
// accept exactly that one after comparing its fingerprint.
func certificate(e *vfs.Error, face Face) Words {
	var refused *trust.Refusal
	if errors.As(e.Err, &refused) && len(refused.Question.Chain) > 0 {
		return refusal(refused, face)
	}
	reason := because(e)
	if reason == "" {
		reason = certReason(e.Err)
	}
	w := Words{
		Title: sentence("The certificate of "+name(e.Path)+" is not trusted", reason),
		Remedy: "Ask the provider whether it is theirs, compare the fingerprint, and then accept exactly that one with --trust SHA256:HEX; " +
			"a certificate of your own authority is accepted with --ca FILE.",
	}
	if face == Window {
		w.Remedy = "Ask the provider whether it is theirs and compare the fingerprint; connect again to see it and accept it for this host."
	}
	return w
}

func refusal(r *trust.Refusal, face Face) Words {
	q := r.Question
	if r.Pinned != "" {
		return Words{
			Title:  "The certificate of " + Safe(q.Host) + " is not the one that was asked for: it has the fingerprint " + q.Fingerprint + ".",
			Remedy: "Ask the provider whether they have a new certificate; if not, somebody may stand between you and the server.",
		}
	}
	var reasons []string
	for _, reason := range q.Reasons() {
		reasons = append(reasons, Reason(reason, q))
	}
	w := Words{
		Title:  sentence("The certificate of "+Safe(q.Host)+" is not trusted", strings.Join(reasons, "; ")),
		Remedy: acceptIt(q.Fingerprint, face),
	}
	if changed(q) {
		w.Remedy = between + " " + w.Remedy
	}
	return w
}

func acceptIt(fingerprint string, face Face) string {
	return "Ask the provider whether " + fingerprint + " is its fingerprint; if it is, " +
		byFace(face, "add --trust "+fingerprint+".", "connect again and accept it for this host.")
}

// keptRefusal finds, in the line that the queue keeps of a refused certificate, its
// fingerprint and what the system found.
var keptRefusal = regexp.MustCompile(`\b(SHA256:[0-9a-f]{64}): (.*)`)

// keptCertificate is refusal by what the queue has kept of it.
func keptCertificate(host, fingerprint, problem string, face Face) Words {
	reason := ""
	for _, known := range []struct{ problem, reason string }{
		{" is after ", "it has expired"},
		{" is before ", "it is not valid yet"},
		{"unknown authority", "no known authority has signed it"},
		{"certificate is valid for ", "it was made for another host"},
		{"not valid for any names", "it was made for another host"},
		{"cannot validate certificate", "it was made for another host"},
		{"the one that was asked for", "it is not the one that was asked for"},
	} {
		if strings.Contains(problem, known.problem) {
			reason = known.reason
			break
		}
	}
	w := Words{Title: sentence("The certificate of "+name(host)+" is not trusted", reason), Remedy: acceptIt(fingerprint, face)}
	if strings.HasPrefix(problem, "another certificate was accepted before") {
		w.Remedy = between + " " + w.Remedy
	}
	return w
}

// between is the warning of a certificate that is not the one of before.
const between = "Somebody may stand between you and the server: it showed another certificate before."

func changed(q trust.Question) bool { return slices.Contains(q.Reasons(), trust.Changed) }

// Reason puts into words one thing that is wrong with the certificate of q.
func Reason(r trust.Reason, q trust.Question) string {
	switch r {
	case trust.Changed:
		return "it is another one than was accepted before"
	case trust.SelfSigned:
		return "nobody but the server itself vouches for it"
	case trust.UnknownIssuer:
		return "this computer does not know who issued it, " + Safe(q.Issuer())
	case trust.WrongName:
		return "it was made for " + names(q)
	case trust.Expired:
		return "it expired on " + q.NotAfter().Format("2006-01-02")
	case trust.NotYet:
		return "it is valid only from " + q.Chain[0].NotBefore.Format("2006-01-02") + " on"
	}
	return "it may not be used for this"
}

// names lists whom a certificate was made for, as far as a person reads it.
func names(q trust.Question) string {
	all := q.Names()
	switch n := len(all); {
	case n == 0:
		return "another host"
	case n > 3:
		all = append(all[:3:3], "others")
	}
	return Safe(strings.Join(all, ", "))
}

// Certificate returns the lines of a question about a certificate: whose it
// is, who issued it, until when, its fingerprint, and what is wrong.
func Certificate(q trust.Question) []string {
	lines := []string{
		"The certificate of " + Safe(q.Host) + " is not trusted by this computer.",
		"  It says it is   " + Safe(q.Subject()),
		"  Issued by       " + Safe(q.Issuer()),
		"  Valid until     " + q.NotAfter().Format("2006-01-02"),
		"  Fingerprint     " + q.Fingerprint,
	}
	if changed(q) {
		lines = append([]string{between}, lines...)
	}
	for _, reason := range q.Reasons() {
		lines = append(lines, "  Wrong with it:  "+Reason(reason, q))
	}
	return lines
}

// certReason names the first fault that package crypto/x509 found.
func certReason(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired or is not valid yet"
	case errors.As(err, &invalid):
		return "it may not be used for this"
	case errors.As(err, &host):
		if host.Certificate == nil || len(host.Certificate.DNSNames) == 0 {
			return "it was made for another host"
		}
		return "it was made for " + Safe(strings.Join(host.Certificate.DNSNames, ", "))
	case errors.As(err, &authority):
		return "no known authority has signed it"
	}
	return ""
}

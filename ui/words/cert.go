package words

import (
	"crypto/x509"
	"errors"
	"strings"

	"wherry/sync/vfs"
)

// certificate tells a KindCert: what is wrong with it as far as the cause
// says, and how a person can accept it after comparing the fingerprint.
func certificate(e *vfs.Error, face Face) Words {
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

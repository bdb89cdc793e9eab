package ftptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Identity is a certificate for localhost, 127.0.0.1 and ::1 under a CA made
// for this one test.
type Identity struct {
	CA          *x509.CertPool    // holds the CA alone
	Certificate *x509.Certificate // the server's
	TLS         tls.Certificate   // the same with its key
	CAPEM       []byte            // the CA, for --ca FILE
	CertPEM     []byte            // the server's and the CA's
	KeyPEM      []byte
}

// Validity bounds a certificate's time; the zero value is from an hour ago
// until tomorrow.
type Validity struct{ From, Until time.Time }

// NewIdentity makes a CA and a certificate. names, of hosts or addresses,
// replace localhost and the loopback addresses when given.
func NewIdentity(v Validity, names ...string) (*Identity, error) {
	if v.From.IsZero() {
		v = Validity{From: time.Now().Add(-time.Hour), Until: time.Now().Add(24 * time.Hour)}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Wherry test CA"},
		NotBefore: v.From, NotAfter: v.Until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano() + 1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: v.From, NotAfter: v.Until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if len(names) > 0 {
		leaf.DNSNames, leaf.IPAddresses, leaf.Subject.CommonName = nil, nil, names[0]
		for _, name := range names {
			if address := net.ParseIP(name); address != nil {
				leaf.IPAddresses = append(leaf.IPAddresses, address)
			} else {
				leaf.DNSNames = append(leaf.DNSNames, name)
			}
		}
	}
	caDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	return encode(caDER, der, key)
}

func encode(caDER, der []byte, key *ecdsa.PrivateKey) (*Identity, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	caPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	id := &Identity{
		CA: x509.NewCertPool(), Certificate: parsed,
		TLS:     tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: key, Leaf: parsed},
		CAPEM:   caPEM,
		CertPEM: append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), caPEM...),
		KeyPEM:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}
	id.CA.AppendCertsFromPEM(caPEM)
	return id, nil
}

package trust

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"wherry/sync/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const host = "ftp.example.org:21"

// maker makes certificates; a nil issuer makes self-signed ones.
type maker struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func make509(t *testing.T, issuer *maker, change func(*x509.Certificate)) *maker {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "ftp.example.org"},
		DNSNames:     []string{"ftp.example.org"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(c)
	parent, signer := c, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &maker{made, key}
}

func plain(*x509.Certificate) {}

func authority(c *x509.Certificate) {
	c.Subject.CommonName, c.DNSNames = "Example CA", nil
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
}

// problem is what the system's check says of chain when it knows roots.
func problem(name string, roots *x509.CertPool, chain []*x509.Certificate) error {
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
	return err
}

func TestReasons(t *testing.T) {
	ca := make509(t, nil, authority)
	known := x509.NewCertPool()
	known.AddCert(ca.cert)
	none := x509.NewCertPool()
	past := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}
	for outcome, tc := range map[string]struct {
		issuer *maker
		change func(*x509.Certificate)
		roots  *x509.CertPool
		host   string
		known  string
		want   []Reason
	}{
		"self-signed":                      {nil, plain, known, host, "", []Reason{SelfSigned}},
		"self-signed, allowed to sign":     {nil, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, known, host, "", []Reason{SelfSigned}},
		"issued by nobody known":           {ca, plain, none, host, "", []Reason{UnknownIssuer}},
		"for another host":                 {ca, plain, known, "other.example.org:21", "", []Reason{WrongName}},
		"for another address":              {ca, plain, known, "[2001:db8::1]:21", "", []Reason{WrongName}},
		"for this address, with a zone":    {nil, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("fe80::1")} }, known, "[fe80::1%eth0]:21", "", []Reason{SelfSigned}},
		"expired":                          {ca, past, known, host, "", []Reason{Expired}},
		"not valid yet":                    {ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, known, host, "", []Reason{NotYet}},
		"self-signed, expired, wrong name": {nil, past, known, "x.example:21", "", []Reason{SelfSigned, WrongName, Expired}},
		"changed":                          {nil, plain, known, host, "SHA256:00", []Reason{Changed, SelfSigned}},
		"not made for servers":             {ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, known, host, "", []Reason{Unfit}},
	} {
		t.Run(outcome, func(t *testing.T) {
			chain := []*x509.Certificate{make509(t, tc.issuer, tc.change).cert}
			name, _, _ := net.SplitHostPort(tc.host)
			q := Question{Host: tc.host, Chain: chain, Problem: problem(name, tc.roots, chain), Known: tc.known, Fingerprint: Fingerprint(chain[0])}
			if q.Problem == nil {
				t.Fatal("the system has nothing against it")
			}
			if diff := cmp.Diff(tc.want, q.Reasons()); diff != "" {
				t.Errorf("%v:\n%s", q.Problem, diff)
			}
		})
	}
}

func TestWords(t *testing.T) {
	ca := make509(t, nil, authority)
	q := Question{Chain: []*x509.Certificate{make509(t, ca, func(c *x509.Certificate) {
		c.DNSNames = append(c.DNSNames, "www.example.org")
		c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 7)}
	}).cert}}
	if q.Subject() != "ftp.example.org" || q.Issuer() != "Example CA" || q.NotAfter().Before(time.Now()) {
		t.Errorf("%s, %s, %s", q.Subject(), q.Issuer(), q.NotAfter())
	}
	if diff := cmp.Diff([]string{"ftp.example.org", "www.example.org", "192.0.2.7"}, q.Names()); diff != "" {
		t.Error(diff)
	}
	nameless := Question{Chain: []*x509.Certificate{make509(t, nil, func(c *x509.Certificate) { c.Subject = pkix.Name{} }).cert}}
	if nameless.Subject() != "ftp.example.org" {
		t.Errorf("a certificate without a common name is called %q", nameless.Subject())
	}
}

// desk answers questions and counts them.
type desk struct {
	mu     sync.Mutex
	asked  []Question
	answer Answer
	err    error
}

func (d *desk) ask(_ context.Context, q Question) (Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, q)
	return d.answer, d.err
}

func open(t *testing.T, file string) *Store {
	t.Helper()
	s, notices, err := OpenStore(file)
	if err != nil || len(notices) > 0 {
		t.Fatal(err, notices)
	}
	return s
}

func shown(t *testing.T) ([]*x509.Certificate, error) {
	t.Helper()
	chain := []*x509.Certificate{make509(t, nil, plain).cert}
	return chain, problem("ftp.example.org", x509.NewCertPool(), chain)
}

func TestAlwaysIsKeptAndOnceIsForThisRun(t *testing.T) {
	for outcome, tc := range map[string]struct {
		answer                 Answer
		accepted               bool
		askedAgain, askedAfter int
	}{
		"always": {Always, true, 1, 0},
		"once":   {Once, true, 1, 1},
		"refuse": {Refuse, false, 2, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "trust.json")
			chain, wrong := shown(t)
			first := &desk{answer: tc.answer}
			check := open(t, file).Verify(first.ask, "")
			for range 2 {
				if err := check(t.Context(), host, chain, wrong); (err == nil) != tc.accepted {
					t.Fatal(err)
				}
			}
			if len(first.asked) != tc.askedAgain {
				t.Errorf("asked %d times in one run", len(first.asked))
			}
			after := &desk{}
			err := open(t, file).Verify(after.ask, "")(t.Context(), host, chain, wrong)
			if len(after.asked) != tc.askedAfter || (err == nil) != (tc.askedAfter == 0) {
				t.Errorf("the next run asked %d times: %v", len(after.asked), err)
			}
		})
	}
}

func TestARefusalTellsFacesWhatTheyNeed(t *testing.T) {
	chain, wrong := shown(t)
	for outcome, ask := range map[string]func(context.Context, Question) (Answer, error){
		"nobody there": nil, "refused": (&desk{}).ask,
	} {
		t.Run(outcome, func(t *testing.T) {
			err := open(t, "").Verify(ask, "")(t.Context(), host, chain, wrong)
			var e *vfs.Error
			var r *Refusal
			if !errors.As(err, &e) || !errors.As(err, &r) {
				t.Fatalf("%#v", err)
			}
			if e.Op != "connect" || e.Path != host || e.Kind != vfs.KindCert || e.Reply != Fingerprint(chain[0]) {
				t.Errorf("%+v", e)
			}
			if r.Question.Subject() != "ftp.example.org" || !errors.Is(err, wrong) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestAnotherCertificateIsReportedAsChanged(t *testing.T) {
	for outcome, answer := range map[string]Answer{"after always": Always, "after once": Once} {
		t.Run(outcome, func(t *testing.T) {
			s := open(t, "")
			chain, wrong := shown(t)
			if err := s.Verify((&desk{answer: answer}).ask, "")(t.Context(), host, chain, wrong); err != nil {
				t.Fatal(err)
			}
			other, wrong := shown(t)
			d := &desk{}
			err := s.Verify(d.ask, "")(t.Context(), host, other, wrong)
			if vfs.KindOf(err) != vfs.KindCert || len(d.asked) != 1 {
				t.Fatal(err, d.asked)
			}
			if q := d.asked[0]; q.Known != Fingerprint(chain[0]) || q.Reasons()[0] != Changed {
				t.Errorf("known %q, reasons %v", q.Known, q.Reasons())
			}
			if err := s.Verify(nil, "")(t.Context(), host, chain, wrong); err != nil {
				t.Errorf("the refused change cost the old one its trust: %v", err)
			}
			if err := s.Verify(nil, "")(t.Context(), "ftp.example.org:2121", chain, wrong); err == nil {
				t.Error("trust for one port holds for another")
			}
		})
	}
}

func TestTheSystemsTrustNeedsNoQuestion(t *testing.T) {
	chain, _ := shown(t)
	if err := open(t, "").Verify(nil, "")(t.Context(), host, chain, nil); err != nil {
		t.Fatal(err)
	}
}

func TestPinnedPassesAloneAndAsksNobody(t *testing.T) {
	chain, wrong := shown(t)
	other, _ := shown(t)
	print := Fingerprint(chain[0])
	for outcome, tc := range map[string]struct {
		pinned  string
		chain   []*x509.Certificate
		problem error
		passes  bool
	}{
		"this one":                          {print, chain, wrong, true},
		"this one in capitals":              {strings.ToUpper(print), chain, wrong, true},
		"another one":                       {print, other, wrong, false},
		"another one that the system likes": {print, other, nil, false},
		"a pin that is none":                {"SHA256:xyz", chain, nil, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := open(t, "")
			d := &desk{answer: Always}
			err := s.Verify(d.ask, tc.pinned)(t.Context(), host, tc.chain, tc.problem)
			if (err == nil) != tc.passes || len(d.asked) != 0 {
				t.Fatal(err, len(d.asked))
			}
			if !tc.passes && vfs.KindOf(err) != vfs.KindCert {
				t.Error(err)
			}
		})
	}
}

func TestNoCertificateIsRefused(t *testing.T) {
	if err := open(t, "").Verify((&desk{answer: Always}).ask, "")(t.Context(), host, nil, nil); vfs.KindOf(err) != vfs.KindCert {
		t.Fatal(err)
	}
}

// arriving tells when a session has come to wait for another's question: Done
// is what it then calls.
type arriving struct {
	context.Context
	waits chan<- struct{}
}

func (a arriving) Done() <-chan struct{} {
	a.waits <- struct{}{}
	return a.Context.Done()
}

// TestSeveralSessionsAskOnce holds the first question open until all the
// others have arrived behind it.
func TestSeveralSessionsAskOnce(t *testing.T) {
	for outcome, answer := range map[string]Answer{"accepted": Once, "refused": Refuse} {
		t.Run(outcome, func(t *testing.T) {
			s := open(t, "")
			chain, wrong := shown(t)
			asked, release := make(chan struct{}, 9), make(chan struct{})
			check := s.Verify(func(context.Context, Question) (Answer, error) {
				asked <- struct{}{}
				<-release
				return answer, nil
			}, "")
			errs := make(chan error, 5)
			var wait sync.WaitGroup
			wait.Go(func() { errs <- check(t.Context(), host, chain, wrong) })
			<-asked
			waits := make(chan struct{}, 9)
			for range 4 {
				wait.Go(func() { errs <- check(arriving{t.Context(), waits}, host, chain, wrong) })
			}
			for range 4 {
				<-waits
			}
			close(release)
			wait.Wait()
			close(errs)
			for err := range errs {
				if (err == nil) != (answer == Once) {
					t.Error(err)
				}
			}
			if len(asked) != 0 {
				t.Errorf("asked %d times more", len(asked))
			}
		})
	}
}

func TestAWaitingSessionCanBeCancelled(t *testing.T) {
	s := open(t, "")
	chain, wrong := shown(t)
	asked, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		_ = s.Verify(func(context.Context, Question) (Answer, error) {
			close(asked)
			<-release
			return Refuse, nil
		}, "")(t.Context(), host, chain, wrong)
	})
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Verify(nil, "")(ctx, host, chain, wrong); vfs.KindOf(err) != vfs.KindCancelled {
		t.Error(err)
	}
	close(release)
	wait.Wait()
}

func TestTheNextSessionAsksWhenTheFirstIsCancelled(t *testing.T) {
	s := open(t, "")
	chain, wrong := shown(t)
	asked, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		err := s.Verify(func(context.Context, Question) (Answer, error) {
			close(asked)
			<-release
			return Refuse, context.Canceled
		}, "")(t.Context(), host, chain, wrong)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	<-asked
	second, waits := &desk{answer: Once}, make(chan struct{}, 1)
	wait.Go(func() {
		if err := s.Verify(second.ask, "")(arriving{t.Context(), waits}, host, chain, wrong); err != nil {
			t.Error(err)
		}
	})
	<-waits
	close(release)
	wait.Wait()
	if len(second.asked) != 1 {
		t.Errorf("the second session asked %d times", len(second.asked))
	}
}

func TestForget(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "trust.json"))
	chain, wrong := shown(t)
	for _, answer := range []Answer{Once, Always} {
		if err := s.Verify((&desk{answer: answer}).ask, "")(t.Context(), host, chain, wrong); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(host); err != nil || len(s.Accepted()) != 0 {
			t.Fatal(err, s.Accepted())
		}
		if err := s.Verify(nil, "")(t.Context(), host, chain, wrong); err == nil {
			t.Error("still trusted")
		}
	}
	if err := s.Forget("nobody:21"); err != nil {
		t.Error(err)
	}
}

func TestAlwaysThatCannotBeSavedIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trust.json")
	if err := os.WriteFile(file, []byte(`{"version": 99, "certificates": {}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, notices, err := OpenStore(file)
	if err != nil || len(notices) != 1 {
		t.Fatal(err, notices)
	}
	chain, wrong := shown(t)
	err = s.Verify((&desk{answer: Always}).ask, "")(t.Context(), host, chain, wrong)
	if vfs.KindOf(err) != vfs.KindUnsupported {
		t.Fatal(err)
	}
}

func TestParseFingerprint(t *testing.T) {
	const want = "SHA256:00ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dab"
	colons := "00:FF:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:AB"
	for outcome, tc := range map[string]struct{ text, want string }{
		"our form":           {want, want},
		"capitals":           {strings.ToUpper(want), want},
		"bare":               {want[7:], want},
		"OpenSSL's":          {"sha256 Fingerprint=" + colons, want},
		"with a line end":    {want + "\n", want},
		"too short":          {want[:70], ""},
		"too long":           {want + "00", ""},
		"no digits":          {strings.Replace(want, "ff", "gg", 1), ""},
		"nothing":            {"", ""},
		"SHA-1, as of old":   {"SHA1:" + want[7:47], ""},
		"prefix and nothing": {"SHA256:", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := ParseFingerprint(tc.text)
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add("SHA256:00ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dab")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseFingerprint(text)
		if err != nil {
			return
		}
		if again, err := ParseFingerprint(got); err != nil || again != got {
			t.Fatalf("%q is read as %q, and that as %q, %v", text, got, again, err)
		}
	})
}

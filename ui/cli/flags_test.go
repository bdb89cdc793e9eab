package cli

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
)

func TestRatesAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]int64{
		"1000": 1000, "500k": 500_000, "500K": 500_000, "2M": 2_000_000, "1.5M": 1_500_000, "1.5MiB": 1_572_864,
		"2MB/s": 2_000_000, "1 GB/s": 1_000_000_000, "64Ki": 65_536, "10b/s": 10,
	} {
		var got rate
		if err := got.Set(text); err != nil || got != (rate{want, true}) {
			t.Errorf("%q is %v, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"k", "0", "0.5", "-1", "1e9", "Inf", "NaN", "0x10", "5i", "5 5", "1kk", "9999999999G", "M/s"} {
		var got rate
		if err := got.Set(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	taken := rate{bytes: 1000, given: true}
	if err := taken.Set(""); err != nil || taken != (rate{given: true}) {
		t.Errorf("nothing at all is %v, %v; want no limit", taken, err)
	}
}

func FuzzRate(f *testing.F) {
	for _, seed := range []string{"1.5MiB/s", "500k", "1e3", "i", "b", "/s", "٣M"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r rate
		if err := r.Set(text); err == nil && text != "" && (r.bytes < 1 || r.bytes > math.MaxInt64/2) {
			t.Errorf("%q is %d", text, r.bytes)
		}
	})
}

func TestFlagsLieOverASite(t *testing.T) {
	h := newHome(t)
	_ = h
	a := &app{}
	root := a.root()
	args := []string{
		"--mode", "active", "--tls", "off", "--port-range", "50000-50100", "--external-ip", "192.0.2.7",
		"--encoding", "windows-1251", "--connections", "2", "--proxy", "socks5://me@proxy:1080", "--account", "acme",
		"--hidden", "--keep-alive", "noop", "--login-command", "SITE UMASK 022", "--login-command", "SITE IDLE 900",
	}
	if err := root.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	saved := site.Site{ID: "1", Name: "shop", Host: "h", User: "anna", Mode: site.ModePassive, TLS: site.TLSImplicit, Notes: "n"}
	want := site.Site{
		ID: "1", Name: "shop", Host: "h", User: "anna", Mode: site.ModeActive, TLS: site.TLSOff, Notes: "n",
		PortFrom: 50000, PortTo: 50100, ExternalIP: "192.0.2.7", Encoding: "windows-1251", Connections: 2,
		Proxy: "socks5://me@proxy:1080", Account: "acme", Hidden: true, KeepAlive: site.KeepAliveNoop,
		Commands: []string{"SITE UMASK 022", "SITE IDLE 900"},
	}
	if diff := cmp.Diff(want, a.opt.apply(saved)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(saved, (&options{}).apply(saved)); diff != "" {
		t.Errorf("no flags change the site: %s", diff)
	}
}

func TestFingerprintsAsOtherProgramsPrintThem(t *testing.T) {
	hex := "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
	var f fingerprint
	if err := f.Set("sha256:" + hex[:2] + ":" + hex[2:]); err != nil || f != "SHA256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" {
		t.Errorf("got %q, %v", f, err)
	}
}

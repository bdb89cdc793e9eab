package session

import (
	"context"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// Digests of "hello".
const (
	helloMD5    = "5d41402abc4b2a76b9719d911017c592"
	helloSHA1   = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
	helloSHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	helloSHA512 = "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043"
	helloCRC32  = "3610a686"
)

// TestParseHash holds what servers say, measured or as their makers show it.
func TestParseHash(t *testing.T) {
	for outcome, tc := range map[string]struct {
		by    vfs.HashName
		name  string
		reply string
		want  string // "" for no digest
	}{
		"the draft":                        {vfs.SHA256, "/f", "213 SHA-256 0-5 " + helloSHA256 + " /f", helloSHA256},
		"ProFTPD's HASH":                   {vfs.SHA1, "/a b", "213-Computing SHA-1 digest\n213 SHA-1 0-5 " + helloSHA1 + " /a b", helloSHA1},
		"ProFTPD's XMD5":                   {vfs.MD5, "/f", "250-Computing MD5 digest\n250 " + strings.ToUpper(helloMD5), helloMD5},
		"ProFTPD's MD5":                    {vfs.MD5, "/f", "251-Computing MD5 digest\n251 /f " + strings.ToUpper(helloMD5), helloMD5},
		"ProFTPD's XCRC":                   {vfs.CRC32, "/f", "250-Computing CRC32 digest\n250 3610A686", helloCRC32},
		"without a range (FileZilla)":      {vfs.SHA1, "/f", "213 SHA-1 " + helloSHA1 + " /f", helloSHA1},
		"without a name (files.com)":       {vfs.MD5, "/f", "213 MD5 0-170500096 " + helloMD5, helloMD5},
		"a full stop behind (GlobalSCAPE)": {vfs.CRC32, "/f", "250 3610A686.", helloCRC32},
		"quotes around the name (Egnyte)":  {vfs.MD5, "/a b", `251 "/a b" ` + strings.ToUpper(helloMD5), helloMD5},
		"quotes around the digest":         {vfs.MD5, "/f", `250 "` + helloMD5 + `"`, helloMD5},
		"a CRC without its zeros (Titan)":  {vfs.CRC32, "/f", "250 aae4aae", "0aae4aae"},
		"a CRC of two digits, alone":       {vfs.CRC32, "/f", "250 1f", "0000001f"},
		"a CRC with 0x":                    {vfs.CRC32, "/f", "250 0x3610A686", helloCRC32},
		"words around it":                  {vfs.CRC32, "/f", "250 A CRC of a bad file: 3610a686", helloCRC32},
		"SHA512":                           {vfs.SHA512, "/f", "250 " + helloSHA512, helloSHA512},
		"a name that looks like one":       {vfs.MD5, "/" + helloMD5, "251 /" + helloMD5 + " d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"},
		"a relative name that does":        {vfs.MD5, helloMD5, "251 " + helloMD5 + " d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"},
		"two that differ":                  {vfs.MD5, "/f", "250 " + helloMD5 + " d41d8cd98f00b204e9800998ecf8427e", ""},
		"of a part":                        {vfs.MD5, "/f", "213 MD5 3-5 " + helloMD5 + " /f", ""},
		"of another kind":                  {vfs.MD5, "/f", "213 SHA-1 0-5 " + helloSHA1 + " /f", ""},
		"too short":                        {vfs.SHA256, "/f", "250 " + helloMD5, ""},
		"words alone":                      {vfs.CRC32, "/f", "250 Done, a bad deed", ""},
		"nothing":                          {vfs.MD5, "/f", "250", ""},
		"a name alone":                     {vfs.MD5, "/f", "213 MD5", ""},
		"an odd code":                      {vfs.MD5, "/f", "200 " + helloMD5, ""},
		"a refusal":                        {vfs.MD5, "/f", "550 " + helloMD5, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			sum, ok := parseHash(replyOf(tc.reply), tc.name, tc.by)
			if got := hex.EncodeToString(sum); got != tc.want || ok != (tc.want != "") {
				t.Errorf("%q, %v", got, ok)
			}
		})
	}
}

// replyOf makes a reply of its lines.
func replyOf(text string) wire.Reply {
	r := wire.Reply{Lines: strings.Split(text, "\n")}
	for _, digit := range text[:3] {
		r.Code = r.Code*10 + int(digit-'0')
	}
	return r
}

// TestHashLimit: a big file takes its time, and no number has a server waited
// for without end.
func TestHashLimit(t *testing.T) {
	for size, want := range map[int64]time.Duration{
		0: 0, 2 << 30: 1024 * time.Second, vfs.SizeUnknown: time.Hour, math.MaxInt64: 24 * time.Hour,
	} {
		if got := hashLimit(size); got != want {
			t.Errorf("%d: %v", size, got)
		}
	}
}

// FuzzParseHash: whatever a server says, a digest has its length.
func FuzzParseHash(f *testing.F) {
	for _, line := range []string{"213 SHA-256 0-5 " + helloSHA256 + " /f", "250 aae4aae", `251 "/f" ` + helloMD5, "250", "213 MD5 0-", "250 0x"} {
		f.Add(line, "/f")
	}
	f.Fuzz(func(t *testing.T, line, name string) {
		if len(line) < 3 || strings.Trim(line[:3], "0123456789") != "" {
			return
		}
		for _, by := range vfs.HashNames() {
			if sum, ok := parseHash(replyOf(line), name, by); ok != (len(sum) == by.New().Size()) || !ok && sum != nil {
				t.Errorf("%s: %x, %v", by, sum, ok)
			}
		}
	})
}

// feat answers FEAT by these lines.
func feat(lines ...string) ftptest.Handler {
	return ftptest.Reply("211-Features\n " + strings.Join(lines, "\n ") + "\n211 End")
}

// TestHash: which command is sent, and what becomes of its answer.
func TestHash(t *testing.T) {
	for outcome, tc := range map[string]struct {
		feat  string
		verbs map[string]ftptest.Handler
		name  string
		by    vfs.HashName
		want  string
		kind  vfs.Kind
		sent  string         // by its last commands
		left  []vfs.HashName // what is offered afterwards
	}{
		"HASH as it stands": {
			feat: "HASH SHA-1;SHA-256*;MD5", by: vfs.SHA256, want: helloSHA256, sent: "SIZE /f, HASH /f",
			verbs: verb("HASH", ftptest.Reply("213 SHA-256 0-5 "+helloSHA256+" /f")),
			left:  []vfs.HashName{vfs.SHA256, vfs.SHA1, vfs.MD5},
		},
		"HASH after a choice": {
			feat: "HASH SHA-1*;MD5", by: vfs.MD5, want: helloMD5, sent: "OPTS HASH MD5, HASH /f",
			verbs: verb("HASH", ftptest.Reply("213 MD5 0-5 "+helloMD5+" /f")),
			left:  []vfs.HashName{vfs.SHA1, vfs.MD5},
		},
		"HASH with a name of spaces as it is": {
			feat: "HASH MD5*", name: "/a b", by: vfs.MD5, want: helloMD5, sent: "HASH /a b",
			verbs: verb("HASH", ftptest.Reply("213 MD5 0-5 "+helloMD5+" /a b")),
			left:  []vfs.HashName{vfs.MD5},
		},
		"a command of its own": {
			feat: "XSHA512", by: vfs.SHA512, want: helloSHA512, sent: "XSHA512 /f",
			verbs: verb("XSHA512", ftptest.Reply("250 "+helloSHA512)),
			left:  []vfs.HashName{vfs.SHA512},
		},
		"spaces in quotes, lest the rest is a range": {
			feat: "XCRC", name: "/a 1 2", by: vfs.CRC32, want: helloCRC32, sent: `XCRC "/a 1 2"`,
			verbs: verb("XCRC", ftptest.Reply("250 3610A686")),
			left:  []vfs.HashName{vfs.CRC32},
		},
		"HASH refused for the elder": {
			feat: "HASH SHA-256*\n XSHA256", by: vfs.SHA256, want: helloSHA256, sent: "HASH /f, XSHA256 /f",
			verbs: map[string]ftptest.Handler{"HASH": ftptest.Reply("502 No"), "XSHA256": ftptest.Reply("250 " + helloSHA256)},
			left:  []vfs.HashName{vfs.SHA256},
		},
		"the older spelling": {
			feat: "XSHA1\n XSHA", by: vfs.SHA1, want: helloSHA1, sent: "XSHA1 /f, XSHA /f",
			verbs: map[string]ftptest.Handler{"XSHA1": ftptest.Reply("500 What"), "XSHA": ftptest.Reply("250 " + helloSHA1)},
			left:  []vfs.HashName{vfs.SHA1},
		},
		"a choice refused is unlearned": {
			feat: "HASH SHA-1*;MD5", by: vfs.MD5, kind: vfs.KindUnsupported, sent: "OPTS HASH MD5",
			verbs: verb("OPTS HASH", ftptest.Reply("501 Unknown algorithm")),
			left:  []vfs.HashName{vfs.SHA1},
		},
		"FEAT that lies is unlearned": {
			feat: "XMD5", by: vfs.MD5, kind: vfs.KindUnsupported, sent: "XMD5 /f",
			verbs: verb("XMD5", ftptest.Reply("504 Not today")),
		},
		"an answer that is none is unlearned": {
			feat: "XMD5", by: vfs.MD5, kind: vfs.KindUnsupported, sent: "XMD5 /f",
			verbs: verb("XMD5", ftptest.Reply("250 Computed")),
		},
		"a name that it does not take is not": {
			feat: "XMD5", name: "/a b", by: vfs.MD5, kind: vfs.KindUnsupported, sent: `XMD5 "/a b"`,
			verbs: verb("XMD5", ftptest.Reply("501 Invalid number of parameters")),
			left:  []vfs.HashName{vfs.MD5},
		},
		"not offered":         {feat: "SIZE", by: vfs.MD5, kind: vfs.KindUnsupported},
		"a file that is none": {feat: "XMD5", name: "/none", by: vfs.MD5, kind: vfs.KindNotFound, verbs: verb("XMD5", ftptest.Reply("550 No such file")), left: []vfs.HashName{vfs.MD5}},
		"what is unclear":     {feat: "XMD5", name: "/none", by: vfs.MD5, kind: vfs.KindNotFound, verbs: verb("XMD5", ftptest.Reply("550 Failed")), left: []vfs.HashName{vfs.MD5}},
		"busy":                {feat: "XMD5", by: vfs.MD5, kind: vfs.KindBusy, verbs: verb("XMD5", ftptest.Reply("450 File is busy")), left: []vfs.HashName{vfs.MD5}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{"FEAT": feat(strings.Split("SIZE\n "+tc.feat, "\n ")...)}, Files: map[string]string{"/f": "hello", "/a b": "hello", "/a 1 2": "hello"}}
			for v, h := range tc.verbs {
				plan.Verbs[v] = h
			}
			r := script(t, plan)
			s := r.open()
			if tc.name == "" {
				tc.name = "/f"
			}
			sum, err := s.Hash(t.Context(), vfs.MustParse(tc.name), tc.by)
			r.wants(err, tc.kind)
			if got := hex.EncodeToString(sum); got != tc.want {
				t.Errorf("%q", got)
			}
			var sent []string
			for _, c := range r.Commands() {
				sent = append(sent, c.String())
			}
			if all := strings.Join(sent, ", "); !strings.HasSuffix(all, tc.sent) {
				t.Errorf("sent %s", all)
			}
			if left := s.Facts().Features.Hashes; !slices.Equal(left, tc.left) {
				t.Errorf("left is %v", left)
			}
			r.works(s)
		})
	}
}

// TestHashIsChosenOnce: OPTS HASH is sent when another digest is wanted.
func TestHashIsChosenOnce(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"FEAT": feat("SIZE", "HASH SHA-1*;MD5"), "HASH": ftptest.InTurn(
			ftptest.Reply("213 MD5 0-5 "+helloMD5), ftptest.Reply("213 MD5 0-5 "+helloMD5),
			ftptest.Reply("213 SHA-1 0-5 "+helloSHA1), ftptest.Reply("213 SHA-1 0-5 "+helloSHA1)),
	}, Files: map[string]string{"/f": "hello"}})
	s := r.open()
	n := len(r.Commands())
	for _, by := range []vfs.HashName{vfs.MD5, vfs.MD5, vfs.SHA1, vfs.SHA1} {
		_, err := s.Hash(t.Context(), vfs.MustParse("/f"), by)
		r.must(err)
	}
	if sent := r.since(n); sent != "SIZE OPTS HASH SIZE HASH SIZE OPTS HASH SIZE HASH" {
		t.Errorf("sent %s", sent)
	}
}

// TestHashTakesLong: the wait is not that of other replies, and can be
// cancelled.
func TestHashTakesLong(t *testing.T) {
	release := make(chan struct{})
	plan := ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"FEAT": feat("XMD5"), // without SIZE it may be a very large file
		"XMD5": ftptest.InTurn(ftptest.Hold(release, ftptest.Reply("250 "+helloMD5)), ftptest.Silence),
	}, Files: map[string]string{"/f": "hello"}}
	plan.Verbs["NOOP"] = ftptest.Silence
	r := script(t, plan)
	r.patience(vfs.KindTimeout)
	s, other := r.open(), r.open()
	ended := make(chan error, 1)
	go func() { _, err := s.Hash(t.Context(), vfs.MustParse("/f"), vfs.MD5); ended <- err }()
	r.must(r.Await(t.Context(), "XMD5", 1))
	r.wants(other.Noop(t.Context()), vfs.KindTimeout) // begun later, and given up
	close(release)
	r.must(<-ended)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, err := s.Hash(ctx, vfs.MustParse("/f"), vfs.MD5); ended <- err }()
	r.must(r.Await(t.Context(), "XMD5", 2))
	cancel()
	r.wants(<-ended, vfs.KindCancelled)
}

package wire

import (
	"bufio"
	"errors"
	"io"
	"net/textproto"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

func TestReadReply(t *testing.T) {
	for outcome, tc := range map[string]struct {
		in, want string
		err      error
	}{
		"one line":                    {"220 Hello\r\n", "220 Hello", nil},
		"no words":                    {"220\r\n", "220", nil},
		"bare line feed":              {"220 Hello\n", "220 Hello", nil},
		"empty lines before":          {"\r\n\r\n220 Hello\r\n", "220 Hello", nil},
		"several lines":               {"211-A\r\n B\r\n211 End\r\n", "211 A; B; End", nil},
		"code on every line":          {"230-A\r\n230-B\r\n230 C\r\n", "230 A; B; C", nil},
		"other digits within":         {"211-A\r\n999 B\r\n 211 C\r\n211 D\r\n", "211 A; 999 B; 211 C; D", nil},
		"empty lines within":          {"211-A\r\n\r\n211 D\r\n", "211 A; D", nil},
		"not a code":                  {"hello\r\n", "", errNotReply},
		"two digits":                  {"22 a\r\n", "", errNotReply},
		"four digits":                 {"2200 a\r\n", "", errNotReply},
		"a code nobody uses":          {"099 a\r\n", "", errNotReply},
		"TLS where clear is expected": {"\x15\x03\x01\x00\x02\x02\x0a\n", "", errNotReply},
		"cut in the line":             {"220 Hel", "", io.ErrUnexpectedEOF},
		"cut between lines":           {"220-Hello\r\n", "", io.EOF},
		"nothing":                     {"", "", io.EOF},
		"a line beyond the bound":     {"220 " + strings.Repeat("x", maxLine), "", errTooLong},
		"a reply beyond the bound":    {"220-\r\n" + strings.Repeat("220-"+strings.Repeat("x", 1000)+"\r\n", 1100), "", errTooLong},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, err := readReply(bufio.NewReader(strings.NewReader(tc.in)))
			if r.String() != tc.want || !errors.Is(err, tc.err) {
				t.Errorf("%q, %v", r.String(), err)
			}
		})
	}
}

func TestFollowed(t *testing.T) {
	br := bufio.NewReader(strings.NewReader("226 One\r\n226 Two\r\n"))
	for _, want := range []bool{true, false} {
		r, err := readReply(br)
		if err != nil || r.followed != want {
			t.Errorf("%v %v, want followed %v", r, err, want)
		}
	}
}

// FuzzReadReply: whatever comes, reading ends within the bounds, and what is
// taken for a reply is one to the library as well.
func FuzzReadReply(f *testing.F) {
	for _, seed := range []string{"220 a\r\n", "220\n", "211-a\r\n b\r\n211 c\r\n", "211-a\r\n211\r\n", "226 a\r\n226 b\r\n", "257 \"/\r\n", "\xff\xf4"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := readReply(bufio.NewReader(strings.NewReader(in)))
		if err != nil {
			return
		}
		if r.Code < 100 || r.Code > 699 || len(r.Lines) == 0 {
			t.Fatalf("%+v", r)
		}
		code, _, err := textproto.NewReader(bufio.NewReader(strings.NewReader(string(r.bytes(r.Code))))).ReadResponse(0)
		if err != nil || code != r.Code {
			t.Fatalf("the library reads %d, %v of %q", code, err, r.bytes(r.Code))
		}
	})
}

func TestConceal(t *testing.T) {
	for outcome, tc := range map[string]struct{ text, secret, want string }{
		"long, anywhere":        {"xtidewaterx", "tidewater", "x****x"},
		"short, as a word":      {"the word abc, abc", "abc", "the word ****, ****"},
		"short, within a word":  {"abcd xabc", "abc", "abcd xabc"},
		"one letter, as a word": {`pass "a" bad`, "a", `pass "****" bad`},
		"at both ends":          {"abc", "abc", "****"},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := conceal(tc.text, tc.secret); got != tc.want {
				t.Error(got)
			}
		})
	}
}

func TestMask(t *testing.T) {
	for line, want := range map[string]string{
		"PASS secret": "PASS ****", "pass a b": "pass ****", "ACCT x": "ACCT ****",
		"USER me": "USER me", "RETR PASS x": "RETR PASS x", "PASS": "PASS",
	} {
		if got := mask(line); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestTooMany(t *testing.T) {
	for text, want := range map[string]bool{
		"Sorry, the maximum number of clients (10) from your host are already connected.": true,
		"There are too many connections from your internet address.":                      true,
		"5 users (the maximum) are already logged in, sorry":                              true,
		"Too many connections. Service temporarily unavailable.":                          true,
		"Login incorrect.":                            false,
		"Login authentication failed":                 false,
		"Non-anonymous sessions must use encryption.": false,
	} {
		if got := TooMany(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFaultKinds(t *testing.T) {
	for err, want := range map[error]vfs.Kind{
		errTooLong: vfs.KindProtocol, errNotReply: vfs.KindProtocol, io.EOF: vfs.KindLost, io.ErrUnexpectedEOF: vfs.KindLost,
	} {
		if got := readFault(err).Kind; got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

package vfs_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"wherry/sync/vfs"
)

func TestReadable(t *testing.T) {
	for outcome, tc := range map[string]struct{ name, want string }{
		"a plain name":                        {"a b.txt", "a b.txt"},
		"nothing":                             {"", ""},
		"umlauts":                             {"Übergröße", "Übergröße"},
		"an accent on its letter":             {"cafe\u0301", "cafe\u0301"},
		"Japanese, Arabic, Hindi":             {"日本 ملف हिन्दी", "日本 ملف हिन्दी"},
		"an emoji":                            {"\U0001F6F6", "\U0001F6F6"},
		"a leading space":                     {" a", " a"},
		"a lone backslash":                    {`a\b`, `a\b`},
		"a trailing backslash":                {`a\`, `a\`},
		"a real replacement character":        {"\ufffd", "\ufffd"},
		"a byte that is not UTF-8":            {"a\xffb", `a\xffb`},
		"a name like our byte escape":         {`a\xffb`, `a\\xffb`},
		"a name like our character escape":    {`\u{202e}`, `\\u{202e}`},
		"two backslashes":                     {`a\\b`, `a\\\\b`},
		"a backslash beside an escape":        {"\\\x01", `\\\u{0001}`},
		"an escape sequence":                  {"\x1b[2J", `\u{001b}[2J`},
		"a C1 control":                        {"\u009b2J", `\u{009b}2J`},
		"a raw C1 byte":                       {"\x9b2J", `\x9b2J`},
		"a delete":                            {"\x7f", `\u{007f}`},
		"a tab":                               {"a\tb", `a\u{0009}b`},
		"line ends":                           {"a\r\nb\u2028c\u2029\u0085", `a\u{000d}\u{000a}b\u{2028}c\u{2029}\u{0085}`},
		"a bidirectional override":            {"a\u202eb", `a\u{202e}b`},
		"a bidirectional isolate":             {"a\u2066b", `a\u{2066}b`},
		"a zero-width space and joiner":       {"a\u200b\u200db", `a\u{200b}\u{200d}b`},
		"a byte order mark":                   {"\ufeffa", `\u{feff}a`},
		"a soft hyphen":                       {"a\u00adb", `a\u{00ad}b`},
		"a variation selector":                {"a\ufe0f", `a\u{fe0f}`},
		"an invisible Hangul letter":          {"a\u3164b\u115f", `a\u{3164}b\u{115f}`},
		"a blank Braille pattern":             {"a\u2800b", `a\u{2800}b`},
		"a space that does not break":         {"10\u202f45\u00a0h", `10\u{202f}45\u{00a0}h`},
		"a wide space":                        {"a\u3000b", `a\u{3000}b`},
		"a space at the end":                  {"a ", `a\u{0020}`},
		"two spaces at the end":               {"a  ", `a \u{0020}`},
		"only a space":                        {" ", `\u{0020}`},
		"an accent on nothing":                {"\u0301a", `\u{0301}a`},
		"an accent on a space":                {"a \u0301", `a \u{0301}`},
		"an accent on a slash":                {"/\u0338", `/\u{0338}`},
		"accents heaped up":                   {"a\u0301\u0302\u0303\u0304\u0305", "a\u0301\u0302\u0303\u0304" + `\u{0305}`},
		"a private character":                 {"\ue000", `\u{e000}`},
		"a character nobody has given yet":    {"\U000e0fff", `\u{e0fff}`},
		"a tag character":                     {"a\U000e0041", `a\u{e0041}`},
		"half of a pair written as UTF-8":     {"\xed\xa0\x80", `\xed\xa0\x80`},
		"a character written with more bytes": {"\xc0\xaf", `\xc0\xaf`},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := vfs.Readable(tc.name); got != tc.want {
				t.Fatalf("%q, want %q", got, tc.want)
			}
		})
	}
}

// unreadable is the inverse of Readable. That there is one proves that no two
// names give the same text.
func unreadable(t *testing.T, text string) string {
	t.Helper()
	if !strings.Contains(text, `\x`) && !strings.Contains(text, `\u`) && !strings.Contains(text, `\\`) {
		return text
	}
	var b strings.Builder
	for text != "" {
		switch {
		case strings.HasPrefix(text, `\\`):
			b.WriteByte('\\')
			text = text[2:]
		case strings.HasPrefix(text, `\x`):
			n, err := strconv.ParseUint(text[2:4], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteByte(byte(n))
			text = text[4:]
		case strings.HasPrefix(text, `\u{`):
			hex, rest, _ := strings.Cut(text[3:], "}")
			n, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteRune(rune(n))
			text = rest
		default:
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	return b.String()
}

func FuzzReadable(f *testing.F) {
	for _, seed := range []string{
		"a b", "\xff", `\xff`, `\\`, `\`, `\\x`, "\\\x01", `\u{202e}`, "\u202e", " ", "a ", "\u0301", "a\u0301\u0301\u0301\u0301\u0301\u0301",
		"\x1b]0;x\a", "\u3164", "\u3000", "é", "\\u\x00", "\U000e0041", `\u{`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text := vfs.Readable(name)
		if back := unreadable(t, text); back != name {
			t.Fatalf("%q is shown as %q, which stands for %q", name, text, back)
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q is shown as %q, which is not UTF-8", name, text)
		}
		for _, r := range text {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || unicode.Is(unicode.Zs, r) && r != ' ' {
				t.Fatalf("%q is shown as %q with %U in it", name, text, r)
			}
		}
		if strings.HasSuffix(text, " ") {
			t.Fatalf("%q is shown as %q", name, text)
		}
	})
}

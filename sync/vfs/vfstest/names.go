package vfstest

import "strings"

// awkwardNames are names that people have and that programs trip over: shells,
// globs in LIST, percent decoding, MLSD's "; ", the arrow of "ls -l".
func awkwardNames() map[string]string {
	return map[string]string{
		"a space":                   "two words.txt",
		"a leading space":           " leading",
		"a trailing space":          "trailing ",
		"several inner spaces":      "a   b",
		"double quotes":             `say "hello"`,
		"a single quote":            "it's",
		"a leading dash":            "-rf",
		"a listing's option":        "-al",
		"brackets and stars":        "[*?]",
		"a lone star":               "*",
		"a lone question mark":      "?",
		"braces":                    "{a,b}",
		"a tilde":                   "~",
		"a leading tilde":           "~root",
		"a dollar":                  "$HOME",
		"backticks":                 "`id`",
		"a pipe and angles":         "a|b<c>d&e",
		"a hash":                    "#1",
		"a percent":                 "100%",
		"a percent code":            "%2e%2e%2fx",
		"a format":                  "%s%n%d",
		"a semicolon":               "a;b",
		"like a listing fact":       "size=1; type=dir; name",
		"a backslash":               `back\slash`,
		"a trailing backslash":      `end\`,
		"a link's arrow":            "a -> b",
		"like a listing line":       "-rw-r--r-- 1 u g 5 Jan 01 00:00 x",
		"a comma and equals":        "a,b=c",
		"a colon":                   "12:30",
		"a plus and at":             "a+b@c",
		"a leading dot":             ".hidden",
		"three dots":                "...",
		"dots inside":               "a..b",
		"a tab":                     "tab\tbed",
		"an escape character":       "\x1b[31mred",
		"umlauts":                   "Übergröße.txt",
		"composed accents":          "caf\u00e9",
		"combining accents":         "cafe\u0301",
		"Japanese":                  "日本語のファイル",
		"Arabic":                    "ملف",
		"an emoji":                  "boat \U0001F6F6",
		"a bidirectional override":  "a\u202eb",
		"200 characters":            strings.Repeat("long name ", 19) + "1234567890",
		"120 two-byte characters":   strings.Repeat("ä", 120),
		"bytes that are not UTF-8":  "latin \xe4\xf6\xfc",
		"the byte 255 (telnet IAC)": "iac \xff.txt",
		"a space and a number":      "12345 67",
		"one letter":                "a",
	}
}

// nameSurvives takes a file and a folder of that name through every call.
func (s *suite) nameSurvives(name string) {
	s.Helper()
	p := s.at(name)
	s.write(p, content(321))
	s.wantNames(s.dir, name)
	if e := s.stat(p); e.Name != name || e.Size != 321 {
		s.Errorf("stat says %+v, want %q of 321 bytes", e, name)
	}
	s.wantContent(p, content(321))
	s.must("rename to a plain name", s.f.Rename(s.ctx, p, s.at("plain"), false))
	s.wantNames(s.dir, "plain")
	s.must("rename back", s.f.Rename(s.ctx, s.at("plain"), p, false))
	s.must("remove", s.f.Remove(s.ctx, p))
	s.wantNames(s.dir)

	s.mkdir(p)
	s.write(s.at(name, name), content(12))
	s.wantNames(s.dir, name)
	s.wantNames(p, name)
	s.wantContent(s.at(name, name), content(12))
	s.must("remove inside", s.f.Remove(s.ctx, s.at(name, name)))
	s.must("removedir", s.f.RemoveDir(s.ctx, p))
	s.wantNames(s.dir)
}

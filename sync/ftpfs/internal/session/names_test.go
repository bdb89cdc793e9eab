package session

import (
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

func TestNames(t *testing.T) {
	for outcome, tc := range map[string]struct {
		label, raw, name string
	}{
		"UTF-8 is the name":              {"", "Ü", "Ü"},
		"other bytes stay what they are": {"", "a\xe4b", "a\xe4b"},
		"Latin-1":                        {"latin1", "a\xe4b", "aäb"},
		"Shift-JIS":                      {"shift_jis", "\x93\xfa\x96\x7b", "日本"},
		"KOI8-R":                         {"koi8-r", "\xd7", "в"},
		"UTF-8 by name":                  {"utf-8", "Ü", "Ü"},
		"what the encoding lacks":        {"shift_jis", "a\xff", "a\xff"},
	} {
		t.Run(outcome, func(t *testing.T) {
			n, err := newNames(tc.label)
			if err != nil {
				t.Fatal(err)
			}
			name := n.decode(tc.raw)
			if name != tc.name {
				t.Fatalf("%q is read as %q", tc.raw, name)
			}
			p, err := vfs.Root().Join(name)
			if err != nil {
				t.Fatal(err)
			}
			back, err := n.encode(p)
			if err != nil || back != "/"+tc.raw {
				t.Fatalf("%q goes back as %q, %v", tc.raw, back, err)
			}
		})
	}
}

func TestNameThatTheEncodingLacks(t *testing.T) {
	n, err := newNames("latin1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.encode(vfs.MustParse("/日本")); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("%v", err)
	}
}

// FuzzNames: a name of a listing goes back as the bytes it came as, or is
// refused; and it is never another path.
func FuzzNames(f *testing.F) {
	for _, label := range []string{"", "latin1", "shift_jis", "gbk", "big5", "euc-kr", "koi8-r", "iso-2022-jp"} {
		for _, raw := range []string{"a", "a\xe4b", "\x93\xfa", "\x81\x5c", "\x1b$B", "\xff\xfe"} {
			f.Add(label, raw)
		}
	}
	f.Fuzz(func(t *testing.T, label, raw string) {
		n, err := newNames(label)
		if err != nil {
			return
		}
		p, err := vfs.Root().Join(n.decode(raw))
		if err != nil {
			return
		}
		back, err := n.encode(p)
		if err == nil && back != "/"+raw {
			t.Errorf("%s: %q was shown as %q and goes back as %q", label, raw, p, back)
		}
		if err == nil && strings.ContainsAny(back[1:], "/\x00\r\n") {
			t.Errorf("%q", back)
		}
	})
}

// TestEncodedSite: real names in the encodings that servers use are shown as
// they are meant, and every command carries the server's bytes; among these are
// a backslash (Shift-JIS, Big5, GBK: half a character) and 0xFF (the Russian
// "я" and "Ъ"), which telnet takes for a sign of its own.
func TestEncodedSite(t *testing.T) {
	for _, tc := range []struct{ label, name, raw string }{
		{"latin1", "Größe.txt", "Gr\xf6\xdfe.txt"},
		{"iso-8859-15", "5 €.txt", "5 \xa4.txt"},
		{"windows-1250", "Žluťoučký kůň.txt", "\x8elu\x9dou\xe8k\xfd k\xf9\xf2.txt"},
		{"windows-1251", "я и статья", "\xff \xe8 \xf1\xf2\xe0\xf2\xfc\xff"},
		{"windows-1252", "naïve “ÿ”", "na\xefve \x93\xff\x94"},
		{"windows-1253", "Ελλάδα", "\xc5\xeb\xeb\xdc\xe4\xe1"},
		{"windows-1254", "İstanbul ığ", "\xddstanbul \xfd\xf0"},
		{"shift_jis", "ソース表示.txt", "\x83\x5c\x81\x5b\x83\x58\x95\x5c\x8e\xa6.txt"},
		{"gbk", "誠和中文", "\xd5\x5c\xba\xcd\xd6\xd0\xce\xc4"},
		{"gb18030", "中文㐀€", "\xd6\xd0\xce\xc4\x81\x39\xee\x39\xa2\xe3"},
		{"koi8-r", "Ъезд в Москву", "\xff\xc5\xda\xc4 \xd7 \xed\xcf\xd3\xcb\xd7\xd5"},
		{"big5", "功能許可", "\xa5\x5c\xaf\xe0\xb3\x5c\xa5\x69"},
		{"euc-kr", "한국어 파일", "\xc7\xd1\xb1\xb9\xbe\xee \xc6\xc4\xc0\xcf"},
		{"euc-jp", "日本語", "\xc6\xfc\xcb\xdc\xb8\xec"},
		{"", "a\xe4\xffb", "a\xe4\xffb"}, // nothing said: the bytes are the name
		{"", "Ünï ✓", "Ünï ✓"},
	} {
		for _, without := range [][]string{nil, {"MLST"}} {
			t.Run(tc.label+" "+tc.name+" "+strings.Join(without, ""), func(t *testing.T) {
				t.Parallel()
				r := script(t, ftptest.Plan{Without: without, Files: map[string]string{"/d/" + tc.raw: "old"}})
				r.conf.Site.Encoding = tc.label
				s := r.open()
				entries, err := s.List(t.Context(), vfs.MustParse("/d"))
				r.must(err)
				if len(entries) != 1 || entries[0].Name != tc.name {
					t.Fatalf("listed %+v", entries)
				}
				name, up, old := vfs.MustParse("/d/"+tc.name), "/d/"+tc.name+"/"+tc.name, vfs.MustParse("/d/old")
				got, err := read(t.Context(), s, name.String())
				r.must(err)
				if e, err := s.Stat(t.Context(), name); got != "old" || err != nil || e.Name != tc.name {
					t.Fatalf("read %q, %+v, %v", got, e, err)
				}
				r.must(s.SetMode(t.Context(), name, 0o600))
				r.must(s.Rename(t.Context(), name, old))
				r.must(s.Mkdir(t.Context(), name))
				r.must(write(t.Context(), s, up, "new"))
				r.must(s.Remove(t.Context(), old))
				if got, ok := r.Get("/d/" + tc.raw + "/" + tc.raw); !ok || string(got) != "new" {
					t.Errorf("the server has %q, within %q", r.Names("/d"), r.Names("/d/"+tc.raw))
				}
				r.must(s.Remove(t.Context(), vfs.MustParse(up)))
				r.must(s.RemoveDir(t.Context(), name))
				if names := r.Names("/d"); len(names) > 0 {
					t.Errorf("left is %q", names)
				}
				if utf8On := r.Count("OPTS") > 0 && strings.Contains(r.transcript(), "UTF8 ON"); utf8On != (tc.label == "") {
					t.Errorf("UTF-8 turned on: %v", utf8On)
				}
			})
		}
	}
}

// TestTelnetByte: ProFTPD takes 0xFF for the start of a telnet instruction and
// a doubled one for the byte.
func TestTelnetByte(t *testing.T) {
	for greeting, want := range map[string]string{
		"220 ProFTPD Server": "/\xff\xff\xe8\xff\xff", "220 (vsFTPd 3.0.3)": "/\xff\xe8\xff",
	} {
		r := script(t, ftptest.Plan{Greeting: ftptest.Reply(greeting), Verbs: verb("DELE", ftptest.Reply("250 Gone"))})
		r.conf.Site.Encoding = "windows-1251"
		r.must(r.open().Remove(t.Context(), vfs.MustParse("/яия")))
		sent := r.Commands()
		if got := sent[len(sent)-1].Arg; got != want {
			t.Errorf("%s: sent %q", greeting, got)
		}
	}
}

// TestHalfACharacterIsAPattern: STAT of vsftpd matches patterns, and in
// Shift-JIS half of "表" is a backslash, so such a name is looked up otherwise.
func TestHalfACharacterIsAPattern(t *testing.T) {
	for name, stats := range map[string]int{"表": 0, "日": 1} {
		raw := map[string]string{"表": "\x95\x5c", "日": "\x93\xfa"}[name]
		r := script(t, ftptest.Plan{
			Greeting: ftptest.Reply("220 (vsFTPd 3.0.3)"), Without: []string{"MLST"}, Files: map[string]string{"/" + raw: "12345"},
			Verbs: verb("STAT", ftptest.Bytes("213-Status\r\n-rw-r--r-- 1 s c 5 Feb 29  2024 /"+raw+"\r\n213 End\r\n")),
		})
		r.conf.Site.Encoding = "shift_jis"
		e, err := r.open().Stat(t.Context(), vfs.MustParse("/"+name))
		r.must(err)
		if e.Name != name || e.Size != 5 || r.Count("STAT") != stats {
			t.Errorf("%+v, %d STAT", e, r.Count("STAT"))
		}
	}
}

// TestEncodingFact is what the doctor tells.
func TestEncodingFact(t *testing.T) {
	for outcome, tc := range map[string]struct {
		label   string
		without []string
		want    string
	}{
		"offered":          {"", nil, "utf-8"},
		"nobody says":      {"", []string{"UTF8"}, ""},
		"the site says":    {"latin1", nil, "windows-1252"},
		"the site says so": {"UTF-8", []string{"UTF8"}, "utf-8"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{Without: tc.without})
			r.conf.Site.Encoding = tc.label
			if got := r.open().Facts().Encoding; got != tc.want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestFactsCommand(t *testing.T) {
	for offered, want := range map[string]string{
		"type*;size*;modify*;UNIX.mode*;":        "",
		"type*;perm*;size*;unique*;unix.mode;":   "OPTS MLST type;perm;size;unix.mode;",
		"type*;size*;modify*;unique;create;":     "",
		"":                                       "",
		"Type;Size;Modify;UNIX.ownername;X.odd;": "OPTS MLST Type;Size;Modify;UNIX.ownername;",
	} {
		if got := factsCommand(offered); got != want {
			t.Errorf("%q: %q", offered, got)
		}
	}
	if got := factsCommand("type*;unique*;unix.mode;", "unique"); got != "OPTS MLST type;unique;unix.mode;" {
		t.Errorf("with unique: %q", got)
	}
}

func TestKindOf(t *testing.T) {
	for outcome, tc := range map[string]struct {
		code int
		text string
		want vfs.Kind
	}{
		"idle too long":            {421, "Timeout.", vfs.KindLost},
		"no room":                  {421, "Too many users", vfs.KindBusy},
		"no room at login":         {530, "Sorry, too many connections", vfs.KindBusy},
		"not logged in":            {530, "Please login with USER and PASS.", vfs.KindLogin},
		"quota by words":           {550, "Disk quota exceeded", vfs.KindNoSpace},
		"vsftpd: disk full":        {451, "Failure writing to local file.", vfs.KindNoSpace},
		"quota by code":            {552, "No.", vfs.KindNoSpace},
		"IIS: missing":             {550, "The system cannot find the file specified.", vfs.KindNotFound},
		"FileZilla: missing":       {550, "File not found", vfs.KindNotFound},
		"ProFTPD: missing at 450":  {450, "/x: No such file or directory", vfs.KindNotFound},
		"not clear":                {550, "Failed to open file.", vfs.KindOther},
		"try later":                {451, "Local error", vfs.KindBusy},
		"session not reused":       {522, "SSL connection failed", vfs.KindTLS},
		"unknown command":          {500, "What?", vfs.KindUnsupported},
		"words of another command": {500, "No such file of a command", vfs.KindUnsupported},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := kindOf(tc.code, tc.text); got != tc.want {
				t.Errorf("%v", got)
			}
		})
	}
}

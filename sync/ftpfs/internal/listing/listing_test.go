package listing

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

// now is the moment that every table below is read at.
var now = time.Date(2024, time.March, 10, 12, 0, 0, 0, time.UTC)

func at(year int, m time.Month, d, hour, minute, sec int) time.Time {
	return time.Date(year, m, d, hour, minute, sec, 0, time.UTC)
}

func read(t *testing.T, f Format, text string) ([]vfs.Entry, []Unparsed) {
	t.Helper()
	entries, unparsed, err := Read(strings.NewReader(text), f, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return entries, unparsed
}

// one reads text that must give exactly one entry.
func one(t *testing.T, f Format, text string) vfs.Entry {
	t.Helper()
	entries, unparsed := read(t, f, text)
	if len(unparsed) != 0 || len(entries) != 1 {
		t.Fatalf("%q: entries %+v, unparsed %q", text, entries, unparsed)
	}
	return entries[0]
}

func TestMLSDLine(t *testing.T) {
	for outcome, tc := range map[string]struct {
		line string
		want vfs.Entry
	}{
		"a file as ProFTPD tells it": {
			"modify=20240102030405;perm=adfrw;size=17;type=file;unique=FD00U1;UNIX.group=1000;UNIX.groupname=staff;UNIX.mode=0640;UNIX.owner=1000;UNIX.ownername=anna; a b.txt",
			vfs.Entry{Name: "a b.txt", Type: vfs.TypeFile, Size: 17, ModTime: at(2024, 1, 2, 3, 4, 5), Accuracy: time.Second, Mode: 0o640, HasMode: true, Owner: "anna", Group: "staff"},
		},
		"a folder as Pure-FTPd tells it": {
			"type=dir;sizd=4096;modify=20240102030405;UNIX.mode=0755;UNIX.uid=0;UNIX.gid=7;unique=1g2; pub",
			vfs.Entry{Name: "pub", Type: vfs.TypeDir, Size: 4096, ModTime: at(2024, 1, 2, 3, 4, 5), Accuracy: time.Second, Mode: 0o755, HasMode: true, Owner: "0", Group: "7"},
		},
		"facts in any case": {
			"TYPE=FILE;SiZe=1;MODIFY=20240102030405; x",
			vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: 1, ModTime: at(2024, 1, 2, 3, 4, 5), Accuracy: time.Second},
		},
		"a fraction makes the time exact": {
			"type=file;modify=20240102030405.250; x",
			vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1, ModTime: at(2024, 1, 2, 3, 4, 5).Add(250 * time.Millisecond), Accuracy: time.Millisecond},
		},
		"a fraction of zeros does not": {
			"type=file;modify=20240102030405.000; x",
			vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1, ModTime: at(2024, 1, 2, 3, 4, 5), Accuracy: time.Second},
		},
		"a link with its target": {
			"type=OS.unix=slink:/srv/a b;size=8; lnk",
			vfs.Entry{Name: "lnk", Type: vfs.TypeLink, Size: 8, Target: "/srv/a b"},
		},
		"a link without its target":  {"type=OS.UNIX=symlink; lnk", vfs.Entry{Name: "lnk", Type: vfs.TypeLink, Size: -1}},
		"a device is other":          {"type=OS.unix=chr-1/3; null", vfs.Entry{Name: "null", Type: vfs.TypeOther, Size: -1}},
		"no type is unknown":         {"size=3; x", vfs.Entry{Name: "x", Size: 3}},
		"no facts at all":            {" only a name", vfs.Entry{Name: "only a name", Size: -1}},
		"leading space in the name":  {"type=file;  x", vfs.Entry{Name: " x", Type: vfs.TypeFile, Size: -1}},
		"semicolons in the name":     {"type=file; a; b=c;", vfs.Entry{Name: "a; b=c;", Type: vfs.TypeFile, Size: -1}},
		"last semicolon missing":     {"type=file;size=3 a;b", vfs.Entry{Name: "a;b", Type: vfs.TypeFile, Size: 3}},
		"only fact unterminated":     {"type=dir x", vfs.Entry{Name: "x", Type: vfs.TypeDir, Size: -1}},
		"nonsense values unknown":    {"type=file;size=-1;modify=20241302000000;unix.mode=9; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1}},
		"size beyond all sizes":      {"type=file;size=9223372036854775808; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1}},
		"largest size":               {"type=file;size=9223372036854775807; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: 1<<63 - 1}},
		"empty value":                {"type=;size=; x", vfs.Entry{Name: "x", Size: -1}},
		"bytes that are not UTF-8":   {"type=file; \xe4\xff", vfs.Entry{Name: "\xe4\xff", Type: vfs.TypeFile, Size: -1}},
		"a slash is kept and shown":  {"type=file; ../../etc/passwd", vfs.Entry{Name: "../../etc/passwd", Type: vfs.TypeFile, Size: -1}},
		"setuid is no permission":    {"type=file;unix.mode=04755; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1, Mode: 0o755, HasMode: true}},
		"a mode as Python writes it": {"type=file;unix.mode=0o640; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1, Mode: 0o640, HasMode: true}},
		"permissions of a folder":    {"perm=el; x", vfs.Entry{Name: "x", Type: vfs.TypeDir, Size: -1}},
		"permissions of a file":      {"Perm=ADFRW;Size=1; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: 1}},
		"permissions of either":      {"perm=df; x", vfs.Entry{Name: "x", Size: -1}},
		"the type before permission": {"perm=el;type=file; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1}},
		"facts of no meaning here":   {"x.zebra=1;lang=;media-type=text/plain;type=file; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1}},
		"empty facts between":        {"type=file;;size=3;; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: 3}},
		"size of a folder, odd case": {"Type=Dir;SIZD=4096; x", vfs.Entry{Name: "x", Type: vfs.TypeDir, Size: 4096}},
		"spaces and semicolons":      {"type=file;   a ; b=c ", vfs.Entry{Name: "  a ; b=c ", Type: vfs.TypeFile, Size: -1}},
		"slink with nothing behind":  {"type=OS.unix=slink:; l", vfs.Entry{Name: "l", Type: vfs.TypeLink, Size: -1}},
		"a year of three digits on":  {"type=file;modify=191040102030405; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1}},
		"a carriage return inside":   {"type=file; a\rb", vfs.Entry{Name: "a\rb", Type: vfs.TypeFile, Size: -1}},
		"a leap second is the next":  {"type=file;modify=20161231235960; x", vfs.Entry{Name: "x", Type: vfs.TypeFile, Size: -1, ModTime: at(2017, 1, 1, 0, 0, 0), Accuracy: time.Second}},
	} {
		t.Run(outcome, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, one(t, MLSD, tc.line+"\r\n")); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestMLSDLeavesOutTheFolderItself(t *testing.T) {
	entries, unparsed := read(t, MLSD, "type=cdir; .\r\ntype=pdir; ..\r\ntype=cdir; /srv/ftp\r\ntype=pdir; /srv\r\ntype=dir; ..\r\ntype=file; x\r\n\r\n")
	if len(entries) != 1 || entries[0].Name != "x" || len(unparsed) != 0 {
		t.Fatalf("entries %+v, unparsed %q", entries, unparsed)
	}
}

func TestMLSDKeepsWhatItCannotRead(t *testing.T) {
	lines := []string{"x", "type=file;", "type=file; ", "type=file;size", "=;", "-rw-r--r-- 1 a b 3 Jan 1 2020 x", ";; x"}
	entries, unparsed := read(t, MLSD, strings.Join(lines, "\r\n")+"\r\n")
	var got []string
	for _, u := range unparsed {
		got = append(got, u.Line)
	}
	if diff := cmp.Diff(lines, got); diff != "" || len(entries) != 0 {
		t.Fatalf("entries %+v\n%s", entries, diff)
	}
}

// TestUniqueIsTold: what has a fact "unique" is told with it, and nothing else is.
func TestUniqueIsTold(t *testing.T) {
	told := map[string]string{}
	o := Options{Unique: func(e vfs.Entry, unique string) { told[e.Name+" "+e.Type.String()] = unique }}
	lines := "type=dir;Unique=1g2; sub\r\nunique=1g3;type=file; f\r\ntype=dir; plain\r\ntype=dir;unique=; empty\r\n"
	if entries, odd, err := Read(strings.NewReader(lines), MLSD, o); err != nil || len(entries) != 4 || len(odd) > 0 {
		t.Fatal(entries, odd, err)
	}
	if _, err := Fact(" type=dir;unique=1g4; /a/b", o); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sub dir": "1g2", "f file": "1g3", "/a/b dir": "1g4"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

func TestFact(t *testing.T) {
	want := vfs.Entry{Name: "/srv/pub", Type: vfs.TypeDir, Size: -1, Mode: 0o755, HasMode: true}
	for _, line := range []string{" type=cdir;UNIX.mode=0755; /srv/pub\r\n", "Type=dir;UNIX.mode=0755; /srv/pub"} {
		got, err := Fact(line, Options{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", line, err, diff)
		}
	}
	for _, line := range []string{"", " ", "250 End", "no facts"} {
		if _, err := Fact(line, Options{}); vfs.KindOf(err) != vfs.KindProtocol {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestLimits(t *testing.T) {
	const line = "type=file; x\r\n"
	for outcome, tc := range map[string]struct {
		text   io.Reader
		limits Limits
		kind   vfs.Kind
	}{
		"a line without end":            {&endless{"x"}, Limits{}, vfs.KindProtocol},
		"lines without end":             {&endless{"type=file; x\n"}, Limits{Entries: 1000}, vfs.KindProtocol},
		"unreadable lines without end":  {&endless{"x\n"}, Limits{Entries: 1000}, vfs.KindProtocol},
		"blank lines without end":       {&endless{"\r\n"}, Limits{Bytes: 1 << 20}, vfs.KindProtocol},
		"one entry over":                {strings.NewReader(line + line), Limits{Entries: 1}, vfs.KindProtocol},
		"just as many":                  {strings.NewReader(line + line), Limits{Entries: 2}, vfs.KindOther},
		"one byte over":                 {strings.NewReader(line), Limits{Bytes: int64(len(line)) - 1}, vfs.KindProtocol},
		"just as long":                  {strings.NewReader(line), Limits{Bytes: int64(len(line)), Line: len(line)}, vfs.KindOther},
		"a line one byte over":          {strings.NewReader(line), Limits{Line: len(line) - 1}, vfs.KindProtocol},
		"a line beyond the read buffer": {strings.NewReader("type=file; " + strings.Repeat("x", 100_000) + "\r\n"), Limits{Line: 200_000}, vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			_, _, err := Read(tc.text, MLSD, Options{Limits: tc.limits})
			if (err != nil) != (tc.kind == vfs.KindProtocol) || vfs.KindOf(err) != tc.kind {
				t.Fatalf("error %v", err)
			}
		})
	}
}

// endless repeats text for ever.
type endless struct{ text string }

func (e *endless) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		n += copy(b[n:], e.text)
		if len(e.text) > len(b)-n {
			break
		}
	}
	return n, nil
}

func TestLongLinesKeepTheirBytes(t *testing.T) {
	name := strings.Repeat("long name ", 30_000)
	entries, _, err := Read(iotest.OneByteReader(strings.NewReader("type=file; "+name+"\r\ntype=file; y\r\n")), MLSD, Options{Limits: Limits{Line: 1 << 20}})
	if err != nil || len(entries) != 2 || entries[0].Name != name || entries[1].Name != "y" {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func TestReadersErrorComesBackWithWhatWasRead(t *testing.T) {
	broken := errors.New("broken")
	entries, _, err := Read(io.MultiReader(strings.NewReader("type=file; x\r\ntype=fi"), iotest.ErrReader(broken)), MLSD, Options{})
	if !errors.Is(err, broken) || len(entries) != 1 {
		t.Fatalf("entries %+v, error %v", entries, err)
	}
}

func TestDecodeMakesTheNames(t *testing.T) {
	decode := func(s string) string { return strings.NewReplacer("\xe4", "ä", "\xc5\xae\xc5", "дек").Replace(s) }
	entries, _, err := Read(strings.NewReader("lrw-r--r-- 1 j\xe4n m\xe4x 3 M\xe4r  1 10:00 \xe4 -> b\xe4\r\n-rw-r--r-- 1 a b 1 \xc5\xae\xc5  1  2006 x\r\n"), LIST, Options{Now: now, Decode: decode})
	want := []vfs.Entry{{Name: "ä", Type: vfs.TypeLink, Size: 3, ModTime: at(2024, 3, 1, 10, 0, 0), Accuracy: time.Minute, Mode: 0o644, HasMode: true, Owner: "jän", Group: "mäx", Target: "bä"}, {Name: "x", Type: vfs.TypeFile, Size: 1, ModTime: at(2006, 12, 1, 0, 0, 0), Accuracy: day, Mode: 0o644, HasMode: true, Owner: "a", Group: "b"}}
	if diff := cmp.Diff(want, entries); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
}

func TestNoiseIsNoEntryAndNoFault(t *testing.T) {
	entries, unparsed := read(t, LIST, "total 12\r\n\r\ninsgesamt 4,0K\r\ngesamt 3\r\n合計 8\r\ndrwxr-xr-x 2 a b 0 Jan 1 2020 .\r\ndrwxr-xr-x 2 a b 0 Jan 1 2020 ..\r\n")
	if len(entries) != 0 || len(unparsed) != 0 {
		t.Fatalf("entries %+v, unparsed %q", entries, unparsed)
	}
}

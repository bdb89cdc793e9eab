package listing

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

// FuzzMLSD, FuzzLIST and FuzzFact hold what must be true of any input: every
// line is an entry, noise, or handed back; a name is part of its line.

func FuzzMLSD(f *testing.F) {
	f.Add([]byte("type=file;size=3;modify=20240102030405.5;UNIX.mode=0644;UNIX.owner=a; x\r\n"))
	f.Add([]byte("type=OS.unix=slink:/a b;size=1; l\ntype=cdir; .\n y\n"))
	f.Fuzz(func(t *testing.T, data []byte) { invariants(t, data, MLSD) })
}

func FuzzLIST(f *testing.F) {
	f.Add([]byte("total 1\r\n-rw-r--r--   1 a b 3 Jan  2 15:04 x\r\nlrwxrwxrwx 1 a b 1 2. Mär 2006 l -> x -> y\r\n"))
	f.Add([]byte("01-02-06  03:04PM       <DIR>          x\r\n01-02-2006  03:04 AM 3 y\r\n2006-01-02 15:04 <JUNCTION> j [C:\\]\n"))
	f.Add([]byte("crw-r--r-- 1 a b 8, 1 2024-01-02 16:04:05.1 +0100 d\nbrw------- 1 a 8,1 Jan 2 15:04:05 2006 e\n"))
	f.Fuzz(func(t *testing.T, data []byte) { invariants(t, data, LIST) })
}

func invariants(t *testing.T, data []byte, f Format) {
	entries, unparsed, err := Read(bytes.NewReader(data), f, Options{Now: now})
	lines := bytes.Split(data, []byte("\n"))
	if len(entries)+len(unparsed) > len(lines) {
		t.Fatalf("%d entries and %d unparsed of %d lines", len(entries), len(unparsed), len(lines))
	}
	if err != nil && len(data) < MaxLine {
		t.Fatalf("a short listing failed: %v", err)
	}
	for _, e := range entries {
		sound(t, e)
		if !bytes.Contains(data, []byte(e.Name)) || !bytes.Contains(data, []byte(e.Target)) {
			t.Fatalf("%+v is not what was sent", e)
		}
	}
}

func sound(t *testing.T, e vfs.Entry) {
	switch {
	case e.Name == "" || strings.Contains(e.Name, "\n"):
		t.Fatalf("the name %q", e.Name)
	case e.Size < vfs.SizeUnknown || e.Mode > 0o777 || !e.HasMode && e.Mode != 0:
		t.Fatalf("%+v", e)
	case e.ModTime.IsZero() != (e.Accuracy == 0) && e.ModTime.Year() != 1:
		t.Fatalf("time %v with the step %v", e.ModTime, e.Accuracy)
	}
}

func FuzzFact(f *testing.F) {
	f.Add(" type=dir;modify=20240102030405; /srv/pub")
	f.Fuzz(func(t *testing.T, line string) {
		e, err := Fact(line, Options{})
		if err == nil && !strings.Contains(line, "\n") {
			sound(t, e)
		}
		if err != nil && vfs.KindOf(err) != vfs.KindProtocol {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead100k(b *testing.B) {
	for name, tc := range map[string]struct {
		format Format
		line   string
	}{
		"mlsd": {MLSD, "modify=20240102030405;perm=adfrw;size=%d;type=file;unique=FD00U1;UNIX.group=1000;UNIX.groupname=staff;UNIX.mode=0640;UNIX.owner=1000;UNIX.ownername=anna; file number %[1]d.txt\r\n"},
		"unix": {LIST, "-rw-r--r--   1 anna     users    %8d Jan  2 15:04 file number %[1]d.txt\r\n"},
		"dos":  {LIST, "01-02-06  03:04PM             %8d file number %[1]d.txt\r\n"},
	} {
		var text bytes.Buffer
		for i := range 100_000 {
			fmt.Fprintf(&text, tc.line, i)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				entries, _, err := Read(bytes.NewReader(text.Bytes()), tc.format, Options{Now: now})
				if err != nil || len(entries) != 100_000 {
					b.Fatal(len(entries), err)
				}
			}
		})
	}
}

package listing

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

// FuzzMLSD, FuzzLIST, FuzzDialects and FuzzFact hold what must be true of any
// input: every line is an entry, noise, or handed back; a name is part of its
// line. A name with a slash or a NUL comes out where a line can hold one:
// vfs.Path refuses it, and it is reported there.

func FuzzMLSD(f *testing.F) {
	f.Add([]byte("type=file;size=3;modify=20240102030405.5;UNIX.mode=0644;UNIX.owner=a; x\r\n"))
	f.Add([]byte("type=OS.unix=slink:/a b;size=1; l\ntype=cdir; .\n y\n"))
	f.Fuzz(func(t *testing.T, data []byte) { invariants(t, data, MLSD) })
}

// FuzzDialects gives what the fuzzer finds to a dialect that is chosen, whole,
// so that each is tried with lines that only a listing of its own has.
func FuzzDialects(f *testing.F) {
	for i, seeds := range [...][]string{
		{"-rw-r--r-- 1 a b 2006 1月 2 15:04 x\n-rw-r--r-- 1 a b 1 M\xe4r 2 2006 y\n", "-rw-r--r-- 1 a b 1 2006年 1月 2日 z\n-rw-r--r-- 1 a b 1.5K Oct 08, 2002 09:47 v\n"},
		{"01-02-06  03:04PM 1,234 x\r\n13/02/2006 15:04 <SYMLINKD> y [C:\\z]\r\n", "01/02/06 03:04p <DIR> .\r\n2006-01-02 15:04 1 y\r\n"},
		{"+i8388621.48594,m825718503,r,s280,up644,\tname\r\n+/,\tfolder\r\n", "+\t..\r\n+r\tcut"},
		{"total 0\r\nd [RWCEAFMS] admin one 512 Nov 24  2005 pub\r\n- [----F--] a 214059 Oct 20 15:27    x\r\n"},
		{"QPGMR 135168 22.06.13 13:18:19 *FILE Q.FILE\r\nQPGMR *MEM Q.FILE/S.MBR\r\n", "A 1 04/03/18 13:18:19 *DIR d/\r\nA 04/03/19 13:18:19 *PGM p\r\nA 1 2018-03-19 13:18:19 *STMF /x/y\r\n"},
		{
			"Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\r\nSYSPP7 3390   2000/01/07  2   45  VBA    125   129  PS  JES3OUT\r\nMigrated 'A.B'\r\n",
			" Name     VV.MM   Created       Changed      Size  Init   Mod   Id\r\n ADDUSER   01.01 2008/10/14 2008/10/14 12:42    15    12    15 IBMUSER\r\nX\r\n",
			" Name      Size     TTR   Alias-of AC Amode\r\nPROG 00B308 000411  00 31\r\n",
		},
		{"Directory D:[A]\r\n\r\nLOGIN.COM;3 4/15 24-FEB-2003 13:17:24 [G,O] (RWED,,,)\r\nLONG.TXT;1\r\n 4 24-FEB-2003 [O]\r\nW.DIR;1 1 2-JUN-1998 07:32\r\nTotal of 3 files, 9 blocks\r\n", "A.B;2 insufficient privilege\r\nA.B;1\r\n"},
	} {
		for _, seed := range seeds {
			f.Add(uint8(i), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		p := newParser(Options{Now: now})
		p.dialect = &dialects[int(which)%len(dialects)]
		p.mvsList = mvsList(int(which) / len(dialects) % 4)
		entries, unparsed, err := p.read(bytes.NewReader(data), LIST)
		judge(t, data, entries, unparsed, err)
		// OS/400 parts paths at slashes; MVS and VMS have an alphabet.
		never := [len(dialects)]string{4: "/", 5: "/\x00", 6: "/\x00"}[int(which)%len(dialects)]
		for _, e := range entries {
			if strings.ContainsAny(e.Name, never) {
				t.Fatalf("the name %q, of a system that has none like it", e.Name)
			}
		}
	})
}

func FuzzLIST(f *testing.F) {
	f.Add([]byte("total 1\r\n-rw-r--r--   1 a b 3 Jan  2 15:04 x\r\nlrwxrwxrwx 1 a b 1 2. Mär 2006 l -> x -> y\r\n"))
	f.Add([]byte("01-02-06  03:04PM       <DIR>          x\r\n01-02-2006  03:04 AM 3 y\r\n2006-01-02 15:04 <JUNCTION> j [C:\\]\n"))
	f.Add([]byte("crw-r--r-- 1 a b 8, 1 2024-01-02 16:04:05.1 +0100 d\nbrw------- 1 a 8,1 Jan 2 15:04:05 2006 e\n"))
	f.Fuzz(func(t *testing.T, data []byte) { invariants(t, data, LIST) })
}

func invariants(t *testing.T, data []byte, f Format) {
	entries, unparsed, err := Read(bytes.NewReader(data), f, Options{Now: now})
	judge(t, data, entries, unparsed, err)
}

func judge(t *testing.T, data []byte, entries []vfs.Entry, unparsed []Unparsed, err error) {
	lines := bytes.Split(data, []byte("\n"))
	if len(entries)+len(unparsed) > len(lines) {
		t.Fatalf("%d entries and %d unparsed of %d lines", len(entries), len(unparsed), len(lines))
	}
	if err != nil && len(data) < MaxLine && vfs.KindOf(err) != vfs.KindUnreadable {
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
	case e.Name == "" || e.Name == "." || e.Name == ".." || strings.Contains(e.Name, "\n"):
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
		if err == nil && !strings.Contains(line, "\n") && e.Name != "." && e.Name != ".." {
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
		"vms":  {LIST, "FILE_NUMBER_%[1]d.TXT;3      %[1]d/99999  24-FEB-2003 13:17:24  [GROUP,OWNER]    (RWED,RWED,RE,)\r\n"},
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

package listing

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

// plain is a file of which nothing is known but what change tells.
func plain(name string, change ...func(*vfs.Entry)) vfs.Entry {
	e := vfs.Entry{Name: name, Type: vfs.TypeFile, Size: vfs.SizeUnknown}
	for _, f := range change {
		f(&e)
	}
	return e
}

func sized(n int64) func(*vfs.Entry) { return func(e *vfs.Entry) { e.Size = n } }

func kind(t vfs.Type) func(*vfs.Entry) { return func(e *vfs.Entry) { e.Type = t } }

func second(year int, m time.Month, d, hour, minute, sec int) func(*vfs.Entry) {
	return when(at(year, m, d, hour, minute, sec), time.Second)
}

func minute(year int, m time.Month, d, hour, min int) func(*vfs.Entry) {
	return when(at(year, m, d, hour, min, 0), time.Minute)
}

// listings are whole ones; unread are the lines that must come back.
type listings map[string]struct {
	text   string
	want   []vfs.Entry
	unread []string
}

func (ls listings) check(t *testing.T) {
	for outcome, tc := range ls {
		t.Run(outcome, func(t *testing.T) {
			entries, unparsed := read(t, LIST, strings.ReplaceAll(tc.text, "\n", "\r\n"))
			var unread []string
			for _, u := range unparsed {
				unread = append(unread, u.Line)
			}
			if diff := cmp.Diff(tc.want, entries, cmp.Comparer(time.Time.Equal)) + cmp.Diff(tc.unread, unread); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestEPLF(t *testing.T) {
	listings{
		"files and folders": {
			text: "+i8388621.29609,m824255902,/,\tdev\n+i8388621.44468,m839956783,r,s10376,\tRFC 959, old;1\n+r,s5,up0640,\t x\n",
			want: []vfs.Entry{
				plain("dev", kind(vfs.TypeDir), second(1996, 2, 13, 23, 58, 22)),
				plain("RFC 959, old;1", sized(10376), second(1996, 8, 13, 17, 19, 43)),
				plain(" x", sized(5), func(e *vfs.Entry) { e.Mode, e.HasMode = 0o640, true }),
			},
		},
		"unknown facts and nonsense leave the rest": {
			text: "+r,zebra,sx,mnever,up9\tx\n+\ty\n+s7,\tz\n",
			want: []vfs.Entry{plain("x"), plain("y", kind(vfs.TypeUnknown)), plain("z", kind(vfs.TypeUnknown), sized(7))},
		},
		"the folder itself is left out": {text: "+/,\t.\n+/,\t..\n+r,\tx\n", want: []vfs.Entry{plain("x")}},
		"no tab, no name":               {text: "+r,\tx\n+r,x\n+r,\t\n", want: []vfs.Entry{plain("x")}, unread: []string{"+r,x", "+r,\t"}},
	}.check(t)
}

func TestNetWare(t *testing.T) {
	by := func(owner string) func(*vfs.Entry) { return owned(owner, "") }
	listings{
		"files and folders": {
			text: "total 0\nd [RWCEAFMS] anna                            512 Nov 24  2005 Favourites\n- [----F--] supervisor           5214059000 Jan 20 15:27    my file.txt\nd [-W---F--] 0  512 Feb 22 17:32 .\n",
			want: []vfs.Entry{
				plain("Favourites", kind(vfs.TypeDir), sized(512), by("anna"), when(at(2005, 11, 24, 0, 0, 0), day)),
				plain("my file.txt", sized(5214059000), by("supervisor"), minute(2024, 1, 20, 15, 27)),
			},
		},
		"an owner with a space, and none": {
			text: "- [R----F--] Anna B 7 Jan 20 15:27 x\n- [R----F--] 7 Jan 20 15:27 y\n",
			want: []vfs.Entry{plain("x", sized(7), by("Anna B"), minute(2024, 1, 20, 15, 27)), plain("y", sized(7), minute(2024, 1, 20, 15, 27))},
		},
		"other types, rights and dates": {
			text:   "- [R----F--] a 7 Jan 20 15:27 x\na [R----F--] a 7 Jan 20 15:27 y\n- [R--Q-F--] a 7 Jan 20 15:27 y\n- [R----F--] a 7 10-04-2001 y\n- [R----F--] a 7 Jan 20 15:27  \n",
			want:   []vfs.Entry{plain("x", sized(7), by("a"), minute(2024, 1, 20, 15, 27))},
			unread: []string{"a [R----F--] a 7 Jan 20 15:27 y", "- [R--Q-F--] a 7 Jan 20 15:27 y", "- [R----F--] a 7 10-04-2001 y", "- [R----F--] a 7 Jan 20 15:27  "},
		},
	}.check(t)
}

func TestOS400(t *testing.T) {
	by := owned("ANNA", "")
	listings{
		"files, folders and objects": {
			text: "ANNA           200 21.05.11 12:31:18 *STMF      my file.txt\nANNA          8192 04.07.13 09:04:14 *DIR       sub/\nANNA               04.07.13 09:04:14 *LIB       TOOLS.LIB/\nANNA      16347136 29.06.13 15:45:09 *FILE      SAVED.SAVF\nANNA         36864 29.06.13 15:45:09 *PGM       RUN.PGM\n",
			want: []vfs.Entry{
				plain("my file.txt", sized(200), by, second(2011, 5, 21, 12, 31, 18)),
				plain("sub", kind(vfs.TypeDir), by, second(2013, 7, 4, 9, 4, 14)),
				plain("TOOLS.LIB", kind(vfs.TypeDir), by, second(2013, 7, 4, 9, 4, 14)),
				plain("SAVED.SAVF", sized(16347136), by, second(2013, 6, 29, 15, 45, 9)),
				plain("RUN.PGM", kind(vfs.TypeOther), sized(36864), by, second(2013, 6, 29, 15, 45, 9)),
			},
		},
		"members behind their file are of the folder below": {
			text: "ANNA        135168 22.06.13 13:18:19 *FILE      SRC.FILE\nANNA                                *MEM       SRC.FILE/START.MBR\n",
			want: []vfs.Entry{plain("SRC.FILE", kind(vfs.TypeDir), by, second(2013, 6, 22, 13, 18, 19))},
		},
		"members of the listed file": {
			text: "ANNA        135168 22.06.13 13:18:19 *FILE\nANNA                                *MEM       START.MBR\nANNA                                *MEM       SRC.FILE/STOP.MBR\n",
			want: []vfs.Entry{plain("START.MBR", by), plain("STOP.MBR", by)},
		},
		"a whole path": {
			text: "ANNA  9069 05/20/15 15:36:52 *STMF /DRV/SHEET/2015.PDF\n",
			want: []vfs.Entry{plain("2015.PDF", sized(9069), by, second(2015, 5, 20, 15, 36, 52))},
		},
		"one line tells the order of all dates": {
			text: "ANNA 1 04/03/18 10:00:00 *STMF a\nANNA 1 04/23/18 10:00:00 *STMF b\n",
			want: []vfs.Entry{plain("a", sized(1), by, second(2018, 4, 3, 10, 0, 0)), plain("b", sized(1), by, second(2018, 4, 23, 10, 0, 0))},
		},
		"a time to come is no reading": {
			text: "ANNA 1 24/03/05 10:00:00 *STMF a\nANNA 1 23/12/31 10:00:00 *STMF b\n",
			want: []vfs.Entry{plain("a", sized(1), by, second(2024, 3, 5, 10, 0, 0)), plain("b", sized(1), by, second(2023, 12, 31, 10, 0, 0))},
		},
		"no reading is left": {
			text: "ANNA 1 24/03/05 10:00:00 *STMF a\nANNA 1 12/31/23 10:00:00 *STMF b\n",
			want: []vfs.Entry{plain("a", sized(1), by), plain("b", sized(1), by)},
		},
		"nothing tells: the date is unknown": {
			text: "ANNA 1 04/03/02 10:00:00 *STMF a\nANNA 1 02/02/02 10:00:00 *STMF b\nANNA 1 2004-03-02 10:00:00 *STMF c\n",
			want: []vfs.Entry{plain("a", sized(1), by), plain("b", sized(1), by, second(2002, 2, 2, 10, 0, 0)), plain("c", sized(1), by, second(2004, 3, 2, 10, 0, 0))},
		},
		"what does not fit comes back": {
			text:   "ANNA 1 04/23/18 10:00:00 *STMF a\nANNA 1 04/23/18 30:00:00 *STMF b\nANNA x 04/23/18 10:00:00 *STMF b\nANNA 1 04/23/18 10:00:00 *STMF\nANNA 1 *MEM b\nANNA 1 04/23/18 10:00:00 STMF b\n",
			want:   []vfs.Entry{plain("a", sized(1), by, second(2018, 4, 23, 10, 0, 0))},
			unread: []string{"ANNA 1 04/23/18 30:00:00 *STMF b", "ANNA x 04/23/18 10:00:00 *STMF b", "ANNA 1 04/23/18 10:00:00 *STMF", "ANNA 1 *MEM b", "ANNA 1 04/23/18 10:00:00 STMF b"},
		},
	}.check(t)
}

func TestMVS(t *testing.T) {
	const sets = "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\n"
	listings{
		"data sets": {
			text: sets + "SAVE00 3390   2004/06/23  1    1  FB     128  6144  PS    INCOMING.D061704\nSAVE02 3390   2004/06/23  1    1  FB     128  6144  PO-E  'SYS1.PROCLIB'\n" +
				"PEX26F 3390   2017/07/03  115807  FB   29600 29600  PS    BIG.ONE\nNRP004 3390   **NONE**    1   15  NONE     0     0  PO  NEW\nTSO005 3390   2005/06/06  1   60   U   32760 32760  DA  DIRECT\n",
			want: []vfs.Entry{
				plain("INCOMING.D061704"), plain("'SYS1.PROCLIB'", kind(vfs.TypeDir)), plain("BIG.ONE"),
				plain("NEW", kind(vfs.TypeDir)), plain("DIRECT", kind(vfs.TypeOther)),
			},
		},
		"data sets in other states": {
			text: sets + "Migrated                                                OLD.DATA\nARCIVE Not Direct Access Device                         ARC.DATA\nV43525 Tape                                             TAPE.DATA\n" +
				"Error determining attributes                            BAD.DATA\nPseudo Directory                                        ISPF\n                                                   GDG  GEN.BASE\nTSO004 3390   VSAM CLUSTER\n",
			want: []vfs.Entry{
				plain("OLD.DATA", kind(vfs.TypeUnknown)), plain("ARC.DATA", kind(vfs.TypeUnknown)), plain("TAPE.DATA"),
				plain("BAD.DATA", kind(vfs.TypeUnknown)), plain("ISPF", kind(vfs.TypeDir)), plain("GEN.BASE", kind(vfs.TypeOther)), plain("CLUSTER", kind(vfs.TypeOther)),
			},
		},
		"data sets without a heading": {
			text: "WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  TEST.FILE\n", want: []vfs.Entry{plain("TEST.FILE")},
		},
		"members": {
			text: " Name     VV.MM   Created       Changed      Size  Init   Mod   Id\n ADDUSER   01.01 2008/10/14 2008/10/15 12:42    15    12    15 IBMUSER\nBARE                                  \nODD 01.01 08/10/14 08/10/15 12:42 1 1 1 ANNA\n",
			want: []vfs.Entry{plain("ADDUSER", owned("IBMUSER", ""), minute(2008, 10, 15, 12, 42)), plain("BARE"), plain("ODD", owned("ANNA", ""))},
		},
		"load modules": {
			text: " Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode\nPROG1     00B308   000411           00 FO                             31    ANY\n",
			want: []vfs.Entry{plain("PROG1")},
		},
		"what does not fit comes back": {
			text:   sets + "SAVE00 3390   2004/06/23  1    1  FB     128  6144  XX    A.B\nWhatever A.B\nMigrated\nMigrated A/B\n",
			unread: []string{"SAVE00 3390   2004/06/23  1    1  FB     128  6144  XX    A.B", "Whatever A.B", "Migrated", "Migrated A/B"},
		},
		"members that are none come back": {
			text:   " Name     VV.MM   Created       Changed      Size  Init   Mod   Id\nTOOLONGNAME\nX one two three four\nA/B\n",
			unread: []string{"TOOLONGNAME", "X one two three four", "A/B"},
		},
		"a lone word is no member without a heading": {text: "MEMBER\n", unread: []string{"MEMBER"}},
	}.check(t)
}

func TestVMS(t *testing.T) {
	by := owned("LP", "POSTWARE")
	listings{
		"files and folders": {
			text: "\nDirectory DISK$USER:[ANNA]\n\nLOGIN.COM;3             4/15         24-FEB-2003 13:17:24  [POSTWARE,LP]    (RWED,RWED,RE,)\nWWW.DIR;1                  1          2-JUN-1998 07:32  [SYSTEM] (RWE,RWE,RE,RE)\n" +
				"A.;2  18/18  1-jul-1998 08:43:20.25  [POSTWARE,LP]\n\nTotal of 3 files, 23/34 blocks\n",
			want: []vfs.Entry{
				plain("LOGIN.COM", by, second(2003, 2, 24, 13, 17, 24)),
				plain("WWW", kind(vfs.TypeDir), owned("SYSTEM", ""), minute(1998, 6, 2, 7, 32)),
				plain("A.", by, when(at(1998, 7, 1, 8, 43, 20).Add(250*time.Millisecond), 10*time.Millisecond)),
			},
		},
		"two lines for a long name": {
			text: "UCX$REXECD_STARTUP.LOG;1098\n                         4/15         24-FEB-2003 13:17:24  [POSTWARE,LP]    (RWED,RWED,RE,)\nDIRECTORY_WITH_A_LONG_NAME.DIR;1\n1 24-FEB-2003\n",
			want: []vfs.Entry{plain("UCX$REXECD_STARTUP.LOG", by, second(2003, 2, 24, 13, 17, 24)), plain("DIRECTORY_WITH_A_LONG_NAME", kind(vfs.TypeDir), when(at(2003, 2, 24, 0, 0, 0), day))},
		},
		"the highest version needs no number": {
			text: "X.TXT;9 1 24-FEB-2003\nX.TXT;10 1 25-FEB-2003\nX.TXT;1 1 23-FEB-2003\nY.TXT;4 1 23-FEB-2003\n",
			want: []vfs.Entry{
				plain("X.TXT;9", when(at(2003, 2, 24, 0, 0, 0), day)), plain("X.TXT", when(at(2003, 2, 25, 0, 0, 0), day)),
				plain("X.TXT;1", when(at(2003, 2, 23, 0, 0, 0), day)), plain("Y.TXT", when(at(2003, 2, 23, 0, 0, 0), day)),
			},
		},
		"columns in another order": {
			text: "X.TXT;1   [SUMMARY]    1/3     2-AUG-2006 13:05  (RWE,RWE,RE,)\nY.TXT;1       17-JUN-1994 17:25:37     6308/13     (RWED,RWED,R,)\nZ.TXT;1 6/8 15-DÉC-2002 PRONAS (RWED,RWED,RE,)\nV.TXT;1 2KB 23-SEP-2005 14:57\n",
			want: []vfs.Entry{
				plain("X.TXT", owned("SUMMARY", ""), minute(2006, 8, 2, 13, 5)), plain("Y.TXT", second(1994, 6, 17, 17, 25, 37)),
				plain("Z.TXT", when(at(2002, 12, 15, 0, 0, 0), day)), plain("V.TXT", minute(2005, 9, 23, 14, 57)),
			},
		},
		"a file that may not be looked at": {
			text: "SECRET.TXT;1     insufficient privilege or object protection violation\nX.TXT;1 1 15-JUI-2002\n",
			want: []vfs.Entry{plain("SECRET.TXT"), plain("X.TXT")},
		},
		"an empty folder": {text: "%DIRECT-W-NOFILES, no files found\n"},
		"what does not fit comes back": {
			text:   "X.TXT;1 1 24-FEB-2003\nY.TXT;1\nZ.TXT;1 1 24-FEB-2003\n%RMS-E-PRV, no\nV.TXT;1 words\nW.TXT 1 24-FEB-2003\nA/B.TXT;1 1 24-FEB-2003\n",
			want:   []vfs.Entry{plain("X.TXT", when(at(2003, 2, 24, 0, 0, 0), day)), plain("Z.TXT", when(at(2003, 2, 24, 0, 0, 0), day))},
			unread: []string{"Y.TXT;1", "%RMS-E-PRV, no", "V.TXT;1 words", "W.TXT 1 24-FEB-2003", "A/B.TXT;1 1 24-FEB-2003"},
		},
	}.check(t)
}

func TestOneDialectForAListing(t *testing.T) {
	const unix, dos, vms = "-rw-r--r-- 1 a b 1 Jan 1 2020 unix", "01-02-06  03:04PM 1 dos", "V.MS;1 1 24-FEB-2003"
	for outcome, lines := range map[string][]string{
		"the first line chooses":         {unix, dos, vms},
		"another one chooses another":    {vms, unix, dos},
		"what nobody reads does not":     {dos, "hello", unix},
		"a total belongs to none of all": {unix, dos},
	} {
		t.Run(outcome, func(t *testing.T) {
			entries, unparsed := read(t, LIST, "total 1\r\n"+strings.Join(lines, "\r\n")+"\r\n"+lines[0]+"\r\n")
			if len(entries) != 2 || len(unparsed) != len(lines)-1 || unparsed[0].Line != lines[1] {
				t.Fatalf("entries %+v, unparsed %q", entries, unparsed)
			}
		})
	}
}

func TestCutListingsAreErrors(t *testing.T) {
	for outcome, tc := range map[string]struct {
		format Format
		text   string
		isCut  bool
	}{
		"MLSD without the last end":        {MLSD, "type=file; x\r\ntype=file; y", true},
		"MLSD with it":                     {MLSD, "type=file; x\r\n", false},
		"EPLF without the last end":        {LIST, "+r,\tx\r\n+r,\tlong na", true},
		"EPLF with it":                     {LIST, "+r,\tx\r\n", false},
		"VMS after the first of two lines": {LIST, "X.TXT;1 1 24-FEB-2003\r\nLONG.TXT;1\r\n", true},
		"VMS with fewer than it counts":    {LIST, "X.TXT;1 1 24-FEB-2003\r\nTotal of 2 files, 2 blocks\r\n", true},
		"VMS with as many":                 {LIST, "X.TXT;1 1 24-FEB-2003\r\nY.TXT;1\r\n1 24-FEB-2003\r\nTotal of 2 files.\r\nGrand total of 1 directory, 2 files.\r\n", false},
		"Unix cannot tell":                 {LIST, "-rw-r--r-- 1 a b 1 Jan 1 2020 x", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			_, _, err := Read(strings.NewReader(tc.text), tc.format, Options{Now: now})
			if (vfs.KindOf(err) == vfs.KindUnreadable) != tc.isCut || (err != nil) != tc.isCut {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestDOSDatesHaveOneOrder(t *testing.T) {
	unknown := time.Time{}
	for outcome, tc := range map[string]struct {
		dates []string
		want  []time.Time
	}{
		"IIS: the month first":              {[]string{"03-04-06", "03-04-2007"}, []time.Time{at(2006, 3, 4, 10, 0, 0), at(2007, 3, 4, 10, 0, 0)}},
		"a 13th month turns all":            {[]string{"03-04-06", "13-04-06", "02-02-06"}, []time.Time{at(2006, 4, 3, 10, 0, 0), at(2006, 4, 13, 10, 0, 0), at(2006, 2, 2, 10, 0, 0)}},
		"lines against each other":          {[]string{"03-04-06", "13-04-06", "04-13-06"}, []time.Time{unknown, at(2006, 4, 13, 10, 0, 0), at(2006, 4, 13, 10, 0, 0)}},
		"a line that is none tells nothing": {[]string{"03-04-06", "13-04-06 10:00 <WHAT> y\r\n03-05-06"}, []time.Time{at(2006, 3, 4, 10, 0, 0), at(2006, 3, 5, 10, 0, 0)}},
		"slashes tell nothing":              {[]string{"03/04/06"}, []time.Time{unknown}},
		"slashes with a day that does":      {[]string{"03/04/06", "03/14/06"}, []time.Time{at(2006, 3, 4, 10, 0, 0), at(2006, 3, 14, 10, 0, 0)}},
		"points and years first settle":     {[]string{"03.04.2006", "2006-03-04"}, []time.Time{at(2006, 4, 3, 10, 0, 0), at(2006, 3, 4, 10, 0, 0)}},
	} {
		t.Run(outcome, func(t *testing.T) {
			entries, unparsed := read(t, LIST, strings.Join(tc.dates, " 10:00 1 x\r\n")+" 10:00 1 x\r\n")
			if len(entries) != len(tc.want) || len(unparsed) != strings.Count(strings.Join(tc.dates, ""), "\n") {
				t.Fatalf("entries %+v, unparsed %q", entries, unparsed)
			}
			for i, e := range entries {
				if !e.ModTime.Equal(tc.want[i]) || e.ModTime.IsZero() != (e.Accuracy == 0) {
					t.Errorf("%s: %v (%v), want %v", tc.dates[i], e.ModTime, e.Accuracy, tc.want[i])
				}
			}
		})
	}
}

package ftpfs_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// everything does with a site what a person does with it: list, look, both
// ways, rename, make, remove.
func everything(b *bench) error {
	ctx := b.Context()
	if err := after(list("/"), stat("/f"), get("/f"), put("/up", content), mkdir("/d"))(b); err != nil {
		return err
	}
	for what, err := range map[string]error{
		"remove": b.fs.Remove(ctx, vfs.MustParse("/up")),
		"rmdir":  b.fs.RemoveDir(ctx, vfs.MustParse("/d")),
		"rename": b.fs.Rename(ctx, vfs.MustParse("/f"), vfs.MustParse("/g"), true),
	} {
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if _, err := b.fs.Stat(ctx, vfs.MustParse("/f")); vfs.KindOf(err) != vfs.KindNotFound {
		b.Errorf("a look at what is gone: %v", err)
	}
	reads(content)(b)
	exists("g")(b)
	return nil
}

// TestHostileMissing: whatever a server lacks, or names in FEAT and lacks all
// the same, a person can do there what they came for.
func TestHostileMissing(t *testing.T) {
	t.Parallel()
	words := []string{"FEAT", "MLSD", "MLST", "SIZE", "MDTM", "MFMT", "REST", "EPSV", "EPRT", "OPTS", "SYST", "NOOP", "PWD", "SITE", "STAT"}
	lacks := func(words ...string) row { return row{plan: ftptest.Plan{Without: words}, do: everything} }
	rows := map[string]row{
		"no MLSD and no MLST":                 lacks("MLSD", "MLST"),
		"nothing beyond RFC 959":              lacks("FEAT", "MLSD", "MLST", "SIZE", "MDTM", "MFMT", "REST", "EPSV", "EPRT", "OPTS", "SITE"),
		"nothing beyond the least of RFC 959": lacks("FEAT", "MLSD", "MLST", "SIZE", "MDTM", "MFMT", "REST", "EPSV", "EPRT", "OPTS", "SITE", "SYST", "STAT", "NOOP"),
	}
	for _, word := range words {
		rows["no "+word] = lacks(word)
		if word == "FEAT" {
			continue
		}
		for reply, text := range map[string]string{"unknown": "500 What?", "not implemented": "502 No", "for another parameter": "504 Not that way"} {
			if reply != "unknown" && (word == "PWD" || word == "NOOP") {
				continue
			}
			rows[fmt.Sprintf("%s named and %s", word, reply)] = row{plan: always(word, ftptest.Reply(text)), do: everything}
		}
	}
	for reply, text := range map[string]string{
		"empty": "211 No features", "without an end code of its own": "211-Features:\n SIZE\n211 End", "in small letters": "211-x\n size\n mlst type*;size*;\n mdtm\n211 End",
		"of nonsense": "211-\n\n ;;;\n MLST\n REST\n211 ", "of one line": "211 SIZE MDTM", "refused for now": "421-wait\n421", "with code 200": "200 SIZE",
	} {
		if strings.HasPrefix(text, "421") {
			continue
		}
		rows["FEAT "+reply] = row{plan: always("FEAT", ftptest.Reply(text)), do: everything}
	}
	catalogue(t, rows)
}

// dialect has LIST answered by these lines alone.
func dialect(system string, lines ...string) ftptest.Plan {
	return ftptest.Plan{
		Without: []string{"MLSD", "MLST"},
		Verbs: map[string]ftptest.Handler{
			"LIST": ftptest.Flow{Content: text(strings.Join(lines, "\r\n") + "\r\n")}.Serve,
			"SYST": ftptest.Reply("215 " + system),
		},
	}
}

// told fails unless the listing is this: name, type, size, and day where the
// time is told.
func told(want ...string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		var got []string
		for _, e := range b.entries {
			line := fmt.Sprintf("%s %s", e.Name, e.Type)
			if e.Type == vfs.TypeFile {
				line += fmt.Sprint(" ", e.Size)
			}
			if !e.ModTime.IsZero() {
				line += " " + e.ModTime.UTC().Format("2006-01-02")
			}
			got = append(got, line)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			b.Errorf("listed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestHostileDialects: each form of LIST, end to end; their corners are tested
// in package listing.
func TestHostileDialects(t *testing.T) {
	t.Parallel()
	catalogue(t, map[string]row{
		"GNU": {
			plan: dialect("UNIX Type: L8", "total 3", "drwxr-xr-x 2 root root 4096 Mar  1  2019 dir", "-rw-r--r-- 1 root root 12 Mar  1  2019 a file", "lrwxrwxrwx 1 root root 1 Mar  1  2019 link -> dir"),
			also: told("dir dir 2019-03-01", "a file file 12 2019-03-01", "link link 2019-03-01"),
		},
		"numeric owners":            {plan: dialect("UNIX Type: L8", "-rw-r--r-- 1 1000 1000 12 Mar  1  2019 123 456"), also: told("123 456 file 12 2019-03-01")},
		"without a group":           {plan: dialect("UNIX", "-rw-r--r-- 1 root 12 Mar  1  2019 a"), also: told("a file 12 2019-03-01")},
		"a name with a space first": {plan: dialect("UNIX", "-rw-r--r-- 1 root root 12 Mar  1  2019  a"), also: told(" a file 12 2019-03-01")},
		"dates in German":           {plan: dialect("UNIX", "-rw-r--r-- 1 root root 12  1. Mär 2019 a", "-rw-r--r-- 1 root root 12 Dez 31  2019 b"), also: told("a file 12 2019-03-01", "b file 12 2019-12-31")},
		"dates in ISO":              {plan: dialect("UNIX", "-rw-r--r-- 1 root root 12 2019-03-01 10:00 a"), also: told("a file 12 2019-03-01")},
		"DOS, two digits":           {plan: dialect("Windows_NT", "03-01-19  10:00AM       <DIR>          dir", "03-01-19  10:00AM                   12 a b"), also: told("dir dir 2019-03-01", "a b file 12 2019-03-01")},
		"DOS, four digits":          {plan: dialect("Windows_NT", "03-01-2019  10:00AM                   12 a"), also: told("a file 12 2019-03-01")},
		"VMS":                       {plan: dialect("VMS OpenVMS V7.3", "Directory DISK$USER:[SAILOR]", "", "A.TXT;3                 1/4    1-MAR-2019 10:00:00  [SAILOR]  (RWED,RWED,RE,)", "LOGS.DIR;1              1/4    1-MAR-2019 10:00:00  [SAILOR]  (RWE,RWE,RE,RE)", "", "Total of 2 files, 2/8 blocks"), also: lists("A.TXT", "LOGS")},
		"OS/400":                    {plan: dialect("OS/400", "SAILOR        36864 19/03/01 10:00:00 *DIR       logs/", "SAILOR           12 19/03/01 10:00:00 *STMF      a.txt"), also: lists("logs", "a.txt")},
		"MVS":                       {plan: dialect("MVS is the operating system", "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname", "WYOSPT 3420   2019/03/01  1    3  FB      80  8000  PS  A.TXT"), also: lists("A.TXT")},
		"NetWare":                   {plan: dialect("NETWARE", "d [RWCEAFMS] sailor             512 Mar 01  2019 logs", "- [RWCEAFMS] sailor              12 Mar 01  2019 a.txt"), also: lists("logs", "a.txt")},
		"EPLF":                      {plan: dialect("UNIX", "+i8388621.48594,m1551434400,r,s12,\ta.txt", "+i8388621.50690,m1551434400,/,\tlogs"), also: told("a.txt file 12 2019-03-01", "logs dir 2019-03-01")},
	})
}

// TestHostileEncodings: a name in a site's encoding is read, shown, and goes
// back as the same bytes, in every command.
func TestHostileEncodings(t *testing.T) {
	t.Parallel()
	for label, tc := range map[string]struct {
		name string
		by   encoding.Encoding
	}{
		"utf-8":        {"Köln 東京", encoding.Nop},
		"iso-8859-1":   {"Köln", charmap.ISO8859_1},
		"windows-1252": {"Köln – €", charmap.Windows1252},
		"windows-1251": {"Москва", charmap.Windows1251},
		"koi8-r":       {"Москва", charmap.KOI8R},
		"shift_jis":    {"表 東京", japanese.ShiftJIS}, // its second byte is a backslash
		"gbk":          {"北京", simplifiedchinese.GBK},
		"big5":         {"功蓋 台北", traditionalchinese.Big5},
		"euc-kr":       {"서울", korean.EUCKR},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			raw, err := tc.by.NewEncoder().String(tc.name)
			if err != nil {
				t.Fatal(err)
			}
			row{
				plan: ftptest.Plan{Files: map[string]string{"/f": content, "/" + raw + "/" + raw: content}},
				tune: func(_ *bench, c *ftpfs.Config) { c.Site.Encoding = label },
				do: func(b *bench) error {
					dir := "/" + tc.name
					if err := after(list(dir), get(dir+"/"+tc.name), put(dir+"/2"+tc.name, content), mkdir(dir+"/3"+tc.name))(b); err != nil {
						return err
					}
					return b.fs.Rename(b.Context(), vfs.MustParse(dir+"/2"+tc.name), vfs.MustParse(dir+"/4"+tc.name), true)
				},
				also: allOf(lists(tc.name), reads(content), func(b *bench) {
					if got, want := strings.Join(b.srv.Names("/"+raw), "|"), "3"+raw+"|4"+raw+"|"+raw; got != want {
						b.Errorf("the server has %q, want %q", got, want)
					}
				}),
			}.run(t)
		})
	}
}

// TestHostileHabits: what single servers want or do.
func TestHostileHabits(t *testing.T) {
	t.Parallel()
	hides := func(c *ftptest.Conn, arg string) {
		lines := "-rw-r--r-- 1 u g 35 Jan  1  2020 f\r\n"
		if strings.Contains(arg, "a") {
			lines = "-rw-r--r-- 1 u g 1 Jan  1  2020 .htaccess\r\n" + lines
		}
		ftptest.Flow{Content: text(lines)}.Serve(c, "/")
	}
	hidden := ftptest.Plan{Without: []string{"MLSD", "MLST"}, Verbs: on("LIST", hides)}
	catalogue(t, map[string]row{
		"hidden files are shown where a person wants":          {plan: hidden, tune: func(_ *bench, c *ftpfs.Config) { c.Site.Hidden = true }, also: lists(".htaccess", "f")},
		"hidden files are left out by themselves":              {plan: hidden, also: lists("f")},
		"a clock of LIST that is hours off is learned":         {plan: offset(3 * time.Hour), also: twoDaysAgo},
		"a clock of LIST west of Greenwich too":                {plan: offset(-8 * time.Hour), also: twoDaysAgo},
		"PRET is said ahead of EPSV where it is wanted":        {plan: pret(), do: after(list("/"), get("/f"), put("/up", content)), also: allOf(lists("f"), reads(content), stores("/up", content))},
		"UTF-8 is asked for where it is offered":               {also: count("OPTS", 1)},
		"202 for OPTS is an answer":                            {plan: always("OPTS", ftptest.Reply("202 Always on")), also: lists("f")},
		"a home below the top is home":                         {plan: ftptest.Plan{Verbs: on("PWD", ftptest.Reply(`257 "/home/sailor"`)), Files: map[string]string{"/home/sailor/f": content, "/f": content}}, do: login, also: home("/home/sailor")},
		"a missing final reply of an upload is looked into":    {plan: once("STOR", ftptest.Flow{Finals: []string{}}.Serve), ends: reply, do: send, also: sent, tune: hasty},
		"a missing final reply of half an upload is no pardon": {plan: once("STOR", ftptest.Flow{At: 9, Fault: ftptest.CloseData, Finals: []string{}}.Serve), ends: reply, do: send, want: vfs.KindLost, also: spared, tune: hasty},
		"a missing final reply of a download is looked into":   {plan: once("RETR", ftptest.Flow{Finals: []string{}}.Serve), ends: reply, do: fetch, also: fetched, tune: hasty},
		"a missing final reply of a listing is no listing":     {plan: once("MLSD", ftptest.Flow{Finals: []string{}}.Serve), ends: reply, want: vfs.KindTimeout, also: nothing, tune: hasty},
		"quotes in a home are doubled":                         {plan: always("PWD", ftptest.Reply(`257 "/a ""b"" c" is it`)), do: login, also: home(`/a "b" c`)},
		"a home of Windows is no way out":                      {plan: always("PWD", ftptest.Reply(`257 "C:\home"`)), do: login},
		"a home with a way up is the top":                      {plan: always("PWD", ftptest.Reply(`257 "/a/../../b"`)), do: login, also: home("/")},
	})
}

// offset shows times in LIST by a clock of its own and tells them right in
// MDTM.
func offset(zone time.Duration) ftptest.Plan {
	now := time.Now().UTC().Truncate(time.Minute).Add(-48 * time.Hour)
	line := fmt.Sprintf("-rw-r--r-- 1 u g 35 %s f\r\n", now.Add(zone).Format("Jan _2 15:04"))
	return ftptest.Plan{
		Without: []string{"MLSD", "MLST"},
		Verbs: map[string]ftptest.Handler{
			"LIST": ftptest.Flow{Content: text(line)}.Serve,
			"MDTM": ftptest.Reply("213 " + now.Format("20060102150405")),
		},
	}
}

// hasty shortens the wait for a final reply, which is some times as long as
// that for any other.
func hasty(_ *bench, c *ftpfs.Config) { c.Timeout = 2 * time.Second }

func twoDaysAgo(b *bench) {
	b.Helper()
	want := time.Now().UTC().Add(-48 * time.Hour)
	if len(b.entries) != 1 || b.entries[0].ModTime.Sub(want).Abs() > time.Hour/2 {
		b.Errorf("listed %+v, want %v", b.entries, want)
	}
}

// pret is a server farm that wants to know what a data connection is for (drftpd).
func pret() ftptest.Plan {
	var said atomic.Bool
	wants := func(c *ftptest.Conn, arg string) {
		if !said.Swap(false) {
			c.Say("503 PRET first")
			return
		}
		ftptest.Default(c, arg)
	}
	return ftptest.Plan{Extra: []string{"PRET"}, Verbs: map[string]ftptest.Handler{
		"PRET": func(c *ftptest.Conn, _ string) { said.Store(true); c.Say("200 Planned") },
		"EPSV": wants, "PASV": wants,
	}}
}

// TestALateFinalReplyIsWaitedFor: longer than for any other reply, which is
// known by another call that has run into its limit meanwhile.
func TestALateFinalReplyIsWaitedFor(t *testing.T) {
	t.Parallel()
	moved, release := make(chan struct{}), make(chan struct{})
	late := ftptest.Flow{Finals: []string{}, After: func(c *ftptest.Conn, _ string) {
		close(moved)
		if c.Hold(release) {
			c.Say("226 Virus scan passed")
		}
	}}
	row{
		plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"RETR": ftptest.InTurn(late.Serve), "MLST": ftptest.Silence}},
		ends: reply, also: reads(content),
		do: func(b *bench) error {
			ended := make(chan error, 1)
			go func() { ended <- get("/f")(b) }()
			select {
			case <-moved:
			case err := <-ended:
				return err
			}
			if _, err := b.fs.Stat(b.Context(), vfs.MustParse("/f")); vfs.KindOf(err) != vfs.KindTimeout {
				b.Errorf("the other call: %v", err)
			}
			close(release)
			return <-ended
		},
	}.run(t)
}

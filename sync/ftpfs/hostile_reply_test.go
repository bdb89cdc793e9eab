package ftpfs_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// swallowed bounds what a client may take of a reply without end: its own
// limit of 1 MiB, and what lies in the buffers of two sockets on loopback.
const swallowed = 24 << 20

// TestHostileReplies: a reply is one reply, whatever it looks like, and has an
// end, whether the server comes to one or not.
func TestHostileReplies(t *testing.T) {
	t.Parallel()
	unended := ftptest.All(ftptest.Bytes("215-Unix\r\n and then"), ftptest.Drop)
	flow := func(f ftptest.Flow) ftptest.Plan { return once("RETR", f.Serve) }
	catalogue(t, map[string]row{
		"a greeting without end is no FTP":                      {plan: ftptest.Plan{Greeting: turns(ftptest.Flood("220 ", "x"))}, want: vfs.KindNotFTP, also: takes(swallowed)},
		"FEAT without end is cut off":                           {plan: once("FEAT", ftptest.Flood("211-\r\n", " XYZZY\r\n")), want: vfs.KindProtocol, also: takes(swallowed)},
		"a line without end for 150 is cut off":                 {plan: once("RETR", ftptest.Flood("150 ", "x")), do: get("/f"), want: vfs.KindProtocol, also: takes(swallowed)},
		"lines without end for 226 are cut off and looked into": {plan: flow(ftptest.Flow{Finals: []string{}, After: ftptest.Flood("226-\r\n", "226-x\r\n")}), do: get("/f"), also: allOf(reads(content), takes(swallowed))},
		"250 KiB of welcome is a welcome":                       {plan: ftptest.Plan{Greeting: ftptest.Reply("220-" + strings.Repeat("Welcome\n", 30_000) + "220 Ready")}, also: lists("f")},
		"a login that breaks off is made anew":                  {plan: once("SYST", unended), also: lists("f"), sessions: 2},
		"inner lines that look like an end are none":            {plan: once("SYST", ftptest.Reply("215-Unix\n500 not this\n 215 nor this\n215 Type: L8")), also: lists("f")},
		"lines with bare line feeds are lines":                  {plan: once("SYST", ftptest.Bytes("215-Unix\n215 Type: L8\n")), also: lists("f")},
		"a line that is no reply is none":                       {plan: once("SYST", ftptest.Bytes("hello there\r\n")), want: vfs.KindProtocol},
		"a code of letters is none":                             {plan: once("SYST", ftptest.Bytes("2l5 Unix\r\n")), want: vfs.KindProtocol},
		"a code of nine hundred is none":                        {plan: once("SYST", ftptest.Bytes("999 Unix\r\n")), want: vfs.KindProtocol},
		"NUL and escapes in a reply are shown as such":          {plan: once("RETR", ftptest.Bytes("550 Permission \x00\x1b[2J\u202edenied\r\n")), do: get("/f"), want: vfs.KindPermission, also: saysSafely},
		"escapes in the greeting are shown as such":             {plan: ftptest.Plan{Greeting: ftptest.Bytes("220 \x1b]0;owned\x07\r\n")}, also: allOf(lists("f"), transcriptIsSafe)},
		"bytes that are no text in a reply are bytes":           {plan: once("RETR", ftptest.Bytes("550 Zugriff verweigert: \xfcber, permission denied\r\n")), do: get("/f"), want: vfs.KindPermission, also: saysSafely},
		"a size in words is no size":                            {plan: ftptest.Plan{Verbs: on("SIZE", ftptest.Reply("213 many")), Without: []string{"MLST", "MLSD"}}, do: get("/f"), also: reads(content)},
		"a negative size is no size":                            {plan: ftptest.Plan{Verbs: on("SIZE", ftptest.Reply("213 -5")), Without: []string{"MLST", "MLSD"}}, do: get("/f"), also: reads(content)},
		"a size beyond all numbers is no size":                  {plan: ftptest.Plan{Verbs: on("SIZE", ftptest.Reply("213 99999999999999999999")), Without: []string{"MLST", "MLSD"}}, do: get("/f"), also: reads(content)},
		"MLST without a fact is asked for otherwise":            {plan: always("MLST", ftptest.Reply("250-\n\n250 ")), do: stat("/f"), also: saw("f", vfs.TypeFile)},
		"MLST of one line is asked for otherwise":               {plan: always("MLST", ftptest.Reply("250 Here it is")), do: stat("/f"), also: saw("f", vfs.TypeFile)},
		"250 for MKD is a success":                              {plan: once("MKD", made(`250 made`)), do: mkdir("/d"), also: exists("d f")},
		"a time in words is no time":                            {plan: ftptest.Plan{Verbs: on("MDTM", ftptest.Reply("213 yesterday")), Without: []string{"MLST", "MLSD"}}, do: stat("/f"), also: saw("f", vfs.TypeFile)},
		"a time in month 13 is no time":                         {plan: ftptest.Plan{Verbs: on("MDTM", ftptest.Reply("213 20241350250000")), Without: []string{"MLST", "MLSD"}}, do: stat("/f"), also: saw("f", vfs.TypeFile)},
		"257 without a closing quote crashes nobody":            {plan: once("PWD", ftptest.Reply(`257 "/unclosed`)), also: lists("f")},
		"257 without quotes is read all the same":               {plan: ftptest.Plan{Verbs: on("PWD", ftptest.Reply("257 /home is it")), Files: map[string]string{"/home/f": ""}}, do: login, also: home("/home")},
		"257 of MKD in nonsense is a success":                   {plan: once("MKD", made(`257 ) (`)), do: mkdir("/d"), also: exists("d f")},
		"an answer too many is not taken for the next":          {plan: once("MDTM", ftptest.Reply("213 20200101000000\n213 20200101000000")), do: after(stat("/f"), get("/f")), also: reads(content)},
		"a late 226 is not taken for an answer":                 {plan: flow(ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}), do: after(get("/f"), stat("/f"), list("/")), also: lists("f")},
		"200 for everything is believed for nothing":            {plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"RETR": ftptest.Reply("200 OK"), "SIZE": ftptest.Reply("200 OK"), "MLST": ftptest.Reply("200 OK")}}, ends: both, do: get("/f"), want: vfs.KindProtocol, broken: true},
		"120 is waited past":                                    {plan: ftptest.Plan{Greeting: ftptest.Bytes("120 Soon\r\n220 Ready\r\n")}, also: lists("f")},
		"500 for NOOP is an answer":                             {plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"NOOP": ftptest.Reply("500 What?"), "RETR": ftptest.InTurn(ftptest.Flow{Finals: []string{"226 a", "226 b"}}.Serve)}}, do: get("/f"), also: reads(content)},
		"a refusal of many lines is one refusal":                {plan: once("RETR", ftptest.Reply("550-You shall not\n550-have it\n550 Permission denied")), do: get("/f"), want: vfs.KindPermission},
		"a reply byte by byte is a reply":                       {plan: once("SYST", dripped("215 UNIX Type: L8\r\n")), also: lists("f")},
		"the end of the connection in a reply is a loss":        {plan: once("RETR", ftptest.All(ftptest.Bytes("15"), ftptest.Reset)), do: get("/f"), want: vfs.KindLost},
		"a reset ahead of the answer to a change is lost":       {plan: once("MKD", ftptest.Reset), do: mkdir("/d"), want: vfs.KindLost, also: count("MKD", 1)},
	})
}

// turns is a greeting that only the first connection gets.
func turns(h ftptest.Handler) ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		if c.Number > 1 {
			c.Say("220 Ready")
			return
		}
		h(c, arg)
	}
}

// made does what MKD asks for and says something of its own.
func made(text string) ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		ftptest.Default(c.Mute(), arg)
		c.Say("%s", text)
	}
}

// dripped sends a reply in packets of one byte.
func dripped(text string) ftptest.Handler {
	return func(c *ftptest.Conn, _ string) {
		for i := range len(text) {
			c.Raw([]byte(text[i : i+1]))
		}
	}
}

func stat(name string) func(*bench) error {
	return func(b *bench) error {
		e, err := b.fs.Stat(b.Context(), vfs.MustParse(name))
		b.entries = []vfs.Entry{e}
		return err
	}
}

func mkdir(name string) func(*bench) error {
	return func(b *bench) error { return b.fs.Mkdir(b.Context(), vfs.MustParse(name)) }
}

func saw(name string, typ vfs.Type) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if len(b.entries) != 1 || b.entries[0].Name != name || b.entries[0].Type != typ {
			b.Errorf("saw %+v", b.entries)
		}
	}
}

func home(dir string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if can, err := b.fs.Features(b.Context()); err != nil || can.Home.String() != dir {
			b.Errorf("home is %s, %v", can.Home, err)
		}
	}
}

func exists(names string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if got := strings.Join(b.srv.Names("/"), " "); got != names {
			b.Errorf("the server has %s, want %s", got, names)
		}
	}
}

func count(verb string, n int) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if got := b.srv.Count(verb); got != n {
			b.Errorf("%s was sent %d times, want %d", verb, got, n)
		}
	}
}

// saysSafely fails when the error could steer a terminal.
func saysSafely(b *bench) {
	b.Helper()
	if b.err == nil || strings.ContainsAny(b.err.Error(), "\x00\x1b\u202e") || !utf8.ValidString(b.err.Error()) {
		b.Errorf("the error is %q", b.err)
	}
	transcriptIsSafe(b)
}

func transcriptIsSafe(b *bench) {
	b.Helper()
	if strings.ContainsAny(b.transcript(), "\x00\x1b\x07\u202e") {
		b.Error("the transcript steers a terminal")
	}
}

// TestHostileGoodbyes: a server that ends the connection with 421 at any point
// costs a look-up nothing but a new connection, and a change is never made
// twice.
func TestHostileGoodbyes(t *testing.T) {
	t.Parallel()
	bye := ftptest.All(ftptest.Reply("421 Service not available, closing control connection"), ftptest.Drop)
	look := map[string]func(*bench) error{
		"MLSD": list("/"), "MLST": stat("/f"), "EPSV": list("/"), "RETR": get("/f"), "SIZE": get("/f"),
	}
	change := map[string]func(*bench) error{
		"MKD": mkdir("/d"), "STOR": put("/up", content),
		"DELE": func(b *bench) error { return b.fs.Remove(b.Context(), vfs.MustParse("/f")) },
		"RNTO": func(b *bench) error {
			return b.fs.Rename(b.Context(), vfs.MustParse("/f"), vfs.MustParse("/g"), true)
		},
	}
	rows := map[string]row{}
	for verb, do := range look {
		// The third time, so that the connection has been of use before: one is
		// kept for browsing, and the second download gets one of its own.
		rows[fmt.Sprintf("at %s a look is repeated", verb)] = row{
			plan: ftptest.Plan{Verbs: on(verb, ftptest.InTurn(ftptest.Default, ftptest.Default, bye))}, do: after(do, do, do),
		}
	}
	for verb, do := range change {
		rows[fmt.Sprintf("at %s a change is not", verb)] = row{
			plan: once(verb, bye), do: after(login, do), want: vfs.KindBusy, also: count(verb, 1),
		}
	}
	for _, verb := range []string{"USER", "PASS", "FEAT", "TYPE", "OPTS", "SYST", "PWD"} {
		rows[fmt.Sprintf("at %s the login fails as busy", verb)] = row{
			plan: once(verb, ftptest.Reply("421 Service not available, closing control connection")), want: vfs.KindBusy,
		}
	}
	rows["in the greeting the login fails as busy"] = row{plan: ftptest.Plan{Greeting: turns(bye)}, do: login, want: vfs.KindBusy}
	catalogue(t, rows)
}

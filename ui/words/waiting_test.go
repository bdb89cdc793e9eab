package words_test

import (
	"testing"

	"wherry/sync/trace"
	"wherry/ui/words"
)

func TestAwaited(t *testing.T) {
	said := func(dir trace.Direction, text string) trace.Line { return trace.Line{Dir: dir, Text: text} }
	sent := func(text string) trace.Line { return said(trace.Sent, text) }
	got := func(text string) trace.Line { return said(trace.Received, text) }
	dial := said(trace.Status, "Connecting to ftp.example.org:21")
	for outcome, c := range map[string]struct {
		lines []trace.Line
		want  string
	}{
		"nothing was said":            {nil, ""},
		"no greeting":                 {[]trace.Line{dial}, "Connecting to ftp.example.org:21; nothing was answered so far."},
		"a greeting":                  {[]trace.Line{dial, got("220-Hello"), got("220 there")}, ""},
		"the login":                   {[]trace.Line{dial, got("220 Hi"), sent("USER anna"), got("331 Password"), sent("PASS ****")}, "Waiting for the login."},
		"encryption":                  {[]trace.Line{dial, got("220 Hi"), sent("AUTH TLS"), got("234 Go")}, "Agreeing on encryption."},
		"a passive port":              {[]trace.Line{sent("EPSV"), got("229 Entering (|||2399|)")}, "Waiting for a data connection to the server (passive mode)."},
		"the answer to a refused one": {[]trace.Line{sent("EPSV"), got("500 No"), sent("PASV")}, "Waiting for the server's answer to PASV."},
		"the server's connection":     {[]trace.Line{sent("PORT 127,0,0,1,4,1"), got("200 OK")}, "Waiting for the server to connect back (active mode)."},
		"a listing":                   {[]trace.Line{sent("EPSV"), got("229 (|||2399|)"), sent("MLSD /a")}, "Waiting for the listing to begin."},
		"a listing that has begun":    {[]trace.Line{sent("LIST"), got("150 Here")}, "The listing is on its way."},
		"commands sent at once":       {[]trace.Line{sent("SYST"), sent("FEAT"), got("215 UNIX")}, "Waiting for the server's answer to FEAT."},
		"nothing while a file moves":  {[]trace.Line{sent("RETR a"), got("150 Here")}, ""},
		"a listing that has ended":    {[]trace.Line{sent("LIST"), got("150 Here"), got("226 Done")}, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			if text := words.Awaited(c.lines); text != c.want {
				t.Errorf("it says %q, want %q", text, c.want)
			}
		})
	}
}

package ftpfs_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// mlsd answers the first MLSD by a flow, and noMLSD has the server know LIST
// alone.
func mlsd(f ftptest.Flow) ftptest.Plan { return once("MLSD", f.Serve) }

func noMLSD(f ftptest.Flow) ftptest.Plan {
	p := once("LIST", f.Serve)
	p.Without = []string{"MLSD", "MLST"}
	return p
}

func overTLS(p ftptest.Plan) ftptest.Plan {
	p.TLS = true
	return p
}

// nothing fails when a listing that failed gave entries all the same.
func nothing(b *bench) {
	b.Helper()
	if b.entries != nil {
		b.Errorf("a failed listing has %d entries", len(b.entries))
	}
}

// TestHostileListings: a listing is whole or an error, and has an end.
func TestHostileListings(t *testing.T) {
	t.Parallel()
	two := text("type=file;size=1; a\r\ntype=file;size=2; b\r\n")
	unix := text("total 8\r\n-rw-r--r-- 1 u g 1 Jan  1 2020 a\r\n-rw-r--r-- 1 u g 2 Jan  1 2020 b\r\n")
	catalogue(t, map[string]row{
		"cut in the first line, and 426, is a loss":          {plan: mlsd(ftptest.Flow{Content: text("type=file;size=1; a\r\n"), At: 5, Fault: ftptest.CloseData}), want: vfs.KindLost, also: nothing},
		"cut between two lines, and 426, is a loss":          {plan: mlsd(ftptest.Flow{Content: two, At: 21, Fault: ftptest.CloseData}), want: vfs.KindLost, also: nothing},
		"cut in a line, and 226, is unreadable":              {plan: mlsd(ftptest.Flow{Content: two, At: 25, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}), want: vfs.KindUnreadable, also: nothing},
		"reset is a loss":                                    {plan: mlsd(ftptest.Flow{Content: two, At: 21, Fault: ftptest.ResetData}), want: vfs.KindLost, also: nothing},
		"a crash is a loss":                                  {plan: mlsd(ftptest.Flow{Content: two, At: 21, Fault: ftptest.CrashAll}), want: vfs.KindLost, also: nothing},
		"TLS cut between two lines, and 226, is unreadable":  {plan: overTLS(mlsd(ftptest.Flow{Content: two, At: 21, Fault: ftptest.CutData, Finals: []string{"226 Done"}})), want: vfs.KindUnreadable, also: nothing},
		"TLS cut behind the last line is unreadable":         {plan: overTLS(mlsd(ftptest.Flow{Content: two, NoNotify: true})), want: vfs.KindUnreadable, also: nothing},
		"TLS cut ahead of everything is no empty folder":     {plan: overTLS(mlsd(ftptest.Flow{Content: text(""), NoNotify: true})), want: vfs.KindUnreadable, also: nothing},
		"550 behind nothing is no empty folder":              {plan: noMLSD(ftptest.Flow{Content: text(""), Finals: []string{"550 Permission denied"}}), want: vfs.KindPermission, also: nothing},
		"451 behind everything is no listing":                {plan: mlsd(ftptest.Flow{Content: two, Finals: []string{"451 Read error"}}), want: vfs.KindBusy, also: nothing},
		"226 that failed to open is no empty folder":         {plan: noMLSD(ftptest.Flow{Content: text(""), Finals: []string{"226 Transfer done (but failed to open directory)."}}), want: vfs.KindPermission, also: nothing},
		"a line that cannot be read is unreadable":           {plan: noMLSD(ftptest.Flow{Content: text("-rw-r--r-- 1 u g 1 Jan  1 2020 a\r\nwhat is this\r\n")}), want: vfs.KindUnreadable, also: nothing},
		"an error in the listing's place is unreadable":      {plan: noMLSD(ftptest.Flow{Content: text("ls: /: Permission denied\r\n")}), want: vfs.KindUnreadable, also: nothing},
		"a page of HTML is unreadable":                       {plan: noMLSD(ftptest.Flow{Content: text("<html><body>\r\nBlocked by policy\r\n</body></html>\r\n")}), want: vfs.KindUnreadable, also: nothing},
		"a line longer than any name is cut off":             {plan: mlsd(ftptest.Flow{Content: text("type=file; " + strings.Repeat("x", 70<<10) + "\r\n")}), want: vfs.KindProtocol, also: nothing},
		"byte by byte it is a listing":                       {plan: mlsd(ftptest.Flow{Content: func() io.Reader { return iotest.OneByteReader(two()) }}), also: lists("a", "b")},
		"with bare line feeds it is a listing":               {plan: mlsd(ftptest.Flow{Content: text("type=file;size=1; a\ntype=file;size=2; b\n")}), also: lists("a", "b")},
		"without a last line end it is a listing":            {plan: noMLSD(ftptest.Flow{Content: text("-rw-r--r-- 1 u g 1 Jan  1 2020 a\r\n-rw-r--r-- 1 u g 2 Jan  1 2020 b")}), also: lists("a", "b")},
		"totals and blank lines are no entries":              {plan: noMLSD(ftptest.Flow{Content: unix}), also: lists("a", "b")},
		"an empty folder is empty":                           {plan: mlsd(ftptest.Flow{Content: text("")}), also: lists()},
		"an empty folder over TLS is empty":                  {plan: overTLS(mlsd(ftptest.Flow{Content: text("")})), also: lists()},
		"226 ahead of the lines is believed afterwards":      {plan: mlsd(ftptest.Flow{Content: two, Early: true}), also: lists("a", "b")},
		"the same name twice is shown twice":                 {plan: mlsd(ftptest.Flow{Content: text("type=file;size=1; a\r\ntype=file;size=2; a\r\n")}), also: lists("a", "a")},
		"facts in capitals and unknown facts are facts":      {plan: mlsd(ftptest.Flow{Content: text("TYPE=FILE;SIZE=7;X.Unknown=a=b;Modify=20200101000000; a\r\n")}), also: allOf(lists("a"), sized(7))},
		"a size beyond all numbers is unknown":               {plan: mlsd(ftptest.Flow{Content: text("type=file;size=99999999999999999999; a\r\n")}), also: allOf(lists("a"), sized(vfs.SizeUnknown))},
		"the folder itself and the one above are no entries": {plan: mlsd(ftptest.Flow{Content: text("type=cdir; /somewhere/else\r\ntype=pdir; ../..\r\ntype=file; a\r\n")}), also: lists("a")},
		"150 twice is one listing":                           {plan: mlsd(ftptest.Flow{Content: text("type=file;size=1; a\r\ntype=file;size=2; b\r\n"), Start: "150 Soon\n150 Now"}), also: lists("a", "b")},
		"a silent end comes by the limit":                    {plan: mlsd(ftptest.Flow{Content: two, Hold: forever, At: 21}), ends: reply, want: vfs.KindTimeout, also: nothing, held: true},
	})
}

// sized fails unless the first entry has this size.
func sized(n int64) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if len(b.entries) == 0 || b.entries[0].Size != n {
			b.Errorf("listed %+v", b.entries)
		}
	}
}

// again is the same bytes for ever.
func again(unit string) io.Reader { return &repeater{unit: unit} }

type repeater struct {
	unit string
	at   int
}

func (r *repeater) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], r.unit[r.at:])
		n, r.at = n+c, (r.at+c)%len(r.unit)
	}
	return n, nil
}

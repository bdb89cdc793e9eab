package ftpfs_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// grown bounds by how much the heap may grow for what has no end, garbage and
// the scripted server's own part included. The largest limit that a client has
// is that of a listing, 256 MiB: who kept what came would be beyond this.
const grown = 192 << 20

// TestHostileMemory runs before the catalogue's rows, which are parallel, and
// one row at a time: what the heap has grown to is this row's doing. Its size
// as taken from the system never shrinks, so the growth is that of the peak.
func TestHostileMemory(t *testing.T) {
	noise := "type=file;x.pad=" + strings.Repeat("x", 32<<10) + "; .\r\n"
	endless := func(s string) func() io.Reader { return func() io.Reader { return again(s) } }
	for outcome, r := range map[string]row{
		"a reply line without end":       {plan: once("SYST", ftptest.Flood("215 ", "x")), want: vfs.KindProtocol, also: takes(swallowed)},
		"a reply of lines without end":   {plan: once("SYST", ftptest.Flood("215-\r\n", "215-x\r\n")), want: vfs.KindProtocol, also: takes(swallowed)},
		"replies without end":            {plan: once("SYST", ftptest.Flood("", "215 x\r\n")), want: vfs.KindProtocol, also: takes(swallowed)},
		"a listing without end":          {plan: mlsd(ftptest.Flow{Content: endless(noise)}), want: vfs.KindProtocol, also: allOf(nothing, takes(256<<20+swallowed))},
		"a listing line without end":     {plan: mlsd(ftptest.Flow{Content: endless("x")}), want: vfs.KindProtocol, also: allOf(nothing, takes(swallowed))},
		"a file without end, SIZE known": {plan: always("RETR", ftptest.Flow{Content: endless("x")}.Serve), do: get("/f"), want: vfs.KindSize, also: takes(swallowed), broken: true},
		"MLST of lines without end":      {plan: once("MLST", ftptest.Flood("250-\r\n", " x\r\n")), do: stat("/f"), want: vfs.KindProtocol, also: takes(swallowed)},
	} {
		t.Run(outcome, func(t *testing.T) {
			runtime.GC() // what tests before have left is used first
			before := heap()
			r.run(t)
			if after := heap(); after-before > grown {
				t.Errorf("the heap grew by %d MiB", (after-before)>>20)
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys)
}

// TestHostileCrowdedFolder: two million lines are a folder, one more is an
// attack. Lines that cannot be read count like entries, and cost the test less.
func TestHostileCrowdedFolder(t *testing.T) {
	t.Parallel()
	row{
		plan: mlsd(ftptest.Flow{Content: func() io.Reader { return again("x\r\n") }}),
		want: vfs.KindProtocol, also: allOf(nothing, takes(2_000_001*3+swallowed)),
	}.run(t)
}

package ftpfs_test

import (
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

const old = "what stood there before"

// born is the time of every file that a plan puts on the server.
var born = time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC)

// fetch brings /f to this computer over an older file of that name.
func fetch(b *bench) (err error) {
	b.here.Put("/f", old, born.Add(-time.Hour))
	b.result, err = b.fetch(nil)
	return err
}

func (b *bench) fetch(made *transfer.Identity) (transfer.Result, error) {
	return transfer.Run(b.Context(), transfer.Job{
		Source: transfer.File{FS: b.site, Path: vfs.MustParse("/f")},
		Target: transfer.File{FS: b.here, Path: vfs.MustParse("/f")},
		Exists: transfer.Overwrite, KeepTime: true, Made: made,
	})
}

// send brings a file of this computer to the server over an older one.
func send(b *bench) error { return sendOver(old)(b) }

func sendOver(older string) func(*bench) error {
	return func(b *bench) (err error) {
		b.srv.Put("/up", []byte(older))
		b.here.Put("/up", content, born)
		b.result, err = b.send(nil)
		return err
	}
}

func (b *bench) send(made *transfer.Identity) (transfer.Result, error) {
	return transfer.Run(b.Context(), transfer.Job{
		Source: transfer.File{FS: b.here, Path: vfs.MustParse("/up")},
		Target: transfer.File{FS: b.site, Path: vfs.MustParse("/up")},
		Exists: transfer.Overwrite, Made: made,
	})
}

// fetched fails unless the file arrived whole, under its name, with nothing
// beside it.
func fetched(b *bench) {
	b.Helper()
	if got := b.here.Files(); b.result.Outcome != transfer.Done || len(got) != 1 || got["/f"] != content {
		b.Errorf("%q, and this computer has %q", b.result.Outcome, got)
	}
}

// kept fails unless the older file on this computer stands.
func kept(b *bench) {
	b.Helper()
	if got, _ := b.here.Get("/f"); got != old {
		b.Errorf("the older file became %q", got)
	}
}

// sent is fetched for the server's side.
func sent(b *bench) {
	b.Helper()
	stores("/up", content)(b)
	if names := strings.Join(b.srv.Names("/"), " "); b.result.Outcome != transfer.Done || names != "f up" {
		b.Errorf("%q, and the server has %s", b.result.Outcome, names)
	}
}

// asks fails unless a person is asked how to replace the older file.
func asks(b *bench) {
	b.Helper()
	if b.result.Outcome != transfer.Asking || !b.result.Question.NoReplace {
		b.Errorf("%q, %+v", b.result.Outcome, b.result.Question)
	}
}

// spared is kept for the server's side.
func spared(b *bench) {
	b.Helper()
	stores("/up", old)(b)
}

func verified(by string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if b.result.Verified != by {
			b.Errorf("verified by %q, want %q", b.result.Verified, by)
		}
	}
}

// TestHostileDownloads: a download is done when every byte is there, and
// whatever else the server says leaves what stood there before.
func TestHostileDownloads(t *testing.T) {
	t.Parallel()
	half := ftptest.Flow{At: 9, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}
	noSize := func(p ftptest.Plan) ftptest.Plan { p.Without = []string{"SIZE", "MLST", "MLSD"}; return p }
	older := func(p ftptest.Plan) ftptest.Plan { p.Without = []string{"MLST", "MLSD"}; return p }
	secure := func(p ftptest.Plan) ftptest.Plan { p.TLS = true; return p }
	everyWay(t, func() map[string]row {
		return map[string]row{
			"226 after half of it is no success":                 {plan: once("RETR", half.Serve), do: fetch, want: vfs.KindSize, also: kept},
			"226 after half of it over TLS is no success":        {plan: secure(once("RETR", half.Serve)), do: fetch, want: vfs.KindSize, also: kept},
			"226 after nothing at all is no success":             {plan: once("RETR", ftptest.Flow{Content: text("")}.Serve), do: fetch, want: vfs.KindSize, also: kept},
			"226 after too much is no success":                   {plan: once("RETR", ftptest.Flow{Content: text(content + "more")}.Serve), do: fetch, want: vfs.KindSize, also: kept},
			"426 after every byte is no success":                 {plan: once("RETR", ftptest.Flow{Finals: []string{"426 Broken"}}.Serve), do: fetch, want: vfs.KindLost, also: kept},
			"451 after every byte is no success":                 {plan: once("RETR", ftptest.Flow{Finals: []string{"451 Read error"}}.Serve), do: fetch, want: vfs.KindBusy, also: kept},
			"550 after every byte is no success":                 {plan: once("RETR", ftptest.Flow{Finals: []string{"550 Permission denied"}}.Serve), do: fetch, want: vfs.KindPermission, also: kept},
			"a reset is a loss":                                  {plan: once("RETR", ftptest.Flow{At: 9, Fault: ftptest.ResetData}.Serve), do: fetch, want: vfs.KindLost, also: kept},
			"a crash of the server is a loss":                    {plan: once("RETR", ftptest.Flow{At: 9, Fault: ftptest.CrashAll}.Serve), do: fetch, want: vfs.KindLost, also: kept},
			"the end of the control connection is looked into":   {plan: once("RETR", ftptest.Flow{At: 9, Fault: ftptest.ResetControl}.Serve), do: fetch, also: fetched},
			"TLS cut, and the size unknown, is no success":       {plan: noSize(secure(once("RETR", ftptest.Flow{At: 9, Fault: ftptest.CutData, Finals: []string{"226 Done"}}.Serve))), do: get("/f"), want: vfs.KindSize},
			"TLS cut behind the last byte is told by the size":   {plan: secure(once("RETR", ftptest.Flow{NoNotify: true}.Serve)), do: fetch, also: fetched},
			"125 begins a transfer too":                          {plan: once("RETR", ftptest.Flow{Start: "125 Open already"}.Serve), do: fetch, also: fetched, sessions: 1},
			"no 150 at all is a transfer":                        {plan: once("RETR", ftptest.Flow{Start: "-"}.Serve), do: fetch, also: fetched},
			"226 ahead of the last byte is believed afterwards":  {plan: once("RETR", ftptest.Flow{Early: true}.Serve), do: fetch, also: fetched, sessions: 1},
			"226 ahead of half of it is not":                     {plan: once("RETR", ftptest.Flow{Early: true, At: 9, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}.Serve), do: fetch, want: vfs.KindSize, also: kept},
			"226 twice ends one transfer":                        {plan: once("RETR", ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve), do: fetch, also: fetched},
			"250 ends a transfer too":                            {plan: once("RETR", ftptest.Flow{Finals: []string{"250 Done"}}.Serve), do: fetch, also: fetched, sessions: 1},
			"226 of several lines is one reply":                  {plan: once("RETR", ftptest.Flow{Finals: []string{"226-Quota: 12 MB\n 550 left\n226 Done"}}.Serve), do: fetch, also: fetched, sessions: 1},
			"a goodbye behind the last byte changes nothing":     {plan: once("RETR", ftptest.Flow{After: ftptest.All(ftptest.Reply("421 Goodbye"), ftptest.Drop)}.Serve), do: fetch, also: fetched},
			"an empty file is a file":                            {plan: ftptest.Plan{Files: map[string]string{"/f": ""}}, do: get("/f"), also: reads("")},
			"a file that changes on the way is said to":          {plan: once("RETR", meanwhile(changing)), do: fetch, want: vfs.KindChanged, also: kept},
			"without SIZE and MLST the listing tells the size":   {plan: noSize(once("RETR", half.Serve)), do: fetch, want: vfs.KindSize, also: kept},
			"150 twice is one transfer":                          {plan: once("RETR", ftptest.Flow{Start: "150 Soon\n150 Now"}.Serve), do: fetch, also: fetched},
			"silence in the middle ends by the limit":            {plan: once("RETR", ftptest.Flow{At: 9, Hold: forever}.Serve), ends: reply, do: fetch, want: vfs.KindTimeout, also: kept, held: true},
			"silence ahead of the first byte ends by the limit":  {plan: once("RETR", ftptest.Flow{Hold: forever}.Serve), ends: reply, do: fetch, want: vfs.KindTimeout, also: kept, held: true},
			"a file that shrank since it was listed is said so":  {plan: once("RETR", ftptest.Flow{Content: text(content[:9])}.Serve), do: get("/f"), want: vfs.KindSize},
			"a binary file comes byte by byte as it is":          {plan: ftptest.Plan{Files: map[string]string{"/f": everyByte}}, do: get("/f"), also: reads(everyByte)},
			"a refused RNFR leaves the older file":               {plan: always("RNFR", ftptest.Reply("550 Permission denied")), do: send, want: vfs.KindPermission, also: spared},
			"a server that forgot TYPE I is told anew":           {plan: once("PWD", ftptest.FallToText), do: fetch, also: fetched},
			"a type lost with a size costs one more download":    {plan: older(once("SIZE", ftptest.FallToText)), do: fetch, also: fetched},
			"a type lost with a listing costs one more download": {plan: once("MLSD", ftptest.FallToText), do: after(list("/"), fetch), also: fetched},
		}
	})
}

// forever is held by nobody.
var forever = make(chan struct{})

var everyByte = func() string {
	b := make([]byte, 1024)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}()

// meanwhile has something happen to the file between its last byte and the
// final reply.
func meanwhile(happen func(c *ftptest.Conn, name string)) ftptest.Handler {
	return ftptest.Flow{Finals: []string{}, After: func(c *ftptest.Conn, name string) {
		happen(c, name)
		c.Say("226 Done")
	}}.Serve
}

// changing has another file of that size and another time stand there.
func changing(c *ftptest.Conn, name string) {
	c.Date(name, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
}

func after(calls ...func(*bench) error) func(*bench) error {
	return func(b *bench) error {
		for _, call := range calls {
			if err := call(b); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestHostileUploads: an upload is done when the server has every byte under
// its name, and until then the older file stands.
func TestHostileUploads(t *testing.T) {
	t.Parallel()
	half := meanwhile(func(c *ftptest.Conn, name string) { c.Put(name, []byte(content[:9])) })
	secure := func(p ftptest.Plan) ftptest.Plan { p.TLS = true; return p }
	everyWay(t, func() map[string]row {
		return map[string]row{
			"226 for half of it is no success":              {plan: once("STOR", half), do: send, want: vfs.KindSize, also: spared},
			"226 for half of it over TLS is no success":     {plan: secure(once("STOR", half)), do: send, want: vfs.KindSize, also: spared},
			"226 for a file that is not there is none":      {plan: once("STOR", elsewhere), do: send, want: vfs.KindNotFound, also: spared},
			"426 behind the last byte is no success":        {plan: once("STOR", ftptest.Flow{Finals: []string{"426 Broken"}}.Serve), do: send, want: vfs.KindLost, also: spared},
			"451 behind the last byte is no success":        {plan: once("STOR", ftptest.Flow{Finals: []string{"451 Write error"}}.Serve), do: send, want: vfs.KindBusy, also: spared},
			"552 behind the last byte is a full disk":       {plan: once("STOR", ftptest.Flow{Finals: []string{"552 Quota exceeded"}}.Serve), do: send, want: vfs.KindNoSpace, also: spared},
			"452 ahead of the first byte is a full disk":    {plan: once("STOR", ftptest.Reply("452 No space left on device")), do: send, want: vfs.KindNoSpace, also: spared},
			"553 is the person's rights":                    {plan: once("STOR", ftptest.Reply("553 Permission denied")), do: send, want: vfs.KindPermission, also: spared},
			"a crash of the server is a loss":               {plan: once("STOR", ftptest.Flow{At: 9, Fault: ftptest.CrashAll}.Serve), do: send, want: vfs.KindLost, also: spared},
			"a loss is not taken for the older file":        {plan: once("STOR", ftptest.Flow{Finals: []string{}, After: lost}.Serve), do: sendOver(alike), want: vfs.KindLost, also: stores("/up", alike)},
			"226 twice ends one transfer":                   {plan: once("STOR", ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve), do: send, also: sent},
			"226 of several lines is one reply":             {plan: once("STOR", ftptest.Flow{Finals: []string{"226-Virus scan\n550 inside\n226 Clean"}}.Serve), do: send, also: sent, sessions: 1},
			"a lost answer to RNTO is looked into":          {plan: once("RNTO", ftptest.All(quietly, ftptest.Drop)), do: send, also: sent},
			"a server that replaces nothing is asked about": {plan: always("RNTO", ftptest.Reply("553 Permission denied")), do: send, also: allOf(spared, asks)},
			"a server that forgot TYPE I is told anew":      {plan: once("PWD", ftptest.FallToText), do: send, also: sent},
			"a type lost with a listing is set anew":        {plan: once("MLSD", ftptest.FallToText), do: after(list("/"), send), also: sent},
			"a type lost with MLST costs one more upload":   {plan: once("MLST", ftptest.FallToText), do: send, also: sent},
			"an empty file is uploaded":                     {do: put("/up", ""), also: stores("/up", "")},
			"an empty file is uploaded over TLS":            {plan: ftptest.Plan{TLS: true}, do: put("/up", ""), also: stores("/up", "")},
			"a binary file arrives byte by byte as it is":   {do: put("/up", everyByte), also: stores("/up", everyByte)},
			"150 twice is one upload":                       {plan: once("STOR", ftptest.Flow{Start: "150 Soon\n150 Now"}.Serve), do: send, also: sent},
			"silence in the middle ends by the limit":       {plan: once("STOR", ftptest.Flow{At: 9, Hold: forever}.Serve), ends: reply, do: put("/up", strings.Repeat("x", 20<<20)), want: vfs.KindTimeout, held: true},
			"what a person breaks off is not called whole":  {do: brokenOff, also: cutShort},
			"a server that takes its time is asked no more": {plan: once("STOR", ftptest.Flow{Start: "150-Please\n150-be\n150 patient"}.Serve), do: send, also: sent, sessions: 1},
		}
	})
}

// alike has the length of content.
var alike = strings.Repeat("x", len(content))

// lost ends the connection together with what came over it, as servers do that
// keep nothing of a broken upload.
func lost(c *ftptest.Conn, name string) {
	ftptest.Default(c.As("DELE"), name)
	c.Drop()
}

// elsewhere takes the upload and keeps it under a name of its own.
func elsewhere(c *ftptest.Conn, _ string) { ftptest.Default(c, "/f") }

// quietly does the command without an answer.
func quietly(c *ftptest.Conn, arg string) { ftptest.Default(c.Mute(), arg) }

func brokenOff(b *bench) error {
	w, err := b.fs.Create(b.Context(), vfs.MustParse("/up"), 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, content[:9])
	return errors.Join(err, w.Abort())
}

// cutShort fails unless the server was told that the upload broke.
func cutShort(b *bench) {
	b.Helper()
	if text := b.transcript(); strings.Contains(text, "<- 226") {
		b.Error("the server takes it for whole")
	}
}

// TestHostileHashes: a digest proves the content where the server tells it,
// and nothing where it tells nonsense.
func TestHostileHashes(t *testing.T) {
	t.Parallel()
	offers := func(verb string, h ftptest.Handler) ftptest.Plan {
		return ftptest.Plan{Verbs: on(verb, h), Extra: []string{strings.TrimSpace(verb + " " + map[string]string{"HASH": "SHA-256*;MD5"}[verb])}}
	}
	lie := func() hash.Hash { h := sha256.New(); _, _ = h.Write([]byte("lie")); return h }
	everyWay(t, func() map[string]row {
		return map[string]row{
			"HASH that agrees proves a download":         {plan: offers("HASH", ftptest.Hash("SHA-256", sha256.New)), do: fetch, also: allOf(fetched, verified("hash"))},
			"HASH that agrees proves an upload":          {plan: offers("HASH", ftptest.Hash("SHA-256", sha256.New)), do: send, also: allOf(sent, verified("hash"))},
			"XSHA256 that agrees proves a download":      {plan: offers("XSHA256", ftptest.Digest(sha256.New)), do: fetch, also: allOf(fetched, verified("hash"))},
			"XMD5 that agrees proves an upload":          {plan: offers("XMD5", ftptest.Digest(md5.New)), do: send, also: allOf(sent, verified("hash"))},
			"HASH that differs fails a download":         {plan: offers("HASH", ftptest.Hash("SHA-256", lie)), do: fetch, want: vfs.KindHash, also: kept},
			"HASH that differs fails an upload":          {plan: offers("HASH", ftptest.Hash("SHA-256", lie)), do: send, want: vfs.KindHash, also: spared},
			"XMD5 that differs fails an upload":          {plan: offers("XMD5", ftptest.Digest(func() hash.Hash { h := md5.New(); _, _ = h.Write([]byte("lie")); return h })), do: send, want: vfs.KindHash, also: spared},
			"HASH offered and unknown is not held":       {plan: offers("HASH", ftptest.Reply("502 No such command")), do: fetch, also: allOf(fetched, verified("size"))},
			"HASH refused for this file is not held":     {plan: offers("HASH", ftptest.Reply("550 Too large to hash")), do: fetch, also: allOf(fetched, verified("size"))},
			"HASH by another algorithm proves nothing":   {plan: offers("HASH", ftptest.Reply("213 CRC-9 0-10 abcd /f")), do: fetch, also: allOf(fetched, verified("size"))},
			"XSHA256 of too few digits proves nothing":   {plan: offers("XSHA256", ftptest.Reply("250 abcd")), do: fetch, also: allOf(fetched, verified("size"))},
			"XSHA256 in words proves nothing":            {plan: offers("XSHA256", ftptest.Reply("250 it is all right")), do: fetch, also: allOf(fetched, verified("size"))},
			"XSHA256 in capitals with a name in front":   {plan: offers("XSHA256", capitals), do: fetch, also: allOf(fetched, verified("hash"))},
			"the right size with other bytes is no copy": {plan: swapped(), do: send, want: vfs.KindHash, also: spared},
		}
	})
}

// capitals is how some servers write a digest.
func capitals(c *ftptest.Conn, _ string) {
	sum := sha256.Sum256([]byte(content))
	c.Say("250 %X", sum)
}

// swapped stores other bytes than came, as many as came.
func swapped() ftptest.Plan {
	swap := meanwhile(func(c *ftptest.Conn, name string) { c.Put(name, []byte(strings.ToUpper(content))) })
	return ftptest.Plan{
		Verbs: map[string]ftptest.Handler{"STOR": swap, "XSHA256": ftptest.Digest(sha256.New)},
		Extra: []string{"XSHA256"},
	}
}

// TestHostileResumes: a part is continued where that is proven right, and
// begun anew where it is not; what comes out is the file.
func TestHostileResumes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(content, 10_000)
	plan := func(verbs map[string]ftptest.Handler, without ...string) ftptest.Plan {
		return ftptest.Plan{Verbs: verbs, Without: without, Files: map[string]string{"/f": long}}
	}
	down := func(part string, made transfer.Identity) func(*bench) error {
		return func(b *bench) (err error) {
			b.here.Put("/f.wherry-part", part, born)
			b.result, err = b.fetch(&made)
			return err
		}
	}
	up := func(part string) func(*bench) error {
		return func(b *bench) (err error) {
			b.here.Put("/up", long, born)
			b.srv.Put("/up.wherry-part", []byte(part))
			b.result, err = b.send(&transfer.Identity{Size: int64(len(long)), ModTime: born})
			return err
		}
	}
	right := transfer.Identity{Size: int64(len(long)), ModTime: born}
	half := long[:len(long)/2]
	wrong := strings.Repeat("x", len(half))
	whole := func(moved int) func(*bench) {
		return func(b *bench) {
			b.Helper()
			if got := b.here.Files(); got["/f"] != long || len(got) != 1 {
				b.Errorf("%d files, %d bytes", len(got), len(got["/f"]))
			}
			if moved >= 0 && b.result.Bytes != int64(moved) {
				b.Errorf("%d bytes moved, want %d", b.result.Bytes, moved)
			}
		}
	}
	ignored := on("REST", ftptest.Reply("350 As you like"))
	everyWay(t, func() map[string]row {
		return map[string]row{
			"a part of the same file goes on":               {plan: plan(nil), do: down(half, right), also: whole(len(long) - len(half))},
			"a part of an older file is begun anew":         {plan: plan(nil), do: down(half, transfer.Identity{Size: right.Size, ModTime: born.Add(-time.Hour)}), also: whole(len(long))},
			"a part of a file of another size too":          {plan: plan(nil), do: down(half, transfer.Identity{Size: right.Size - 1, ModTime: born}), also: whole(len(long))},
			"a part with other bytes at its end too":        {plan: plan(nil), do: down(wrong, right), also: whole(len(long))},
			"a part longer than the file too":               {plan: plan(nil), do: down(long+"more", right), also: whole(len(long))},
			"REST unknown begins anew":                      {plan: plan(nil, "REST"), do: down(half, right), also: whole(len(long))},
			"REST refused begins anew":                      {plan: plan(on("REST", ftptest.Reply("502 No"))), do: down(half, right), also: whole(len(long)), broken: true},
			"REST said and not done is found out":           {plan: plan(ignored), do: down(half, right), also: whole(-1), broken: true},
			"an upload's part goes on":                      {plan: plan(nil), do: up(half), also: stores("/up", long)},
			"an upload's part with other bytes begins anew": {plan: plan(nil), do: up(wrong), also: stores("/up", long)},
			"an upload's part too long begins anew":         {plan: plan(nil), do: up(long + "more"), also: stores("/up", long)},
			"an upload's REST unknown goes on by APPE":      {plan: plan(nil, "REST"), do: up(half), also: stores("/up", long)},
			"an upload's REST not done is found out":        {plan: plan(ignored), do: up(half), also: stores("/up", long), broken: true},
		}
	})
}

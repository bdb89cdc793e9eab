package ftpfs_test

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// finish uploads content as /part and has it take the name /up, over what seen
// says of that; nil for nothing.
func finish(seen *vfs.Entry) func(*bench) error {
	return func(b *bench) error {
		w, err := b.fs.Create(b.Context(), vfs.MustParse("/part"), 0)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, content); err != nil {
			return errors.Join(err, w.Abort())
		}
		b.finished, err = w.(vfs.Finisher).Finish(vfs.Finish{
			Size: int64(len(content)), ModTime: born.Add(time.Hour), Target: vfs.MustParse("/up"), Old: seen,
		})
		return err
	}
}

// over is finish over an older file, which a listing has told to accuracy.
func over(accuracy time.Duration) func(*bench) error {
	return func(b *bench) error {
		b.srv.Put("/up", []byte(old))
		return finish(&vfs.Entry{Name: "up", Type: vfs.TypeFile, Size: int64(len(old)), ModTime: born.Truncate(accuracy), Accuracy: accuracy})(b)
	}
}

// named fails unless the upload has its name, and nothing stands beside it.
func named(b *bench) {
	b.Helper()
	stores("/up", content)(b)
	if names := strings.Join(b.srv.Names("/"), " "); names != "f up" {
		b.Errorf("the server has %s", names)
	}
	if b.finished.Size != int64(len(content)) {
		b.Errorf("told %+v", b.finished)
	}
}

// left fails unless the upload stands under its first name alone.
func left(b *bench) {
	b.Helper()
	stores("/part", content)(b)
}

func timed(want bool) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if b.finished.TimeKept != want {
			b.Errorf("told %+v", b.finished)
		}
	}
}

// refusesToReplace fails unless the error says whose fault it is.
func refusesToReplace(b *bench) {
	b.Helper()
	var e *vfs.Error
	if !errors.As(b.err, &e) || e.Op != vfs.OpReplace {
		b.Errorf("the error is %#v", b.err)
	}
}

// and lets something happen behind the upload's last byte, before the server
// says that it has it.
func and(happen func(c *ftptest.Conn)) ftptest.Plan {
	return once("STOR", meanwhile(func(c *ftptest.Conn, _ string) { happen(c) }))
}

// TestHostileFinishes: a file takes its name when it is whole and what stands
// there is what should, and else nothing is renamed; a reply that makes no
// sense costs time and nothing else.
func TestHostileFinishes(t *testing.T) {
	t.Parallel()
	goodbye := ftptest.All(ftptest.Reply("421 Going down"), ftptest.Drop)
	refused := func(text string) ftptest.Plan { return always("RNTO", ftptest.Reply(text)) }
	half := ftptest.Flow{At: 9, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}.Serve
	looks := func(h func() ftptest.Handler) ftptest.Plan {
		return ftptest.Plan{Verbs: map[string]ftptest.Handler{"SIZE": h(), "MLST": h()}}
	}
	nth := func(n int, h ftptest.Handler) func() ftptest.Handler {
		return func() ftptest.Handler {
			all := make([]ftptest.Handler, n)
			for i := range all {
				all[i] = ftptest.Default
			}
			all[n-1] = h
			return ftptest.InTurn(all...)
		}
	}
	never := []string{"DELE"}
	inWays(t, ways[1:], func() map[string]row {
		return map[string]row{
			"a new name is taken":                                 {do: finish(nil), also: allOf(named, timed(true)), never: never},
			"an older file that stands as seen is replaced":       {do: over(time.Second), also: allOf(named, timed(true)), never: never},
			"one that a listing told to the minute too":           {do: over(time.Minute), also: named},
			"one that a listing told to the day too":              {do: over(24 * time.Hour), also: named},
			"what came meanwhile stays":                           {plan: and(func(c *ftptest.Conn) { c.Put("/up", []byte(old)) }), do: finish(nil), want: vfs.KindExists, also: allOf(spared, left)},
			"a folder that came meanwhile stays":                  {plan: and(func(c *ftptest.Conn) { ftptest.Default(c.As("MKD"), "/up") }), do: finish(nil), want: vfs.KindExists, also: left},
			"what has another size meanwhile stays":               {plan: and(func(c *ftptest.Conn) { c.Put("/up", []byte(old+"!")) }), do: over(time.Second), want: vfs.KindChanged, also: left},
			"what has another time meanwhile stays":               {plan: and(func(c *ftptest.Conn) { c.Date("/up", born.Add(time.Minute)) }), do: over(time.Second), want: vfs.KindChanged, also: allOf(spared, left)},
			"what is gone meanwhile is no hindrance":              {plan: and(func(c *ftptest.Conn) { ftptest.Default(c.As("DELE"), "/up") }), do: over(time.Second), also: named},
			"a part that vanished is not there":                   {plan: and(func(c *ftptest.Conn) { ftptest.Default(c.As("DELE"), "/part") }), do: over(time.Second), want: vfs.KindNotFound, also: spared},
			"226 for half of it takes no name":                    {plan: once("STOR", half), do: over(time.Second), want: vfs.KindSize, also: spared},
			"226 ahead of the last byte is believed afterwards":   {plan: once("STOR", ftptest.Flow{Start: "125 Go on", Early: true}.Serve), do: over(time.Second), also: named},
			"226 twice is one upload":                             {plan: once("STOR", ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve), do: over(time.Second), also: named},
			"a 226 that never came is settled by the size":        {plan: once("STOR", ftptest.Flow{Finals: []string{}, After: ftptest.Drop}.Serve), do: over(time.Second), also: named},
			"421 in place of the 226 too":                         {plan: once("STOR", ftptest.Flow{Finals: []string{}, After: goodbye}.Serve), do: over(time.Second), also: named},
			"421 behind the 226 ends the session alone":           {plan: once("RNFR", goodbye), do: over(time.Second), also: named},
			"421 in the middle of the flight too":                 {plan: looks(nth(2, goodbye)), do: over(time.Second), also: named},
			"426 behind the last byte takes no name":              {plan: once("STOR", ftptest.Flow{Finals: []string{"426 Broken"}}.Serve), do: over(time.Second), want: vfs.KindLost, also: spared},
			"452 behind the last byte takes no name":              {plan: once("STOR", ftptest.Flow{Finals: []string{"452 Disk full"}}.Serve), do: over(time.Second), want: vfs.KindNoSpace, also: spared},
			"RNFR refused leaves both":                            {plan: always("RNFR", ftptest.Reply("550 Permission denied")), do: over(time.Second), want: vfs.KindPermission, also: allOf(spared, left)},
			"RNFR refused once is tried singly":                   {plan: once("RNFR", ftptest.Reply("450 Busy")), do: over(time.Second), also: named},
			"550 to RNTO with an older file is about replacing":   {plan: refused("550 File exists"), do: over(time.Second), want: vfs.KindExists, also: allOf(spared, left, refusesToReplace)},
			"553 to RNTO with an older file too":                  {plan: refused("553 Prohibited"), do: over(time.Second), want: vfs.KindExists, also: allOf(spared, left, refusesToReplace)},
			"RNTO refused with nothing there is the rights":       {plan: refused("550 Permission denied"), do: finish(nil), want: vfs.KindPermission, also: left},
			"the answer to RNTO lost leaves open what it did":     {plan: once("RNTO", ftptest.All(quietly, ftptest.Drop)), do: over(time.Second), want: vfs.KindLost},
			"a time that cannot be set is no failure":             {plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"MFMT": ftptest.Reply("550 No"), "MDTM": noStamp}}, do: finish(nil), also: allOf(named, timed(false))},
			"SIZE refused of the part is looked into":             {plan: looks(nth(2, ftptest.Reply("550 SIZE not allowed in ASCII mode."))), do: over(time.Second), also: named},
			"SIZE refused of the target is looked into":           {plan: looks(nth(3, ftptest.Reply("550 SIZE not allowed in ASCII mode."))), do: over(time.Second), also: named},
			"a look that tells nonsense is looked into":           {plan: looks(nth(2, nonsense)), do: over(time.Second), also: named},
			"a look that is refused for the moment is repeated":   {plan: looks(refusedOnce), do: taken, want: vfs.KindExists, also: allOf(spared, left)},
			"RNTO done behind an RNFR refused is looked into":     {plan: ftptest.Plan{Verbs: map[string]ftptest.Handler{"RNFR": ftptest.Reply("550 No"), "RNTO": renames}}, do: over(time.Second), want: vfs.KindLost},
			"a reply too many in the flight renames nothing else": {plan: looks(talkative), do: over(time.Second), also: named},
			"one that is always late renames nothing else":        {plan: looks(talkative), tune: late, do: over(time.Second), also: named},
		}
	})
}

// taken is finish where a file stands that nobody has seen.
func taken(b *bench) error {
	b.srv.Put("/up", []byte(old))
	return finish(nil)(b)
}

// refusedOnce refuses the first look at /up, and does not say why.
func refusedOnce() ftptest.Handler {
	var asked atomic.Bool
	return func(c *ftptest.Conn, arg string) {
		if arg == "/up" && !asked.Swap(true) {
			c.Say("550 Failed")
			return
		}
		ftptest.Default(c, arg)
	}
}

// talkative has something to add to the look at the part.
func talkative() ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		ftptest.Default(c, arg)
		if arg == "/part" {
			c.Say("200 By the way")
		}
	}
}

// renames does so whatever was said to RNFR.
func renames(c *ftptest.Conn, arg string) {
	quiet := c.As("RNFR")
	ftptest.Default(quiet, "/part")
	ftptest.Default(quiet.As("RNTO"), arg)
	c.Say("250 Renamed")
}

// nonsense answers a look in its form and says nothing.
func nonsense(c *ftptest.Conn, _ string) {
	if c.Verb == "MLST" {
		c.Say("250-Facts\n none; /part\n250 End")
		return
	}
	c.Say("213 many")
}

// noStamp refuses an MDTM that sets a time.
func noStamp(c *ftptest.Conn, arg string) {
	if strings.Contains(arg, " ") {
		c.Say("550 No")
		return
	}
	ftptest.Default(c, arg)
}

// seen downloads /f as a listing has told it.
func seen(size int, accuracy time.Duration) func(*bench) error {
	return func(b *bench) error {
		e := vfs.Entry{Name: "f", Type: vfs.TypeFile, Size: int64(size), ModTime: born.Truncate(accuracy), Accuracy: accuracy}
		r, err := b.fs.OpenSeen(b.Context(), vfs.MustParse("/f"), 0, e)
		if err != nil {
			return err
		}
		w := r.(vfs.Witness)
		b.before, _ = w.Before()
		text, err := io.ReadAll(r)
		err = errors.Join(err, r.Close())
		b.after, _ = w.After()
		b.got = string(text)
		return err
	}
}

// testified fails unless the server's words before and after were these times and
// sizes; the zero time for none.
func testified(before, after time.Time) func(*bench) {
	return func(b *bench) {
		b.Helper()
		for what, e := range map[string]struct {
			got  vfs.Entry
			want time.Time
		}{"before": {b.before, before}, "after": {b.after, after}} {
			if !e.got.ModTime.Equal(e.want) || !e.want.IsZero() && (e.got.Size != int64(len(content)) || e.got.Accuracy != time.Second) {
				b.Errorf("%s: %+v, want %v", what, e.got, e.want)
			}
		}
	}
}

// TestHostileSeen: what a listing has told spares questions, and what stands
// there now is what counts.
func TestHostileSeen(t *testing.T) {
	t.Parallel()
	words := ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"SIZE": ftptest.InTurn(ftptest.Default, ftptest.Reply("213 many")), "MDTM": ftptest.Reply("213 today"), "MLST": ftptest.Reply("250 Fine"),
	}}
	gone := ftptest.Plan{Files: map[string]string{"/other": ""}}
	none := time.Time{}
	whole := len(content)
	inWays(t, ways[1:], func() map[string]row {
		return map[string]row{
			"what is exact is not asked before":              {do: seen(whole, time.Second), also: allOf(reads(content), testified(none, born))},
			"minutes become seconds":                         {do: seen(whole, time.Minute), also: allOf(reads(content), testified(born, born))},
			"a file that grew since is read whole":           {do: seen(whole-9, time.Minute), also: allOf(reads(content), testified(born, born))},
			"a file that shrank since is read whole":         {do: seen(whole+9, time.Minute), also: allOf(reads(content), testified(born, born))},
			"another size than the exact one is none":        {do: seen(whole+9, time.Second), want: vfs.KindSize},
			"a longer one than the exact one is none":        {do: seen(whole-9, time.Second), want: vfs.KindSize},
			"a file that is gone is said so":                 {plan: gone, do: seen(whole, time.Minute), want: vfs.KindNotFound},
			"one that changes on the way is told":            {plan: once("RETR", meanwhile(changing)), do: seen(whole, time.Minute), also: allOf(reads(content), testified(born, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)))},
			"words in place of figures tell nothing":         {plan: words, do: seen(whole, time.Minute), also: allOf(reads(content), testified(none, none))},
			"426 after every byte is no success":             {plan: once("RETR", ftptest.Flow{Finals: []string{"426 Broken"}}.Serve), do: seen(whole, time.Minute), want: vfs.KindLost, also: testified(born, none)},
			"226 after half of it is no success":             {plan: once("RETR", ftptest.Flow{At: 9, Fault: ftptest.CloseData, Finals: []string{"226 Done"}}.Serve), do: seen(whole, time.Minute), want: vfs.KindSize, also: testified(born, none)},
			"226 twice is one download":                      {plan: once("RETR", ftptest.Flow{Finals: []string{"226 Done", "226 Done"}}.Serve), do: seen(whole, time.Minute), also: reads(content)},
			"a goodbye behind the last byte changes nothing": {plan: once("RETR", ftptest.Flow{After: ftptest.All(ftptest.Reply("421 Goodbye"), ftptest.Drop)}.Serve), do: seen(whole, time.Minute), also: allOf(reads(content), testified(born, none))},
		}
	})
}

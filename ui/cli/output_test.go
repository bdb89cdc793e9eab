package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/vfs"
)

var listed = []vfs.Entry{
	{Name: "a<b>.txt", Type: vfs.TypeFile, Size: 4_200_000, ModTime: time.Date(2024, 5, 1, 13, 45, 7, 0, time.UTC), Mode: 0o640, HasMode: true, Owner: "anna", Group: "www"},
	{Name: "d\xff", Type: vfs.TypeDir, Size: 4096},
	{Name: "l", Type: vfs.TypeLink, Size: vfs.SizeUnknown, Target: "a\x1b"},
	{Name: "p", Type: vfs.TypeOther, Size: vfs.SizeUnknown},
	{Name: "q", Type: vfs.TypeLink, Size: vfs.SizeUnknown}, // few MLSD servers tell where it leads
}

func TestLsJSONHasItsShape(t *testing.T) {
	var out bytes.Buffer
	if err := writeEntriesJSON(&out, listed); err != nil {
		t.Fatal(err)
	}
	want := `{"name":"a<b>.txt","type":"file","size":4200000,"modified":"2024-05-01T13:45:07Z","mode":"0640","owner":"anna","group":"www","target":""}
{"name":"d\\xff","type":"dir","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":"","name_bytes":"ZP8="}
{"name":"l","type":"link","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":"a\u001b"}
{"name":"p","type":"other","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":""}
{"name":"q","type":"link","size":null,"modified":null,"mode":null,"owner":null,"group":null,"target":null}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestJSONGivesNamesBackAndNothingToATerminal(t *testing.T) {
	for _, name := range []string{"trail ", "a\\b", "csi \u009b2J", "bidi \u202egpj.exe", "tag \U000e0041", "ümlaut"} {
		var out bytes.Buffer
		if err := writeEntriesJSON(&out, []vfs.Entry{{Name: name}}); err != nil {
			t.Fatal(err)
		}
		var back struct{ Name string }
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.Name != name {
			t.Errorf("%q came back as %q, %v", name, back.Name, err)
		}
		for _, r := range strings.TrimSuffix(out.String(), "\n") {
			if !unicode.IsGraphic(r) {
				t.Errorf("%q reaches the terminal as %q", name, out.String())
			}
		}
	}
}

func TestLsForPeopleIsAlignedAndEscaped(t *testing.T) {
	var out bytes.Buffer
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	writeEntries(&out, listed)
	want := `-rw-r-----  anna  www  4.2 MB  2024-05-01 13:45  a<b>.txt
d?????????                                       d\xff
l?????????                                       l -> a\u{001b}
??????????                                       p
l?????????                                       q
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestEventsHaveTheirShape(t *testing.T) {
	item := queue.Item{
		ID: 7, Type: vfs.TypeFile, Size: 100, Done: 40, Rate: 10.7, Verified: "size", Kind: vfs.KindPermission,
		Source: queue.Place{Site: "s", Path: vfs.MustParse("/a")}, Target: queue.Place{Path: vfs.MustParse("/b")},
		Message: `store /a: permission: 550 no "way"`,
	}
	folder := item
	folder.Type = vfs.TypeDir
	skipped := item
	skipped.Message = "skip"
	for want, event := range map[string]queue.Event{
		`{"event":"started","id":7,"source":"s:/a","target":"/b","size":100}`:                            {Type: queue.EventStarted, Item: item},
		`{"event":"progress","id":7,"source":"s:/a","target":"/b","bytes":40,"size":100,"rate":10}`:      {Type: queue.EventProgress, Item: item},
		`{"event":"done","id":7,"source":"s:/a","target":"/b","bytes":100,"size":100,"verified":"size"}`: {Type: queue.EventDone, Item: item},
		`{"event":"skipped","id":7,"source":"s:/a","target":"/b","size":100,"message":"skip"}`:           {Type: queue.EventSkipped, Item: skipped},
		`{"event":"asking","id":7,"source":"s:/a","target":"/b","size":100}`:                             {Type: queue.EventAsking, Item: item},
		`{"event":"started","id":7,"type":"dir","source":"s:/a","target":"/b"}`:                          {Type: queue.EventStarted, Item: folder},
		`{"event":"failed","id":7,"source":"s:/a","target":"/b","size":100,"kind":"permission","message":"` +
			`\"/a\": permission denied: the server answered \"550 no \"way\"\"."}`: {Type: queue.EventFailed, Item: item},
	} {
		var out bytes.Buffer
		events := NewEvents(&out, func(p queue.Place) string { return strings.TrimPrefix(string(p.Site)+":", ":") + p.Path.String() })
		events.OnEvent(event)
		events.Close()
		if diff := cmp.Diff(want+"\n", out.String()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestASlowReaderHoldsUpNoTransfer fills the events while the writer is
// stuck: progress is merged, nothing else is lost or reordered.
func TestASlowReaderHoldsUpNoTransfer(t *testing.T) {
	stuck, seen := make(chan struct{}), []queue.Event{}
	events := newEvents(func(e queue.Event) {
		<-stuck
		seen = append(seen, e)
	})
	for i := range int64(1000) {
		events.OnEvent(queue.Event{Type: queue.EventStarted, Item: queue.Item{ID: queue.ID(i)}})
		for done := range int64(50) {
			events.OnEvent(queue.Event{Type: queue.EventProgress, Item: queue.Item{ID: queue.ID(i), Done: done}})
		}
	}
	close(stuck)
	events.Flush()
	events.Close()
	if len(seen) < 2000 || len(seen) > 2100 {
		t.Errorf("%d events came of 51,000", len(seen))
	}
	last := map[queue.ID]int64{}
	for _, e := range seen {
		last[e.Item.ID] = e.Item.Done
	}
	for id, done := range last {
		if done != 49 {
			t.Fatalf("row %d ends at %d", id, done)
		}
	}
}

func TestExitCodesByKind(t *testing.T) {
	for k, want := range map[vfs.Kind][2]int{ // connecting, connected
		vfs.KindHost: {3, 3}, vfs.KindRefused: {3, 3}, vfs.KindNotFTP: {3, 3}, vfs.KindTimeout: {3, 1}, vfs.KindLost: {3, 1},
		vfs.KindBusy: {3, 1}, vfs.KindProtocol: {3, 1}, vfs.KindUnsupported: {3, 1}, vfs.KindLogin: {4, 4}, vfs.KindProxyLogin: {3, 3}, vfs.KindTLS: {5, 5}, vfs.KindCert: {5, 5},
		vfs.KindNoData: {6, 6}, vfs.KindCancelled: {130, 130}, vfs.KindNotFound: {1, 1}, vfs.KindPermission: {1, 1}, vfs.KindOther: {1, 1},
	} {
		for i, connecting := range []bool{true, false} {
			var errs bytes.Buffer
			a := &app{std: Streams{Err: &errs}}
			err := fmt.Errorf("x: %w", &vfs.Error{Op: "list", Path: "h", Kind: k})
			if connecting {
				err = &connectError{err}
			}
			if got := a.finish(t.Context(), err); got != want[i] {
				t.Errorf("%s, connecting %v: %d, want %d", k, connecting, got, want[i])
			}
			if !strings.HasPrefix(errs.String(), "wherry: ") {
				t.Errorf("%s is not told: %q", k, errs.String())
			}
		}
	}
	if got := (&app{}).finish(t.Context(), nil); got != 0 {
		t.Errorf("no error is %d", got)
	}
	if got := (&app{}).finish(t.Context(), errors.Join(&reportedError{6})); got != 6 {
		t.Errorf("a reported 6 is %d", got)
	}
}

func TestTheExitCodeOfTransfersIsTheWorstOfThem(t *testing.T) {
	for outcome, tc := range map[string]struct {
		events []queue.Event
		exists string
		want   int
	}{
		"all done":                          {[]queue.Event{ended(queue.EventDone, 0, "")}, "", 0},
		"one failed":                        {[]queue.Event{ended(queue.EventDone, 0, ""), ended(queue.EventFailed, vfs.KindPermission, "x")}, "", 1},
		"none could get a data connection":  {[]queue.Event{ended(queue.EventFailed, vfs.KindNoData, "x"), ended(queue.EventFailed, vfs.KindNoData, "x")}, "", 6},
		"one got a data connection":         {[]queue.Event{ended(queue.EventDone, 0, ""), ended(queue.EventFailed, vfs.KindNoData, "x")}, "", 1},
		"none done for different reasons":   {[]queue.Event{ended(queue.EventFailed, vfs.KindLogin, "x"), ended(queue.EventFailed, vfs.KindNoData, "x")}, "", 1},
		"skipped and nobody asked for it":   {[]queue.Event{ended(queue.EventSkipped, 0, "skip")}, "", 1},
		"skipped as was asked for":          {[]queue.Event{ended(queue.EventSkipped, 0, "skip")}, "skip", 0},
		"skipped for what it is":            {[]queue.Event{ended(queue.EventSkipped, 0, "a link to a folder is not followed")}, "skip", 1},
		"left out of its folder":            {[]queue.Event{ended(queue.EventDone, 0, ""), within(7, ended(queue.EventSkipped, 0, "a link to a folder is not followed"))}, "", 0},
		"skipped unasked in its folder":     {[]queue.Event{within(7, ended(queue.EventSkipped, 0, "skip"))}, "", 1},
		"a retry that ends well is no loss": {[]queue.Event{ended(queue.EventRetry, vfs.KindLost, "x"), ended(queue.EventDone, 0, "")}, "", 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			a := &app{std: Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}}
			a.opt.exists.value, a.opt.json = tc.exists, true
			r := a.newRun()
			r.begin(nil)
			for _, e := range tc.events {
				r.count(e)
			}
			if got := r.code(0); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func ended(e queue.EventType, kind vfs.Kind, message string) queue.Event {
	return queue.Event{Type: e, Item: queue.Item{Type: vfs.TypeFile, Kind: kind, Message: message}}
}

// within is an event of a row that was found in a folder.
func within(folder queue.ID, e queue.Event) queue.Event {
	e.Item.Parent = folder
	return e
}

func TestModesInOctal(t *testing.T) {
	for text, want := range map[string]fs.FileMode{"644": 0o644, "0755": 0o755, "000": 0} {
		if got, err := parseMode(text); err != nil || got != want {
			t.Errorf("%s is %o, %v", text, got, err)
		}
	}
}

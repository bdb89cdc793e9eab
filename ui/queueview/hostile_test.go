package queueview

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

func TestHostileNamesAreEscapedInEveryTab(t *testing.T) {
	const raw = "\x1b\u202e\u2066\a\u200b"
	for _, name := range []string{"escape \x1b[2J", "bidi \u202egpj.exe", "isolate \u2066x", "bell\a", "zero\u200bwidth"} {
		path := vfs.MustParse("/in " + name + "/" + name)
		for _, kind := range []vfs.Kind{vfs.KindOther, vfs.KindNotFound, vfs.KindBadName, vfs.KindHash} {
			for _, state := range []queue.State{queue.Waiting, queue.Active, queue.Paused, queue.Failed, queue.Skipped, queue.Done} {
				for _, typ := range []vfs.Type{vfs.TypeFile, vfs.TypeDir} {
					it := queue.Item{
						Type: typ, State: state, Kind: kind, Size: 10, Attempts: 2,
						Source: queue.Place{Site: "s", Path: path}, Target: queue.Place{Path: path}, About: path.String(),
						Message: (&vfs.Error{Op: "fetch", Path: path.String(), Kind: kind, Reply: "550 " + name}).Error(),
					}
					texts := []string{rowName(it, names), reason(it)}
					for _, tab := range []Tab{Left, Lost, Over} {
						texts = append(texts, row(tab, it, names, time.Now()).Cells...)
					}
					for _, d := range details(it, names, time.UTC) {
						texts = append(texts, d.Value)
					}
					for _, text := range texts {
						if strings.ContainsAny(text, raw) {
							t.Errorf("%s, %v, %s: %q", state, kind, typ, text)
						}
					}
				}
			}
		}
	}
}

func TestHostileNamesAreEscapedInQuestions(t *testing.T) {
	const raw = "\x1b\u202e\u2066\a\u200b"
	for _, name := range []string{"escape \x1b[2J", "bidi \u202egpj.exe", "isolate \u2066x", "bell\a", "zero\u200bwidth"} {
		q := taken()
		q.Source, q.Target = vfs.MustParse("/in "+name+"/"+name), vfs.MustParse("/to "+name+"/"+name)
		for _, q.NoReplace = range []bool{false, true} {
			asked := Ask(q, time.UTC, nil)
			for _, text := range []string{asked.Title, asked.Text, side("", q.Source, q.SourceEntry, q.TargetNow, time.UTC).Foot} {
				if strings.ContainsAny(text, raw) {
					t.Errorf("%q", text)
				}
			}
		}
	}
}

func names(site.ID) string { return "Shop" }

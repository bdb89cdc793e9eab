//go:build !headless

package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/engine"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

func TestSecondStartHandsOverItsPlace(t *testing.T) {
	shop := site.Site{Host: "ftp.example.org", User: "anna", Mode: site.ModeAuto, TLS: site.TLSExplicit, Connections: 2}
	for outcome, p := range map[string]*engine.Place{
		"nothing":                            nil,
		"a folder here":                      {Local: true, Path: vfs.MustParse("/home/anna"), HasPath: true},
		"a site":                             {Site: shop, Begins: true, Password: "secret"},
		"a name that is not UTF-8 on a site": {Site: shop, Path: vfs.MustParse("/b\xe4r"), HasPath: true},
	} {
		t.Run(outcome, func(t *testing.T) {
			message, err := messageOf(p, true)
			if err != nil {
				t.Fatal(err)
			}
			got, err := placeOf(message)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(p, got, cmp.AllowUnexported(vfs.Path{})); diff != "" {
				t.Errorf("handed over (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPasswordStaysWhereOthersMayListen(t *testing.T) {
	message, err := messageOf(&engine.Place{Site: site.Site{Host: "h", User: "anna"}, Password: "secret"}, false)
	if err != nil || strings.Contains(string(message), "secret") {
		t.Errorf("%v, %s", err, message)
	}
}

func TestBadMessageIsRefused(t *testing.T) {
	for outcome, message := range map[string]string{
		"nothing":                        "",
		"no JSON":                        "hello",
		"of a later version":             `{"version":2}`,
		"with a field that is not known": `{"version":1,"run":"rm"}`,
		"a path that leads up":           `{"version":1,"place":{"local":true,"path":"Ly4uL2V0Yw=="}}`,
		"a host that breaks a line":      `{"version":1,"place":{"path":"Lw==","site":{"host":"a\r\nb","user":"u"}}}`,
		"a site without a host":          `{"version":1,"place":{"path":"Lw==","site":{"user":"u"}}}`,
	} {
		t.Run(outcome, func(t *testing.T) {
			if p, err := placeOf([]byte(message)); err == nil {
				t.Errorf("taken as %+v", p)
			}
		})
	}
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"version":1,"place":{"local":true,"path":"L3Ry"}}`))
	f.Add([]byte(`{"version":1,"place":{"path":"Lw==","has_path":true,"site":{"host":"h","user":"u","mode":"auto"}}}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		p, err := placeOf(message)
		if err != nil || p == nil {
			return
		}
		again, err := messageOf(p, true)
		if err != nil {
			t.Fatal(err)
		}
		got, err := placeOf(again)
		if err != nil {
			t.Fatalf("what was taken cannot be handed on: %v", err)
		}
		if diff := cmp.Diff(p, got, cmp.AllowUnexported(vfs.Path{})); diff != "" {
			t.Error(diff)
		}
	})
}

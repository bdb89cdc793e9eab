package sitemanager

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
)

func TestFormTurnsInto(t *testing.T) {
	for outcome, tc := range map[string]struct {
		fill    func(*Form)
		want    func(*site.Site)
		problem string
	}{
		"a site with the usual settings": {
			fill: func(f *Form) { f.Host, f.User = "ftp.example.org", "anna" },
			want: func(s *site.Site) { s.Name, s.Host, s.User = "ftp.example.org", "ftp.example.org", "anna" },
		},
		"an anonymous site when no user is named": {
			fill: func(f *Form) { f.Host = "ftp.example.org" },
			want: func(s *site.Site) { s.Name, s.Host = "ftp.example.org", "ftp.example.org" },
		},
		"its parts when a whole address was pasted": {
			fill: func(f *Form) { f.Host = "ftps://anna@ftp.example.org:990/www" },
			want: func(s *site.Site) {
				s.Name, s.Host, s.User = "ftp.example.org", "ftp.example.org", "anna"
				s.TLS, s.RemoteDir = site.TLSImplicit, "/www"
			},
		},
		"a port range":                {fill: func(f *Form) { f.Host, f.PortFrom, f.PortTo = "h", "5000", "5010" }, want: func(s *site.Site) { s.Name, s.Host, s.PortFrom, s.PortTo = "h", "h", 5000, 5010 }},
		"nothing without a host":      {fill: func(f *Form) { f.Name = "shop" }, problem: "host"},
		"nothing with a word as port": {fill: func(f *Form) { f.Host, f.Port = "h", "ftp" }, problem: "port"},
		"nothing with a port too big": {fill: func(f *Form) { f.Host, f.Port = "h", "70000" }, problem: "port"},
		"nothing with half a range":   {fill: func(f *Form) { f.Host, f.PortFrom = "h", "5000" }, problem: "port_to"},
		"nothing with a name as external address": {
			fill: func(f *Form) { f.Host, f.ExternalIP = "h", "router" }, problem: "external_ip",
		},
		"nothing with an unknown encoding": {fill: func(f *Form) { f.Host, f.Encoding = "h", "klingon" }, problem: "encoding"},
		"nothing with a control byte":      {fill: func(f *Form) { f.Host, f.User = "h", "anna\rDELE x" }, problem: "user"},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := NewForm()
			tc.fill(&f)
			got, problem := f.Site()
			if tc.problem != "" {
				if problem == nil || problem.Field != tc.problem {
					t.Fatalf("problem %+v, want one with %s", problem, tc.problem)
				}
				return
			}
			if problem != nil {
				t.Fatalf("problem %+v", problem)
			}
			want := site.Site{TLS: site.TLSExplicit, Mode: site.ModeAuto, User: site.Anonymous}
			tc.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSiteSurvivesItsForm(t *testing.T) {
	s := site.Site{
		ID: "id", Name: "Shop", Folder: "Clients", Host: "ftp.example.org", Port: 2121, TLS: site.TLSOff, User: "anna",
		Mode: site.ModeActive, RemoteDir: "/www", LocalDir: "/home/anna", Connections: 2, PortFrom: 5000, PortTo: 5010,
		ExternalIP: "192.0.2.7", Encoding: "windows-1251", Notes: "two\nlines",
		Bookmarks: []site.Bookmark{{Name: "Images", RemoteDir: "/www/img"}},
	}
	got, problem := FormOf(s).Site()
	if problem != nil {
		t.Fatalf("%+v", problem)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
}

func TestCopiedSiteHasANameOfItsOwn(t *testing.T) {
	sites := []site.Site{{Name: "Shop"}, {Name: "shop (2)"}}
	if got := freeName("Shop", sites); got != "Shop (3)" {
		t.Errorf("got %q", got)
	}
}

package sitemanager

import (
	"reflect"
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
		"its commands, one a line": {
			fill: func(f *Form) { f.Host, f.Commands = "h", " SITE UMASK 022 \r\n\nSITE IDLE 900\n" },
			want: func(s *site.Site) {
				s.Name, s.Host, s.Commands = "h", "h", []string{"SITE UMASK 022", "SITE IDLE 900"}
			},
		},
		"limits as people type them": {
			fill: func(f *Form) { f.Host, f.LimitUp, f.LimitDown = "h", " 500K ", "2MB/s" },
			want: func(s *site.Site) { s.Name, s.Host, s.LimitUp, s.LimitDown = "h", "h", 500_000, 2_000_000 },
		},
		"no limit with a nought": {
			fill: func(f *Form) { f.Host, f.LimitUp = "h", "0" },
			want: func(s *site.Site) { s.Name, s.Host = "h", "h" },
		},
		"nothing with a word as limit": {fill: func(f *Form) { f.Host, f.LimitDown = "h", "fast" }, problem: "limit_down"},
		"nothing with half a proxy":    {fill: func(f *Form) { f.Host, f.Proxy = "h", ProxySOCKS }, problem: "proxy"},
		"nothing with a second login":  {fill: func(f *Form) { f.Host, f.Commands = "h", "PASS x" }, problem: "commands"},
		"nothing with a control byte":  {fill: func(f *Form) { f.Host, f.User = "h", "anna\rDELE x" }, problem: "user"},
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

// whole is a site with every field filled.
func whole() site.Site {
	return site.Site{
		ID: "id", Name: "Shop", Folder: "Clients", Host: "ftp.example.org", Port: 2121, TLS: site.TLSOff, User: "anna",
		Mode: site.ModeActive, RemoteDir: "/www", LocalDir: "/home/anna", Connections: 2, PortFrom: 5000, PortTo: 5010,
		ExternalIP: "192.0.2.7", Encoding: "windows-1251", Notes: "two\nlines",
		Bookmarks: []site.Bookmark{{Name: "Images", RemoteDir: "/www/img"}},
		Hidden:    true, KeepAlive: site.KeepAliveNoop, Account: "billing", Commands: []string{"SITE UMASK 022", "SITE IDLE 900"},
		Proxy: "http://anna@proxy.example.org:3128", Quick: true,
		LimitUp: 500_000, LimitDown: 3 << 20, Replace: site.ReplaceDelete,
	}
}

// TestSiteSurvivesItsForm also fails where site.Site got a field that whole
// does not fill, so that none can be lost unseen.
func TestSiteSurvivesItsForm(t *testing.T) {
	s := whole()
	for i, v := 0, reflect.ValueOf(s); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the test leaves %s empty", v.Type().Field(i).Name)
		}
	}
	got, problem := FormOf(s).Site()
	if problem != nil {
		t.Fatalf("%+v", problem)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptiedFieldsAreEmptied(t *testing.T) {
	f := FormOf(whole())
	f = Form{ID: f.ID, Host: "h", TLS: site.TLSOff, Mode: site.ModeAuto, base: f.base}
	got, problem := f.Site()
	if problem != nil {
		t.Fatalf("%+v", problem)
	}
	want := site.Site{ID: "id", Name: "h", Host: "h", TLS: site.TLSOff, Mode: site.ModeAuto, User: site.Anonymous, Bookmarks: whole().Bookmarks, Quick: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestProxyIsWritten(t *testing.T) {
	for want, f := range map[string]Form{
		"":                                {ProxyAddress: "left.over:1"},
		"none":                            {Proxy: ProxyNone, ProxyAddress: "left.over:1", ProxyUser: "anna"},
		"socks5://p.example.org:1080":     {Proxy: ProxySOCKS, ProxyAddress: " p.example.org:1080 "},
		"http://an%40na@[2001:db8::1]:80": {Proxy: ProxyHTTP, ProxyAddress: "[2001:db8::1]:80", ProxyUser: "an@na"},
	} {
		t.Run(want, func(t *testing.T) {
			f.Host = "h"
			s, problem := f.Site()
			if problem != nil || s.Proxy != want {
				t.Fatalf("%q, %+v", s.Proxy, problem)
			}
			if again, _ := FormOf(s).Site(); again.Proxy != want {
				t.Errorf("read and written again: %q", again.Proxy)
			}
		})
	}
}

func TestCopiedSiteHasANameOfItsOwn(t *testing.T) {
	sites := []site.Site{{Name: "Shop"}, {Name: "shop (2)"}}
	if got := freeName("Shop", sites); got != "Shop (3)" {
		t.Errorf("got %q", got)
	}
}

package site

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

// server is a Target of the text alone: the parts that differ from nothing
// said.
func server(host string, change ...func(*Target)) Target {
	t := Target{Site: Site{Host: host, User: Anonymous, Mode: ModeAuto}}
	for _, c := range change {
		c(&t)
	}
	return t
}

func login(user, password string) func(*Target) {
	return func(t *Target) { t.Site.User, t.Password = user, password }
}
func port(n int) func(*Target)    { return func(t *Target) { t.Site.Port = n } }
func secured(x TLS) func(*Target) { return func(t *Target) { t.Site.TLS = x } }
func path(p string) func(*Target) {
	return func(t *Target) { t.Path, t.HasPath = p, true }
}

func TestParseTarget(t *testing.T) {
	onServer := func(name, p string) Target { return Target{Saved: name, Path: p, HasPath: p != ""} }
	local := func(p string) Target { return Target{Local: true, Path: p, HasPath: true} }
	const h = "ftp.example.org"
	for outcome, tc := range map[string]struct {
		text string
		want Target
	}{
		"a saved site":                        {"shop:/var/www", onServer("shop", "/var/www")},
		"a saved site's root":                 {"shop:/", onServer("shop", "/")},
		"a saved site's login folder":         {"shop:", onServer("shop", "")},
		"a saved site in a folder":            {"Clients/Acme GmbH:/in box", onServer("Clients/Acme GmbH", "/in box")},
		"a saved path keeps percent and type": {"shop:/100%25;type=i", onServer("shop", "/100%25;type=i")},
		"a saved name with a colon":           {"a:b:/c", onServer("a:b", "/c")},
		"a saved name like a mail address":    {"anna@example.org:/c", onServer("anna@example.org", "/c")},
		"a path keeps a blank at its end":     {"shop:/a ", onServer("shop", "/a ")},

		"this computer, absolute":         {"/srv/www", local("/srv/www")},
		"this computer, relative":         {"./shop:/x", local("./shop:/x")},
		"this computer, above":            {"../x", local("../x")},
		"this computer, here":             {".", local(".")},
		"this computer, home":             {"~/x", local("~/x")},
		"this computer, a drive":          {`C:\x`, local(`C:\x`)},
		"this computer, a drive, slashes": {"c:/x", local("c:/x")},
		"this computer, a share":          {`\\nas\x`, local(`\\nas\x`)},

		"a host":                          {h, server(h)},
		"a host in capitals":              {"FTP.Example.ORG", server(h)},
		"a host with a dot at its end":    {h + ".", server(h)},
		"a host in blanks":                {"  " + h + " \n", server(h)},
		"a host of one word":              {"nas", server("nas")},
		"a host beyond ASCII":             {"müller.example", server("xn--mller-kva.example")},
		"a host and a port":               {h + ":2121", server(h, port(2121))},
		"the standard port is left out":   {h + ":21", server(h)},
		"port 990 is implicit TLS":        {h + ":990", server(h, secured(TLSImplicit))},
		"a host and a path":               {h + "/pub/a%20b", server(h, path("/pub/a b"))},
		"a user":                          {"anna@" + h, server(h, login("anna", ""))},
		"a user and a password":           {"anna:s3cret@" + h, server(h, login("anna", "s3cret"))},
		"a password like a folder copied": {"anna:s3cret@" + h + ":/www", server(h, login("anna", "s3cret"), path("/www"))},
		"an IPv4 address":                 {"192.0.2.7:2121", server("192.0.2.7", port(2121))},
		"IPv6 in brackets":                {"[2001:DB8::1]", server("2001:db8::1")},
		"IPv6 in brackets with a port":    {"[::1]:2121", server("::1", port(2121))},
		"IPv6 without brackets":           {"2001:db8::1", server("2001:db8::1")},
		"IPv6 with a zone":                {"ftp://[fe80::1%25eth0]/", server("fe80::1%eth0", path("/"))},

		"ftp":                            {"ftp://" + h, server(h)},
		"ftp in capitals":                {"FTP://" + h + "/", server(h, path("/"))},
		"ftpes":                          {"ftpes://" + h, server(h, secured(TLSExplicit))},
		"ftps is implicit":               {"ftps://" + h, server(h, secured(TLSImplicit))},
		"ftps on 990":                    {"ftps://" + h + ":990", server(h, secured(TLSImplicit))},
		"ftps on 21 is explicit":         {"ftps://" + h + ":21", server(h, secured(TLSExplicit))},
		"ftps elsewhere":                 {"ftps://" + h + ":2990", server(h, secured(TLSImplicit), port(2990))},
		"everything at once":             {"ftp://anna:p%40ss@" + h + ":2121/a/b.txt;type=i", server(h, login("anna", "p@ss"), port(2121), path("/a/b.txt"))},
		"type without a path":            {"ftp://" + h + ";type=A", server(h)},
		"a raw @ in the password":        {"ftp://anna:p@ss@" + h + "/", server(h, login("anna", "p@ss"), path("/"))},
		"a colon in the password":        {"ftp://anna:p:ss@" + h, server(h, login("anna", "p:ss"))},
		"a mail address as user":         {"ftp://anna@example.net:x@" + h, server(h, login("anna@example.net", "x"))},
		"a percent sign that is no code": {"ftp://anna:100%@" + h + "/5%", server(h, login("anna", "100%"), path("/5%"))},
		"an @ in the path":               {"ftp://" + h + "/a@b", server(h, path("/a@b"))},
		"a path from %2F":                {"ftp://" + h + "/%2Fetc/motd", server(h, path("/etc/motd"))},
		"a question mark is a name":      {"ftp://" + h + "/a?b#c", server(h, path("/a?b#c"))},
		"a name that is not UTF-8":       {"ftp://" + h + "/%E4", server(h, path("/\xe4"))},
		"no user before the @":           {"ftp://@" + h, server(h)},

		"lftp":                  {"lftp -u anna,s3cret " + h, server(h, login("anna", "s3cret"))},
		"lftp with a port":      {"lftp -p 2121 -u anna " + h, server(h, login("anna", ""), port(2121))},
		"lftp, quoted password": {"lftp -u 'anna,p w,\\' -p2121 ftps://" + h + "/x", server(h, login("anna", `p w,\`), secured(TLSImplicit), port(2121), path("/x"))},
		"lftp with commands":    {`lftp ftp://` + h + ` -e "mirror a b; quit"`, server(h)},
		"lftp without its name": {"-u anna,x " + h, server(h, login("anna", "x"))},
		"lftp with IPv6":        {"lftp -p 2121 [fe80::1%25eth0]", server("fe80::1%eth0", port(2121))},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := ParseTarget(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Fatalf("ParseTarget(%q) (-want +got):\n%s", tc.text, diff)
			}
		})
	}
}

func TestParseTargetRefuses(t *testing.T) {
	for outcome, text := range map[string]string{
		"nothing":                        "",
		"blanks":                         "  ",
		"no host":                        "ftp://",
		"no host behind the user":        "ftp://anna:hunter2@",
		"a word for a port":              "host:hunter2",
		"port 0":                         "host:0",
		"a port too high":                "host:65536",
		"a signed port":                  "host:+21",
		"a password with a slash":        "ftp://anna:hunter2/x@host/",
		"another protocol":               "sftp://anna:hunter2@host/",
		"a line end":                     "ftp://anna:hunter2@host/a\r\nDELE b",
		"a line end in code":             "ftp://anna:hunter2@host/a%0D%0ADELE%20b",
		"a line end in the user's code":  "ftp://anna%0D%0A:hunter2@host/",
		"a line end in the password":     "ftp://anna:hunter2%0A@host/",
		"a NUL in the path":              "ftp://anna:hunter2@host/%00",
		"a NUL on this computer":         "./a\x00",
		"a way out of the path":          "ftp://anna:hunter2@host/a/../b",
		"a way out in code":              "ftp://anna:hunter2@host/a/%2e%2e/b",
		"a way out of a saved site":      "shop:/a/../../b",
		"a blank in the host":            "my hunter2 host",
		"a host that is an option":       "ftp://-oProxy/",
		"a bracket left open":            "[::1",
		"brackets round a name":          "[host]",
		"text behind a bracket":          "[::1]x",
		"a zone that is none":            "ftp://[fe80::1%25a%2Fb]/",
		"an empty label":                 "ftp..example.org",
		"lftp without a host":            "lftp -u anna,hunter2",
		"lftp with two hosts":            "lftp hunter2 b",
		"lftp with a quote left open":    "lftp -u 'anna,hunter2 host",
		"lftp with an option unknown":    "lftp -f hunter2 host",
		"lftp with an option cut":        "lftp host -u",
		"lftp with a line end in a code": "lftp -u anna,hunter2 ftp://host/%0A",
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := ParseTarget(text)
			if err == nil {
				t.Fatalf("ParseTarget(%q) = %+v", text, got)
			}
			var e *vfs.Error
			if !errors.As(err, &e) || e.Kind != vfs.KindBadName || e.Reply == "" {
				t.Errorf("not a reasoned *vfs.Error: %#v", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats a secret: %v", err)
			}
		})
	}
}

func TestIsRemote(t *testing.T) {
	for text, want := range map[string]bool{
		"shop:/x": true, "shop:": true, "Clients/Acme:/x": true, "ftp://h/x": true, "FTPS://h": true,
		"docs": false, "docs/a": false, "./shop:/x": false, "/x": false, `C:\x`: false, "host:2121": false, "": false,
	} {
		if got := IsRemote(text); got != want {
			t.Errorf("IsRemote(%q) = %v", text, got)
		}
	}
}

func TestURLHoldsNoPasswordAndIsReadBack(t *testing.T) {
	for want, text := range map[string]string{
		"ftp://ftp.example.org":                       "ftp.example.org",
		"ftp://anna@ftp.example.org/":                 "anna:x@ftp.example.org/",
		"ftps://a%40b@ftp.example.org:2990/x%20y":     "ftps://a@b:x@ftp.example.org:2990/x y",
		"ftpes://[fe80::1%25eth0]:2121/%C3%A4%3Fb":    "ftpes://[fe80::1%25eth0]:2121/ä%3Fb",
		"ftp://ftp.example.org/a%3Btype=i":            "ftp://ftp.example.org/a;type=i;type=i",
		"ftp://ftp.example.org:990/not-implicit-here": "ftp://ftp.example.org:990/not-implicit-here",
	} {
		target, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		got := target.Site.URL(target.Path)
		if got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{
		"shop:/a", "shop:", "host:2121", "ftp://u:p@h:21/a%20b;type=i", "ftps://h:21", "[::1]:21", "fe80::1%eth0",
		`C:\x`, "~", "lftp -u 'a,b' -p 21 h", "-u a,b ftp://h/", "a:b@c:/d", "ftp://%zz:%@h/%2F%2e", "é.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := ParseTarget(text)
		if err != nil {
			var e *vfs.Error
			if !errors.As(err, &e) || e.Kind != vfs.KindBadName {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		if target.Local {
			if target.Path != text {
				t.Fatalf("%q: a local path was changed to %q", text, target.Path)
			}
			return
		}
		if target.HasPath {
			if p, err := vfs.Parse(target.Path); err != nil || p.String() != target.Path {
				t.Fatalf("%q: path %q: %v", text, target.Path, err)
			}
		}
		if target.Saved != "" {
			return
		}
		if err := target.Site.Validate(); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		link := target.Site.URL(target.Path)
		again, err := ParseTarget(link)
		if err != nil {
			t.Fatalf("%q: its URL %q: %v", text, link, err)
		}
		target.Password = ""
		if diff := cmp.Diff(target, again); diff != "" {
			t.Fatalf("%q: its URL %q reads differently:\n%s", text, link, diff)
		}
	})
}

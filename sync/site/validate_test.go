package site

import (
	"errors"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

func TestValidateNamesTheField(t *testing.T) {
	long := strings.Repeat("x", 300)
	for outcome, tc := range map[string]struct {
		change func(*Site)
		field  string // "" passes
	}{
		"all fields set":             {func(s *Site) {}, ""},
		"a host alone":               {func(s *Site) { *s = Site{Host: "nas"} }, ""},
		"an IPv6 host":               {func(s *Site) { s.Host = "fe80::1%eth0" }, ""},
		"an underscore in the host":  {func(s *Site) { s.Host = "my_nas.local" }, ""},
		"a backslash in the name":    {func(s *Site) { s.Name = `a\b` }, ""},
		"an emoji in the name":       {func(s *Site) { s.Name = "shop 🛒" }, ""},
		"no host":                    {func(s *Site) { s.Host = "" }, "host"},
		"a line end in the host":     {func(s *Site) { s.Host = "a\r\nb" }, "host"},
		"a URL for a host":           {func(s *Site) { s.Host = "ftp://a" }, "host"},
		"brackets in the host":       {func(s *Site) { s.Host = "[::1]" }, "host"},
		"a host too long":            {func(s *Site) { s.Host = strings.Repeat("abc.", 80) + "de" }, "host"},
		"a name with a path's start": {func(s *Site) { s.Name = "a:/b" }, "name"},
		"an escape in the name":      {func(s *Site) { s.Name = "a\x1b[2J" }, "name"},
		"text turned round":          {func(s *Site) { s.Name = "a\u202eb" }, "name"},
		"a name too long":            {func(s *Site) { s.Name = long }, "name"},
		"a blank before the folder":  {func(s *Site) { s.Folder = " a" }, "folder"},
		"a port too high":            {func(s *Site) { s.Port = 65536 }, "port"},
		"a port too low":             {func(s *Site) { s.Port = -1 }, "port"},
		"TLS unknown":                {func(s *Site) { s.TLS = "maybe" }, "tls"},
		"a mode unknown":             {func(s *Site) { s.Mode = "both" }, "mode"},
		"a line end in the user":     {func(s *Site) { s.User = "anna\r\nDELE x" }, "user"},
		"a user too long":            {func(s *Site) { s.User = long + long + long + long }, "user"},
		"a relative remote folder":   {func(s *Site) { s.RemoteDir = "www" }, "remote_dir"},
		"a way out, remote":          {func(s *Site) { s.RemoteDir = "/a/../b" }, "remote_dir"},
		"a NUL, local":               {func(s *Site) { s.LocalDir = "/a\x00" }, "local_dir"},
		"too many connections":       {func(s *Site) { s.Connections = 33 }, "connections"},
		"half a range":               {func(s *Site) { s.PortTo = 0 }, "port_to"},
		"a range upside down":        {func(s *Site) { s.PortFrom = 50200 }, "port_to"},
		"a range from nowhere":       {func(s *Site) { s.PortFrom = -5 }, "port_from"},
		"a name for an address":      {func(s *Site) { s.ExternalIP = "me.example" }, "external_ip"},
		"IPv6 where PORT has none":   {func(s *Site) { s.ExternalIP = "2001:db8::1" }, "external_ip"},
		"an encoding unknown":        {func(s *Site) { s.Encoding = "klingon" }, "encoding"},
		"an encoding with NULs":      {func(s *Site) { s.Encoding = "utf-16le" }, "encoding"},
		"a bookmark's folder":        {func(s *Site) { s.Bookmarks[0].RemoteDir = "x" }, "bookmarks"},
		"a bookmark's name":          {func(s *Site) { s.Bookmarks[0].Name = "\n" }, "bookmarks"},
		"a limit below none":         {func(s *Site) { s.LimitUp = -1 }, "limit_up"},
		"another limit below none":   {func(s *Site) { s.LimitDown = -1 }, "limit_down"},
		"a way to replace unknown":   {func(s *Site) { s.Replace = "hope" }, "replace"},
		"a way to replace known":     {func(s *Site) { s.Replace = ReplaceNever }, ""},
		"a NUL in the notes":         {func(s *Site) { s.Notes = "\x00" }, "notes"},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := full()
			tc.change(&s)
			err := s.Validate()
			var e *vfs.Error
			switch {
			case tc.field == "" && err == nil:
			case tc.field == "", !errors.As(err, &e), e.Path != tc.field, e.Kind != vfs.KindBadName, e.Reply == "":
				t.Fatalf("want a fault in %q, got %v", tc.field, err)
			}
		})
	}
}

func TestNewIDIsNewAndLong(t *testing.T) {
	a, b := NewID(), NewID()
	if a == b || len(a) != 32 {
		t.Fatalf("%q and %q", a, b)
	}
}

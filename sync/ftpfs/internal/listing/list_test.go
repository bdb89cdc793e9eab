package listing

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

// file is the entry that most lines of TestUnixLine tell of.
func file(name string, change ...func(*vfs.Entry)) vfs.Entry {
	e := vfs.Entry{
		Name: name, Type: vfs.TypeFile, Size: 1234, ModTime: at(2024, 1, 2, 15, 4, 0), Accuracy: time.Minute,
		Mode: 0o644, HasMode: true, Owner: "anna", Group: "users",
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func when(t time.Time, step time.Duration) func(*vfs.Entry) {
	return func(e *vfs.Entry) { e.ModTime, e.Accuracy = t, step }
}

func owned(owner, group string) func(*vfs.Entry) {
	return func(e *vfs.Entry) { e.Owner, e.Group = owner, group }
}

func typed(t vfs.Type, size int64) func(*vfs.Entry) {
	return func(e *vfs.Entry) { e.Type, e.Size = t, size }
}

func leads(target string, size int64) func(*vfs.Entry) {
	return func(e *vfs.Entry) { e.Type, e.Target, e.Size = vfs.TypeLink, target, size }
}

func TestUnixLine(t *testing.T) {
	for outcome, tc := range map[string]struct {
		line string
		want vfs.Entry
	}{
		"GNU":                        {"-rw-r--r--   1 anna     users        1234 Jan  2 15:04 name", file("name")},
		"GNU with a year":            {"-rw-r--r--   1 anna     users        1234 Jan  2  2006 name", file("name", when(at(2006, 1, 2, 0, 0, 0), day))},
		"GNU long-iso":               {"-rw-r--r-- 1 anna users 1234 2024-01-02 15:04 name", file("name")},
		"GNU full-iso":               {"-rw-r--r-- 1 anna users 1234 2024-01-02 16:04:05.123456789 +0100 name", file("name", when(time.Date(2024, 1, 2, 15, 4, 5, 123456789, time.UTC), time.Nanosecond))},
		"GNU with a label":           {"-rw-r--r--. 1 anna users 1234 Jan  2 15:04 name", file("name")},
		"BSD with extra attributes":  {"-rw-r--r--@ 1 anna  users  1234 Jan  2 15:04 name", file("name")},
		"BSD -T":                     {"-rw-r--r--  1 anna  users  1234 Jan  2 15:04:05 2006 name", file("name", when(at(2006, 1, 2, 15, 4, 5), time.Second))},
		"one digit hour":             {"-rw-r--r-- 1 anna users 1234 Jan  2  5:04 name", file("name", when(at(2024, 1, 2, 5, 4, 0), time.Minute))},
		"numeric owners":             {"-rw-r--r--    1 1000     100          1234 Jan 02 15:04 name", file("name", owned("1000", "100"))},
		"group missing":              {"-rw-r--r--   1 anna  1234 Jan  2 15:04 name", file("name", owned("anna", ""))},
		"link count missing":         {"-rw-r--r--   anna users  1234 Jan  2 15:04 name", file("name")},
		"owner only":                 {"-rw-r--r--   anna   1234 Jan  2 15:04 name", file("name", owned("anna", ""))},
		"no columns but the size":    {"-rw-r--r-- 1234 Jan  2 15:04 name", file("name", owned("", ""))},
		"group with a space":         {"-rw-r--r--   1 anna Domain Users  1234 Jan  2 15:04 name", file("name", owned("anna", "Domain Users"))},
		"owner named like a month":   {"-rw-r--r--   1 may users 1234 Jan  2 15:04 name", file("name", owned("may", "users"))},
		"owner Jan, group and size":  {"-rw-r--r--   1 jan 20 2005 Jan  2 15:04 name", file("name", owned("jan", "20"), typed(vfs.TypeFile, 2005))},
		"a Cyrillic owner, the same": {"-rw-r--r--   1 ольга 20 2005 Jan  2 15:04 name", file("name", owned("ольга", "20"), typed(vfs.TypeFile, 2005))},
		"the same without a count":   {"drw-r--r--   ольга 20 2005 Jan  2  2006 name", file("name", when(at(2006, 1, 2, 0, 0, 0), day), owned("ольга", "20"), typed(vfs.TypeDir, 2005))},
		"tabs between the columns":   {"-rw-r--r--\t1\tanna\tusers\t1234\tJan\t2\t15:04\tname", file("name")},
		"leading spaces in the name": {"-rw-r--r--   1 anna users 1234 Jan  2 15:04   name", file("  name")},
		"trailing space in the name": {"-rw-r--r--   1 anna users 1234 Jan  2 15:04 name ", file("name ")},
		"a name of one space":        {"-rw-r--r--   1 anna users 1234 Jan  2 15:04  ", file(" ")},
		"a date in the name":         {"-rw-r--r--   1 anna users 1234 Jan  2 15:04 9 Feb 3 2001 x", file("9 Feb 3 2001 x")},
		"an arrow in a file's name":  {"-rw-r--r--   1 anna users 1234 Jan  2 15:04 a -> b", file("a -> b")},
		"other bytes in the name":    {"-rw-r--r--   1 anna users 1234 Jan  2 15:04 \xe4\x00\x1b[2J", file("\xe4\x00\x1b[2J")},
		"a link":                     {"lrw-r--r--   1 anna users 6 Jan  2 15:04 a -> target", file("a", leads("target", 6))},
		"a link without a target":    {"lrw-r--r--   1 anna users 6 Jan  2 15:04 a", file("a", leads("", 6))},
		"an arrow in a link's name":  {"lrw-r--r--   1 anna users 1 Jan  2 15:04 a -> b -> c", file("a -> b", leads("c", 1))},
		"an arrow in a link's target": {
			"lrw-r--r--   1 anna users 6 Jan  2 15:04 a -> b -> c", file("a", leads("b -> c", 6)),
		},
		"the first arrow in doubt":     {"lrw-r--r--   1 anna users 0 Jan  2 15:04 a -> b -> c", file("a", leads("b -> c", 0))},
		"a folder":                     {"drw-r--r--   2 anna users 4096 Jan  2 15:04 name", file("name", typed(vfs.TypeDir, 4096))},
		"a folder without a size":      {"drw-r--r--   2 anna users Jan  2 15:04 name", file("name", typed(vfs.TypeDir, -1))},
		"a device":                     {"crw-r--r--   1 anna users 10, 200 Jan  2 15:04 name", file("name", typed(vfs.TypeOther, -1))},
		"a device in one column":       {"brw-r--r--   1 anna users 8,1 Jan  2 15:04 name", file("name", typed(vfs.TypeOther, -1))},
		"a socket":                     {"srw-r--r--   1 anna users 0 Jan  2 15:04 name", file("name", typed(vfs.TypeOther, -1))},
		"German":                       {"-rw-r--r--   1 anna users 1234  2. Jan 15:04 name", file("name")},
		"German with an umlaut":        {"-rw-r--r--   1 anna users 1234  2. Mär 2006 name", file("name", when(at(2006, 3, 2, 0, 0, 0), day))},
		"German in Latin-1":            {"-rw-r--r--   1 anna users 1234 M\xe4r  2  2006 name", file("name", when(at(2006, 3, 2, 0, 0, 0), day))},
		"day before month":             {"-rw-r--r--   1 anna users 1234  2 Jan 15:04 name", file("name")},
		"French":                       {"-rw-r--r--   1 anna users 1234 févr.  2  2006 name", file("name", when(at(2006, 2, 2, 0, 0, 0), day))},
		"Russian":                      {"-rw-r--r--   1 anna users 1234 дек  2  2006 name", file("name", when(at(2006, 12, 2, 0, 0, 0), day))},
		"Japanese":                     {"-rw-r--r--   1 anna users 1234  1月  2日 15:04 name", file("name")},
		"Chinese without spaces apart": {"-rw-r--r--   1 anna users 1234 12月 2 2006 name", file("name", when(at(2006, 12, 2, 0, 0, 0), day))},
		"set-id and sticky bits":       {"-rwSr-sr-T   1 anna users 1234 Jan  2 15:04 name", file("name", func(e *vfs.Entry) { e.Mode = 0o654 })},
		"sticky and executable":        {"-rwsr-xr-t   1 anna users 1234 Jan  2 15:04 name", file("name", func(e *vfs.Entry) { e.Mode = 0o755 })},
		"an ACL and no link count":     {"-rw-r--r--+ anna users 1234 Jan  2 15:04 name", file("name")},
		"beyond 32 bit":                {"-rw-r--r--   1 anna users 5368709120 Jan  2 15:04 name", file("name", typed(vfs.TypeFile, 5368709120))},
		"a rounded size is unknown":    {"-rw-r--r--   1 anna users 33.5k Jan  2 15:04 name", file("name", typed(vfs.TypeFile, -1))},
		"slashes in the date":          {"-rw-r--r-- 1 anna users 1234 2024/01/02 15:04 name", file("name")},
		"GNU iso, padded":              {"-rw-r--r-- 1 anna users 1234 2006-01-02  name", file("name", when(at(2006, 1, 2, 0, 0, 0), day))},
		"GNU iso, a leading space":     {"-rw-r--r-- 1 anna users 1234 2006-01-02   name", file(" name", when(at(2006, 1, 2, 0, 0, 0), day))},
		"a year and a time":            {"-rw-r--r--   1 anna users 1234 Jan 02, 2006 15:04 name", file("name", when(at(2006, 1, 2, 15, 4, 0), time.Minute))},
		"a time in the name":           {"-rw-r--r--   1 anna users 1234 Jan  2  2006 15:04 name", file("15:04 name", when(at(2006, 1, 2, 0, 0, 0), day))},
		"commas":                       {"-rw-r--r--   1 anna users 1234  2. Jan., 15:04 name", file("name")},
		"group left empty":             {"-rw-r--r--   1 anna              1234 Jan  2 15:04 name", file("name", owned("anna", ""))},
		"a pipe":                       {"prw-r--r--   1 anna users 0 Jan  2 15:04 name", file("name", typed(vfs.TypeOther, -1))},
		"largest size":                 {"-rw-r--r--   1 anna users 9223372036854775807 Jan  2 15:04 name", file("name", typed(vfs.TypeFile, 1<<63-1))},
	} {
		t.Run(outcome, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, one(t, LIST, tc.line+"\r\n"), cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestYearLeftOut(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for outcome, tc := range map[string]struct {
		now  time.Time
		loc  *time.Location
		date string
		want time.Time
	}{
		"this year":                        {now, nil, "Mar  9 10:00", at(2024, 3, 9, 10, 0, 0)},
		"last year":                        {now, nil, "Oct  9 10:00", at(2023, 10, 9, 10, 0, 0)},
		"a server some hours ahead":        {now, nil, "Mar 11 11:00", at(2024, 3, 11, 11, 0, 0)},
		"more than a day ahead: last year": {now, nil, "Mar 11 13:00", at(2023, 3, 11, 13, 0, 0)},
		"New Year seen from before it":     {at(2023, 12, 31, 23, 0, 0), nil, "Jan  1 05:00", at(2024, 1, 1, 5, 0, 0)},
		"New Year's Eve seen from after":   {at(2024, 1, 1, 0, 30, 0), nil, "Dec 31 23:00", at(2023, 12, 31, 23, 0, 0)},
		"29 February in a leap year":       {now, nil, "Feb 29 10:00", at(2024, 2, 29, 10, 0, 0)},
		"29 February after one":            {at(2025, 3, 1, 0, 0, 0), nil, "Feb 29 10:00", at(2024, 2, 29, 10, 0, 0)},
		"29 February to come in a day":     {at(2024, 2, 28, 12, 0, 0), nil, "Feb 29 10:00", at(2024, 2, 29, 10, 0, 0)},
		"29 February to come in two days":  {at(2024, 2, 27, 9, 0, 0), nil, "Feb 29 10:00", at(2020, 2, 29, 10, 0, 0)},
		"some hours ahead on New Year":     {at(2023, 12, 31, 20, 0, 0), nil, "Jan  1 10:00", at(2024, 1, 1, 10, 0, 0)},
		"today a year ago, by a minute":    {now, nil, "Mar 11 12:01", at(2023, 3, 11, 12, 1, 0)},
		"a zone of its own":                {now, berlin, "Mar  9 10:00", at(2024, 3, 9, 9, 0, 0)},
		"a zone already in the next year":  {at(2023, 12, 31, 23, 30, 0), berlin, "Jan  1 00:20", at(2023, 12, 31, 23, 20, 0)},
	} {
		t.Run(outcome, func(t *testing.T) {
			line := "-rw-r--r-- 1 a b 1 " + tc.date + " x\n"
			entries, _, err := Read(strings.NewReader(line), LIST, Options{Now: tc.now, Location: tc.loc})
			if err != nil || len(entries) != 1 || !entries[0].ModTime.Equal(tc.want) {
				t.Fatalf("%+v, %v; want %v", entries, err, tc.want)
			}
		})
	}
}

func TestDOSLine(t *testing.T) {
	stamp := at(2006, 1, 2, 15, 4, 0)
	entry := func(name string, typ vfs.Type, size int64) vfs.Entry {
		return vfs.Entry{Name: name, Type: typ, Size: size, ModTime: stamp, Accuracy: time.Minute}
	}
	link := func(name, target string, to vfs.Type) vfs.Entry {
		e := entry(name, vfs.TypeLink, -1)
		e.Target, e.TargetType = target, to
		return e
	}
	for outcome, tc := range map[string]struct {
		line string
		want vfs.Entry
	}{
		"a file of IIS":              {"01-02-06  03:04PM                 1234 name", entry("name", vfs.TypeFile, 1234)},
		"a folder of IIS":            {"01-02-06  03:04PM       <DIR>          name", entry("name", vfs.TypeDir, -1)},
		"four digits of the year":    {"01-02-2006  03:04PM       <DIR>          my name", entry("my name", vfs.TypeDir, -1)},
		"24 hours":                   {"01-02-06  15:04                 1234 name", entry("name", vfs.TypeFile, 1234)},
		"PM apart":                   {"01/02/2006  03:04 PM    1234 name", entry("name", vfs.TypeFile, 1234)},
		"day first, as it must be":   {"02.01.2006  15:04    1234 name", entry("name", vfs.TypeFile, 1234)},
		"year first":                 {"2006-01-02  15:04    <DIR> name", entry("name", vfs.TypeDir, -1)},
		"leading spaces of a file":   {"01-02-06  03:04PM                 1234   name", entry("  name", vfs.TypeFile, 1234)},
		"leading spaces of a folder": {"01-02-06  03:04PM       <DIR>            name", entry("  name", vfs.TypeDir, -1)},
		"thousands with commas":      {"2006-01-02  15:04    1,234,567 name", entry("name", vfs.TypeFile, 1234567)},
		"thousands with points":      {"02.01.2006  15:04    1.234 name", entry("name", vfs.TypeFile, 1234)},
		"thousands with hard spaces": {"02.01.2006  15:04    5\u00a0368\u00a0709\u00a0120 name", entry("name", vfs.TypeFile, 5368709120)},
		"a letter for PM":            {"01/02/2006  03:04p    1234 name", entry("name", vfs.TypeFile, 1234)},
		"a junction":                 {`01-02-06  03:04PM       <JUNCTION>     name [C:\data]`, link("name", `C:\data`, vfs.TypeDir)},
		"a link to a folder":         {`01-02-06  03:04PM       <SYMLINKD>     name [\\srv\x]`, link("name", `\\srv\x`, vfs.TypeDir)},
		"a link to a file":           {`01-02-06  03:04PM       <SYMLINK>      name`, link("name", "", vfs.TypeFile)},
	} {
		t.Run(outcome, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, one(t, LIST, tc.line+"\r\n")); diff != "" {
				t.Fatal(diff)
			}
		})
	}
	for date, want := range map[string]time.Time{
		"12-31-69  12:00AM": at(2069, 12, 31, 0, 0, 0),
		"12-31-70  12:00PM": at(1970, 12, 31, 12, 0, 0),
		"12-31-99  12:01AM": at(1999, 12, 31, 0, 1, 0),
		"01-02-06  12:00PM": at(2006, 1, 2, 12, 0, 0),
		"31-12-2001  11:59": at(2001, 12, 31, 11, 59, 0),
	} {
		if got := one(t, LIST, date+" 1 x\r\n").ModTime; !got.Equal(want) {
			t.Errorf("%s: %v, want %v", date, got, want)
		}
	}
}

func TestLISTKeepsWhatItCannotRead(t *testing.T) {
	for outcome, line := range map[string]string{
		"a word":                "hello",
		"an error of ls":        "ls: cannot open directory: Permission denied",
		"no date":               "-rw-r--r-- 1 anna users 1234 name",
		"no name":               "-rw-r--r-- 1 anna users 1234 Jan  2 15:04",
		"an empty name":         "-rw-r--r-- 1 anna users 1234 Jan  2 15:04 ",
		"no such day":           "-rw-r--r-- 1 anna users 1234 Feb 30  2006 name",
		"no such month":         "-rw-r--r-- 1 anna users 1234 Foo  2  2006 name",
		"no such hour":          "-rw-r--r-- 1 anna users 1234 Jan  2 25:00 name",
		"no size":               "-rw-r--r-- 1 anna users x Jan  2 15:04 name",
		"a size beyond all":     "-rw-r--r-- 1 anna users 99999999999999999999 Jan  2 15:04 name",
		"letters that are none": "-rw-r--r-q 1 anna users 1 Jan  2 15:04 name",
		"unknown type":          "?rw-r--r-- 1 anna users 1 Jan  2 15:04 name",
		"cut in the middle":     "-rw-r--r-- 1 anna use",
		"DOS: hour 13 PM":       "01-02-06  13:04PM 1 name",
		"DOS: unknown mark":     "01-02-06  03:04PM <WHAT> name",
		"DOS: no name":          "01-02-06  03:04PM 1234",
		"DOS: odd thousands":    "01-02-06  03:04PM 1,23 name",
		"DOS: a fraction":       "01-02-06  03:04PM 1.5 name",
		"DOS: no such month":    "13-13-06  03:04PM 1 name",
	} {
		t.Run(outcome, func(t *testing.T) {
			entries, unparsed := read(t, LIST, line+"\r\n")
			if len(entries) != 0 || len(unparsed) != 1 || unparsed[0].Line != line {
				t.Fatalf("entries %+v, unparsed %q", entries, unparsed)
			}
		})
	}
}

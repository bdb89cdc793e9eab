package listing

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestMonthsOfLanguages takes the names as glibc prints them, in UTF-8 and in
// the encodings that servers of the language had before.
func TestMonthsOfLanguages(t *testing.T) {
	for language, tc := range map[string]struct {
		names string
		old   []encoding.Encoding
	}{
		"English":    {"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", nil},
		"German":     {"Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez", western()},
		"Austrian":   {"Jän Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez", western()},
		"French":     {"janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.", western()},
		"Spanish":    {"ene feb mar abr may jun jul ago sep oct nov dic", nil},
		"Italian":    {"gen feb mar apr mag giu lug ago set ott nov dic", nil},
		"Portuguese": {"jan fev mar abr mai jun jul ago set out nov dez", nil},
		"Dutch":      {"jan feb mrt apr mei jun jul aug sep okt nov dec", nil},
		"Swedish":    {"jan feb mar apr maj jun jul aug sep okt nov dec", nil},
		"Norwegian":  {"jan. feb. mars april mai juni juli aug. sep. okt. nov. des.", nil},
		"Danish":     {"jan feb mar apr maj jun jul aug sep okt nov dec", nil},
		"Finnish":    {"tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu", western()},
		"Polish":     {"sty lut mar kwi maj cze lip sie wrz paź lis gru", central()},
		"Czech":      {"led úno bře dub kvě čen čec srp zář říj lis pro", central()},
		"Hungarian":  {"jan febr márc ápr máj jún júl aug szept okt nov dec", central()},
		"Turkish":    {"Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara", []encoding.Encoding{charmap.ISO8859_9}},
		"Russian":    {"янв фев мар апр мая июн июл авг сен окт ноя дек", []encoding.Encoding{charmap.KOI8R, charmap.Windows1251, charmap.CodePage866, charmap.ISO8859_5}},
		"Ukrainian":  {"січ лют бер кві тра чер лип сер вер жов лис гру", []encoding.Encoding{charmap.KOI8U, charmap.Windows1251}},
		"Greek":      {"Ιαν Φεβ Μάρ Απρ Μάι Ιούν Ιούλ Αύγ Σεπ Οκτ Νοέ Δεκ", []encoding.Encoding{charmap.ISO8859_7}},
		"Japanese":   {"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", []encoding.Encoding{japanese.EUCJP, japanese.ShiftJIS}},
		"Chinese":    {"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", []encoding.Encoding{simplifiedchinese.GBK, traditionalchinese.Big5}},
		"Korean":     {"1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월", []encoding.Encoding{korean.EUCKR}},
	} {
		t.Run(language, func(t *testing.T) {
			for _, enc := range append(tc.old, encoding.Nop) {
				for i, name := range strings.Fields(tc.names) {
					raw, err := enc.NewEncoder().String(name)
					if err != nil {
						t.Fatal(err)
					}
					want := at(2006, time.Month(i+1), 2, 0, 0, 0)
					for _, form := range []string{raw + "  2  2006", " 2 " + raw + " 2006", "2. " + raw + " 2006"} {
						if e := one(t, LIST, "-rw-r--r-- 1 a b 3 "+form+" x\n"); !e.ModTime.Equal(want) || e.Name != "x" {
							t.Errorf("%s as %q in %v: %v, want %v", name, raw, enc, e.ModTime, want)
						}
					}
				}
			}
		})
	}
}

func TestNoMonthIsAnotherInAnotherEncoding(t *testing.T) {
	tried := 0
	for name, want := range months {
		for _, enc := range monthEncodings {
			raw, err := enc.NewEncoder().String(name)
			if err != nil {
				continue // the encoding lacks a letter
			}
			tried++
			for _, other := range monthEncodings {
				runes := make([]rune, len(raw))
				for i := range len(raw) {
					runes[i] = other.DecodeByte(raw[i])
				}
				if got, ok := lookupMonth(string(runes)); ok && got != want {
					t.Errorf("%q is %v in %v and %v in %v", raw, want, enc, got, other)
				}
			}
		}
	}
	if tried < len(months) {
		t.Fatalf("only %d names were tried", tried)
	}
}

func western() []encoding.Encoding {
	return []encoding.Encoding{charmap.ISO8859_1, charmap.Windows1252, charmap.CodePage850}
}

func central() []encoding.Encoding {
	return []encoding.Encoding{charmap.ISO8859_2, charmap.Windows1250, charmap.CodePage852}
}

func TestSignedDates(t *testing.T) {
	for outcome, tc := range map[string]struct {
		encoding encoding.Encoding
		date     string
		want     time.Time
	}{
		"month and day with signs":        {encoding.Nop, " 3月  5日 10:00", at(2024, 3, 5, 10, 0, 0)},
		"month and day in one word":       {encoding.Nop, "11月5日 10:00", at(2023, 11, 5, 10, 0, 0)},
		"one word and a year":             {encoding.Nop, "11月5日 2006年", at(2006, 11, 5, 0, 0, 0)},
		"all three with signs":            {encoding.Nop, " 4月 18日 2003年", at(2003, 4, 18, 0, 0, 0)},
		"all three with signs, Shift-JIS": {japanese.ShiftJIS, " 4月 18日 2003年", at(2003, 4, 18, 0, 0, 0)},
		"all three with signs, EUC-JP":    {japanese.EUCJP, " 4月 18日 2003年", at(2003, 4, 18, 0, 0, 0)},
		"Korean, the year first":          {encoding.Nop, "2005년  1월  6일", at(2005, 1, 6, 0, 0, 0)},
		"Korean, the year first, EUC-KR":  {korean.EUCKR, "2005년  1월  6일", at(2005, 1, 6, 0, 0, 0)},
		"Chinese, the year first, GBK":    {simplifiedchinese.GBK, "2005年  1月  6日", at(2005, 1, 6, 0, 0, 0)},
		"Chinese, the year first, Big5":   {traditionalchinese.Big5, "2005年  1月  6日", at(2005, 1, 6, 0, 0, 0)},
		"a bare year first":               {encoding.Nop, "2003   3月 20", at(2003, 3, 20, 0, 0, 0)},
	} {
		t.Run(outcome, func(t *testing.T) {
			raw, err := tc.encoding.NewEncoder().String(tc.date)
			if err != nil {
				t.Fatal(err)
			}
			if e := one(t, LIST, "-rw-r--r-- 1 a b 3 "+raw+" a name\n"); !e.ModTime.Equal(tc.want) || e.Name != "a name" || e.Size != 3 {
				t.Fatalf("%q: %+v, want %v", raw, e, tc.want)
			}
		})
	}
	e := one(t, LIST, "drwxr-xr-x 1 a b 2003 3月 20 10:00 x\n")
	if e.Size != 2003 || e.Name != "x" || !e.ModTime.Equal(at(2023, 3, 20, 10, 0, 0)) {
		t.Errorf("a size that could be a year: %+v", e)
	}
}

// TestMonthsUnknown wants the file without a time rather than with a wrong
// one, or none of the folder.
func TestMonthsUnknown(t *testing.T) {
	for outcome, word := range map[string]string{
		"June for macOS, July for glibc": "jui",
		"Thai":                           "ม.ค.",
		"Arabic":                         "ينا",
		"bytes of nobody":                "\x81\x8d\x8f",
	} {
		t.Run(outcome, func(t *testing.T) {
			for _, date := range []string{word + "  2  2006", " 2 " + word + " 15:04"} {
				e := one(t, LIST, "-rw-r--r-- 1 a b 3 "+date+" x\n")
				if !e.ModTime.IsZero() || e.Accuracy != 0 || e.Name != "x" || e.Size != 3 {
					t.Errorf("%q: %+v", date, e)
				}
			}
		})
	}
}

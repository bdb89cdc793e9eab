package listing

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// monthOf knows months by their names. The bytes are tried as they are, then
// as Decode has them, then in the encodings of the languages that need one:
// ls takes the names from the server's locale, which need not be the encoding
// of its file names.
func (p *parser) monthOf(s string) (time.Month, bool) {
	if m, ok := months[s]; ok { // most listings: "Jan", without a new string
		return m, ok
	}
	if len(s) < 3 || len(s) > 32 {
		return 0, false
	}
	if m, ok := p.months[s]; ok {
		return m, m > 0
	}
	m, ok := lookupMonth(s)
	if !ok && !isASCII(s) {
		if m, ok = lookupMonth(p.Decode(s)); !ok {
			m, ok = decodedMonth(s)
		}
	}
	if len(p.months) < 1000 {
		p.months[strings.Clone(s)] = m
	}
	return m, ok
}

// monthEncodings are those of one byte in which servers of the languages below
// are met. No two of them make different months of the same bytes (a test goes
// through all), so their order is of no meaning.
var monthEncodings = [...]*charmap.Charmap{
	charmap.ISO8859_1, charmap.ISO8859_2, charmap.ISO8859_5, charmap.ISO8859_7, charmap.ISO8859_9,
	charmap.Windows1250, charmap.Windows1251, charmap.KOI8R, charmap.KOI8U,
	charmap.CodePage850, charmap.CodePage852, charmap.CodePage866,
}

func decodedMonth(s string) (time.Month, bool) {
	runes := make([]rune, len(s))
	for _, enc := range monthEncodings {
		for i := range len(s) {
			runes[i] = enc.DecodeByte(s[i])
		}
		if m, ok := lookupMonth(string(runes)); ok {
			return m, ok
		}
	}
	return 0, false
}

func lookupMonth(s string) (time.Month, bool) {
	s = strings.TrimSuffix(s, ",")
	if m, ok := signedMonth(s); ok {
		return m, ok
	}
	m, ok := months[strings.TrimSuffix(strings.ToLower(s), ".")]
	return m, ok
}

// isMonthLike says whether a word that stands between a size, a day and a
// year or a clock is a month of a language not known here: such a file is
// listed without a time, not lost.
func isMonthLike(s string) bool {
	if strings.EqualFold(strings.TrimSuffix(s, "."), "jui") {
		return true
	}
	return !isASCII(s) && len(s) <= 32 && !strings.ContainsAny(s, "0123456789:/,;")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The signs for year, month and day in Chinese, Japanese and Korean: UTF-8
// (of Han and of Hangul), EUC-JP, Shift-JIS, GBK, Big5, EUC-KR.
var (
	yearSigns  = [...]string{"年", "년", "\xc7\xaf", "\x94\x4e", "\xc4\xea", "\xa6\x7e", "\xb3\xe2"}
	monthSigns = [...]string{"月", "월", "\xb7\xee", "\x8c\x8e", "\xd4\xc2", "\xa4\xeb", "\xbf\xf9"}
	daySigns   = [...]string{"日", "일", "\xc6\xfc", "\x93\xfa", "\xc8\xd5", "\xa4\xe9", "\xc0\xcf"}
)

// trimSign takes one of signs from the end of s.
func trimSign(s string, signs []string) string {
	i := slices.IndexFunc(signs, func(sign string) bool { return strings.HasSuffix(s, sign) })
	if i < 0 {
		return s
	}
	return s[:len(s)-len(signs[i])]
}

// signedYear parses four digits, with or without the sign for "year".
func signedYear(s string) (int, bool) {
	if len(s) > 4 {
		s = trimSign(s, yearSigns[:])
	}
	return yearOf(s)
}

// signedMonth parses a number with the sign for "month".
func signedMonth(s string) (time.Month, bool) {
	n := trimSign(s, monthSigns[:])
	if len(n) == len(s) || len(n) > 2 || !digits(n) {
		return 0, false
	}
	return time.Month(small(n)), small(n) >= 1 && small(n) <= 12
}

// signedDay parses month and day in one word, "11月5日".
func signedDay(s string) (time.Month, int, bool) {
	rest := trimSign(s, daySigns[:])
	if len(rest) == len(s) {
		return 0, 0, false
	}
	number := strings.TrimRight(rest, "0123456789")
	m, isMonth := signedMonth(number)
	d, isDay := dayOf(rest[len(number):])
	return m, d, isMonth && isDay
}

// months holds the abbreviations that ls prints by the server's locale, in
// lower case and without a final point; English also as it comes, which saves
// a string for nearly every line. They are those of glibc and of the BSDs.
//
// Where two languages differ about a word, the ones that are met far more
// often have it: "lis" is November in Polish and Czech and October in
// Croatian, "lip" July in Polish and June in Croatian, "srp" August in Czech
// and July in Croatian. A word that is unclear within its own language is not
// here: "jui" was June for macOS and July for older glibc.
var months = map[string]time.Month{
	"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
	"Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,

	// English, German, Dutch, Danish, Norwegian, Swedish
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12, "sept": 9,
	"jän": 1, "jänner": 1, "mär": 3, "mrz": 3, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "okt": 10, "dez": 12,
	"januar": 1, "februar": 2, "april": 4, "august": 8, "september": 9, "oktober": 10, "november": 11, "dezember": 12,
	"mrt": 3, "maa": 3, "mei": 5, "maj": 5, "des": 12,

	// French
	"janv": 1, "fév": 2, "févr": 2, "fevr": 2, "mars": 3, "avr": 4, "avril": 4, "juin": 6,
	"juil": 7, "août": 8, "aout": 8, "aoû": 8, "déc": 12,

	// Italian, Spanish, Portuguese, Catalan, Romanian
	"gen": 1, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "ott": 10, "dic": 12,
	"ene": 1, "abr": 4, "fev": 2, "out": 10,
	"febr": 2, "març": 3, "maig": 5, "juny": 6, "ag": 8, "ian": 1, "iun": 6, "iul": 7, "noi": 11,

	// Finnish
	"tammi": 1, "helmi": 2, "maalis": 3, "huhti": 4, "touko": 5, "kesä": 6,
	"heinä": 7, "elo": 8, "syys": 9, "loka": 10, "marras": 11, "joulu": 12,

	// Polish, Czech, Hungarian
	"sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
	"led": 1, "úno": 2, "bře": 3, "dub": 4, "kvě": 5, "čen": 6, "čec": 7, "srp": 8, "zář": 9, "říj": 10, "pro": 12,
	"márc": 3, "ápr": 4, "máj": 5, "jún": 6, "júl": 7, "szept": 9,

	// Slovenian, Estonian, and the Croatian ones that mean nothing else
	"avg": 8, "jaan": 1, "veebr": 2, "märts": 3, "juuni": 6, "juuli": 7, "dets": 12,
	"sij": 1, "velj": 2, "ožu": 3, "tra": 4, "svi": 5, "kol": 8, "ruj": 9, "stu": 11,

	// Turkish
	"oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12,

	// Russian
	"янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6,
	"марта": 3, "апреля": 4, "июня": 6, "июля": 7, "июль": 7, "июнь": 6, "март": 3,
	"сент": 9, "нояб": 11, "февр": 2,
	"июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,

	// Ukrainian
	"січ": 1, "лют": 2, "бер": 3, "кві": 4, "тра": 5, "чер": 6, "лип": 7, "сер": 8, "вер": 9, "жов": 10, "лис": 11, "гру": 12,

	// Greek
	"ιαν": 1, "φεβ": 2, "μαρ": 3, "μάρ": 3, "απρ": 4, "μαΐ": 5, "μάι": 5, "ιούν": 6, "ιουν": 6,
	"ιούλ": 7, "ιουλ": 7, "αύγ": 8, "αυγ": 8, "σεπ": 9, "οκτ": 10, "νοέ": 11, "νοε": 11, "δεκ": 12,
}

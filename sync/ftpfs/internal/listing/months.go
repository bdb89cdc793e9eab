package listing

import "time"

// months holds the abbreviations that ls prints by the server's locale, in
// lower case and without a final point; English also as it comes, which saves
// a string for nearly every line. Where two languages differ about a word
// (Croatian "lis" is October), the one met more often has it.
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
	"jui": 6, "juil": 7, "août": 8, "aout": 8, "aoû": 8, "déc": 12,

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

	// Turkish
	"oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12,

	// Russian
	"янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6,
	"июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}

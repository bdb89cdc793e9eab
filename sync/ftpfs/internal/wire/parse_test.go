package wire

import (
	"testing"
)

func TestParseEPSV(t *testing.T) {
	for outcome, tc := range map[string]struct {
		text string
		port uint16
		ok   bool
	}{
		"as in RFC 2428":     {"Entering Extended Passive Mode (|||6446|)", 6446, true},
		"another delimiter":  {"ok (!!!65535!).", 65535, true},
		"words behind":       {"(|||21|) go", 21, true},
		"port 0":             {"(|||0|)", 0, false},
		"port beyond 16 bit": {"(|||65536|)", 0, false},
		"negative":           {"(|||-1|)", 0, false},
		"digit as delimiter": {"(111211)", 0, false},
		"mixed delimiters":   {"(||!6446|)", 0, false},
		"cut":                {"(|||64", 0, false},
		"the wrong way":      {") (", 0, false},
		"an address in it":   {"(|1|192.0.2.1|80|)", 0, false},
		"nothing":            {"", 0, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if port, ok := parseEPSV(tc.text); port != tc.port || ok != tc.ok {
				t.Errorf("%d %v", port, ok)
			}
		})
	}
}

func TestParsePASV(t *testing.T) {
	for outcome, tc := range map[string]struct {
		text, addr string
		port       uint16
		ok         bool
	}{
		"usual":               {"Entering Passive Mode (192,0,2,7,200,10).", "192.0.2.7", 51210, true},
		"without parentheses": {"Passive 10,0,0,1,4,1", "10.0.0.1", 1025, true},
		"digits before":       {"227x (1,2) =127,0,0,1,0,21", "127.0.0.1", 21, true},
		"number beyond 255":   {"(1,2,3,256,1,1)", "", 0, false},
		"five numbers":        {"(1,2,3,4,5)", "", 0, false},
		"seven numbers":       {"(1,2,3,4,5,6,7)", "", 0, false},
		"port 0":              {"(1,2,3,4,0,0)", "", 0, false},
		"empty numbers":       {"(,,,,,)", "", 0, false},
		"the wrong way":       {") (", "", 0, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			addr, port, ok := parsePASV(tc.text)
			if ok != tc.ok || ok && (addr.String() != tc.addr || port != tc.port) {
				t.Errorf("%v %d %v", addr, port, ok)
			}
		})
	}
}

func FuzzParseEPSV(f *testing.F) {
	for _, seed := range []string{"(|||6446|)", ") (", "(|||", "(\x00\x00\x001\x00)", "(|||99999999999999999999|)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if port, ok := parseEPSV(text); ok == (port == 0) {
			t.Errorf("%d %v", port, ok)
		}
	})
}

func FuzzParsePASV(f *testing.F) {
	for _, seed := range []string{"(1,2,3,4,5,6)", ") (", "1,2,3,4,5,6,7", ",,,,,", "1,2,3,4,5,300"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		addr, port, ok := parsePASV(text)
		if ok && (port == 0 || !addr.Is4()) {
			t.Errorf("%v %d", addr, port)
		}
	})
}

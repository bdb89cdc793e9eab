package wire

import (
	"bufio"
	"strings"
	"testing"
)

// TestFitOf: what a reply's code tells of the command it belongs to.
func TestFitOf(t *testing.T) {
	fact := []string{"250-Facts", " type=file; f", "250 End"}
	for outcome, tc := range map[string]struct {
		verb  string
		reply Reply
		begun bool
		want  fit
	}{
		"the answer to SIZE":                          {"SIZE", Reply{Code: 213}, false, fits},
		"the end of a transfer is none to SIZE":       {"SIZE", Reply{Code: 226}, false, foreign},
		"a broken transfer is none to SIZE":           {"SIZE", Reply{Code: 426}, false, foreign},
		"a size is none to a removal":                 {"DELE", Reply{Code: 213}, false, foreign},
		"a removal is of no use to SIZE":              {"SIZE", Reply{Code: 250}, false, odd},
		"a refusal may be anybody's":                  {"SIZE", Reply{Code: 550}, false, fits},
		"a folder is none to RNTO":                    {"RNTO", Reply{Code: 257}, false, foreign},
		"a folder is MKD's":                           {"MKD", Reply{Code: 257}, false, fits},
		"a question is odd":                           {"DELE", Reply{Code: 300}, false, odd},
		"MLST with a fact":                            {"MLST", Reply{Code: 250, Lines: fact}, false, fits},
		"MLST without one":                            {"MLST", Reply{Code: 250, Lines: []string{"250 Done"}}, false, odd},
		"no room for a data connection is PORT's":     {"PORT", Reply{Code: 425}, false, fits},
		"the other kind of port is of no use to EPSV": {"EPSV", Reply{Code: 227}, false, odd},
		"a second greeting is none to USER":           {"USER", Reply{Code: 220}, false, foreign},
		"a question is PASS's":                        {"PASS", Reply{Code: 331}, false, fits},
		"and none to NOOP":                            {"NOOP", Reply{Code: 425}, false, foreign},
		"the end of RETR":                             {"RETR", Reply{Code: 226}, true, fits},
		"the end of RETR without a beginning":         {"RETR", Reply{Code: 226}, false, fits},
		"the end of STOR":                             {"STOR", Reply{Code: 250}, true, fits},
		"the end of STOR without a beginning":         {"STOR", Reply{Code: 226}, false, foreign},
		"the end of APPE, the same":                   {"APPE", Reply{Code: 250}, false, foreign},
		"a refusal of STOR":                           {"STOR", Reply{Code: 553}, false, fits},
		"a port to RETR":                              {"RETR", Reply{Code: 229}, true, foreign},
		"yes to RETR":                                 {"RETR", Reply{Code: 200}, false, odd},
		"ABOR may be answered by all":                 {"ABOR", Reply{Code: 226}, false, fits},
		"a site's own command by nearly all":          {"SITE", Reply{Code: 211}, false, fits},
		"a site's own command by no transfer's reply": {"SITE", Reply{Code: 226}, false, foreign},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := fitOf(tc.verb, tc.reply, tc.begun); got != tc.want {
				t.Error(got)
			}
		})
	}
}

// TestFormFit: what the words of a reply tell of the question it belongs to.
func TestFormFit(t *testing.T) {
	for outcome, tc := range map[string]struct {
		line, reply string
		want        fit
	}{
		"a number is SIZE's":                 {"SIZE /f", "213 7", fits},
		"words are none":                     {"SIZE /f", "213 Modify=20240229133045; /f", odd},
		"nothing is none":                    {"SIZE /f", "213", odd},
		"a refusal of SIZE":                  {"SIZE /f", "550 No", fits},
		"a time is MDTM's":                   {"MDTM /f", "213 20240229133045.123", fits},
		"a size is not":                      {"MDTM /f", "213 7", odd},
		"nor are words":                      {"MDTM /f g", "200 By the way", odd},
		"a refusal of MDTM":                  {"MDTM /f", "550 No", fits},
		"words are enough where one is set":  {"MDTM 20240229133045 /f", "213 Done", fits},
		"a file called so is asked about":    {"MDTM 20240229133045", "200 Done", odd},
		"of other commands nothing is known": {"MFMT 20240229133045 /f", "200 Done", fits},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, err := readReply(bufio.NewReader(strings.NewReader(tc.reply + "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			if got := formFit(tc.line, r); got != tc.want {
				t.Error(got)
			}
		})
	}
}

func TestInStep(t *testing.T) {
	for outcome, tc := range map[string]struct {
		owed  int
		reply Reply
		want  bool
	}{
		"the reply that is due":        {1, Reply{Code: 250}, true},
		"more behind it":               {1, Reply{Code: 250, followed: true}, false},
		"a first word":                 {1, Reply{Code: 150, followed: true}, false},
		"a reply that nobody asked":    {0, Reply{Code: 250}, false},
		"a reply to something else":    {1, Reply{Code: 226}, false},
		"one of two replies that were": {2, Reply{Code: 250}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := &Control{verb: "DELE"}
			for range tc.owed {
				c.pending = append(c.pending, asked{verb: "DELE"})
			}
			c.accept(tc.reply)
			if got := c.InStep(); got != tc.want {
				t.Error(got)
			}
		})
	}
}

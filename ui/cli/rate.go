package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// rate is a speed in bytes a second: a number with an optional k, M, G
// (powers of 1000) or Ki, Mi, Gi (powers of 1024), and an optional B and /s
// that change nothing. Nothing at all is no limit: it takes a saved one back.
type rate struct {
	bytes int64 // a second; 0 for no limit
	given bool
}

func (r *rate) Type() string { return "RATE" }

func (r *rate) String() string {
	if r.bytes == 0 {
		return ""
	}
	return strconv.FormatInt(r.bytes, 10)
}

func (r *rate) Set(text string) error {
	if text == "" {
		*r = rate{given: true}
		return nil
	}
	n, err := parseRate(text)
	if err == nil {
		*r = rate{bytes: n, given: true}
	}
	return err
}

func parseRate(text string) (int64, error) {
	bad := fmt.Errorf("it takes bytes a second, such as 500k, 2M or 1.5MiB")
	rest := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), "/s")
	rest = strings.TrimSuffix(rest, "b")
	base := 1000.0
	if cut, ok := strings.CutSuffix(rest, "i"); ok {
		rest, base = cut, 1024
		if rest == "" || !strings.Contains("kmg", rest[len(rest)-1:]) {
			return 0, bad
		}
	}
	factor := 1.0
	if rest != "" {
		if power := strings.IndexByte("kmg", rest[len(rest)-1]); power >= 0 {
			rest, factor = rest[:len(rest)-1], math.Pow(base, float64(power+1))
		}
	}
	rest = strings.TrimSpace(rest)
	if strings.Trim(rest, "0123456789.") != "" { // no sign, exponent, hex, Inf or NaN
		return 0, bad
	}
	n, err := strconv.ParseFloat(rest, 64)
	if n *= factor; err != nil || n < 1 || n > math.MaxInt64/2 {
		return 0, bad
	}
	return int64(n), nil
}

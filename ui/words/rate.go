package words

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ErrRate says what ParseRate takes.
var ErrRate = errors.New("it takes bytes a second, such as 500k, 2M or 1.5MiB")

// ParseRate reads a speed in bytes a second: a number with an optional k, M, G
// (powers of 1000) or Ki, Mi, Gi (powers of 1024), and an optional B and /s that
// change nothing. Anything else, and less than a byte, is ErrRate.
func ParseRate(text string) (int64, error) {
	rest := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), "/s")
	rest = strings.TrimSuffix(rest, "b")
	base := 1000.0
	if cut, ok := strings.CutSuffix(rest, "i"); ok {
		rest, base = cut, 1024
		if rest == "" || !strings.Contains("kmg", rest[len(rest)-1:]) {
			return 0, ErrRate
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
		return 0, ErrRate
	}
	n, err := strconv.ParseFloat(rest, 64)
	if n *= factor; err != nil || n < 1 || n > math.MaxInt64/2 {
		return 0, ErrRate
	}
	return int64(n), nil
}

// RateText writes a speed as ParseRate reads it, "" for none: "500k", "2M",
// "1Mi", "1234".
func RateText(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	for _, unit := range []struct {
		size int64
		name string
	}{{1e9, "G"}, {1 << 30, "Gi"}, {1e6, "M"}, {1 << 20, "Mi"}, {1e3, "k"}, {1 << 10, "Ki"}} {
		if bytes%unit.size == 0 {
			return strconv.FormatInt(bytes/unit.size, 10) + unit.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}

package words

import (
	"math"
	"testing"
)

func TestRateIsRead(t *testing.T) {
	for text, want := range map[string]int64{
		"500k": 500_000, "500K": 500_000, " 2 MB/s ": 2_000_000, "1.5MiB": 1_572_864, "1Gi": 1 << 30, "1": 1, "9b": 9, "0.5k": 500,
		"": 0, "0": 0, "fast": 0, "-1": 0, "1e9": 0, "i": 0, "1i": 0, "0x10": 0, "Inf": 0, "NaN": 0, "k": 0, "1.2.3": 0, "99999999999G": 0, "1 0k": 0,
	} {
		t.Run(text, func(t *testing.T) {
			if got, err := ParseRate(text); got != want || (err == nil) != (want > 0) {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
}

func TestRateIsWritten(t *testing.T) {
	for want, n := range map[string]int64{"": 0, "1": 1, "500k": 500_000, "2M": 2_000_000, "1Mi": 1 << 20, "3G": 3_000_000_000, "1536k": 1_536_000, "1234": 1234} {
		if got := RateText(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func FuzzParseRate(f *testing.F) {
	for _, seed := range []string{"500k", "2MB/s", "1.5MiB", "", ".", "..", "1e9", "9223372036854775807", "-0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseRate(text)
		if err != nil {
			return
		}
		if n < 1 || n > math.MaxInt64/2 {
			t.Fatalf("%q is read as %d", text, n)
		}
		if again, err := ParseRate(RateText(n)); err != nil || n < 1<<53 && again != n {
			t.Errorf("%q: %d, written %q, read again %d", text, n, RateText(n), again)
		}
	})
}

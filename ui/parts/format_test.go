package parts_test

import (
	"testing"

	"wherry/ui/parts"
)

func TestSizesAndCountsAsPeopleReadThem(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "", 0: "0 B", 999: "999 B", 1000: "1.0 KB", 4_210_000: "4.2 MB", 9_949: "9.9 KB", 9_950: "10 KB", 12_400: "12 KB",
		999_499: "999 KB", 999_500: "1.0 MB", 50_000_000_000: "50 GB", 1<<63 - 1: "9.2 EB",
	} {
		if got := parts.Bytes(n); got != want {
			t.Errorf("Bytes(%d) is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567", -1000: "-1,000"} {
		if got := parts.Count(n); got != want {
			t.Errorf("Count(%d) is %q, want %q", n, got, want)
		}
	}
	if got := parts.Many(1, "file", "files") + parts.Many(0, "file", "files"); got != "1 file0 files" {
		t.Errorf("Many: %q", got)
	}
}

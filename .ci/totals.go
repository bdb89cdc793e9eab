//go:build ignore

// Totals reads the events of go test -json, says what a person wants to know
// while they come, and ends with the line
//
//	N passed, N failed, N skipped
//
// Tests and subtests count alike; a package that does not build or crashes
// counts as one that failed. It exits with 1 when anything failed. Lines of
// any test that are a table row (| ... |) are shown, so that the table of real
// servers is seen in a run that went well.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is what go test -json prints (go doc test2json); exit is test.sh's own.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
	Code                                      int
}

type totals struct {
	out                     io.Writer
	passed, failed, skipped int
	failures                []string            // names, for the end of a long output
	broken                  bool                // an exit code that no event explains
	output                  map[string][]string // by package and test, until it ends
	failedIn                map[string]int      // tests by package
	count                   map[string]int      // tests by package
}

func main() {
	t := &totals{out: os.Stdout, output: map[string][]string{}, failedIn: map[string]int{}, count: map[string]int{}}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			t.line(line)
		}
		if err != nil {
			break
		}
	}
	for _, name := range t.failures {
		fmt.Fprintln(t.out, "failed:", name)
	}
	fmt.Fprintf(t.out, "\n%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if t.failed > 0 || t.broken {
		os.Exit(1)
	}
}

func (t *totals) line(line string) {
	var e event
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &e) != nil {
		fmt.Fprint(t.out, line)
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		t.output[key] = append(t.output[key], e.Output)
		if text := row(e.Output); text != "" {
			fmt.Fprintln(t.out, text)
		}
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "exit":
		if e.Code != 0 && t.failed == 0 {
			fmt.Fprintf(t.out, "go test ended with code %d\n", e.Code)
			t.broken = true
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.packageEnded(e, key)
		} else {
			t.testEnded(e, key)
		}
		delete(t.output, key)
	}
}

// row returns a table row without the log's file and number, "" for any other
// line.
func row(s string) string {
	if _, rest, ok := strings.Cut(s, ".go:"); ok {
		_, s, _ = strings.Cut(rest, ": ")
	}
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '|' && s[len(s)-1] == '|' {
		return s
	}
	return ""
}

func (t *totals) testEnded(e event, key string) {
	t.count[e.Package]++
	switch e.Action {
	case "pass":
		t.passed++
		return
	case "skip":
		t.skipped++
	default:
		t.failed++
		t.failedIn[e.Package]++
		t.failures = append(t.failures, key)
	}
	for _, line := range t.output[key] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(t.out, line)
		}
	}
}

func (t *totals) packageEnded(e event, key string) {
	if e.Action == "skip" {
		return // no test files
	}
	if e.Action == "fail" && t.failedIn[e.Package] == 0 {
		t.failed++
		t.failures = append(t.failures, e.Package)
		fmt.Fprint(t.out, strings.Join(t.output[key], ""))
		for other, lines := range t.output {
			// The test that a crash or the time limit cut off.
			if other != key && strings.HasPrefix(other, e.Package+" ") {
				fmt.Fprint(t.out, strings.Join(lines, ""))
				delete(t.output, other)
			}
		}
	}
	word := map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action]
	fmt.Fprintf(t.out, "%-4s %-40s %4d tests %7.1fs\n", word, e.Package, t.count[e.Package], e.Elapsed)
}

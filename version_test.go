package main

import (
	"os"
	"regexp"
	"testing"

	"wherry/ui/cli"
)

// TestOneVersion: what the program says of itself is what was packed and what
// the list of changes begins with.
func TestOneVersion(t *testing.T) {
	for file, pattern := range map[string]string{
		"FyneApp.toml": `(?m)^\s*Version = "(.*)"$`,
		"CHANGELOG.md": `(?m)^## (\d.*)$`,
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil || string(found[1]) != cli.Version {
			t.Errorf("%s says %q, the program %s", file, found, cli.Version)
		}
	}
}

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Code that no test can run here is at least known: docs/architecture.md lists
// every file that only macOS builds, and no other.
func TestCodeThatHasNeverRunIsListed(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "*_darwin.go", "*_other.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range strings.Fields(string(out)) {
		if !strings.Contains(string(text), "| `"+file+"` |") {
			t.Errorf("%s is not in the table of docs/architecture.md", file)
		}
	}
	for line := range strings.Lines(string(text)) {
		file, ok := strings.CutPrefix(line, "| `")
		file, _, _ = strings.Cut(file, "`")
		if _, err := os.Stat(file); ok && strings.HasSuffix(file, ".go") && err != nil {
			t.Errorf("docs/architecture.md lists %s, which is not there", file)
		}
	}
}

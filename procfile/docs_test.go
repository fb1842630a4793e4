package procfile

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const reference = "../docs/devgatefile.md"

func readReference(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section returns what stands below a heading of a level, up to the next of its rank.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("no heading %q", heading)
	}
	next := regexp.MustCompile(`(?m)^#{1,` + strconv.Itoa(strings.Index(heading, " ")) + `} `)
	if at := next.FindStringIndex(rest); at != nil {
		rest = rest[:at[0]]
	}
	return rest
}

var (
	tableKey = regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\|")
	tomlKey  = regexp.MustCompile(`\b([a-z_]+) = `)
)

// keysIn returns the keys that the tables of a section describe.
func keysIn(text string) []string {
	var keys []string
	for _, m := range tableKey.FindAllStringSubmatch(text, -1) {
		keys = append(keys, m[1])
	}
	slices.Sort(keys)
	return keys
}

// TestReferenceHasEveryKey: each key has its row in docs/devgatefile.md, and each
// row is a key.
func TestReferenceHasEveryKey(t *testing.T) {
	text := readReference(t)
	file, service, ready := Keys()
	for heading, keys := range map[string][]string{"## Top-level keys": file, "## Service keys": service} {
		want := slices.Sorted(slices.Values(keys))
		if got := keysIn(section(t, text, heading)); !slices.Equal(got, want) {
			t.Errorf("%s describes\n%q, want\n%q", heading, got, want)
		}
	}
	got := map[string]bool{}
	for _, m := range tomlKey.FindAllStringSubmatch(section(t, text, "### `ready`"), -1) {
		got[m[1]] = true
	}
	for _, key := range ready {
		if !got[key] {
			t.Errorf("the reference does not show %q of a ready table", key)
		}
		delete(got, key)
	}
	for key := range got {
		t.Errorf("the reference shows %q, which is no key of a ready table", key)
	}
}

// TestReferenceExamples: the TOML and the Procfile of the reference have no errors.
func TestReferenceExamples(t *testing.T) {
	text := readReference(t)
	_, first, _ := strings.Cut(text, "```toml\n")
	first, _, _ = strings.Cut(first, "```")
	if f := mustParse(t, first); len(f.Services) != 3 {
		t.Errorf("the first example has %d services", len(f.Services))
	}
	_, shared, _ := strings.Cut(section(t, text, "## `[env]` and `[defaults]`"), "```toml\n")
	shared, _, _ = strings.Cut(shared, "```")
	mustParse(t, shared+"[web]\ncommand = 'x'\n")
	_, lines, _ := strings.Cut(section(t, text, "## Procfiles"), "```\n")
	lines, _, _ = strings.Cut(lines, "```")
	if f := mustParse(t, lines); f.Format != Procfile || len(f.Services) != 3 {
		t.Errorf("the Procfile gives %+v", f)
	}
}

// TestReferenceErrors: the errors that the reference shows are those of a golden file.
func TestReferenceErrors(t *testing.T) {
	_, shown, _ := strings.Cut(section(t, readReference(t), "## Errors"), "```\n")
	shown, _, _ = strings.Cut(shown, "```")
	golden := readArchive(t, goldenDir+"/error_many.txtar").files[1].data
	for block := range strings.SplitSeq(strings.TrimSuffix(shown, "\n"), "\nDevgatefile:") {
		if !strings.Contains(golden, block) {
			t.Errorf("no such error in error_many.txtar:\n%s", block)
		}
	}
}

package procfile

import (
	"fmt"
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

// headings are where the reference has the tables of keys.
var headings = map[Group]string{
	GroupFile: "## Top-level keys", GroupRun: "### What runs", GroupLife: "### When it starts, restarts and stops",
	GroupRequests: "### Which requests it gets", GroupReady: "### `ready`",
}

// keyTable is the table of keys that the reference has for a group.
func keyTable(group Group) string {
	var b strings.Builder
	b.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	for _, k := range allKeys() {
		if k.Group == group {
			row := fmt.Sprintf("| `%s` | %s | %s | %s |\n", k.Name, k.Type.Label, defaultText(k), k.Doc)
			b.WriteString(strings.Replace(row, "|  |", "| |", 1))
		}
	}
	return b.String()
}

func allKeys() []Key { return slices.Concat(FileKeys(), ServiceKeys(), ReadyKeys()) }

func defaultText(k Key) string {
	switch v := k.Default.(type) {
	case nil:
		return k.Unset
	case string:
		return "`" + literal(v) + "`"
	case []int64:
		return "`[" + strings.Trim(fmt.Sprint(v), "[]") + "]`"
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

var anyTable = regexp.MustCompile(`(?m)(?:^\|.*\n)+`)

// restartTable is the table of what another value of a key leads to.
func restartTable() string {
	list := func(keys []Key, newProcess bool) string {
		var names []string
		for _, k := range keys {
			if k.NewProcess == newProcess {
				names = append(names, "`"+k.Name+"`")
			}
		}
		return strings.Join(names, ", ")
	}
	return "| another value of | leads to |\n|---|---|\n" +
		"| " + list(ServiceKeys(), true) + " | a new process |\n" +
		"| " + list(ServiceKeys(), false) + " | no new process |\n" +
		"| above the first table: " + list(FileKeys(), true) + " | new processes of all services whose environment tells of it |\n" +
		"| above the first table: " + list(FileKeys(), false) + " | no new process |\n"
}

// TestReferenceHasTheTable: what docs/devgatefile.md says of each key is what the
// table says. With -update it is written there.
func TestReferenceHasTheTable(t *testing.T) {
	text := readReference(t)
	tables := map[string]string{"## While devgate runs": restartTable()}
	for group, heading := range headings {
		tables[heading] = keyTable(group)
	}
	for heading, want := range tables {
		part := section(t, text, heading)
		shown := anyTable.FindString(part)
		if shown == want {
			continue
		}
		if !*update {
			t.Errorf("%s has\n%s\nwant\n%s", heading, shown, want)
		}
		text = strings.Replace(text, part, strings.Replace(part, shown, want, 1), 1)
	}
	if *update {
		if err := os.WriteFile(reference, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReferenceSaysWherePlaceholdersWork: it names every key that may hold one.
func TestReferenceSaysWherePlaceholdersWork(t *testing.T) {
	list, _, _ := strings.Cut(section(t, readReference(t), "## Placeholders"), "\n| ")
	for _, k := range allKeys() {
		shown := strings.Contains(list, "`"+k.Name+"`") || strings.Contains(list, "{ "+k.Name+" = ")
		if shown != k.Placeholders {
			t.Errorf("the reference says of placeholders in %s: %v, want %v", k.Name, shown, k.Placeholders)
		}
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

package procfile

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// archive is a text archive: a comment, then files, each after a "-- name --" line.
type archive struct {
	comment string
	files   []archived
}

type archived struct{ name, data string }

var marker = regexp.MustCompile(`(?m)^-- (.+) --\n`)

func readArchive(t testing.TB, path string) archive {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	marks := marker.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 {
		t.Fatalf("%s: no files", path)
	}
	a := archive{comment: text[:marks[0][0]]}
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		a.files = append(a.files, archived{text[m[2]:m[3]], text[m[1]:end]})
	}
	return a
}

func (a archive) write(t testing.TB, path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(a.comment)
	for _, f := range a.files {
		b.WriteString("-- " + f.name + " --\n" + f.data)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

package render

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"devgate/internal/detect/found"
)

func TestPaste(t *testing.T) {
	for _, test := range []struct {
		paste *found.Paste
		want  string
	}{
		{nil, ""},
		{&found.Paste{Name: "docs", Dir: "docs", Command: "npm run dev"}, "[docs]\ncommand = \"npm run dev\"\ndir = \"docs\""},
		{&found.Paste{Name: "Storybook 8", Dir: ".", Command: "x --port " + found.PortMark}, "[storybook-8]\ncommand = \"x --port {port}\"\nport = \"auto\""},
		{&found.Paste{Name: "port", Dir: ".", Command: "expo start", Terminal: true}, "[port-app]\ncommand = \"expo start\"\npty = true"},
		{&found.Paste{Name: "@@", Dir: "a\tb", Command: `echo "{port}"`}, "[more]\ncommand = 'echo \"{{port}}\"'\ndir = \"a\\tb\""},
	} {
		if got := strings.Join(Paste(test.paste), "\n"); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}

// TestAnyPasteIsAFile: what a person is told to paste is a service that is read.
func TestAnyPasteIsAFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &found.Paste{
			Name: rapid.String().Draw(t, "name"), Dir: rapid.SampledFrom([]string{".", "docs", "a b", "[x]"}).Draw(t, "dir"),
			Command:  found.Text("run " + rapid.StringMatching(`[ -~]*`).Draw(t, "command") + rapid.SampledFrom([]string{"", found.PortMark}).Draw(t, "mark")),
			Terminal: rapid.Bool().Draw(t, "terminal"),
		}
		lines := Paste(p)
		if _, err := parse([]byte(strings.Join(lines, "\n"))); err != nil {
			t.Fatalf("%v\nin\n%s", err, strings.Join(lines, "\n"))
		}
	})
}

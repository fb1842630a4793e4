package export

import (
	"os"
	"strings"
	"testing"
)

// The page about production names every target, and what it shows of one is what is
// written.
func TestTheDocsAreTrue(t *testing.T) {
	raw, err := os.ReadFile("../../docs/production.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, target := range Targets() {
		if !strings.Contains(page, "\n| `"+target.Name+"` |") {
			t.Errorf("no row for %s", target.Name)
		}
	}
	_, shown, found := strings.Cut(page, "   ```toml\n")
	shown, _, _ = strings.Cut(shown, "   ```")
	written := text(t, model(t, load(t, shopDir), shopSeen(), Options{}), "paths", Auto)
	for line := range strings.Lines(shown) {
		if line = strings.TrimSpace(line); !found || !strings.Contains(written, "\n"+line+"\n") {
			t.Errorf("%q is not written", line)
		}
	}
}

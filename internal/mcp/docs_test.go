package mcp_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// docs/agents.md names every tool and no other, and what is to be pasted from it can
// be read.
func TestTheDocumentationIsOfTheseTools(t *testing.T) {
	page, err := os.ReadFile("../../docs/agents.md")
	if err != nil {
		t.Fatal(err)
	}
	c := serveRaw(t, t.TempDir())
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(string(page), -1) {
		named = append(named, strings.Split(strings.ReplaceAll(row[1], "`", ""), ", ")...)
	}
	slices.Sort(named)
	if there := slices.Sorted(maps.Keys(c.schemas)); !slices.Equal(named, there) {
		t.Errorf("the page names %v, there are %v", named, there)
	}
	read := map[string]func([]byte, any) error{"json": json.Unmarshal, "toml": toml.Unmarshal}
	blocks := regexp.MustCompile("(?s)```(json|toml)\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	for _, block := range blocks {
		var value map[string]any
		if err := read[block[1]]([]byte(block[2]), &value); err != nil || !strings.Contains(block[2], `"devgate"`) || !strings.Contains(block[2], `"mcp"`) {
			t.Errorf("%v in\n%s", err, block[2])
		}
	}
	if len(blocks) != 6 {
		t.Errorf("%d blocks to paste", len(blocks))
	}
}

package cli

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"devgate/internal/agents"
	"devgate/internal/session"
)

// What the block in AGENTS.md tells agents to call is there, with its flags, and the line that it
// tells them to wait for is the one that devgate prints.
func TestTheBlockForAgentsIsTrue(t *testing.T) {
	block := string(agents.Block())
	rows := regexp.MustCompile("(?m)^- `devgate ([a-z]+)").FindAllStringSubmatch(block, -1)
	if len(rows) != 6 {
		t.Errorf("%d commands, want the six that matter", len(rows))
	}
	root := newRoot(streams{})
	for _, line := range strings.Split(block, "\n") {
		row := regexp.MustCompile("^- `devgate ([a-z]+)").FindStringSubmatch(line)
		if row == nil {
			continue
		}
		command, _, err := root.Find([]string{row[1]})
		if err != nil || command == root {
			t.Errorf("there is no devgate %s: %v", row[1], err)
			continue
		}
		for _, flag := range regexp.MustCompile("--([a-z]+)").FindAllStringSubmatch(line, -1) {
			if command.Flags().Lookup(flag[1]) == nil {
				t.Errorf("devgate %s has no --%s", row[1], flag[1])
			}
		}
	}
	ready := regexp.MustCompile("`devgate: (ready [^`]*)`").FindStringSubmatch(block)
	if ready == nil {
		t.Fatalf("there is no ready line in\n%s", block)
	}
	printed := strings.NewReplacer("3000", "PORT", "2 backends", "N backends").Replace(session.ReadyLine("http://localhost:3000", 2, 1900*time.Millisecond))
	if ready[1] != printed {
		t.Errorf("the block says %q, devgate %q", ready[1], printed)
	}
}

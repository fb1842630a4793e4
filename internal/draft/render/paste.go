package render

import (
	"cmp"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/draft"
)

// Paste writes the table of a service that is not started, for a person to put into
// a Devgatefile; nil for nothing. It takes no port from anybody.
// It is the smallest table that runs; ports and paths are chosen only for what is
// started.
func Paste(p *found.Paste) []string {
	if p == nil {
		return nil
	}
	t := table{name: cmp.Or(draft.Name(p.Name), "more")}
	t.add("command", text(expand(p.Command)), "")
	if p.Dir != "." {
		t.add("dir", text(p.Dir), "")
	}
	if strings.Contains(string(p.Command), found.PortMark) {
		t.add("port", text("auto"), "")
	}
	if p.Terminal {
		t.add("pty", "true", "")
	}
	var b strings.Builder
	t.write(&b, "")
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

package checkout

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"devgate/internal/input"
)

// core is what the section [core] of a repository's settings says of its main
// working tree.
type core struct {
	bare     bool   // there is none
	worktree string // where it is, if not above the folder .git; "": there
}

// readCore reads the settings of a repository. Where worktrees have settings of
// their own, those of the main one are in a file beside.
func readCore(common string) (c core) {
	for _, name := range []string{"config", "config.worktree"} {
		if text, err := input.Read(context.Background(), filepath.Join(common, name)); err == nil {
			c.read(string(text))
		}
	}
	return c
}

// read takes up what a file of settings says. Git writes a line for each setting.
func (c *core) read(text string) {
	section := ""
	for text := range strings.Lines(text) {
		text = strings.TrimSpace(text)
		if name, ok := strings.CutPrefix(text, "["); ok {
			name, text, _ = strings.Cut(name, "]")
			section, text = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(text)
		}
		key, value, valued := strings.Cut(text, "=")
		if section == "core" {
			c.set(strings.ToLower(strings.TrimSpace(key)), plain(value), valued)
		}
	}
}

func (c *core) set(key, value string, valued bool) {
	switch key {
	case "bare":
		c.bare = !valued || isYes(value) // a name alone means true
	case "worktree":
		c.worktree = value
	}
}

// isYes knows Git's words for true.
func isYes(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

// plain is a value without its comment, quotes and escapes.
func plain(value string) string {
	var b strings.Builder
	quoted := false
	value = strings.TrimSpace(value)
	for i := 0; i < len(value); i++ {
		switch ch := value[i]; {
		case ch == '"':
			quoted = !quoted
		case ch == '\\' && i+1 < len(value):
			i++
			b.WriteByte(value[i])
		case (ch == '#' || ch == ';') && !quoted:
			return strings.TrimSpace(b.String())
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

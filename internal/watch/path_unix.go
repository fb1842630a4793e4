//go:build unix

package watch

import (
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// below returns path relative to base, and whether it is base (then "") or
// below it. Both are clean and absolute.
func below(base, path string) (string, bool) {
	switch {
	case path == base:
		return "", true
	case !strings.HasPrefix(path, base):
		return "", false
	case strings.HasSuffix(base, string(filepath.Separator)): // the root of the file system
		return path[len(base):], true
	case path[len(base)] == filepath.Separator:
		return path[len(base)+1:], true
	}
	return "", false
}

// matches reports whether a pattern names a path.
func matches(pattern, path string) bool { return doublestar.MatchUnvalidated(pattern, path) }

// spelled returns the name that an event tells, which is what the folder has.
func (t *tree) spelled(name string) string { return name }

package watch

import (
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"devgate/internal/spelling"
)

// below returns path relative to base, and whether it is base (then "") or below it. Both are
// clean and absolute.
func below(base, path string) (string, bool) { return belowFolded(base, path) }

// matches reports whether a pattern names a path, in whatever case.
func matches(pattern, path string) bool {
	return doublestar.MatchUnvalidated(strings.ToLower(pattern), strings.ToLower(path))
}

// spelled returns the name that an event tells as the disk, or what is known of its folder,
// spells it: an event may have the short form, or that of whoever wrote.
func (t *tree) spelled(name string) string {
	dir, base := filepath.Split(name)
	dir = filepath.Clean(dir)
	f := t.folders[dir]
	if f == nil {
		return spelling.Of(name)
	}
	if _, known := f.files[base]; known || t.folders[name] != nil {
		return name
	}
	if found, ok := spelling.In(dir, base); ok {
		return filepath.Join(dir, found)
	}
	for known := range f.files {
		if strings.EqualFold(known, base) {
			return filepath.Join(dir, known)
		}
	}
	return name
}

package watch

import (
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/sys/windows"
)

// below returns path relative to base, and whether it is base (then "") or below it. Both are
// clean and absolute.
func below(base, path string) (string, bool) { return belowFolded(base, path) }

// matches reports whether a pattern names a path, in whatever case.
func matches(pattern, path string) bool {
	return doublestar.MatchUnvalidated(strings.ToLower(pattern), strings.ToLower(path))
}

// spelling returns a path as the disk spells it, as far as it is there: whoever starts
// devgate may have typed it in another case, or in the short form of each name.
func spelling(path string) string {
	volume := filepath.VolumeName(path)
	if len(volume) == 2 {
		volume = strings.ToUpper(volume)
	}
	at := volume + `\`
	rest := strings.TrimLeft(path[len(volume):], `\`)
	for rest != "" {
		name, after, _ := strings.Cut(rest, `\`)
		found, ok := nameIn(at, name)
		if !ok {
			return filepath.Join(at, rest)
		}
		at, rest = filepath.Join(at, found), after
	}
	return at
}

// nameIn returns the name of what is in a folder, by any of its spellings.
func nameIn(dir, name string) (string, bool) {
	path, err := windows.UTF16PtrFromString(filepath.Join(dir, name))
	if err != nil || strings.ContainsAny(name, "*?") {
		return "", false
	}
	var found windows.Win32finddata
	search, err := windows.FindFirstFile(path, &found)
	if err != nil {
		return "", false
	}
	windows.FindClose(search)
	return windows.UTF16ToString(found.FileName[:]), true
}

// spelled returns the name that an event tells as the disk, or what is known of its folder,
// spells it: an event may have the short form, or that of whoever wrote.
func (t *tree) spelled(name string) string {
	dir, base := filepath.Split(name)
	dir = filepath.Clean(dir)
	f := t.folders[dir]
	if f == nil {
		return spelling(name)
	}
	if _, known := f.files[base]; known || t.folders[name] != nil {
		return name
	}
	if found, ok := nameIn(dir, base); ok {
		return filepath.Join(dir, found)
	}
	for known := range f.files {
		if strings.EqualFold(known, base) {
			return filepath.Join(dir, known)
		}
	}
	return name
}

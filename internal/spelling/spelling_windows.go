package spelling

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// Of returns a path as the disk spells it, as far as it is there: whoever starts
// devgate may have typed it in another case, or in the short form of each name.
func Of(path string) string {
	volume := filepath.VolumeName(path)
	if len(volume) == 2 {
		volume = strings.ToUpper(volume)
	}
	at := volume + `\`
	rest := strings.TrimLeft(path[len(volume):], `\`)
	for rest != "" {
		name, after, _ := strings.Cut(rest, `\`)
		found, ok := In(at, name)
		if !ok {
			return filepath.Join(at, rest)
		}
		at, rest = filepath.Join(at, found), after
	}
	return at
}

// In returns the name of what is in a folder, by any of its spellings.
func In(dir, name string) (string, bool) {
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

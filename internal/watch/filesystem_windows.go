package watch

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// silent returns the kind of the file system that path is on when changes there
// may come without events: somebody else's, as a server's or that of WSL.
func silent(path string) (string, bool) {
	volume := filepath.VolumeName(path)
	switch {
	case isWSL(volume):
		return "9p", true
	case strings.HasPrefix(volume, `\\`):
		return "a network folder", true
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil || windows.GetDriveType(root) != windows.DRIVE_REMOTE {
		return "", false
	}
	return "a network drive", true
}

// isWSL knows the names under which Windows shows files of Linux.
func isWSL(volume string) bool {
	volume = strings.ToLower(volume)
	return strings.HasPrefix(volume, `\\wsl$\`) || strings.HasPrefix(volume, `\\wsl.localhost\`)
}

// limit is false: Windows has no number of folders that may be watched.
func limit(error) (string, bool) { return "", false }

package input

import (
	"io/fs"
	"os"
)

// sameDevice reports whether two files are the same device.
func sameDevice(a, b fs.FileInfo) bool { return os.SameFile(a, b) }

package input

import (
	"io/fs"
	"os"

	"devgate/internal/shared"
)

// sameDevice reports whether two files are the same device.
func sameDevice(a, b fs.FileInfo) bool { return os.SameFile(a, b) }

// openPatient opens a file, which its editor may replace meanwhile.
func openPatient(path string) (*os.File, error) { return shared.Open(path) }

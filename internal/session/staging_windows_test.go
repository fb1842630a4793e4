package session

import (
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// programMode is that of every file that may be written: what is a program is told by its name.
const programMode = 0o666

// openProgram opens a file as the system opens one that runs: nobody may write it, and anybody
// may give it another name.
func openProgram(t *testing.T, path string) *os.File {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	const shared = windows.FILE_SHARE_READ | windows.FILE_SHARE_DELETE
	file, err := windows.CreateFile(name, windows.GENERIC_READ, shared, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(file), path)
}

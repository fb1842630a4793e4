package testport

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the byte of a port; false where somebody has it.
func lock(all *os.File, port int) bool {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(all.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: uint32(port)}) == nil
}

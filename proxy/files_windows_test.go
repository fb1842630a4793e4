package proxy

import (
	"os"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getProcessHandleCount = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetProcessHandleCount")

// openFiles counts what this process holds of the system, files and sockets among it.
func openFiles(t testing.TB) int {
	var count uint32
	if ok, _, err := getProcessHandleCount.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&count))); ok == 0 {
		t.Fatal(err)
	}
	return int(count)
}

// slower is by how much less of what is many, connections above all, there is here: Wine
// takes a millisecond and more for each.
const slower = 10

// stackExtra is by how much more than 2 KB the smallest stack of a goroutine has: Go gives it
// 8 KB here, and an idle tunnel has two of them.
const stackExtra = 6 << 10

// link makes a symbolic link, where this user may: most may not, and Wine says that it has
// made one.
func link(t testing.TB, to, path string) (made bool) {
	os.Symlink(to, path)
	_, err := os.Lstat(path)
	return err == nil
}

// makePipe does nothing: no folder has pipes in it.
func makePipe(testing.TB, string) {}

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	self, _ := syscall.GetCurrentProcess()
	var created, ended, kernel, user syscall.Filetime
	syscall.GetProcessTimes(self, &created, &ended, &kernel, &user)
	ticks := func(t syscall.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Duration(ticks(kernel)+ticks(user)) * 100
}

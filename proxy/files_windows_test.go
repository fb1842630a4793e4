package proxy

import (
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

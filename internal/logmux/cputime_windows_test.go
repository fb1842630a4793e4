package logmux

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	self, _ := syscall.GetCurrentProcess()
	var created, ended, kernel, user syscall.Filetime
	syscall.GetProcessTimes(self, &created, &ended, &kernel, &user)
	// Filetime.Nanoseconds counts from 1970, these are lengths of time.
	ticks := func(t syscall.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Duration(ticks(kernel)+ticks(user)) * 100
}

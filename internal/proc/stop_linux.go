package proc

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is the kernel's struct of that name. The zero value is the default
// action.
type sigaction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// Stopped reports whether the process is stopped (SIGSTOP, Ctrl-Z).
func Stopped(pid int) bool {
	s, ok := readStat(pid)
	return ok && s.state == 'T'
}

// StopSelf stops this process with the default action of sig, SIGTSTP or
// SIGSTOP, until somebody continues it. Where nobody could, because its group has
// lost its shell, SIGTSTP does nothing.
//
// The Go runtime keeps its handler also after signal.Reset, so it is taken away
// by hand for a moment. The signal goes to this very thread, which then cannot
// run on before it has had its effect.
func StopSelf(sig syscall.Signal) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var standard, ours sigaction
	swapAction(sig, &standard, &ours)
	unix.Tgkill(os.Getpid(), unix.Gettid(), sig)
	swapAction(sig, &ours, nil)
}

func swapAction(sig syscall.Signal, to, from *sigaction) {
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(from)),
		unsafe.Sizeof(to.mask), 0, 0)
}

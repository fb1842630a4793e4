package guard

import (
	"context"
	"syscall"
)

// lost hears from the kernel of the process itself (kqueue(2), NOTE_EXIT); of the
// pipe as well, as a guard that has ended before the question cannot be asked
// about any more.
func lost(ctx context.Context) error {
	defer syscall.Close(lifeline)
	queue, err := syscall.Kqueue()
	if err != nil {
		return err
	}
	defer syscall.Close(queue)
	var over [2]int
	if err := syscall.Pipe(over[:]); err != nil {
		return err
	}
	defer syscall.Close(over[0])
	defer context.AfterFunc(ctx, func() { syscall.Close(over[1]) })()
	changes := make([]syscall.Kevent_t, 3)
	syscall.SetKevent(&changes[0], lifeline, syscall.EVFILT_READ, syscall.EV_ADD)
	syscall.SetKevent(&changes[1], over[0], syscall.EVFILT_READ, syscall.EV_ADD)
	syscall.SetKevent(&changes[2], syscall.Getppid(), syscall.EVFILT_PROC, syscall.EV_ADD)
	changes[2].Fflags = syscall.NOTE_EXIT
	for {
		n, err := syscall.Kevent(queue, changes, make([]syscall.Kevent_t, 1), nil)
		if n > 0 || err != syscall.EINTR {
			return ctx.Err()
		}
		changes = nil
	}
}

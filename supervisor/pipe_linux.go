package supervisor

import (
	"os"

	"golang.org/x/sys/unix"
)

// enlargePipe gives a pipe room for pumpMost. Where that is more than this user
// may have, it stays as it is.
func enlargePipe(pipe *os.File) {
	control(pipe, func(fd int) { unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pumpMost) })
}

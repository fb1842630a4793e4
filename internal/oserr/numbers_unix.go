//go:build unix

package oserr

import "syscall"

var (
	addrInUse   = []syscall.Errno{syscall.EADDRINUSE}
	addrMissing = []syscall.Errno{syscall.EADDRNOTAVAIL}
	noFamily    = []syscall.Errno{syscall.EAFNOSUPPORT}
	forbidden   = []syscall.Errno{syscall.EACCES}

	refused    = []syscall.Errno{syscall.ECONNREFUSED}
	reset      = []syscall.Errno{syscall.ECONNRESET}
	brokenPipe = []syscall.Errno{syscall.EPIPE}
	wouldBlock = []syscall.Errno{syscall.EAGAIN}

	diskFull  = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
	notFolder = []syscall.Errno{syscall.ENOTDIR}
)

package oserr

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// Sockets and all else count their errors each for itself: WSA… and ERROR_…
var (
	addrInUse   = []syscall.Errno{windows.WSAEADDRINUSE}
	addrMissing = []syscall.Errno{windows.WSAEADDRNOTAVAIL}
	noFamily    = []syscall.Errno{windows.WSAEAFNOSUPPORT}
	forbidden   = []syscall.Errno{windows.WSAEACCES, windows.ERROR_ACCESS_DENIED}

	refused = []syscall.Errno{windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED}
	// An overlapped call on a socket may tell the number of the layer below.
	reset      = []syscall.Errno{windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED}
	brokenPipe = []syscall.Errno{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED, windows.WSAESHUTDOWN}
	wouldBlock = []syscall.Errno{windows.WSAEWOULDBLOCK}

	diskFull = []syscall.Errno{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED, windows.ERROR_FILE_TOO_LARGE}
	// Package os makes the second one itself.
	notFolder = []syscall.Errno{windows.ERROR_DIRECTORY, syscall.ENOTDIR}
)

package session

import (
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipeInfo is FILE_PIPE_LOCAL_INFORMATION.
type pipeInfo struct {
	_     [8]uint32
	state uint32
	_     uint32
}

const (
	pipeLocalInformation = 24
	pipeClosing          = 4 // FILE_PIPE_CLOSING_STATE: the other end has gone
)

var ntQueryInformationFile = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtQueryInformationFile")

// awaitNoReader reports whether nobody reads from a pipe any more; false after readerPoll.
// No call waits for it: the pipe is looked at once.
func awaitNoReader(pipe *os.File) bool {
	time.Sleep(readerPoll * time.Millisecond)
	var info pipeInfo
	var status windows.IO_STATUS_BLOCK
	failed, _, _ := ntQueryInformationFile.Call(pipe.Fd(), uintptr(unsafe.Pointer(&status)),
		uintptr(unsafe.Pointer(&info)), unsafe.Sizeof(info), pipeLocalInformation)
	return failed == 0 && info.state == pipeClosing
}

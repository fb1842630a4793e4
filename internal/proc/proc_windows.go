package proc

import (
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// stillActive is the exit code of a process that has not ended (STATUS_PENDING).
const stillActive = 259

// Identify names the process that has the number now; false when there is none,
// or only one that has ended and that somebody still holds.
func Identify(pid int) (id ID, alive bool) {
	withProcess(pid, func(process windows.Handle) {
		var code uint32
		start, ok := startOf(process)
		alive = ok && windows.GetExitCodeProcess(process, &code) == nil && code == stillActive
		if alive {
			id = ID{pid, start}
		}
	})
	return id, alive
}

// withProcess calls look with a process that this user may ask about.
func withProcess(pid int, look func(windows.Handle)) {
	if pid <= 0 {
		return // 0 is the system's own, which cannot be opened
	}
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return
	}
	defer windows.CloseHandle(process)
	look(process)
}

// startOf is when a process has started, in units of 100 ns since 1601.
func startOf(process windows.Handle) (start uint64, ok bool) {
	var created, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(process, &created, &ended, &kernel, &user) != nil {
		return 0, false
	}
	return uint64(created.HighDateTime)<<32 | uint64(created.LowDateTime), true
}

// parents are the numbers of all processes with that of their parent. The parent may
// have ended, and its number belong to somebody else.
func parents() map[int]int {
	table, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(table)
	all := map[int]int{}
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err := windows.Process32First(table, &entry); err == nil; err = windows.Process32Next(table, &entry) {
		all[int(entry.ProcessID)] = int(entry.ParentProcessID)
	}
	return all
}

// Children are the direct children of a process.
func Children(pid int) []int {
	var all []int
	for _, id := range childrenAmong(parents(), pid) {
		all = append(all, id.PID)
	}
	return all
}

// childrenAmong are those of the processes that pid has started: a child is not
// older than its parent, while one that a number was given to before is.
func childrenAmong(parents map[int]int, pid int) []ID {
	var all []ID
	parent, alive := Identify(pid)
	for child, above := range parents {
		if above != pid || child == pid {
			continue
		}
		if id, lives := Identify(child); alive && lives && id.Start >= parent.Start {
			all = append(all, id)
		}
	}
	return all
}

// Descendants are all living processes below pid, over all generations; without
// those whose parent has ended, which a Job knows.
func Descendants(pid int) []ID {
	var all []ID
	table := parents()
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		for _, id := range childrenAmong(table, queue[0]) {
			all = append(all, id)
			queue = append(queue, id.PID)
		}
	}
	return all
}

// Stopped is false: nothing stops a process here for a while, as Ctrl-Z does.
func Stopped(int) bool { return false }

// Variable is "": the environment of a process is its own.
func Variable(int, string) string { return "" }

// Command is a process's command line, for people; where it may not be read, the
// path of its program.
func Command(pid int) (text string) {
	withProcess(pid, func(process windows.Handle) {
		if text = commandLineOf(process); text == "" {
			text = imageOf(process)
		}
	})
	return strings.TrimSpace(text)
}

// commandLineOf asks the kernel, which knows it since Windows 8.1.
func commandLineOf(process windows.Handle) string {
	var size uint32
	windows.NtQueryInformationProcess(process, windows.ProcessCommandLineInformation, nil, 0, &size)
	if size < uint32(unsafe.Sizeof(windows.NTUnicodeString{})) {
		return ""
	}
	buffer := make([]uint64, (size+7)/8) // of words, as it begins with a pointer
	if windows.NtQueryInformationProcess(process, windows.ProcessCommandLineInformation, unsafe.Pointer(&buffer[0]), size, &size) != nil {
		return ""
	}
	return (*windows.NTUnicodeString)(unsafe.Pointer(&buffer[0])).String()
}

// imageOf is the path of a process's program; "" where it may not be read.
func imageOf(process windows.Handle) string {
	path := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(path))
	if windows.QueryFullProcessImageName(process, 0, &path[0], &size) != nil {
		return ""
	}
	return windows.UTF16ToString(path[:size])
}

// programOf is the name of a process's program in lower case, without a folder.
func programOf(pid int) (name string) {
	withProcess(pid, func(process windows.Handle) {
		name = strings.ToLower(filepath.Base(imageOf(process)))
	})
	return name
}

// Dir is "": the working directory of a process is its own.
func Dir(int) string { return "" }

// Age is the time since the start of the process; 0 when it is not there.
func Age(pid int) (age time.Duration) {
	withProcess(pid, func(process windows.Handle) {
		if start, ok := startOf(process); ok {
			created := windows.Filetime{LowDateTime: uint32(start), HighDateTime: uint32(start >> 32)}
			age = time.Since(time.Unix(0, created.Nanoseconds()))
		}
	})
	return age
}

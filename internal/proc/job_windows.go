package proc

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Job is a set of processes that the kernel keeps: what is started in it, and all
// that descends from it, however it was started. Nobody leaves it, and with the last
// handle to it, however that is closed, all of them end. A nil Job is empty.
//
// What somebody else starts on behalf of a member is none: services, the task
// scheduler, WMI, elevated programs, what runs in WSL.
type Job struct{ handle windows.Handle }

// NewJob makes an empty job that is this process's alone.
func NewJob() (*Job, error) {
	// No security attributes, so that no child inherits the handle and keeps the job.
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make job: %w", err)
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if _, err := windows.SetInformationJobObject(handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		windows.CloseHandle(handle)
		return nil, fmt.Errorf("make job: %w", err)
	}
	return &Job{handle}, nil
}

// Members are the living processes of the job, without the consoles that the system
// has added to them.
func (j *Job) Members() []ID {
	var all []ID
	for _, pid := range j.numbers() {
		// A console ends with the last program in it, and does nothing by itself.
		if id, alive := Identify(pid); alive && programOf(pid) != consoleHost {
			all = append(all, id)
		}
	}
	return all
}

// consoleHost is the program of every console.
const consoleHost = "conhost.exe"

// numbers are those of all processes of the job. The list grows while it is asked for.
func (j *Job) numbers() []int {
	if j == nil {
		return nil
	}
	// JOBOBJECT_BASIC_PROCESS_ID_LIST: how many there are, how many are listed, and these.
	const head, word = 8, int(unsafe.Sizeof(uintptr(0)))
	for room := 64; ; room *= 2 {
		raw := make([]uint64, 1+room)
		err := windows.QueryInformationJobObject(j.handle, windows.JobObjectBasicProcessIdList,
			uintptr(unsafe.Pointer(&raw[0])), uint32(head+room*word), nil)
		bytes := unsafe.Slice((*byte)(unsafe.Pointer(&raw[0])), head+room*word)
		there, listed := binary.LittleEndian.Uint32(bytes), binary.LittleEndian.Uint32(bytes[4:])
		if err == windows.ERROR_MORE_DATA || err == nil && there > listed {
			continue
		}
		if err != nil {
			return nil
		}
		var all []int
		for i := range int(listed) {
			all = append(all, int(binary.LittleEndian.Uint32(bytes[head+i*word:])))
		}
		return all
	}
}

// Kill ends every process of the job at once. Their exit code is code.
func (j *Job) Kill(code uint32) {
	if j != nil {
		windows.TerminateJobObject(j.handle, code)
	}
}

// AwaitEmpty returns true when nobody is in the job, and false after limit.
func (j *Job) AwaitEmpty(limit time.Duration) bool {
	// The kernel has a message for this, which it does not promise to deliver.
	for end, pause := time.Now().Add(limit), time.Millisecond; len(j.Members()) > 0; pause = min(2*pause, 20*time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}

// IsLeftToShell reports whether nobody of the job is left but cmd.exe, which may ask a
// question that nobody sees: "Terminate batch job (Y/N)?"
func (j *Job) IsLeftToShell() bool {
	members := j.Members()
	return len(members) > 0 && !slices.ContainsFunc(members, func(id ID) bool { return programOf(id.PID) != "cmd.exe" })
}

// Close ends all that is left in the job.
func (j *Job) Close() {
	if j != nil {
		windows.CloseHandle(j.handle)
	}
}

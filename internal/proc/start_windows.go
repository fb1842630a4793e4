package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Start is a program that is to run in jobs.
type Start struct {
	Path string   // of the program, absolute
	Args []string // with the program's name first
	Dir  string   // working directory; "": this process's
	Env  []string // "NAME=value"; of several with one name, in whatever case, the last counts

	// Stdin, Stdout and Stderr are inherited, and nothing else is. Nil: it has none.
	Stdin, Stdout, Stderr *os.File

	// Console is what it runs in, and has its streams from. Nil: a console of its own that
	// nobody sees.
	Console *PseudoConsole

	Jobs     []*Job // which it is born in
	Detached bool   // it gets no console at all
}

// attributeJobs names jobs at the start of a process (PROC_THREAD_ATTRIBUTE_JOB_LIST).
// With it a process is in them before its first instruction: package os/exec could only
// add it later.
const attributeJobs = 0x2000d

// Run starts the program. Wait of the process that it returns must follow.
func (s *Start) Run() (*os.Process, error) {
	line, err := s.commandLine()
	if err != nil {
		return nil, err
	}
	program, err := windows.UTF16PtrFromString(s.program())
	if err != nil {
		return nil, err
	}
	dir, err := optional(s.Dir)
	if err != nil {
		return nil, err
	}
	env, err := environmentBlock(s.Env)
	if err != nil {
		return nil, err
	}
	info, release, err := s.startupInfo()
	if err != nil {
		return nil, err
	}
	defer release()
	var made windows.ProcessInformation
	if err := windows.CreateProcess(program, line, nil, nil, s.Console == nil, s.flags(), &env[0], dir, &info.StartupInfo, &made); err != nil {
		return nil, err
	}
	// Its handle is held until it is found, so that its number is nobody else's.
	defer windows.CloseHandle(made.Process)
	defer windows.CloseHandle(made.Thread)
	return os.FindProcess(int(made.ProcessId))
}

// flags say which console it gets.
func (s *Start) flags() uint32 {
	const always = windows.EXTENDED_STARTUPINFO_PRESENT | windows.CREATE_UNICODE_ENVIRONMENT
	switch {
	case s.Console != nil:
		return always
	case s.Detached:
		return always | windows.DETACHED_PROCESS
	}
	return always | windows.CREATE_NO_WINDOW
}

// program is what is run: a batch file is a text for the system's own shell.
func (s *Start) program() string {
	if isBatch(s.Path) {
		return systemShell()
	}
	return s.Path
}

func (s *Start) commandLine() (*uint16, error) {
	if isBatch(s.Path) {
		line, err := batchLine(s.Path, s.Args[1:])
		if err != nil {
			return nil, err
		}
		return windows.UTF16PtrFromString(line)
	}
	if text, is := shellText(s.Args); is {
		return windows.UTF16PtrFromString(text)
	}
	return windows.UTF16PtrFromString(windows.ComposeCommandLine(s.Args))
}

// systemShell is cmd.exe.
func systemShell() string { return SystemProgram(shellName) }

// SystemProgram is a program of the system's own folder, whatever PATH and ComSpec say.
func SystemProgram(name string) string {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		dir = `C:\Windows\System32`
	}
	return filepath.Join(dir, name)
}

func optional(text string) (*uint16, error) {
	if text == "" {
		return nil, nil
	}
	return windows.UTF16PtrFromString(text)
}

// startupInfo has the streams and the jobs in it, until release.
func (s *Start) startupInfo() (info *windows.StartupInfoEx, release func(), err error) {
	list, err := windows.NewProcThreadAttributeList(3)
	if err != nil {
		return nil, nil, err
	}
	streams, err := inheritable(s.Stdin, s.Stdout, s.Stderr)
	release = func() {
		closeHandles(streams)
		list.Delete()
	}
	info = &windows.StartupInfoEx{ProcThreadAttributeList: list.List()}
	info.Cb = uint32(unsafe.Sizeof(*info))
	// Also where it has none: without the flag a program in a pseudo console would get the
	// streams of this process where those are files.
	info.Flags = windows.STARTF_USESTDHANDLES
	if err == nil {
		info.StdInput, info.StdOutput, info.StdErr = streams[0], streams[1], streams[2]
		err = s.setAttributes(list, streams)
	}
	if err != nil {
		release()
		return nil, nil, err
	}
	return info, release, nil
}

func (s *Start) setAttributes(list *windows.ProcThreadAttributeListContainer, streams []windows.Handle) error {
	var given []windows.Handle
	for _, handle := range streams {
		if handle != 0 {
			given = append(given, handle)
		}
	}
	if len(given) > 0 {
		err := list.Update(windows.PROC_THREAD_ATTRIBUTE_HANDLE_LIST, unsafe.Pointer(&given[0]), uintptr(len(given))*unsafe.Sizeof(given[0]))
		if err != nil {
			return err
		}
	}
	if s.Console != nil {
		// The attribute is the handle itself, not a place where it lies.
		handle := s.Console.handle
		if err := list.Update(windows.PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, *(*unsafe.Pointer)(unsafe.Pointer(&handle)), unsafe.Sizeof(handle)); err != nil {
			return err
		}
	}
	var jobs []windows.Handle
	for _, job := range s.Jobs {
		jobs = append(jobs, job.handle)
	}
	if len(jobs) == 0 {
		return nil
	}
	return list.Update(attributeJobs, unsafe.Pointer(&jobs[0]), uintptr(len(jobs))*unsafe.Sizeof(jobs[0]))
}

// inheritable are copies of files' handles that a child may inherit; 0 for nil.
func inheritable(files ...*os.File) (all []windows.Handle, err error) {
	self := windows.CurrentProcess()
	for _, file := range files {
		var copied windows.Handle
		if file != nil {
			err = windows.DuplicateHandle(self, windows.Handle(file.Fd()), self, &copied, 0, true, windows.DUPLICATE_SAME_ACCESS)
		}
		if err != nil {
			closeHandles(all)
			return nil, fmt.Errorf("hand over %s: %w", file.Name(), err)
		}
		all = append(all, copied)
	}
	return all, nil
}

func closeHandles(all []windows.Handle) {
	for _, handle := range all {
		if handle != 0 {
			windows.CloseHandle(handle)
		}
	}
}

// environmentBlock is an environment as CreateProcess wants it: each entry ended by a
// zero, and all by another one.
func environmentBlock(env []string) ([]uint16, error) {
	var block []uint16
	for _, entry := range uniqueEnvironment(env, os.Getenv("SYSTEMROOT")) {
		if strings.ContainsRune(entry, 0) {
			return nil, errors.New("a variable of the environment has a zero byte in it")
		}
		block = append(block, utf16.Encode([]rune(entry+"\x00"))...)
	}
	return append(block, 0), nil
}

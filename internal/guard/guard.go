// Package guard starts the second process of `devgate up`, the supervisor, and
// tells it when the first one, the guard, is gone.
//
// # Guarantees
//
//   - The supervisor is started before main, while the other packages of this
//     process are still being initialised. A launch is two starts of the same
//     program, one after the other; without this it would wait for all of the
//     first before the second begins. This is the one package of devgate that
//     does something when it is imported, and it does so only for the program's
//     own name and a command line that is certain to need it.
//   - It imports next to nothing, as every import would come before it.
//   - A supervisor whose guard has ended learns of it, however it has ended, also
//     while it is stopped itself.
package guard

import (
	"os"
	"strings"
	"syscall"
)

const (
	// Variable is set in the environment of the supervisor alone.
	Variable = "DEVGATE_GUARD"
	// Name is what the supervisor is called in lists of processes.
	Name = "devgate: supervisor"

	lifeline = 3 // the supervisor's end of the pipe whose end is the guard's
)

// Supervisor is the second process.
type Supervisor struct {
	PID  int
	life int // our end of the pipe: open as long as this process lives
}

// early is set while packages are initialised, and never again.
var early = startEarly()

// Early is the supervisor that was started before main; nil when the command
// line did not ask for one, or when that failed.
func Early() *Supervisor { return early }

func startEarly() *Supervisor {
	if os.Getenv(Variable) != "" || !certain(os.Args) {
		return nil
	}
	s, err := Start(os.Args[1:])
	if err != nil {
		return nil // the second attempt will say why
	}
	return s
}

// certain reports whether a command line can be nothing but `devgate up` in the
// foreground. Whatever is wrong with it, the supervisor will say.
func certain(argv []string) bool {
	if argv[0] != "devgate" && !strings.HasSuffix(argv[0], "/devgate") {
		return false
	}
	if len(argv) > 1 && argv[1] != "up" {
		return false
	}
	for _, arg := range argv {
		if arg == "-h" || arg == "--" || strings.HasPrefix(arg, "--help") || strings.HasPrefix(arg, "--detach") {
			return false
		}
	}
	return true
}

// Start starts this program again as the supervisor, with the same standard
// streams and in a session of its own, so that no signal to a process group or
// from the terminal reaches both. This process becomes a subreaper first, where
// there are such. The caller waits for it (os.FindProcess).
func Start(args []string) (*Supervisor, error) {
	becomeSubreaper()
	var pipe [2]int
	syscall.ForkLock.RLock()
	err := syscall.Pipe(pipe[:])
	if err == nil {
		syscall.CloseOnExec(pipe[0])
		syscall.CloseOnExec(pipe[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, os.NewSyscallError("pipe", err)
	}
	defer syscall.Close(pipe[0])
	pid, err := syscall.ForkExec(ownProgram(), append([]string{Name}, args...), &syscall.ProcAttr{
		Env:   append(os.Environ(), Variable+"=1"),
		Files: []uintptr{0, 1, 2, uintptr(pipe[0])}, // the last is lifeline
		Sys:   attributes(),
	})
	if err != nil {
		syscall.Close(pipe[1])
		return nil, os.NewSyscallError("start supervisor", err)
	}
	return &Supervisor{PID: pid, life: pipe[1]}, nil
}

// ownProgram is this program, also when its file was replaced meanwhile.
func ownProgram() string {
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return "/proc/self/exe"
	}
	return path
}

// Close lets the supervisor think that the guard has gone.
func (s *Supervisor) Close() { syscall.Close(s.life) }

// Guarded reports whether this process is the supervisor, and takes the variable
// away from its children.
func Guarded() bool {
	guarded := os.Getenv(Variable) != ""
	os.Unsetenv(Variable)
	return guarded
}

package proc

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/windows"
)

// ConsoleEvent is what a console tells the programs in it.
type ConsoleEvent uint32

// CtrlC asks them to end, as the key does.
const CtrlC ConsoleEvent = windows.CTRL_C_EVENT

// consoleCommand is the command of this program that tells a console of an event.
const consoleCommand = "__console"

var (
	kernel32       = windows.NewLazySystemDLL("kernel32.dll")
	attachConsole  = kernel32.NewProc("AttachConsole")
	freeConsole    = kernel32.NewProc("FreeConsole")
	setCtrlHandler = kernel32.NewProc("SetConsoleCtrlHandler")
)

// Codes of the helper's end.
const (
	consoleTold = iota
	consoleMissing
	consoleDeaf
	consoleMisused
)

// tellPatience is how long the helper may take.
const tellPatience = 2 * time.Second

// errNoConsole: none of the processes has a console.
var errNoConsole = errors.New("it has no console, by which it could be asked to end")

// Tell lets the console of processes tell all that are in it of an event. They must
// share one; some may have ended. The program of this process is started once more for
// it, in job: an event can only be sent by a process which is in that console, and none
// can be in two.
func Tell(members []ID, event ConsoleEvent, job *Job) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find devgate's own program: %w", err)
	}
	args := []string{self, consoleCommand, strconv.Itoa(int(event))}
	for _, id := range members {
		args = append(args, strconv.Itoa(id.PID))
	}
	helper := Start{Path: self, Args: args, Env: os.Environ(), Detached: true}
	if job != nil {
		helper.Jobs = []*Job{job}
	}
	process, err := helper.Run()
	if err != nil {
		return fmt.Errorf("start what tells it to end: %w", err)
	}
	late := time.AfterFunc(tellPatience, func() { process.Kill() })
	defer late.Stop()
	state, err := process.Wait()
	switch {
	case err != nil:
		return fmt.Errorf("tell it to end: %w", err)
	case state.ExitCode() == consoleMissing:
		return errNoConsole
	case state.ExitCode() != consoleTold:
		return fmt.Errorf("tell it to end: the helper has ended with %d", state.ExitCode())
	}
	return nil
}

// ConsoleHelper is what Tell starts. It is called before all else with the arguments of
// the command line, and false where they ask for something else.
func ConsoleHelper(args []string) (code int, is bool) {
	if len(args) < 3 || args[0] != consoleCommand {
		return 0, false
	}
	event, err := strconv.Atoi(args[1])
	if err != nil {
		return consoleMisused, true
	}
	freeConsole.Call()
	if !slices.ContainsFunc(args[2:], joinConsole) {
		return consoleMissing, true
	}
	ignoreCtrlC(true) // or it would end with the others
	if windows.GenerateConsoleCtrlEvent(uint32(event), 0) != nil {
		return consoleDeaf, true
	}
	return consoleTold, true
}

// joinConsole makes this process one of those in the console of another.
func joinConsole(pid string) bool {
	number, err := strconv.Atoi(pid)
	if err != nil {
		return false
	}
	joined, _, _ := attachConsole.Call(uintptr(number))
	return joined != 0
}

// HearCtrlC undoes that Ctrl-C is ignored, which a process inherits from whoever has
// started it, and would hand on.
func HearCtrlC() { ignoreCtrlC(false) }

func ignoreCtrlC(ignore bool) {
	add := uintptr(0)
	if ignore {
		add = 1
	}
	setCtrlHandler.Call(0, add)
}

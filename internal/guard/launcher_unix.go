//go:build unix

package guard

import (
	"os"
	"syscall"
	"time"
)

const (
	// launcherVariable is set by a program that stands for devgate and is none:
	// that of the npm package, which cannot become devgate as a shell's exec would.
	launcherVariable = "DEVGATE_LAUNCHER"
	// launcherFile ends when that program has ended, however it has.
	launcherFile = 3
	// runnerVariable is set by npm, pnpm, yarn and bun for what they run.
	runnerVariable = "npm_config_user_agent"
)

// launched: a launcher stands for this process. It is set while packages are
// initialised, and never again.
var launched = followLauncher()

// followLauncher lets this process end, as by SIGTERM, when its launcher has been
// killed. It is false where there is none. Children inherit nothing of it.
func followLauncher() bool {
	if os.Getenv(launcherVariable) == "" {
		return false
	}
	os.Unsetenv(launcherVariable)
	syscall.CloseOnExec(launcherFile)
	go follow(launcherFile, func() { syscall.Kill(os.Getpid(), syscall.SIGTERM) }) // ends with this process
	return true
}

// follow calls ended when a file has come to its end. Nobody writes to it; an error
// is no end: then the variable was a lie.
func follow(fd int, ended func()) {
	buffer := make([]byte, 16)
	for {
		n, err := syscall.Read(fd, buffer)
		switch {
		case err == syscall.EINTR || n > 0:
		case err != nil:
			return
		default:
			ended()
			return
		}
	}
}

// echoWindow is how long after a signal the same one may be its echo. A person who
// means it twice is slower, or presses once more.
const echoWindow = 500 * time.Millisecond

// echoes knows signals that come once more from whoever started this process. A
// Ctrl-C reaches all programs of the terminal's job, and npm passes its own on:
// taken for a second Ctrl-C, that would kill what is still ending in order. The
// zero value knows none.
type echoes struct {
	expected bool
	last     map[syscall.Signal]time.Time
}

// newEchoes expects them below a launcher or a runner of scripts.
func newEchoes() echoes {
	return echoes{launched || os.Getenv(runnerVariable) != "", map[syscall.Signal]time.Time{}}
}

// has reports whether a signal that comes now is an echo. Only those that end
// devgate can be: of the others each counts.
func (e echoes) has(sig syscall.Signal, now time.Time) bool {
	switch sig {
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP:
	default:
		return false
	}
	if last, ok := e.last[sig]; !e.expected || ok && now.Sub(last) < echoWindow {
		return e.expected
	}
	e.last[sig] = now
	return false
}

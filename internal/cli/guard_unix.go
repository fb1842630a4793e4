//go:build unix

package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"devgate/internal/guard"
	"devgate/internal/proc"
	"devgate/internal/session"
)

// guardLimit bounds how long the guard hunts for what a killed manager left.
const guardLimit = 5 * time.Second

// endEarly ends a guard whose manager has run before main; false where there was none.
func endEarly(std streams) (over bool, err error) {
	end, over := guard.Early()
	if !over {
		return false, nil
	}
	return true, endGuard(end, std)
}

// needsGuard reports whether this process has yet to become two.
func needsGuard(std streams) bool { return std.guard == nil }

// inForeground reports whether the terminal is devgate's now, of whose job the guard is the
// leader: this process's parent.
func inForeground() bool { return proc.InForeground(os.Getppid()) }

// runGuard is `devgate up` where the manager was not started before main, see
// package guard.
func runGuard(std streams) error {
	manager, err := guard.Start(std.args)
	if err != nil {
		return err
	}
	return endGuard(manager.Await(), std)
}

// endGuard ends what a manager has left behind, and ends as it did.
func endGuard(end guard.End, std streams) error {
	// Always, also after a good end: it costs one look at an empty list.
	endOrphans()
	root, err := rootOf(fileOf(std))
	known := err == nil
	// A manager that ends by itself takes its services down; only one that could not is
	// cleaned up after.
	if known && (end.Status.Signaled() || end.Crash != "") {
		session.EndLeftovers(root) // where orphans go to init, this finds them
	}
	if end.Crash == "" {
		return guardResult(end)
	}
	file := ""
	if known {
		file = writeCrash(end.Crash, root, versionText(), std.args)
	}
	return crashError(end.Crash, file, "; all services were ended with it")
}

// endOrphans kills what the manager has left to its subreaper, which is nothing
// unless it was killed. Zombies go to init with this process.
func endOrphans() {
	ctx, cancel := context.WithTimeout(context.Background(), guardLimit)
	defer cancel()
	// Descendants are asked for anew in each round: a process that is hunted may have had
	// children meanwhile.
	proc.KillAll(ctx, func() []proc.ID { return proc.Descendants(os.Getpid()) })
}

// guardResult passes the manager's exit code on. How many processes went with a
// killed one is not said: the kernel has ended some of them itself.
func guardResult(end guard.End) error {
	if end.Status == 0 {
		return nil
	}
	if !end.Status.Signaled() {
		return &exitError{code: end.Status.ExitStatus()} // the manager has said why
	}
	sig := end.Status.Signal()
	return &exitError{128 + int(sig), fmt.Errorf("its manager process was ended by signal %d (%s); all services were ended with it", int(sig), sig)}
}

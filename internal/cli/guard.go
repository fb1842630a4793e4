package cli

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"devgate/internal/guard"
	"devgate/internal/proc"
	"devgate/internal/session"
	"devgate/internal/tty"
)

// guardLimit bounds how long the guard hunts for what a killed supervisor left.
const guardLimit = 5 * time.Second

// runGuard is `devgate up` where the supervisor was not started before main, see
// package guard. file names the Devgatefile.
func runGuard(args []string, file string) error {
	supervisor, err := guard.Start(args)
	if err != nil {
		return err
	}
	return endGuard(supervisor.Await(), file)
}

// endGuard ends what a supervisor has left behind, and ends as it did.
func endGuard(status syscall.WaitStatus, file string) error {
	endOrphans()
	if status.Signaled() {
		tty.Mend(os.Stdin, os.Stdout)
	}
	if root, err := rootOf(file); status.Signaled() && err == nil {
		session.EndLeftovers(root) // where orphans go to init, this finds them
	}
	return guardResult(status)
}

// endOrphans kills what the supervisor has left to its subreaper, which is
// nothing unless it was killed. Zombies go to init with this process.
func endOrphans() {
	ctx, cancel := context.WithTimeout(context.Background(), guardLimit)
	defer cancel()
	proc.KillAll(ctx, func() []proc.ID { return proc.Descendants(os.Getpid()) })
}

// guardResult passes the supervisor's exit code on. How many processes went with
// a killed one is not said: the kernel has ended some of them itself.
func guardResult(status syscall.WaitStatus) error {
	if status == 0 {
		return nil
	}
	if !status.Signaled() {
		return &exitError{code: status.ExitStatus()}
	}
	sig := status.Signal()
	return &exitError{128 + int(sig), fmt.Errorf("the supervisor was ended by signal %d (%s); all services were ended with it", int(sig), sig)}
}

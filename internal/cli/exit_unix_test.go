//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"devgate/internal/guard"
)

// C1: what an error means as an exit code, and whether it is printed.
func TestErrorsStandForExitCodes(t *testing.T) {
	odd := errors.New("odd")
	for _, c := range []struct {
		err   error
		code  int
		quiet bool
		text  string
	}{
		{nil, 0, true, ""},
		{odd, 1, false, "devgate: odd"},
		{usageError(odd), 2, false, "devgate: odd"},
		{fmt.Errorf("up: %w", usageError(odd)), 2, false, "devgate: up: odd"},
		{signalError(syscall.SIGINT), 130, true, "devgate: exit 130"},
		{signalError(syscall.SIGTERM), 143, true, "devgate: exit 143"},
		{&exitError{code: 7}, 7, true, "devgate: exit 7"},
	} {
		if codeOf(c.err) != c.code || silent(c.err) != c.quiet {
			t.Errorf("%v: code %d, silent %v", c.err, codeOf(c.err), silent(c.err))
		}
		if c.err != nil && message(c.err) != c.text {
			t.Errorf("%v: message %q", c.err, message(c.err))
		}
	}
}

// The guard ends as its manager does, and says what a kill means.
func TestTheGuardEndsAsItsManagerDoes(t *testing.T) {
	run := func(script string) syscall.WaitStatus {
		cmd := exec.Command("/bin/sh", "-c", script)
		cmd.Run()
		return cmd.ProcessState.Sys().(syscall.WaitStatus)
	}
	for _, c := range []struct {
		status syscall.WaitStatus
		code   int
		text   string
	}{
		{run("exit 0"), 0, ""},
		{run("exit 130"), 130, "exit 130"},
		{run("kill -KILL $$"), 137, "its manager process was ended by signal 9 (killed); all services were ended with it"},
		{run("kill -ABRT $$"), 134, "its manager process was ended by signal 6 (aborted); all services were ended with it"},
	} {
		err := guardResult(guard.End{Status: c.status})
		if codeOf(err) != c.code || err != nil && err.Error() != c.text {
			t.Errorf("got %v (%d), want %q (%d)", err, codeOf(err), c.text, c.code)
		}
	}
}

// brokenWriter is an output that finds a fault of devgate's own.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { panic("index out of range") }

// C1: a command that panics ends with 70, and with words instead of stacks alone.
func TestAPanicOfACommandIsACrashOfDevgateItself(t *testing.T) {
	var said strings.Builder
	if code := Main([]string{"version"}, nil, brokenWriter{}, &said); code != exitBroken {
		t.Errorf("exit code %d", code)
	}
	want := "devgate: crash of devgate itself: panic: index out of range\n" +
		"  hint: this is a fault of devgate, not of your project: please report it where you have devgate from,\n" +
		"        with what is printed above\n"
	if !strings.HasPrefix(said.String(), "panic: index out of range\n\ngoroutine ") || !strings.HasSuffix(said.String(), want) {
		t.Errorf("it says %s", said.String())
	}
	// Of a deadlock, the runtime's report begins with the stacks.
	if got := causeOf("goroutine 1 [select (no cases)]:\n"); got != "a fatal error of the Go runtime, printed above" {
		t.Errorf("the cause is %q", got)
	}
}

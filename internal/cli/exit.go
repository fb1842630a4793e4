package cli

import (
	"errors"
	"fmt"
	"syscall"

	"devgate/internal/control"
)

// The exit codes. A signal n that ended devgate, or a service under
// --exit-on-failure, is 128+n.
const (
	exitOK     = 0  // stopped by `devgate down`, or the command did its job
	exitFailed = 1  // something failed
	exitUsage  = 2  // bad usage or a bad Devgatefile; nothing was started
	exitBroken = 70 // devgate itself broke; EX_SOFTWARE of sysexits(3)
)

// exitError ends the command with a code. Its message, if there is one, is
// printed as it is.
type exitError struct {
	code int
	err  error
}

// Error is the message, or the code where there is nothing to print.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

// Unwrap is what is printed; nil for nothing.
// errors.As looks further, so a message may be a procfile.ErrorList within.
func (e *exitError) Unwrap() error { return e.err }

// usageError is a mistake on the command line or in the Devgatefile.
func usageError(err error) error { return &exitError{exitUsage, err} }

// signalError is the end by a signal; there is nothing to print.
func signalError(sig syscall.Signal) error { return &exitError{code: 128 + int(sig)} }

// codeOf is the exit code that an error stands for.
func codeOf(err error) int {
	var e *exitError
	var refused *control.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &refused):
		return codeOfKind(refused.Kind)
	}
	return exitFailed
}

// codeOfKind is the exit code for what the running devgate did not do.
// The running devgate knows its own exit codes; over the socket goes the kind, which says
// what was wrong.
func codeOfKind(k control.Kind) int {
	switch k {
	case control.Unknown, control.Invalid:
		return exitUsage
	case control.Broken:
		return exitBroken
	}
	return exitFailed
}

// silent reports whether there is nothing to print for the error.
func silent(err error) bool {
	var e *exitError
	return err == nil || errors.As(err, &e) && e.err == nil
}

package mcp

import (
	"context"
	"errors"
	"fmt"

	"devgate/internal/control"
	"devgate/internal/reach"
)

// failure is what a tool has not done, and what is to be done about it.
type failure struct {
	err  error
	next string // what to do; for a model, so in terms of tools
}

// Error is the reason, with what to do in a line of its own.
func (f *failure) Error() string { return fmt.Sprintf("%v\n  next: %s", f.err, f.next) }

// Unwrap is the reason.
func (f *failure) Unwrap() error { return f.err }

func isFailure(err error) bool {
	var f *failure
	return errors.As(err, &f)
}

// told makes a failure of any error of a tool, bounded as what a tool returns.
func told(err error) error {
	var known *failure
	var nobody *reach.NotRunningError
	switch {
	case errors.As(err, &known):
	// Its hint is for people at a prompt, and says the same as ours.
	case errors.As(err, &nobody):
		known = &failure{fmt.Errorf("no devgate runs in %s", nobody.Root), nextFor(err)}
	default:
		known = &failure{err, nextFor(err)}
	}
	return &failure{errors.New(bounded(known.err.Error())), known.next}
}

// nextFor is what to do about an error that nobody knew better.
func nextFor(err error) string {
	var none *reach.NoProjectError
	var refused *control.Error
	switch {
	case errors.As(err, &none):
		return "give the project's folder as dir; where there is no Devgatefile yet, devgate init --print shows one, and up starts what it finds even so"
	case errors.Is(err, control.ErrNotRunning):
		return "call up to start it, or check to see what it would start"
	case errors.Is(err, context.Canceled):
		return "call status to see how far it came"
	case errors.As(err, &refused):
		return nextForKind(refused.Kind)
	}
	return "call status to see whether devgate runs; down and up start it anew"
}

func nextForKind(k control.Kind) string {
	switch k {
	case control.Unknown:
		return "call status for the names of the services, or requests for the ids of the requests that are kept"
	case control.Invalid:
		return "mend the arguments, and call it again"
	case control.Stopping:
		return "it is on its way down; call up once it has ended"
	case control.Protocol:
		return "call down, then up: the devgate that runs is of another version than this one"
	}
	return "call status to see how the services are, and logs for what they printed"
}

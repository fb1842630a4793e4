package cli

import "errors"

// endEarly is false: nothing runs before main.
func endEarly(streams) (over bool, err error) { return false, nil }

// needsGuard is false: one process is enough, see package guard.
func needsGuard(streams) bool { return false }

// inForeground is true: no other job takes the terminal away.
func inForeground() bool { return true }

// runGuard is never asked for.
func runGuard(streams) error { return errors.New("there is no guard on this system") }

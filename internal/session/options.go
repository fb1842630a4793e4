package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"devgate/internal/event"
	"devgate/internal/guard"
	"devgate/internal/logmux"
	"devgate/internal/project"
)

// Options are what a session is run with.
type Options struct {
	// Project is what is run. Required.
	Project *project.Project
	// Source is how Project was read. A saved Devgatefile is read in the same
	// way, with the ports that were chosen since.
	Source project.Options
	// First are the services that are started at first, with what they are
	// after; nil: all.
	First []string

	// Version is the release that runs, for those who ask. "" says nothing.
	Version string

	// Out gets the log. Required.
	Out io.Writer
	// Err gets what the log cannot tell: that Out takes nothing more. Required.
	Err io.Writer
	// Format, Color and Timestamps are those of the lines on Out.
	Format            logmux.Format
	Color, Timestamps bool

	// Signals end the session: the first as asked, the second at once. SIGTSTP
	// stops all of it for a while. Nil: there are none.
	Signals <-chan os.Signal
	// Guard is the parent of this process, where that is its guard: it is then
	// the process that people see, and without it the session ends. Nil: none.
	Guard *guard.Link
	// Keyboard hands over what is typed; nil: nothing is.
	Keyboard Keyboard
	// TerminalSize is how large the terminal is that Out shows on, in
	// characters; zero where it is none. Required.
	TerminalSize func() (columns, rows int)
	// FollowSize calls changed at the beginning and whenever TerminalSize may be
	// another, until ctx ends. Required.
	FollowSize func(ctx context.Context, changed func())
	// Browse shows a page in the browser. Required.
	Browse func(url string)

	// OpenWhenReady shows the gateway in the browser once all is ready.
	OpenWhenReady bool
	// Late is after which time it is said what is not ready yet; 0: never.
	Late time.Duration
	// ExitOnFailure ends the session with a ServiceError once a service fails.
	ExitOnFailure bool
}

// Keyboard is where keys come from, and a screen with a line of text at its end.
type Keyboard interface {
	// Run calls press with each key until ctx ends, and shows the text of line.
	Run(ctx context.Context, press func(key rune), line func() string) error
	// Suspend leaves keys and screen to others until Resume.
	Suspend()
	Resume()
	// Clear empties the screen.
	Clear()
	// Refresh asks for the text of line again, in a moment.
	Refresh()
}

// Why a session has ended without anything wrong.
var (
	ErrDown         = errors.New("down")          // somebody has asked for it
	ErrOutputClosed = errors.New("output closed") // nobody reads it any more
)

// SignalError ends a session because of a signal. SIGKILL is that of its guard.
type SignalError struct{ Signal syscall.Signal }

// Error names the signal.
func (e *SignalError) Error() string { return fmt.Sprintf("ended by %v", e.Signal) }

// ServiceError ends a session because a service has failed.
type ServiceError struct {
	Name string
	Exit *event.Exit // nil: it could not even be started
}

// Error names the service.
func (e *ServiceError) Error() string { return e.Name + " failed" }

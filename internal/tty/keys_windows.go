package tty

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// settings are the mode of a console.
type settings uint32

// keysFrom lets a console hand over each key at once and unseen. It returns how
// the console was. Ctrl-C and its like stay events.
func keysFrom(file *os.File) (before *settings, err error) {
	handle := windows.Handle(file.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(handle, &mode); err != nil {
		return nil, fmt.Errorf("read console mode: %w", err)
	}
	if err := windows.SetConsoleMode(handle, mode&^(windows.ENABLE_LINE_INPUT|windows.ENABLE_ECHO_INPUT)); err != nil {
		return nil, fmt.Errorf("set console mode: %w", err)
	}
	before = new(settings)
	*before = settings(mode)
	return before, nil
}

// giveBack makes a console what it was before keysFrom.
func giveBack(file *os.File, before *settings) {
	windows.SetConsoleMode(windows.Handle(file.Fd()), uint32(*before))
}

// readsEscapes reports whether a console does what escape sequences say. It is not
// switched on: whoever uses the console next would have it, too.
func readsEscapes(file *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(file.Fd()), &mode) == nil && mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0
}

// errNoKeys is why there is neither a Keyboard nor a Terminal's Keys.
var errNoKeys = errors.New("devgate does not read keys on Windows yet")

// input is none.
type input struct{ file *os.File }

func newInput(*os.File) (*input, error) { return nil, errNoKeys }

func (i *input) interrupt() {}

func (i *input) close() {}

func (i *input) wait(context.Context, time.Duration) (bool, error) { return false, errNoKeys }

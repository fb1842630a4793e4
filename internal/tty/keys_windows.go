package tty

import (
	"fmt"
	"os"

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
	if err := windows.SetConsoleMode(handle, mode&^(windows.ENABLE_LINE_INPUT|windows.ENABLE_ECHO_INPUT)|windows.ENABLE_PROCESSED_INPUT); err != nil {
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

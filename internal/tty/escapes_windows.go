package tty

import (
	"os"

	"golang.org/x/sys/windows"

	"devgate/internal/tty/found"
)

// EnableEscapes lets those of the streams that are consoles do what escape sequences say,
// until restore. A console of the old kind cannot, and is left as it is.
func EnableEscapes(streams ...any) (restore func()) {
	var undo []func()
	for _, stream := range streams {
		if file, is := stream.(*os.File); is {
			undo = append(undo, enableEscapes(windows.Handle(file.Fd())))
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}

func enableEscapes(console windows.Handle) (restore func()) {
	before, known := found.Mode(uintptr(console))
	if !known && windows.GetConsoleMode(console, &before) != nil {
		return func() {}
	}
	return switchOn(console, before, windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
}

// rawOutput lets a line feed be one, without a return, as programs in a terminal of their
// own mean it.
func rawOutput(file *os.File) (restore func()) {
	console := windows.Handle(file.Fd())
	var before uint32
	if windows.GetConsoleMode(console, &before) != nil {
		return func() {}
	}
	return switchOn(console, before, windows.DISABLE_NEWLINE_AUTO_RETURN)
}

// switchOn adds to the mode that a console had before what it can do of it.
func switchOn(console windows.Handle, before, wanted uint32) (restore func()) {
	if windows.SetConsoleMode(console, before|wanted) != nil {
		return func() {}
	}
	return func() { windows.SetConsoleMode(console, before) }
}

// ReadsEscapes reports whether a console does what escape sequences say, see
// EnableEscapes.
func ReadsEscapes(stream any) bool {
	file, is := stream.(*os.File)
	if !is {
		return false
	}
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(file.Fd()), &mode) == nil && mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0
}

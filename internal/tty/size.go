package tty

import (
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether a stream of this process is a terminal.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Size is how large a stream is that is a terminal, in characters, else zero.
func Size(stream any) (columns, rows int) {
	if !IsTerminal(stream) {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(stream.(*os.File).Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, rows
}

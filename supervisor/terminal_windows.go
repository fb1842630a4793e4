package supervisor

import (
	"errors"
	"os"
)

// errNoTerminal is why a service with pty = true does not start.
var errNoTerminal = errors.New("pty = true: devgate has no terminals for services on Windows yet; without it the service gets pipes")

// open is an error: so there is no terminal that has a size, or could be painted.
func (t *Terminal) open() (ours, theirs *os.File, err error) { return nil, nil, errNoTerminal }

func setSize(*os.File, Size) {}

func sizeOf(*os.File) Size { return Size{} }

func repaint(*os.File) {}

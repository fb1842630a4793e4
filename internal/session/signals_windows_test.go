package session

import "os"

// Ctrl-C and Ctrl-Break are one.
func ofTheSystem() []heard {
	return []heard{{[]os.Signal{os.Interrupt}, []string{"ended by interrupt"}, nil}}
}

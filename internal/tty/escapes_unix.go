//go:build unix

package tty

// EnableEscapes does nothing: terminals do what escape sequences say.
func EnableEscapes(...any) (restore func()) { return func() {} }

// ReadsEscapes reports whether a terminal does what escape sequences say.
func ReadsEscapes(any) bool { return true }

// rawOutput does nothing: what makes the input of a terminal raw makes its output so.
func rawOutput(any) (restore func()) { return func() {} }

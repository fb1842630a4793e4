//go:build unix

package shared

import "os"

// Open opens a file for reading.
func Open(path string) (*os.File, error) { return os.Open(path) }

// Append opens a file to write behind its end, and makes it, with the mode 0600, where it
// is not there.
func Append(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

func rename(from, to string) error { return os.Rename(from, to) }

// isHeld is false: an open file is in nobody's way.
func isHeld(error) bool { return false }

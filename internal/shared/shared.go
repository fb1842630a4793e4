package shared

import (
	"io"
	"os"
	"time"
)

const (
	// patience is how long somebody who has a file open may keep it from being changed.
	patience = 2 * time.Second
	// pause is how often it is tried.
	pause = 10 * time.Millisecond
)

// ReadFile is os.ReadFile of a file that others may replace meanwhile.
func ReadFile(path string) ([]byte, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// Rename is os.Rename, as soon as nobody keeps either file from it.
func Rename(from, to string) error {
	return unhindered(func() error { return rename(from, to) }, isHeld)
}

// Remove is os.Remove, as soon as nobody keeps the file from it.
func Remove(path string) error {
	return unhindered(func() error { return os.Remove(path) }, isHeld)
}

// RemoveAll is os.RemoveAll, as soon as nobody keeps what is there from it.
func RemoveAll(path string) error {
	return unhindered(func() error { return os.RemoveAll(path) }, isHeld)
}

// unhindered repeats a change until nobody else is in its way, which an error tells that
// is held.
func unhindered(change func() error, held func(error) bool) error {
	for began := time.Now(); ; time.Sleep(pause) {
		err := change()
		if err == nil || !held(err) || time.Since(began) >= patience {
			return err
		}
	}
}

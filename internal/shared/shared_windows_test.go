package shared

import (
	"os"
	"testing"
)

// A file that somebody else has open, as package os does, is replaced and removed as soon
// as that is closed.
func TestFilesOfOthers(t *testing.T) {
	for name, change := range map[string]func(a, b string) error{
		"replaced": func(a, b string) error { return rename(b, a) },
		"removed":  func(a, _ string) error { return os.Remove(a) },
	} {
		a, b := folder(t)
		theirs, err := os.Open(a)
		if err != nil {
			t.Fatal(err)
		}
		attempts := 0
		err = unhindered(func() error {
			if attempts++; attempts == 3 {
				theirs.Close()
			}
			return change(a, b)
		}, isHeld)
		if err != nil || attempts != 3 {
			t.Errorf("%s after %d attempts: %v", name, attempts, err)
		}
	}
}

//go:build unix

package session

import (
	"os"
	"testing"
)

// programMode is that of a file that was made as a program.
const programMode = 0o755

// openProgram opens a file as the system opens one that runs.
func openProgram(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

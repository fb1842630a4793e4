package outline

import (
	"errors"
	"testing"

	"devgate/internal/project"
	"devgate/procfile"
)

var errFull = errors.New("write: no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// What a script has not got is no success.
func TestWriteFailsWhereTheTextCannotBeWritten(t *testing.T) {
	p := &project.Project{File: &procfile.File{}}
	if err := Of(p).Write(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

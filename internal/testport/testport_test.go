package testport

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"devgate/internal/port"
)

const variable = "DEVGATE_TEST_PORT_OF_PARENT"

// What one process was given, no other gets while it lives.
func TestNoTwoProcessesHaveTheSamePort(t *testing.T) {
	if theirs := os.Getenv(variable); theirs != "" {
		all, err := register()
		port, _ := strconv.Atoi(theirs)
		if err != nil || lock(all, port) || !lock(all, lowest-1) {
			os.Exit(3)
		}
		return
	}
	mine := Some(t, 50)
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoTwoProcessesHaveTheSamePort$")
	cmd.Env = append(os.Environ(), variable+"="+strconv.Itoa(mine[0]))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	slices.Sort(mine)
	if got := slices.Compact(mine); len(got) != 50 {
		t.Errorf("some were given twice: %v", mine)
	}
}

// Where devgate chooses a gateway's port no test has a server that it stops and starts.
func TestDevgateChoosesNoPortOfATest(t *testing.T) {
	for i := range 200 {
		chosen, err := port.Stable(strconv.Itoa(i), nil)
		if err != nil {
			t.Fatal(err)
		}
		if chosen >= lowest && chosen < lowest+number {
			t.Fatalf("a gateway may be on %d, which may be given to a test", chosen)
		}
	}
}

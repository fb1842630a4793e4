package proc

import (
	"os"
	"strconv"
	"testing"

	"devgate/internal/testproc"
)

// A subreaper inherits zombies; left alone, they fill the process table.
func TestInheritedZombiesAreReaped(t *testing.T) {
	n := reaper(t)
	_, pids := family(t, n, 2, "double")
	for _, pid := range pids {
		if id, alive := Identify(pid); alive {
			id.Signal(9)
		}
	}
	eventually(t, func() bool {
		_, err := os.Stat("/proc/" + strconv.Itoa(pids[1]))
		return err != nil
	})
}

// P1: what a Reaper has started ends with its process, however that ends.
func TestTheKernelEndsTheChildrenOfAKilledProcess(t *testing.T) {
	testproc.Command(t, "idle") // played by keeper's child
	cmd, pids := family(t, reaper(t), 1, "keeper")
	child, alive := Identify(pids[0])
	if !alive {
		t.Fatal("the child does not run")
	}
	cmd.Process.Kill()
	eventually(t, func() bool { return !child.Alive() })
}

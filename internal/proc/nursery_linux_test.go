package proc

import (
	"os"
	"strconv"
	"testing"
)

// A subreaper inherits zombies; left alone, they fill the process table.
func TestInheritedZombiesAreReaped(t *testing.T) {
	n := nursery(t)
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

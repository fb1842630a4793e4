package proc

import (
	"os"
	"strconv"
	"testing"
	"time"
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
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for orphan := pids[1]; ; {
		if _, err := os.Stat("/proc/" + strconv.Itoa(orphan)); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("pid %d is still in the process table", orphan)
		}
	}
}

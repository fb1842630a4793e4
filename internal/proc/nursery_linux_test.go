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
	eventually(t, func() bool {
		_, err := os.Stat("/proc/" + strconv.Itoa(pids[1]))
		return err != nil
	})
}

// eventually polls: what it waits for are other processes.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it never came about")
		}
	}
}

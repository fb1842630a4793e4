package proc

import (
	"os"
	"slices"
	"testing"
	"time"
)

func pidsOf(ids []ID) []int {
	var all []int
	for _, id := range ids {
		all = append(all, id.PID)
	}
	slices.Sort(all)
	return all
}

func TestAProcessIsNamedByNumberAndStart(t *testing.T) {
	self, ok := Identify(os.Getpid())
	if !ok || !self.Alive() {
		t.Fatalf("this process: %v, %v", self, ok)
	}
	other := ID{self.PID, self.Start + 1}
	if other.Alive() {
		t.Error("another start time counts as the same process")
	}
	if _, ok := Identify(1 << 30); ok {
		t.Error("a process that is not there was named")
	}
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

package supervisor

import (
	"testing"
	"time"

	"devgate/internal/event"
)

// A long life clears the name of a service, never that of a task.
func TestOnlyQuickExitsInARowAreTheEndOfAService(t *testing.T) {
	failure := event.Exit{Code: 1}
	var service, task crashes
	for i := range 10 {
		ran := time.Second
		if i%3 == 2 {
			ran = Quick // every third lives long enough
		}
		if in, _ := service.outcome(failure, ran, OnFailure, false); in != inCrashed {
			t.Fatalf("exit %d: input %d", i, in)
		}
	}
	for i := range QuickExits {
		in, _ := task.outcome(failure, time.Hour, OnFailure, true)
		if last := i == QuickExits-1; (in == inGaveUp) != last {
			t.Errorf("failure %d of a task: input %d", i+1, in)
		}
	}
	if in, _ := task.outcome(event.Exit{}, 0, OnFailure, true); in != inCompleted {
		t.Errorf("a task that succeeds: input %d", in)
	}
}

func TestAMissingCommandIsNotTriedAgain(t *testing.T) {
	for _, code := range []int{126, 127} {
		var c crashes
		if in, _ := c.outcome(event.Exit{Code: code}, 0, OnFailure, false); in != inGaveUp {
			t.Errorf("exit status %d: input %d", code, in)
		}
	}
}

func TestALongRunStartsTheDelaysAnew(t *testing.T) {
	var c crashes
	for _, step := range []struct{ ran, want time.Duration }{
		{3 * time.Second, FirstDelay}, {3 * time.Second, 2 * FirstDelay}, {LastDelay, FirstDelay}, {3 * time.Second, 2 * FirstDelay},
	} {
		if _, got := c.outcome(event.Exit{Code: 1}, step.ran, OnFailure, false); got != step.want {
			t.Errorf("after %s: delay %s, want %s", step.ran, got, step.want)
		}
	}
}

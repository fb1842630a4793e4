//go:build unix

package supervisor

import (
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/proc"
	"devgate/internal/testproc"
)

// P8: the last output of a crash is whole before its exit is told.
func TestACrashingChildLosesNothingOfItsOutput(t *testing.T) {
	child, out := startRole(t, "crasher")
	e := child.Wait()
	text := out.text()
	if e.Code != 3 || e.Signal != "" {
		t.Errorf("exit %+v", e)
	}
	if !out.closed {
		t.Error("an unfinished line would wait: the sink is open when the exit is told")
	}
	if !strings.HasSuffix(text, "line 19999\nunterminated") || strings.Count(text, "\n") != 20000 {
		t.Errorf("%d lines, end %q", strings.Count(text, "\n"), text[max(0, len(text)-40):])
	}
	child.Sweep(syscall.SIGTERM, time.Second)
}

// P7: stdin is open and silent until the stop.
func TestStdinIsOpenAndSilentUntilTheStop(t *testing.T) {
	child, out := startRole(t, "reader")
	ended := make(chan event.Exit, 1)
	go func() { ended <- child.Wait() }()
	select {
	case e := <-ended:
		t.Fatalf("it ended by itself: %+v", e)
	case <-time.After(100 * time.Millisecond):
	}
	child.Signal(syscall.SIGCONT) // closes stdin as every stop does, and does nothing else
	if e := <-ended; e.Code != 0 {
		t.Errorf("exit %+v", e)
	}
	child.Sweep(0, time.Second)
	if got := out.text(); got != "stdin ended" {
		t.Errorf("it read %q", got)
	}
}

// P2: what is stopped (a debugger, Ctrl-Z in its own terminal) hears the stop
// signal as well: it is continued.
func TestAStoppedChildMayEndWell(t *testing.T) {
	child, out := startRole(t, "polite")
	out.wait(t, "up")
	child.Signal(syscall.SIGSTOP)
	for !proc.Stopped(child.PID()) {
		runtime.Gosched()
	}
	began := time.Now()
	child.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { child.Signal(syscall.SIGKILL) })
	defer kill.Stop()
	if e := child.Wait(); e.Code != 0 || !strings.Contains(out.text(), "ended well") {
		t.Errorf("after %v: exit %+v, %q", time.Since(began), e, out.text())
	}
	child.Sweep(0, time.Second)
}

func TestAChildThatIsKilledSaysBySignal(t *testing.T) {
	child, _ := startRole(t, "suicide")
	if e := child.Wait(); e.Code != 137 || e.Signal != "KILL" {
		t.Errorf("exit %+v", e)
	}
	child.Sweep(0, time.Second)
}

// P1, P2: what is left of a group after its leader is ended too, by KILL after
// the grace if need be, also when it closed its output.
func TestWhatTheLeaderLeavesBehindIsSwept(t *testing.T) {
	for _, role := range []string{"parent", "deserter"} {
		t.Run(role, func(t *testing.T) {
			testproc.Command(t, "stubborn") // played by the child of the role
			testproc.Command(t, "stubborn-quiet")
			child, out := startRole(t, role)
			if e := child.Wait(); e.Code != 0 {
				t.Fatalf("exit %+v", e)
			}
			out.wait(t, "child ")
			if role == "parent" {
				out.wait(t, "up")
			}
			orphan := numberAfter(t, out.text(), "child ")
			child.Sweep(syscall.SIGTERM, 50*time.Millisecond)
			if runs(orphan) {
				t.Errorf("pid %d is still alive", orphan)
			}
			child.Signal(syscall.SIGKILL) // must reach nobody now
		})
	}
}

// P1, P2: what has left the group and the session gets the signal too, once, and
// is not killed as long as it ends within the grace.
func TestWhatHasLeftItsSessionMayEndWell(t *testing.T) {
	testproc.Command(t, "polite") // played by departer's child
	child, out := startRole(t, "departer")
	out.wait(t, "up")
	child.Signal(syscall.SIGCONT) // so that it is remembered, too
	child.Wait()
	// Two signals at once may arrive as one, so what would be signalled is counted.
	if c := child.(*execChild); len(c.strays()) != 1 {
		t.Errorf("one process was found as %v", c.strays())
	}
	child.Sweep(syscall.SIGTERM, time.Minute)
	if got := out.text(); !strings.Contains(got, "ended well") {
		t.Errorf("got %q", got)
	}
}

// P2: who is in the group gets the stop signal once; many servers take a second
// one for impatience.
func TestNobodyGetsTheStopSignalTwice(t *testing.T) {
	testproc.Command(t, "counter") // played by counted's child
	child, out := startRole(t, "counted")
	for strings.Count(out.text(), "up") < 2 {
		<-out.more
	}
	child.Signal(syscall.SIGTERM)
	child.Wait()
	child.Sweep(0, time.Minute)
	if got := out.text(); !strings.HasSuffix(got, "TERM") {
		t.Errorf("got %q", got)
	}
}

// What is left of a tree is known by its numbers, as long as it is there.
func TestRestListsWhatIsLeftOfATree(t *testing.T) {
	testproc.Command(t, "stubborn") // played by parent's child
	child, out := startRole(t, "parent")
	child.Wait()
	out.wait(t, "up")
	if got, want := child.Rest(), []int{numberAfter(t, out.text(), "child ")}; !slices.Equal(got, want) {
		t.Errorf("left are %v, want %v", got, want)
	}
	child.Sweep(syscall.SIGTERM, 50*time.Millisecond)
	if got := child.Rest(); got != nil {
		t.Errorf("left are %v after the sweep", got)
	}
}

//go:build unix

package proc

import (
	"bufio"
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{
		"idle": func([]string) int { return hold() },
		// A child of its own, in a session of its own, that ignores signals.
		"parent": func([]string) int { start(os.Environ(), "stubborn"); return hold() },
		"stubborn": func([]string) int {
			signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
			return hold()
		},
		// Forks twice and leaves: its grandchild is an orphan.
		"double": func([]string) int { start(os.Environ(), "middle"); return hold() },
		"middle": func([]string) int { start(os.Environ(), "idle"); return 0 },
		// A bounded chain, each of which forks the next and ends.
		"storm": func(args []string) int {
			if n, _ := strconv.Atoi(args[0]); n > 0 {
				start(os.Environ(), "storm", strconv.Itoa(n-1))
				return 0
			}
			return hold()
		},
		"quick": func([]string) int { return 0 },
		// A parent with one child, which knows nothing of it.
		"keeper": func([]string) int {
			self, _ := os.Executable()
			cmd := &exec.Cmd{Path: self, Env: append(os.Environ(), "DEVGATE_TEST_ROLE=idle"), Stdout: os.Stdout}
			if err := Open().Start(cmd); err != nil {
				return 1
			}
			<-time.After(time.Minute)
			return 0
		},
	})
}

// hold says its number and stays until somebody kills it, for a minute at most.
func hold() int {
	os.Stdout.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	<-time.After(time.Minute)
	return 0
}

func start(env []string, role string, args ...string) {
	self, _ := os.Executable()
	cmd := exec.Command(self, args...)
	cmd.Env = append(env, "DEVGATE_TEST_ROLE="+role)
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Start()
}

// family starts a role in a Reaper and returns it with the numbers that it
// and its descendants say.
func family(t *testing.T, n *Reaper, count int, role string, args ...string) (*exec.Cmd, []int) {
	t.Helper()
	argv, env := testproc.Command(t, role, args...)
	cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: append(env, "MARK="+markOf(t)+".1")}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		KillAll(ctx, func() []ID { return Marked("MARK", markOf(t)) })
		n.Wait(cmd)
	})
	var pids []int
	for lines := bufio.NewScanner(out); len(pids) < count && lines.Scan(); {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return cmd, pids
}

// markOf is different for every run of a test.
func markOf(t *testing.T) string {
	t.Helper()
	markMu.Lock()
	defer markMu.Unlock()
	if marks[t] == "" {
		marks[t] = rand.Text() + rand.Text()
	}
	return marks[t]
}

var (
	markMu sync.Mutex
	marks  = map[*testing.T]string{}
)

func reaper(t *testing.T) *Reaper {
	t.Helper()
	if err := BecomeSubreaper(); err != nil {
		t.Fatal(err)
	}
	n := Open()
	t.Cleanup(n.Close)
	return n
}

func TestDescendantsGroupsAndMarksAreFound(t *testing.T) {
	n := reaper(t)
	testproc.Command(t, "stubborn") // played by parent's child
	cmd, pids := family(t, n, 2, "parent")
	slices.Sort(pids)
	if got := pidsOf(append(Descendants(cmd.Process.Pid), ID{PID: cmd.Process.Pid})); !slices.Equal(got, pids) {
		t.Errorf("descendants %v, want %v", got, pids)
	}
	if got := pidsOf(Group(cmd.Process.Pid)); !slices.Equal(got, []int{cmd.Process.Pid}) {
		t.Errorf("group %v: its child is in a session of its own", got)
	}
	for _, mark := range []string{markOf(t), markOf(t) + ".1"} {
		if got := pidsOf(Marked("MARK", mark)); !slices.Equal(got, pids) {
			t.Errorf("marked %s: %v, want %v", mark, got, pids)
		}
	}
	if got := pidsOf(MarkedBelow(os.Getpid(), "MARK", markOf(t)+".1")); !slices.Equal(got, pids) {
		t.Errorf("marked below %v, want %v", got, pids)
	}
	if MarkedBelow(os.Getpid(), "MARK", "other") != nil {
		t.Error("another mark was found")
	}
	if got := Command(cmd.Process.Pid); !strings.Contains(got, cmd.Path) {
		t.Errorf("command %q", got)
	}
	if got := Dir(cmd.Process.Pid); got != Dir(os.Getpid()) || got == "" {
		t.Errorf("folder %q", got)
	}
	if age := Age(cmd.Process.Pid); age < 0 || age > Age(os.Getpid())+time.Second {
		t.Errorf("it is %v old", age)
	}
	if Boot() == "" {
		t.Error("this boot has no name")
	}
}

// A process of somebody else is never ended because of how its mark begins.
func TestAMarkIsWholeOrEndsAtADot(t *testing.T) {
	for value, want := range map[string]bool{
		"ABC": true, "ABC.1": true, "ABC.1.2": true, "ABCD": false, "ABCD.1": false, "AB": false, "AB.C": false, "": false,
	} {
		if isMarked(value, "ABC") != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
	if isMarked("", "") || isMarked("ABC", "") || isMarked(".1", "") {
		t.Error("no mark at all marks something")
	}
	n := reaper(t)
	_, pids := family(t, n, 1, "idle")
	if got := Marked("MARK", markOf(t)[:20]); got != nil || len(pids) != 1 {
		t.Errorf("the beginning of a mark finds %v", got)
	}
}

// P1: also what ignores signals, has left its session, or forks without end.
func TestKillAllLeavesNobody(t *testing.T) {
	for _, c := range []struct {
		role  string
		args  []string
		count int
	}{{"parent", nil, 2}, {"double", nil, 2}, {"storm", []string{"200"}, 0}} {
		t.Run(c.role, func(t *testing.T) {
			n := reaper(t)
			testproc.Command(t, "middle")
			family(t, n, c.count, c.role, c.args...)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			mine := func() []ID { return MarkedBelow(os.Getpid(), "MARK", markOf(t)+".1") }
			KillAll(ctx, mine)
			if left := mine(); len(left) > 0 || ctx.Err() != nil {
				t.Errorf("left: %v, %v", left, ctx.Err())
			}
		})
	}
}

func TestKillAllGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rounds := 0
	n := KillAll(ctx, func() []ID {
		if rounds++; rounds == 3 {
			cancel()
		}
		return []ID{{1 << 30, 1}}
	})
	if n != 1 || rounds != 3 {
		t.Errorf("%d processes in %d rounds", n, rounds)
	}
}

// Ctrl-Z: what is stopped runs on afterwards, and what was stopped before does not.
func TestStopAllStopsWhatRunsAndContinueLetsItRun(t *testing.T) {
	n := reaper(t)
	testproc.Command(t, "stubborn")
	cmd, pids := family(t, n, 2, "parent")
	below := func() []ID { return Descendants(os.Getpid()) }
	stopped := func() bool { return Stopped(pids[0]) && Stopped(pids[1]) }
	first := StopAll(below)
	eventually(t, stopped)
	if again := StopAll(below); len(first) != 2 || len(again) != 0 {
		t.Errorf("stopped %v, then %v", first, again)
	}
	Continue(first[:1])
	eventually(t, func() bool { return !Stopped(first[0].PID) })
	if !Stopped(first[1].PID) {
		t.Error("the other one runs too")
	}
	Continue(first)
	eventually(t, func() bool { return !Stopped(first[1].PID) })
	if Stopped(1<<30) || Stopped(os.Getpid()) || cmd.ProcessState != nil {
		t.Error("what runs, or is not there, counts as stopped")
	}
}

// The kernel's parent-death signal goes out when the starting thread ends:
// starts from many goroutines, whose threads come and go, must all live.
func TestChildrenOutliveTheGoroutinesThatAskedForThem(t *testing.T) {
	n := reaper(t)
	argv, env := testproc.Command(t, "idle")
	started := make(chan *exec.Cmd, 20)
	for range 20 {
		go func() {
			runtime.LockOSThread()
			cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: env}
			if err := n.Start(cmd); err != nil {
				t.Error(err)
			}
			started <- cmd
		}()
	}
	var threads sync.WaitGroup
	for range 200 { // each takes a thread with it
		threads.Go(func() { runtime.LockOSThread() })
	}
	threads.Wait()
	for range 20 {
		cmd := <-started
		defer n.Wait(cmd)
		defer cmd.Process.Kill()
		if _, alive := Identify(cmd.Process.Pid); !alive {
			t.Errorf("pid %d is dead", cmd.Process.Pid)
		}
	}
}

// A Reaper never takes an exit status from somebody who waits for it.
func TestEveryExitReachesItsWaiter(t *testing.T) {
	n := reaper(t)
	argv, env := testproc.Command(t, "quick")
	results := make(chan error)
	for range 50 {
		go func() {
			cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: env}
			if err := n.Start(cmd); err != nil {
				results <- err
				return
			}
			results <- n.Wait(cmd)
		}()
	}
	for range 50 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestASignalReachesOnlyTheProcessThatItIsFor(t *testing.T) {
	self, _ := Identify(os.Getpid())
	ID{self.PID, self.Start + 1}.Signal(syscall.SIGKILL) // else this is the last that is seen of the test
}

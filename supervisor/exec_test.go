package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/proc"
	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{
		"stubborn": func([]string) int { signal.Ignore(syscall.SIGTERM, syscall.SIGINT); return hold() },
		"parent":   func([]string) int { return family("stubborn") },
		"deserter": func([]string) int { return family("stubborn-quiet") },
		"stubborn-quiet": func([]string) int {
			signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
			os.Stdout.Close()
			os.Stderr.Close()
			return hold()
		},
		"crasher": func([]string) int {
			for i := range 20000 {
				fmt.Println("line", i)
			}
			fmt.Print("unterminated")
			return 3
		},
		"reader": func([]string) int { io.Copy(os.Stdout, os.Stdin); fmt.Print("stdin ended"); return 0 },
		"departer": func([]string) int {
			self, _ := os.Executable()
			cmd := exec.Command(self)
			cmd.Env, cmd.Stdout = append(os.Environ(), "DEVGATE_TEST_ROLE=polite"), os.Stdout
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			if cmd.Start() != nil {
				return 1
			}
			return 0
		},
		// Leaves a process that nothing but its descent tells of.
		"leaver": func([]string) int {
			cmd := exec.Command("/bin/sleep", "60")
			cmd.Env, cmd.SysProcAttr = []string{}, &syscall.SysProcAttr{Setsid: true}
			if cmd.Start() != nil {
				return 1
			}
			fmt.Println("child", cmd.Process.Pid)
			return 0
		},
		"polite": func([]string) int {
			term := make(chan os.Signal, 1)
			signal.Notify(term, syscall.SIGTERM)
			fmt.Println("up")
			<-term
			select {
			case <-term:
				fmt.Println("hurried")
			case <-time.After(300 * time.Millisecond):
				fmt.Println("ended well")
			}
			return 0
		},
		"counter": func([]string) int {
			term := make(chan os.Signal, 10)
			signal.Notify(term, syscall.SIGTERM)
			fmt.Println("up")
			<-term
			fmt.Print("TERM")
			select {
			case <-term:
				fmt.Print(" again")
			case <-time.After(300 * time.Millisecond):
			}
			return 0
		},
		"counted": func([]string) int {
			self, _ := os.Executable()
			cmd := exec.Command(self)
			cmd.Env, cmd.Stdout = append(os.Environ(), "DEVGATE_TEST_ROLE=counter"), os.Stdout
			if cmd.Start() != nil {
				return 1
			}
			return hold()
		},
		"printer": func(args []string) int { fmt.Print(strings.Join(args, " ")); return 0 },
		"console": consoleRole,
		"suicide": func([]string) int { syscall.Kill(os.Getpid(), syscall.SIGKILL); return hold() },
	})
}

// hold says that it is there and stays until somebody kills it; a test that
// goes wrong leaves it for a minute at most.
func hold() int {
	fmt.Println("up")
	time.Sleep(time.Minute)
	return 0
}

// family starts a child of its own in the same group, passes its first line
// on and ends before it.
func family(role string) int {
	self, _ := os.Executable()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DEVGATE_TEST_ROLE="+role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1
	}
	fmt.Println("child", cmd.Process.Pid)
	return 0
}

// sink collects output; wait blocks until it holds some text.
type sink struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	more   chan struct{}
	closed bool
}

func newSink() *sink { return &sink{more: make(chan struct{}, 1)} }

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func (s *sink) wait(t *testing.T, text string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !strings.Contains(s.text(), text) {
		select {
		case <-s.more:
		case <-limit:
			t.Fatalf("no %q in the output: %q", text, s.text())
		}
	}
}

func newExec(t *testing.T) *Exec {
	t.Helper()
	x, err := NewExec("test-" + t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

func startRole(t *testing.T, role string, args ...string) (Child, *sink) {
	t.Helper()
	argv, env := testproc.Command(t, role, args...)
	out := newSink()
	child, err := newExec(t).Start(Command{Args: argv, Env: env, Dir: t.TempDir()}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	return child, out
}

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

// P1: Close ends also those for whom no service can be made out, with control
// groups and without.
func TestCloseEndsWhatNoServiceAnswersFor(t *testing.T) {
	for _, groups := range []bool{true, false} {
		x, err := NewExec("test-" + t.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !groups {
			x.group.Close()
			x.group = nil
		}
		argv, env := testproc.Command(t, "leaver")
		out := newSink()
		child, err := x.Start(Command{Args: argv, Env: env, Dir: t.TempDir()}, out, discard{})
		if err != nil {
			t.Fatal(err)
		}
		child.Wait()
		out.wait(t, "\n")
		left := numberAfter(t, out.text(), "child ")
		x.Close()
		if runs(left) {
			t.Errorf("pid %d is still alive (control groups: %v)", left, groups)
		}
	}
}

// runs reports whether a process is there and is not a zombie.
func runs(pid int) bool {
	stat, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return len(bytes.TrimSpace(stat)) > 0 && stat[0] != 'Z'
}

func numberAfter(t *testing.T, text, word string) int {
	t.Helper()
	_, rest, _ := strings.Cut(text, word)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
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

func TestACommandThatCannotStartSaysWhy(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "plain")
	os.WriteFile(file, []byte("x"), 0o644)
	exec := newExec(t)
	for _, c := range []struct {
		command Command
		want    string
	}{
		{Command{Args: []string{"no-such-thing"}, Env: os.Environ()}, "start no-such-thing: command not found in PATH"},
		{Command{Args: []string{"./no-such-thing"}, Dir: dir}, "start ./no-such-thing: no such file or directory"},
		{Command{Args: []string{file}}, "start " + file + ": permission denied"},
		{Command{Args: []string{"/bin/sh"}, Dir: dir + "/gone"}, "enter folder " + dir + "/gone: no such folder"},
	} {
		out := newSink()
		_, err := exec.Start(c.command, out, discard{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%v: got %v, want %s", c.command.Args, err, c.want)
		}
		if !out.closed {
			t.Errorf("%v: the sink is still open", c.command.Args)
		}
	}
}

func TestAProgramIsFoundInThePathOfItsOwnEnvironment(t *testing.T) {
	argv, env := testproc.Command(t, "printer")
	dir := t.TempDir()
	if err := os.Symlink(argv[0], filepath.Join(dir, "own")); err != nil {
		t.Fatal(err)
	}
	out := newSink()
	child, err := newExec(t).Start(Command{Args: []string{"own", "found", "it"}, Env: append(env, "PATH=."), Dir: dir}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	child.Wait()
	child.Sweep(0, time.Second)
	if out.text() != "found it" {
		t.Errorf("got %q", out.text())
	}
}

// The whole of it with real processes: a stubborn service is killed after its
// grace and nothing of it is left.
func TestRunLeavesNoProcessBehind(t *testing.T) {
	argv, env := testproc.Command(t, "parent")
	out := newSink()
	s := Spec{
		Name: "api", Command: Command{Args: argv, Env: env, Dir: t.TempDir()}, Restart: Never, Grace: 50 * time.Millisecond,
		Output: func(string) io.WriteCloser { return out },
	}
	var bus event.Bus
	sup := New([]Spec{s}, &bus, newExec(t))
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); sup.Run(ctx, nil) }()
	out.wait(t, "child ")
	stop()
	<-over
	if pid := numberAfter(t, out.text(), "child "); runs(pid) {
		t.Errorf("pid %d is still alive", pid)
	}
}

// P2: a kill ends at once what a leader has left behind, although that is deaf
// and its grace is long.
func TestAKillEndsWhatALeaderHasLeftBehind(t *testing.T) {
	testproc.Command(t, "stubborn") // played by parent's child
	argv, env := testproc.Command(t, "parent")
	out := newSink()
	s := Spec{
		Name: "api", Command: Command{Args: argv, Env: env, Dir: t.TempDir()}, Restart: Never, Grace: time.Minute,
		Output: func(string) io.WriteCloser { return out },
	}
	var bus event.Bus
	told := bus.Subscribe()
	defer told.Close()
	sup := New([]Spec{s}, &bus, newExec(t))
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); sup.Run(ctx, nil) }()
	out.wait(t, "up")
	for (<-told.C).Service.State != event.Exited { // the leader has ended
	}
	stop()
	sup.Kill()
	<-over
	if pid := numberAfter(t, out.text(), "child "); runs(pid) {
		t.Errorf("pid %d is still alive", pid)
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

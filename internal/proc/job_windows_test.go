package proc

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	if code, is := ConsoleHelper(os.Args[1:]); is {
		os.Exit(code)
	}
	testproc.Main(m, map[string]testproc.Role{
		"idle": func([]string) int { return hold() },
		// One child as usual, one without a console and with a group of its own, one whose
		// parent ends at once.
		"family": func([]string) int {
			spawn(0, "idle")
			spawn(windows.DETACHED_PROCESS|windows.CREATE_NEW_PROCESS_GROUP, "idle")
			spawn(windows.CREATE_NO_WINDOW, "middle")
			return hold()
		},
		// A chain, each of which starts the next with nothing in its environment but its role,
		// and ends.
		"storm": func(args []string) int {
			if n, _ := strconv.Atoi(args[0]); n > 0 {
				cmd := exec.Command(must(os.Executable()), strconv.Itoa(n-1))
				cmd.Env, cmd.Stdout = []string{"DEVGATE_TEST_ROLE=storm"}, os.Stdout
				cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS}
				if err := cmd.Start(); err != nil {
					return 1
				}
				return 0
			}
			return hold()
		},
		"middle": func([]string) int { spawn(0, "idle"); return 0 },
		"echo": func(args []string) int {
			text, _ := io.ReadAll(os.Stdin)
			fmt.Printf("%q %q %s %s\n", args, text, os.Getenv("A"), filepath.Base(must(os.Getwd())))
			fmt.Fprintln(os.Stderr, "said")
			return 7
		},
		// It ends well when it is asked to.
		"polite": func([]string) int {
			asked := make(chan os.Signal, 1)
			signal.Notify(asked, os.Interrupt)
			fmt.Println(os.Getpid())
			<-asked
			return 3
		},
		// It keeps a job, and what is in it, until somebody kills it.
		"keeper": func([]string) int {
			job := must(NewJob())
			self := must(os.Executable())
			start := Start{Path: self, Args: []string{self}, Env: append(os.Environ(), "DEVGATE_TEST_ROLE=idle"), Stdout: os.Stdout, Jobs: []*Job{job}}
			must(start.Run())
			<-time.After(time.Minute)
			return 0
		},
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// hold says its number and stays until somebody kills it, for a minute at most.
func hold() int {
	fmt.Println(os.Getpid())
	<-time.After(time.Minute)
	return 0
}

func spawn(flags uint32, role string) {
	cmd := exec.Command(must(os.Executable()))
	cmd.Env = append(os.Environ(), "DEVGATE_TEST_ROLE="+role)
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: flags}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
	}
}

func job(t *testing.T) *Job {
	t.Helper()
	j, err := NewJob()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

// play starts a role in jobs and returns it with the numbers that count of its
// processes say, itself the first.
func play(t *testing.T, count int, role string, jobs ...*Job) (*os.Process, []int) {
	t.Helper()
	return playWith(t, count, role, nil, jobs...)
}

func playWith(t *testing.T, count int, role string, args []string, jobs ...*Job) (*os.Process, []int) {
	t.Helper()
	argv, env := testproc.Command(t, role, args...)
	out, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	start := Start{Path: argv[0], Args: argv, Env: env, Stdout: stdout, Jobs: jobs}
	process, err := start.Run()
	if err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	var pids []int
	for lines := bufio.NewScanner(out); len(pids) < count && lines.Scan(); {
		pid, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	slices.Sort(pids)
	return process, pids
}

// P1: whatever a process starts, and however, is in its job, and ends with it.
func TestNobodyLeavesAJob(t *testing.T) {
	all, run := job(t), job(t)
	testproc.Command(t, "idle") // played by the children
	testproc.Command(t, "middle")
	process, pids := play(t, 4, "family", all, run)
	for name, j := range map[string]*Job{"the inner": run, "the outer": all} {
		eventually(t, func() bool { return slices.Equal(pidsOf(j.Members()), pids) })
		if j.AwaitEmpty(0) || j.IsLeftToShell() {
			t.Errorf("%s job counts as empty", name)
		}
	}
	run.Kill(137)
	state, err := process.Wait()
	if err != nil || state.ExitCode() != 137 {
		t.Errorf("ended with %v, %v", state, err)
	}
	if !run.AwaitEmpty(10*time.Second) || !all.AwaitEmpty(0) {
		t.Errorf("left: %v and %v", run.Members(), all.Members())
	}
}

// P1: neither a chain of orphans nor an empty environment leads out of a job, and a kill
// in the midst of it leaves nobody.
func TestAChainOfOrphansStaysInItsJob(t *testing.T) {
	run := job(t)
	process, pids := playWith(t, 1, "storm", []string{"5"}, run)
	process.Wait()
	if got := pidsOf(run.Members()); !slices.Equal(got, pids) {
		t.Errorf("members %v, want %v", got, pids)
	}
	again, _ := playWith(t, 0, "storm", []string{"1000"}, run)
	again.Wait()
	run.Kill(137)
	if !run.AwaitEmpty(10 * time.Second) {
		t.Errorf("left: %v", run.Members())
	}
}

// P1: what a process has in a job ends with it, however it ends.
func TestAKilledProcessTakesItsJobAlong(t *testing.T) {
	testproc.Command(t, "idle") // played by keeper's child
	process, pids := play(t, 1, "keeper")
	child, alive := Identify(pids[0])
	if !alive {
		t.Fatal("the child does not run")
	}
	process.Kill()
	process.Wait()
	eventually(t, func() bool { return !child.Alive() })
}

func TestAClosedJobEndsItsMembers(t *testing.T) {
	j, err := NewJob()
	if err != nil {
		t.Fatal(err)
	}
	process, pids := play(t, 1, "idle", j)
	child, _ := Identify(pids[0])
	j.Close()
	process.Wait()
	if child.Alive() {
		t.Error("it lives on")
	}
}

func TestNoJobIsEmpty(t *testing.T) {
	var none *Job
	none.Kill(1)
	none.Close()
	if none.Members() != nil || !none.AwaitEmpty(0) || none.IsLeftToShell() {
		t.Error("somebody is in it")
	}
}

func TestAProgramGetsWhatItIsStartedWith(t *testing.T) {
	argv, env := testproc.Command(t, "echo", "a b", `c"d`, "")
	in, stdin, _ := os.Pipe()
	out, stdout, _ := os.Pipe()
	stdin.WriteString("typed")
	stdin.Close()
	dir := filepath.Join(t.TempDir(), "böse dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	start := Start{Path: argv[0], Args: argv, Dir: dir, Env: append(env, "a=1", "A=✓"), Stdin: in, Stdout: stdout, Stderr: stdout}
	process, err := start.Run()
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	stdout.Close()
	said, _ := io.ReadAll(out)
	state, err := process.Wait()
	if err != nil || state.ExitCode() != 7 {
		t.Errorf("ended with %v, %v", state, err)
	}
	if want := "[\"a b\" \"c\\\"d\" \"\"] \"typed\" ✓ böse dir\nsaid\n"; string(said) != want {
		t.Errorf("got  %q\nwant %q", said, want)
	}
}

func TestWhatCannotBeStartedIsTold(t *testing.T) {
	missing := Start{Path: filepath.Join(t.TempDir(), "x.exe"), Args: []string{"x"}}
	if process, err := missing.Run(); err == nil {
		t.Errorf("started %v", process)
	}
	wrong := Start{Path: must(os.Executable()), Args: []string{"x"}, Env: []string{"A=\x00"}}
	if process, err := wrong.Run(); err == nil {
		t.Errorf("started %v", process)
	}
}

// P2: who is told by its console ends by itself.
func TestAConsoleTellsItsProgramsToEnd(t *testing.T) {
	umbrella, run := job(t), job(t)
	process, _ := play(t, 1, "polite", umbrella, run)
	if err := Tell(run.Members(), CtrlC, umbrella); err != nil {
		t.Fatal(err)
	}
	state, err := process.Wait()
	if err != nil || state.ExitCode() != 3 {
		t.Errorf("ended with %v, %v", state, err)
	}
	if err := Tell([]ID{{PID: process.Pid}}, CtrlC, umbrella); err != errNoConsole {
		t.Errorf("of one that has ended: %v", err)
	}
}

func TestWhatAProcessIsCanBeRead(t *testing.T) {
	self := os.Getpid()
	if text := Command(self); !strings.Contains(strings.ToLower(text), ".exe") {
		t.Errorf("command line %q", text)
	}
	if age := Age(self); age <= 0 || age > time.Hour {
		t.Errorf("age %v", age)
	}
	j := job(t)
	_, pids := play(t, 1, "idle", j)
	if !slices.Contains(Children(self), pids[0]) || !slices.Contains(pidsOf(Descendants(self)), pids[0]) {
		t.Errorf("%d is not among %v and %v", pids[0], Children(self), Descendants(self))
	}
	if Command(1<<30) != "" || Age(1<<30) != 0 || Children(1<<30) != nil {
		t.Error("something is known of nobody")
	}
}

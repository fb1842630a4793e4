package supervisor

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"devgate/internal/event"
	"devgate/internal/proc"
	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	if code, is := proc.ConsoleHelper(os.Args[1:]); is {
		os.Exit(code)
	}
	testproc.Main(m, map[string]testproc.Role{
		"crasher": func([]string) int {
			for i := range 20000 {
				fmt.Println("line", i)
			}
			fmt.Print("unterminated")
			return 3
		},
		"reader": func([]string) int { io.Copy(os.Stdout, os.Stdin); fmt.Print("stdin ended"); return 0 },
		"polite": func([]string) int {
			asked := make(chan os.Signal, 1)
			signal.Notify(asked, os.Interrupt)
			fmt.Println("up")
			<-asked
			fmt.Println("ends well")
			return 0
		},
		"stubborn": func([]string) int {
			signal.Ignore(os.Interrupt)
			fmt.Println("up")
			time.Sleep(time.Minute)
			return 0
		},
		"console": consoleRole,
		"leaver": func([]string) int {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "DEVGATE_TEST_ROLE=stubborn")
			cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
			if cmd.Start() != nil {
				return 1
			}
			fmt.Println("child", cmd.Process.Pid)
			return 0
		},
	})
}

// P8: the last output of a crash is whole before its exit is told.
func TestACrashingChildLosesNothingOfItsOutput(t *testing.T) {
	child, out := startRole(t, "crasher")
	e := child.Wait()
	text := out.text()
	if e.Code != 3 || e.Signal != "" || !out.closed {
		t.Errorf("exit %+v", e)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.HasSuffix(text, "line 19999\nunterminated") || strings.Count(text, "\n") != 20000 {
		t.Errorf("%d lines, end %q", strings.Count(text, "\n"), text[max(0, len(text)-40):])
	}
	child.Sweep(syscall.SIGTERM, time.Second)
}

// P7: stdin is open and silent until the stop. P2: who is asked to end may end well.
func TestAChildThatIsAskedToEndMayEndWell(t *testing.T) {
	child, out := startRole(t, "polite")
	out.wait(t, "up")
	child.Signal(syscall.SIGTERM)
	if e := child.Wait(); e.Code != 0 || e.Signal != "" {
		t.Errorf("exit %+v", e)
	}
	child.Sweep(0, time.Minute)
	if !strings.Contains(out.text(), "ends well") {
		t.Errorf("it said %q", out.text())
	}
	reader, out := startRole(t, "reader")
	ended := make(chan event.Exit, 1)
	go func() { ended <- reader.Wait() }()
	select {
	case e := <-ended:
		t.Fatalf("it ended by itself: %+v", e)
	case <-time.After(100 * time.Millisecond):
	}
	reader.Signal(syscall.SIGTERM) // closes stdin
	<-ended
	reader.Sweep(0, time.Second)
}

func TestAChildThatIsKilledSaysBySignal(t *testing.T) {
	child, out := startRole(t, "stubborn")
	out.wait(t, "up")
	child.Signal(syscall.SIGKILL)
	if e := child.Wait(); e.Code != 137 || e.Signal != "KILL" {
		t.Errorf("exit %+v", e)
	}
	child.Sweep(0, time.Second)
	child.Signal(syscall.SIGTERM) // after its sweep: nobody is meant
	if rest := child.Rest(); rest != nil {
		t.Errorf("left: %v", rest)
	}
}

// P2: a shell that is left alone with a question is not waited for.
func TestAShellThatWaitsForAnAnswerIsEnded(t *testing.T) {
	out := newSink()
	started, err := newExec(t).Start(Command{Args: []string{"cmd.exe"}, Env: os.Environ(), Dir: t.TempDir()}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	child := started.(*execChild)
	child.endPrompt() // its stdin is open: it would wait for ever
	if e := child.Wait(); e.Code != 130 || e.Signal != "INT" {
		t.Errorf("exit %+v", e)
	}
	child.Sweep(0, time.Second)
}

// P1: what has left its console and its group ends with the tree.
func TestWhatTheLeaderLeavesBehindIsSwept(t *testing.T) {
	testproc.Command(t, "stubborn") // played by leaver's child
	child, out := startRole(t, "leaver")
	if e := child.Wait(); e.Code != 0 {
		t.Errorf("exit %+v", e)
	}
	pid := numberAfter(t, out.text(), "child")
	if rest := child.Rest(); len(rest) != 1 || rest[0] != pid {
		t.Errorf("left: %v, want %d", rest, pid)
	}
	child.Sweep(syscall.SIGTERM, 100*time.Millisecond)
	if _, alive := proc.Identify(pid); alive {
		t.Error("it was left behind")
	}
}

// P1: the end of the starter is that of all, also of what no service answers for.
func TestCloseEndsWhatNoServiceAnswersFor(t *testing.T) {
	x, err := NewExec("test")
	if err != nil {
		t.Fatal(err)
	}
	argv, env := testproc.Command(t, "stubborn")
	out := newSink()
	child, err := x.Start(Command{Args: argv, Env: env}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	out.wait(t, "up")
	x.Close()
	if _, alive := proc.Identify(child.PID()); alive {
		t.Error("it lives on")
	}
	child.Wait()
	child.Sweep(0, 0)
}

func TestACommandThatCannotStartSaysWhy(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.exe")
	if err := os.WriteFile(text, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	self := os.Args[0]
	for want, c := range map[string]Command{
		"start nothing-of-this-name: command not found in PATH": {Args: []string{"nothing-of-this-name"}, Env: []string{"PATH=" + dir}},
		`start .\missing: there is no such program`:             {Args: []string{`.\missing`}, Dir: dir},
		"enter folder " + dir + "x: no such folder":             {Args: []string{self}, Dir: dir + "x"},
		"start text: ": {Args: []string{"text"}, Env: []string{"Path=" + dir}},
		"enter folder " + dir + "y: no such folder": {Args: []string{self}, Dir: dir + "y", Terminal: NewTerminal(Size{})},
	} {
		child, err := newExec(t).Start(c, discard{}, discard{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, %v", want, child, err)
		}
	}
}

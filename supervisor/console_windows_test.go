package supervisor

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/term"

	"devgate/internal/testproc"
)

// consoleRole plays a program in a console. It opens the console by its name, as its
// streams are not the console everywhere; then it prompts and obeys.
func consoleRole([]string) int {
	out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		return 90
	}
	in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return 91
	}
	columns, rows, _ := term.GetSize(int(out.Fd()))
	fmt.Fprintf(out, "size %dx%d\n", columns, rows)
	for lines := bufio.NewReader(in); ; {
		fmt.Fprint(out, "name? ")
		line, err := lines.ReadString('\n')
		if err != nil {
			return 92
		}
		switch name := strings.TrimSpace(line); name {
		case "end":
			fmt.Fprint(out, "last words")
			return 3
		default:
			fmt.Fprintf(out, "hello %s\n", name)
		}
	}
}

// startConsole runs the role in a terminal.
func startConsole(t *testing.T, x *Exec, terminal *Terminal) (Child, *sink) {
	t.Helper()
	argv, env := testproc.Command(t, "console")
	out, none := newSink(), newSink()
	child, err := x.Start(Command{Args: argv, Env: env, Dir: t.TempDir(), Terminal: terminal}, out, none)
	if err != nil {
		t.Fatal(err)
	}
	if !none.closed {
		t.Error("the sink for stderr is open, although nothing comes there")
	}
	t.Cleanup(func() { child.Signal(syscall.SIGKILL); child.Wait(); child.Sweep(0, time.Second) })
	return child, out
}

// A child with a terminal is in a console of the size that was asked for; what is typed
// is read, and what it prints comes, to the last of it.
func TestAChildInAConsole(t *testing.T) {
	terminal := NewTerminal(Size{120, 40})
	child, out := startConsole(t, newExec(t), terminal)
	out.wait(t, "size 120x40")
	out.wait(t, "name?")
	viewer, seen := watching(t, terminal, Size{100, 30})
	seen.wait(t, "name?")
	viewer.Input([]byte("Ada\r"))
	out.wait(t, "hello Ada")
	viewer.Input([]byte("end\r"))
	e := child.Wait()
	if e.Code != 3 || !out.closed || !strings.Contains(out.text(), "last words") {
		t.Errorf("exit %+v, its end is seen: %v, it said %q", e, out.closed, out.text())
	}
	if terminal.Running() {
		t.Error("it is said to run")
	}
}

// P1, P2: what runs in a console ends as everything else, and its viewers stay.
func TestAChildInAConsoleIsKilled(t *testing.T) {
	terminal := NewTerminal(Size{})
	x := newExec(t)
	child, out := startConsole(t, x, terminal)
	_, seen := watching(t, terminal, Size{})
	out.wait(t, "name?")
	child.Signal(syscall.SIGKILL)
	if e := child.Wait(); e.Signal != "KILL" {
		t.Errorf("exit %+v", e)
	}
	await(t, seen, "<running false>", 1)
	_, out = startConsole(t, x, terminal)
	await(t, seen, "<running true>", 1)
	out.wait(t, "name?")
}

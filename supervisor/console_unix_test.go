//go:build unix

package supervisor

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"devgate/internal/testproc"
)

// consoleRole plays a program in a terminal: it tells what it was given, then
// prompts and obeys.
func consoleRole([]string) int {
	fmt.Println("terminals", term.IsTerminal(0), term.IsTerminal(1), term.IsTerminal(2))
	session, _ := unix.Getsid(0)
	foreground, _ := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	tty, err := os.Open("/dev/tty")
	fmt.Println("leads", session == os.Getpid(), unix.Getpgrp() == os.Getpid(), foreground == os.Getpid(), err == nil)
	tty.Close()
	fmt.Println("TERM", os.Getenv("TERM"))
	fmt.Fprintln(os.Stderr, "\x1b[32mgreen\x1b[0m")
	resized := make(chan os.Signal, 16)
	signal.Notify(resized, syscall.SIGWINCH)
	tellSize := func() {
		columns, rows, _ := term.GetSize(0)
		fmt.Printf("size %dx%d\n", columns, rows)
	}
	tellSize()
	go func() {
		for range resized {
			tellSize()
		}
	}()
	return obeyConsole(bufio.NewReader(os.Stdin))
}

func obeyConsole(in *bufio.Reader) int {
	for {
		fmt.Print("name? ")
		line, err := in.ReadString('\n')
		if err != nil {
			return 1
		}
		switch name := strings.TrimSpace(line); name {
		case "raw":
			before, _ := term.MakeRaw(0)
			fmt.Print("raw now")
			key := make([]byte, 1)
			in.Read(key)
			term.Restore(0, before)
			fmt.Printf("key %q\n", key)
		case "deaf":
			term.MakeRaw(0) // else the terminal itself drops what is too much
			fmt.Println("deaf now")
			time.Sleep(time.Minute)
		case "flood":
			for i := range 20000 {
				fmt.Println("line", i)
			}
			fmt.Print("unterminated")
			return 3
		default:
			fmt.Println("hello", name)
		}
	}
}

// startConsole runs the role in a terminal.
func startConsole(t *testing.T, terminal *Terminal) (Child, *sink) {
	t.Helper()
	return startConsoleBy(t, newExec(t), terminal)
}

func startConsoleBy(t *testing.T, x *Exec, terminal *Terminal) (Child, *sink) {
	t.Helper()
	argv, env := testproc.Command(t, "console")
	out, none := newSink(), newSink()
	child, err := x.Start(Command{Args: argv, Env: append(env, "TERM="), Dir: t.TempDir(), Terminal: terminal}, out, none)
	if err != nil {
		t.Fatal(err)
	}
	if !none.closed {
		t.Error("the sink for stderr is open, although nothing comes there")
	}
	t.Cleanup(func() {
		child.Signal(syscall.SIGKILL)
		child.Wait()
		child.Sweep(0, time.Second)
	})
	out.wait(t, "name? ")
	return child, out
}

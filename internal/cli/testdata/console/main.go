// Command console runs programs in the console that it is in itself, one after the other
// with "--" between them, and tells how the console was before and after each: its modes
// must be the same. One with "&" behind it runs beside the others, unseen. As `console prompt` it is a program that asks for names in its console.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

func main() {
	if os.Args[1] == "prompt" {
		prompt()
		return
	}
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // Ctrl-C is meant for the program
	rest := os.Args[1:]
	if i := slices.Index(rest, "&"); i >= 0 {
		beside := exec.Command(rest[0], rest[1:i]...)
		beside.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
		if err := beside.Start(); err != nil {
			fmt.Println(err)
		}
		defer beside.Wait()
		rest = rest[i+1:]
	}
	for more := true; more; {
		var args []string
		args, rest, more = cut(rest)
		run(args)
	}
}

// cut takes the arguments up to the next "--" off.
func cut(all []string) (first, rest []string, more bool) {
	if i := slices.Index(all, "--"); i >= 0 {
		return all[:i], all[i+1:], true
	}
	return all, nil, false
}

func run(args []string) {
	before := modes()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	after := modes()
	if cmd.ProcessState == nil {
		fmt.Println(err)
		os.Exit(99)
	}
	fmt.Printf("code %d\nconsole as before: %v (%s, %s)\n", cmd.ProcessState.ExitCode(), before == after, before, after)
}

// prompt opens the console by its name: the streams of a program in a pseudo console are
// not the console everywhere.
func prompt() {
	in, _ := os.OpenFile("CONIN$", os.O_RDWR, 0)
	out, _ := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	fmt.Fprint(out, "name? ")
	for lines := bufio.NewScanner(in); lines.Scan(); fmt.Fprint(out, "name? ") {
		fmt.Fprintf(out, "hello %s\n", lines.Text())
	}
}

// modes are those of the console's input and output.
func modes() string {
	var in, out uint32
	windows.GetConsoleMode(windows.Handle(os.Stdin.Fd()), &in)
	windows.GetConsoleMode(windows.Handle(os.Stdout.Fd()), &out)
	return fmt.Sprintf("%#x/%#x", in, out)
}

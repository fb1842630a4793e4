// Command console runs a program in the console that it is in itself, and tells how the
// console was before and after it: its modes must be the same.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"golang.org/x/sys/windows"
)

func main() {
	signal.Ignore() // nothing: but Ctrl-C is the program's
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	before := modes()
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	after := modes()
	if cmd.ProcessState == nil {
		fmt.Println(err)
		os.Exit(99)
	}
	fmt.Printf("code %d\nconsole as before: %v (%s, %s)\n", cmd.ProcessState.ExitCode(), before == after, before, after)
}

// modes are those of the console's input and output.
func modes() string {
	var in, out uint32
	windows.GetConsoleMode(windows.Handle(os.Stdin.Fd()), &in)
	windows.GetConsoleMode(windows.Handle(os.Stdout.Fd()), &out)
	return fmt.Sprintf("%#x/%#x", in, out)
}

//go:build unix

package guard

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"devgate/internal/proc"
)

// openerName is what the helper is called in lists of processes.
const openerName = "devgate: opener"

// openLimit is how long starting a program may take that is opened for a person.
const openLimit = 10 * time.Second

// openBeside starts a program that belongs to a person and not to devgate. It is
// to be no descendant of this process, a subreaper that kills what is left below
// it. So a helper starts it and ends, and for that moment orphans below this
// process go to somebody above it.
//
// Should the manager be killed in that moment, of all times, what it leaves behind
// is still ended by its record and its mark, see package session.
func openBeside(argv []string) {
	ready, itsReady, err := os.Pipe()
	if err != nil {
		return
	}
	defer ready.Close()
	defer itsReady.Close()
	itsGo, start, err := os.Pipe()
	if err != nil {
		return
	}
	defer itsGo.Close()
	defer start.Close()
	helper, err := os.StartProcess(ownProgram(), append([]string{openerName}, argv...), &os.ProcAttr{
		Env:   append(os.Environ(), Variable+"="+roleOpener),
		Files: []*os.File{itsGo, itsReady},
		Sys:   &syscall.SysProcAttr{Setsid: true}, // no signal of the terminal reaches it
	})
	if err != nil {
		return
	}
	defer time.AfterFunc(openLimit, func() { helper.Kill() }).Stop()
	itsReady.Close()
	io.Copy(io.Discard, ready) // up to its end: all that takes long is over
	proc.WithoutSubreaper(func() {
		start.Close()
		helper.Wait()
	})
}

// runOpener is that helper, before main. It returns its exit code.
func runOpener(argv []string) int {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil || len(argv) == 0 {
		return 1
	}
	program, err := exec.LookPath(argv[0])
	if err != nil {
		return 1 // no desktop: nothing happens
	}
	os.Stdout.Close()
	io.Copy(io.Discard, os.Stdin)
	_, err = os.StartProcess(program, argv, &os.ProcAttr{
		Env:   environOfPerson(),
		Files: []*os.File{null, null, null},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 1
	}
	return 0
}

// environOfPerson is this process's environment without what would make the
// program one of devgate's: should devgate itself run under another devgate, its
// mark is in it.
func environOfPerson() (env []string) {
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if name != Variable && name != proc.MarkVariable {
			env = append(env, entry)
		}
	}
	return env
}

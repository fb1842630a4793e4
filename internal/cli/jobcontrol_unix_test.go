//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"devgate/internal/proc"
)

// jobShellChild is as much of a shell as job control takes: it runs devgate up in
// the foreground, says how it stops and ends, and knows fg and bg.
func jobShellChild() {
	signal.Ignore(syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGTSTP, syscall.SIGINT)
	cmd := exec.Command("devgate", "up")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	pid := cmd.Process.Pid
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, syscall.Getpgrp())
		if !status.Stopped() {
			fmt.Println("shell: ended with", status.ExitStatus())
			os.Exit(0)
		}
		fmt.Println("shell: stopped by", unix.SignalName(status.StopSignal()))
		var word string
		if fmt.Scanln(&word); word == "bg" {
			syscall.Kill(-pid, syscall.SIGCONT)
			fmt.Scanln(&word)
		}
		unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, pid)
		syscall.Kill(-pid, syscall.SIGCONT)
	}
}

// tickChild prints a number every few milliseconds, as does its child.
func tickChild() {
	notePID()
	if len(os.Args) > 1 {
		cmd := exec.Command("tick")
		cmd.Stdout = os.Stdout
		cmd.Start()
	}
	for i := range int(childLife / tickPause) {
		fmt.Println("tick", i)
		await(tickPause)
	}
}

// C1: with Ctrl-Z, fg, bg and Ctrl-C, devgate up feels like one process. All of
// it stops, also its services, and the shell sees the usual signal.
func TestCtrlZStopsEverythingUntilFg(t *testing.T) {
	j := openJob(t)
	j.types("\x1a")
	j.sees("shell: stopped by SIGTSTP\r\n")
	all := j.processes()
	if len(all) != 4 {
		t.Errorf("there are %d processes, want guard, manager and two services", len(all))
	}
	for _, pid := range all {
		if !proc.Stopped(pid) {
			t.Errorf("%s is not stopped", proc.Command(pid))
		}
	}
	for _, command := range []string{"status", "down"} {
		j.refuses(command)
	}
	j.types("fg\r")
	j.ticks()
	j.types("\x1a")
	j.seesTimes("shell: stopped by SIGTSTP\r\n", 2)
	j.types("bg\r")
	j.ticks()
	j.types("fg\r")
	j.endsByCtrlC()
	j.sees("shell: ended with 130\r\n")
}

// Without a shell that could continue it, Ctrl-Z stops nothing for good.
func TestCtrlZWithoutAShellChangesNothing(t *testing.T) {
	screen := openDesktop(t, 80, 24)
	w := openWorkshop(t, screen)
	screen.types("\x1a")
	v := w.attach(80, 24)
	v.types("Ada\r")
	v.sees("hello Ada\r\n")
	v.types("\x1d")
	v.ends(0)
}

// P1: the guard's death reaches also a manager that is stopped.
func TestNobodySurvivesAGuardThatIsKilledWhileStopped(t *testing.T) {
	j := openJob(t)
	j.types("\x1a")
	j.sees("shell: stopped by SIGTSTP\r\n")
	all := j.processes()
	syscall.Kill(all[0], syscall.SIGKILL)
	j.types("fg\r")
	j.sees("shell: ended with -1\r\n")
	if !eventually(func() bool {
		for _, pid := range all {
			if _, alive := proc.Identify(pid); alive {
				return false
			}
		}
		return true
	}) {
		t.Error("somebody survives")
	}
}

// endsByCtrlC waits for the terminal to be devgate's first.
func (j *job) endsByCtrlC() {
	j.t.Helper()
	guard := j.guard()
	conn, err := j.master.SyscallConn()
	if err != nil {
		j.t.Fatal(err)
	}
	if !eventually(func() (holds bool) {
		conn.Control(func(fd uintptr) {
			group, err := unix.IoctlGetInt(int(fd), unix.TIOCGPGRP)
			holds = err == nil && group == guard
		})
		return holds
	}) {
		j.t.Error("devgate has not got the terminal")
	}
	j.types("\x03")
	j.sees("shell: ended with 130\r\n")
}

// job is devgate up as a job of a shell.
type job struct {
	*desktop
	root  string
	shell *exec.Cmd
}

func openJob(t *testing.T) *job {
	t.Helper()
	j := openJobOf(t, "port = \"auto\"\n[one]\ncommand = \"tick\"\n[two]\ncommand = \"tick parent\"\n")
	j.ticks()
	return j
}

func openJobOf(t *testing.T, text string) *job {
	t.Helper()
	return openJobOn(openDesktop(t, 120, 30), text)
}

// openJobOn is openJobOf in a terminal that is there.
func openJobOn(d *desktop, text string) *job {
	t := d.t
	t.Helper()
	j := &job{desktop: d, root: t.TempDir()}
	if err := os.WriteFile(filepath.Join(j.root, "Devgatefile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	j.shell = exec.Command("jobshell")
	j.shell.Dir, j.shell.Env = j.root, append(os.Environ(), "PIDS="+t.TempDir())
	j.give(j.shell)
	if err := j.shell.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); j.shell.Wait() }()
	t.Cleanup(func() { j.master.Close(); <-ended })
	return j
}

// guard is the shell's child, of which the manager is one, and so on.
func (j *job) guard() int { return proc.Children(j.shell.Process.Pid)[0] }

// processes are all of devgate and its services, the guard first; of two
// services' three processes, those whose parent is the manager.
func (j *job) processes() []int {
	guard := j.guard()
	manager := proc.Children(guard)[0]
	return append([]int{guard, manager}, proc.Children(manager)...)
}

// refuses: what would have to wait for fg says so instead.
func (j *job) refuses(command string) {
	j.t.Helper()
	cmd := exec.Command("devgate", command)
	cmd.Dir = j.root
	out, err := cmd.CombinedOutput()
	want := fmt.Sprintf("devgate: devgate (pid %d) is stopped\n  hint: fg in its terminal, or kill -CONT %[1]d, lets it go on\n", j.guard())
	if err == nil || string(out) != want {
		j.t.Errorf("devgate %s says %q (%v), want %q", command, out, err, want)
	}
}

// ticks waits for output that was not there before.
func (j *job) ticks() {
	j.t.Helper()
	before := strings.Count(j.text(), "tick")
	if !eventually(func() bool { return strings.Count(j.text(), "tick") > before+10 }) {
		j.t.Fatalf("nothing is printed any more: %q", j.text())
	}
}

func (j *job) seesTimes(text string, times int) {
	j.t.Helper()
	if !eventually(func() bool { return strings.Count(j.text(), text) == times }) {
		j.t.Fatalf("%q is not there %s times: %q", text, strconv.Itoa(times), j.text())
	}
}

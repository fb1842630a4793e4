//go:build unix

package guard

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testproc"
)

// Below npm, a Ctrl-C comes from the terminal, from npm and from the launcher: it is
// one, and a second one is still a second one.
func TestASignalThatIsPassedOnTwiceIsOne(t *testing.T) {
	start := time.Unix(1000, 0)
	type sent struct {
		sig   syscall.Signal
		after time.Duration
		echo  bool
	}
	for _, c := range []struct {
		name     string
		expected bool
		sent     []sent
	}{
		{"below a runner", true, []sent{
			{syscall.SIGINT, 0, false}, {syscall.SIGINT, 10 * time.Millisecond, true}, {syscall.SIGINT, 499 * time.Millisecond, true},
			{syscall.SIGINT, 500 * time.Millisecond, false}, {syscall.SIGINT, 999 * time.Millisecond, true},
			{syscall.SIGTERM, 999 * time.Millisecond, false}, {syscall.SIGHUP, 999 * time.Millisecond, false},
		}},
		{"what ends nothing counts each time", true, []sent{{syscall.SIGTSTP, 0, false}, {syscall.SIGTSTP, 0, false}, {syscall.SIGWINCH, 0, false}, {syscall.SIGWINCH, 0, false}}},
		{"started by a shell", false, []sent{{syscall.SIGINT, 0, false}, {syscall.SIGINT, 0, false}}},
	} {
		e := echoes{c.expected, map[syscall.Signal]time.Time{}}
		for _, s := range c.sent {
			if got := e.has(s.sig, start.Add(s.after)); got != s.echo {
				t.Errorf("%s: %v after %v: echo %v", c.name, s.sig, s.after, got)
			}
		}
	}
	t.Setenv(runnerVariable, "")
	if newEchoes().expected {
		t.Error("echoes are expected below a shell")
	}
	t.Setenv(runnerVariable, "npm/11")
	if !newEchoes().expected {
		t.Error("no echoes are expected below npm")
	}
}

// P1: whoever is killed, nobody lives on; the launcher is the process that the user
// sees.
func TestADevgateEndsWithItsLauncher(t *testing.T) {
	l := launch(t)
	l.launcher.Close() // as the system does for a launcher that is killed
	l.cmd.Wait()
	if status := l.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("it has ended with %v", l.cmd.ProcessState)
	}
}

// Its children know nothing of it: no variable, and no file that stays open.
func TestALauncherIsNoMatterOfChildren(t *testing.T) {
	l := launch(t)
	l.cmd.Process.Kill()
	l.cmd.Wait()
	if _, err := l.launcher.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the launcher's file is still open in the child: %v", err)
	}
	if err := syscall.Kill(l.child, 0); err != nil {
		t.Errorf("there is no child that could have it: %v", err)
	}
}

// launchedGuard is a process with a launcher, which is the test, and a child.
type launchedGuard struct {
	cmd      *exec.Cmd
	child    int
	launcher *os.File
}

func launch(t *testing.T) launchedGuard {
	t.Helper()
	argv, env := testproc.Command(t, "guard", "launched")
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: append(env, launcherVariable+"=1"), ExtraFiles: []*os.File{theirs}}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	l := launchedGuard{cmd: cmd, launcher: ours}
	t.Cleanup(func() { cmd.Process.Kill(); ours.Close(); syscall.Kill(l.child, syscall.SIGKILL) })
	if _, err := fmt.Fscanf(out, "launched true, for children \"\", child %d\n", &l.child); err != nil {
		t.Fatal(err)
	}
	return l
}

// playLaunched is devgate below a launcher, with a child that outlives it.
func playLaunched() int {
	self, err := os.Executable()
	if err != nil {
		return 1
	}
	child := exec.Command(self, "child")
	if err := child.Start(); err != nil {
		return 1
	}
	fmt.Printf("launched %v, for children %q, child %d\n", launched, os.Getenv(launcherVariable), child.Process.Pid)
	<-time.After(childLife)
	return 0
}

// A variable without the file that belongs to it ends nothing.
func TestAFileThatCannotBeReadIsNoEnd(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	write.WriteString("words")
	write.Close()
	ends := 0
	follow(int(read.Fd()), func() { ends++ })
	follow(-1, func() { t.Error("an error was taken for an end") })
	if ends != 1 {
		t.Errorf("%d ends of one file", ends)
	}
}

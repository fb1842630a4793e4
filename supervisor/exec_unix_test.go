//go:build unix

package supervisor

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"devgate/internal/event"
	"devgate/internal/testproc"
)

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
		Output: func(Purpose) (stdout, stderr io.WriteCloser) { return out, out },
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
		Output: func(Purpose) (stdout, stderr io.WriteCloser) { return out, out },
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

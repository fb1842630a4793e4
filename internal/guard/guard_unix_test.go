//go:build unix

package guard

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/proc"
	"devgate/internal/testproc"
)

// The test binary plays guard, manager and what they open: guard PART.
func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{"guard": play})
}

// childLife ends a child that a broken test has left behind.
const childLife = 2 * time.Minute

func play(args []string) int {
	switch args[0] {
	case "person":
		return playPerson()
	case "launched":
		return playLaunched()
	case "child":
		<-time.After(childLife)
		return 0
	}
	if link := Connect(); link != nil {
		return playManager(link, args[0])
	}
	m, err := Start(args)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	end := m.Await()
	first, rest, _ := strings.Cut(end.Crash, "\n")
	fmt.Printf("end %d %q %v\n", end.Status, first, strings.Contains(rest, "goroutine"))
	return 0
}

func playManager(link *Link, part string) int {
	fmt.Println("manager", os.Getpid())
	switch part {
	case "exits":
		return 3
	case "panics":
		go panic("boom")
	case "aborts":
		syscall.Kill(os.Getpid(), syscall.SIGABRT) // as good as a fatal error of the runtime
	case "opens":
		self, _ := os.Executable()
		if err := link.Open(self, "person"); err != nil {
			fmt.Println(err)
		}
	}
	<-time.After(childLife)
	return 0
}

// playPerson is what is opened: it leaves a child behind, as a browser does whose
// first process ends at once.
func playPerson() int {
	out, err := os.Create(os.Getenv("NOTE"))
	if err != nil {
		return 1
	}
	fmt.Fprintln(out, "person", os.Getpid(), syscall.Getpgrp(), os.Getenv(Variable)+os.Getenv(proc.MarkVariable))
	fmt.Fprintln(out, "end")
	out.Close()
	<-time.After(childLife)
	return 0
}

// guarded is a guard in a process of its own, with what it has printed.
type guarded struct {
	t       *testing.T
	cmd     *exec.Cmd
	lines   *bufio.Scanner
	manager int
	note    string
}

func start(t *testing.T, part string) *guarded {
	t.Helper()
	argv, env := testproc.Command(t, "guard", part)
	g := &guarded{t: t, note: t.TempDir() + "/note"}
	g.cmd = &exec.Cmd{Path: argv[0], Args: argv, Env: append(env, "NOTE="+g.note, proc.MarkVariable+"=outer.1")}
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.lines = bufio.NewScanner(out)
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.cmd.Process.Kill(); g.cmd.Wait() })
	g.manager, _ = strconv.Atoi(strings.TrimPrefix(g.line(), "manager "))
	return g
}

func (g *guarded) line() string {
	g.t.Helper()
	if !g.lines.Scan() {
		g.t.Fatal("the guard has ended")
	}
	return g.lines.Text()
}

func TestTheGuardLearnsHowItsManagerHasEnded(t *testing.T) {
	for part, want := range map[string]string{
		"exits":  `end 768 "" false`,
		"panics": `end 512 "panic: boom" true`,
		"aborts": `end 512 "SIGABRT: abort" true`,
	} {
		if got := start(t, part).line(); got != want {
			t.Errorf("%s: got %s, want %s", part, got, want)
		}
	}
	g := start(t, "waits")
	syscall.Kill(g.manager, syscall.SIGKILL)
	if got := g.line(); got != `end 9 "" false` {
		t.Errorf("killed: got %s", got)
	}
	g = start(t, "waits")
	g.cmd.Process.Signal(syscall.SIGTERM) // passed on
	if got := g.line(); got != `end 15 "" false` {
		t.Errorf("TERM: got %s", got)
	}
}

// What is opened for a person lives on, whoever of devgate dies, and is no
// descendant of either, from which they are told to end all.
func TestWhatIsOpenedIsNotDevgates(t *testing.T) {
	g := start(t, "opens")
	var person, group int
	var marks string
	eventually(t, func() bool {
		text, _ := os.ReadFile(g.note)
		n, _ := fmt.Sscanf(string(text), "person %d %d", &person, &group)
		_, marks, _ = strings.Cut(string(text), fmt.Sprintf("%d %d", person, group))
		return n == 2 && strings.HasSuffix(string(text), "end\n")
	})
	id, _ := proc.Identify(person)
	t.Cleanup(func() { id.Signal(syscall.SIGKILL) })
	if group != person {
		t.Errorf("it is in the group %d", group)
	}
	if marks != " \nend\n" {
		t.Errorf("it carries a mark: %q", marks)
	}
	eventually(t, func() bool { // the helper has gone
		return slices.Equal(proc.Children(g.cmd.Process.Pid), []int{g.manager})
	})
	if below := proc.Descendants(g.cmd.Process.Pid); len(below) != 1 {
		t.Errorf("below the guard are %v", below)
	}
	// The guard is a subreaper again: what the manager leaves is found below it.
	syscall.Kill(-g.cmd.Process.Pid, syscall.SIGINT)
	syscall.Kill(g.manager, syscall.SIGKILL)
	g.cmd.Process.Kill()
	g.cmd.Wait()
	if !id.Alive() {
		t.Error("it has ended with devgate")
	}
}

func TestAWishThatCannotBePassedOnIsAnError(t *testing.T) {
	for _, l := range []*Link{nil, {}} {
		for _, argument := range []string{"two\nlines", "zero\x00", strings.Repeat("x", wishLimit)} {
			if err := l.Open("browser", argument); err == nil {
				t.Errorf("%v: %.20q was passed on", l, argument)
			}
		}
	}
}

func TestTheHelperFindsNothingToStart(t *testing.T) {
	if runOpener(nil) == 0 || runOpener([]string{"no-such-program"}) == 0 {
		t.Error("it says that it has started something")
	}
}

// What is started before main must be what main would have started.
func TestTheManagerIsStartedEarlyOnlyWhenItIsCertainlyNeeded(t *testing.T) {
	for _, c := range []struct {
		argv []string
		want bool
	}{
		{[]string{"devgate"}, true},
		{[]string{"/usr/local/bin/devgate", "up"}, true},
		{[]string{"devgate", "up", "api", "--port", "3001", "-f", "x"}, true},
		{[]string{"devgate", "up", "--no-such-flag"}, true}, // the manager says so
		{[]string{"devgate", "up", "--detach"}, false},
		{[]string{"devgate", "up", "--detach=true"}, false},
		{[]string{"devgate", "up", "--help"}, false},
		{[]string{"devgate", "up", "-h"}, false},
		{[]string{"devgate", "up", "--", "x"}, false},
		{[]string{"devgate", "--port", "3001"}, false}, // later, and all the same
		{[]string{"devgate", "status"}, false},
		{[]string{"devgate", "upp"}, false},
		{[]string{"cli.test", "up"}, false},
		{[]string{"mydevgate", "up"}, false},
	} {
		if certain(c.argv) != c.want {
			t.Errorf("%q: %v", c.argv, !c.want)
		}
	}
	if _, ran := Early(); ran || Connect() != nil {
		t.Error("this test has a manager, or is one")
	}
}

// eventually polls: what it waits for are other processes.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it never came about")
		}
	}
}

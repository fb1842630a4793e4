//go:build unix

package supervisor

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{
		"stubborn":       func([]string) int { signal.Ignore(syscall.SIGTERM, syscall.SIGINT); return hold() },
		"stubborn-quiet": func([]string) int { signal.Ignore(syscall.SIGTERM, syscall.SIGINT); closeOutput(); return hold() },
		"parent":         func([]string) int { return family("stubborn", false) },
		"deserter":       func([]string) int { return family("stubborn-quiet", false) },
		"departer":       func([]string) int { return family("polite", true) },
		"counted":        func([]string) int { family("counter", false); return hold() },
		"leaver":         leaverRole,
		"polite":         politeRole,
		"counter":        counterRole,
		"crasher":        crasherRole,
		"console":        consoleRole,
		"reader":         func([]string) int { io.Copy(os.Stdout, os.Stdin); fmt.Print("stdin ended"); return 0 },
		"printer":        func(args []string) int { fmt.Print(strings.Join(args, " ")); return 0 },
		"suicide":        func([]string) int { syscall.Kill(os.Getpid(), syscall.SIGKILL); return hold() },
	})
}

func closeOutput() {
	os.Stdout.Close()
	os.Stderr.Close()
}

func crasherRole([]string) int {
	for i := range 20000 {
		fmt.Println("line", i)
	}
	fmt.Print("unterminated")
	return 3
}

// leaverRole leaves a process that nothing but its descent tells of.
func leaverRole([]string) int {
	cmd := exec.Command("/bin/sleep", "60")
	cmd.Env, cmd.SysProcAttr = []string{}, &syscall.SysProcAttr{Setsid: true}
	if cmd.Start() != nil {
		return 1
	}
	fmt.Println("child", cmd.Process.Pid)
	return 0
}

// politeRole takes its time to end, and says whether it was given that.
func politeRole([]string) int {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	fmt.Println("up")
	<-term
	select {
	case <-term:
		fmt.Println("hurried")
	case <-time.After(300 * time.Millisecond):
		fmt.Println("ended well")
	}
	return 0
}

// counterRole tells how often it is told to end.
func counterRole([]string) int {
	term := make(chan os.Signal, 10)
	signal.Notify(term, syscall.SIGTERM)
	fmt.Println("up")
	<-term
	fmt.Print("TERM")
	select {
	case <-term:
		fmt.Print(" again")
	case <-time.After(300 * time.Millisecond):
	}
	return 0
}

// hold says that it is there and stays until somebody kills it; a test that
// goes wrong leaves it for a minute at most.
func hold() int {
	fmt.Println("up")
	time.Sleep(time.Minute)
	return 0
}

// family starts a child of its own, in the same group or in a session of its
// own, says its number and ends before it.
func family(role string, session bool) int {
	self, _ := os.Executable()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DEVGATE_TEST_ROLE="+role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	if err := cmd.Start(); err != nil {
		return 1
	}
	fmt.Println("child", cmd.Process.Pid)
	return 0
}

// runs reports whether a process is there and is not a zombie.
func runs(pid int) bool {
	stat, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return len(bytes.TrimSpace(stat)) > 0 && stat[0] != 'Z'
}

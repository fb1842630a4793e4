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
	"sync"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{
		"stubborn": func([]string) int { signal.Ignore(syscall.SIGTERM, syscall.SIGINT); return hold() },
		"parent":   func([]string) int { return family("stubborn") },
		"deserter": func([]string) int { return family("stubborn-quiet") },
		"stubborn-quiet": func([]string) int {
			signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
			os.Stdout.Close()
			os.Stderr.Close()
			return hold()
		},
		"crasher": func([]string) int {
			for i := range 20000 {
				fmt.Println("line", i)
			}
			fmt.Print("unterminated")
			return 3
		},
		"reader": func([]string) int { io.Copy(os.Stdout, os.Stdin); fmt.Print("stdin ended"); return 0 },
		"departer": func([]string) int {
			self, _ := os.Executable()
			cmd := exec.Command(self)
			cmd.Env, cmd.Stdout = append(os.Environ(), "DEVGATE_TEST_ROLE=polite"), os.Stdout
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			if cmd.Start() != nil {
				return 1
			}
			return 0
		},
		// Leaves a process that nothing but its descent tells of.
		"leaver": func([]string) int {
			cmd := exec.Command("/bin/sleep", "60")
			cmd.Env, cmd.SysProcAttr = []string{}, &syscall.SysProcAttr{Setsid: true}
			if cmd.Start() != nil {
				return 1
			}
			fmt.Println("child", cmd.Process.Pid)
			return 0
		},
		"polite": func([]string) int {
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
		},
		"counter": func([]string) int {
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
		},
		"counted": func([]string) int {
			self, _ := os.Executable()
			cmd := exec.Command(self)
			cmd.Env, cmd.Stdout = append(os.Environ(), "DEVGATE_TEST_ROLE=counter"), os.Stdout
			if cmd.Start() != nil {
				return 1
			}
			return hold()
		},
		"printer": func(args []string) int { fmt.Print(strings.Join(args, " ")); return 0 },
		"console": consoleRole,
		"suicide": func([]string) int { syscall.Kill(os.Getpid(), syscall.SIGKILL); return hold() },
	})
}

// hold says that it is there and stays until somebody kills it; a test that
// goes wrong leaves it for a minute at most.
func hold() int {
	fmt.Println("up")
	time.Sleep(time.Minute)
	return 0
}

// family starts a child of its own in the same group, passes its first line
// on and ends before it.
func family(role string) int {
	self, _ := os.Executable()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DEVGATE_TEST_ROLE="+role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1
	}
	fmt.Println("child", cmd.Process.Pid)
	return 0
}

// sink collects output; wait blocks until it holds some text.
type sink struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	more   chan struct{}
	closed bool
}

func newSink() *sink { return &sink{more: make(chan struct{}, 1)} }

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func (s *sink) wait(t *testing.T, text string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !strings.Contains(s.text(), text) {
		select {
		case <-s.more:
		case <-limit:
			t.Fatalf("no %q in the output: %q", text, s.text())
		}
	}
}

func newExec(t *testing.T) *Exec {
	t.Helper()
	x, err := NewExec("test-" + t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

func startRole(t *testing.T, role string, args ...string) (Child, *sink) {
	t.Helper()
	argv, env := testproc.Command(t, role, args...)
	out := newSink()
	child, err := newExec(t).Start(Command{Args: argv, Env: env, Dir: t.TempDir()}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	return child, out
}

// runs reports whether a process is there and is not a zombie.
func runs(pid int) bool {
	stat, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return len(bytes.TrimSpace(stat)) > 0 && stat[0] != 'Z'
}

func numberAfter(t *testing.T, text, word string) int {
	t.Helper()
	_, rest, _ := strings.Cut(text, word)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

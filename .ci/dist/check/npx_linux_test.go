package check

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

const patience = time.Minute

// npx is `npx devgate up` in a terminal.
type npx struct {
	t        *testing.T
	cmd      *exec.Cmd
	terminal *os.File
	mark     string
	over     chan struct{}

	mu     sync.Mutex
	screen bytes.Buffer
}

// slow is a project whose one service takes its time to end, and says that it could.
const slow = `port = %d
[slow]
command = "trap 'sleep 1; echo ended in order; exit 0' TERM; echo begun; while :; do sleep 0.1; done"
grace = "30s"
`

func startNpx(t *testing.T, folder string, argv ...string) *npx {
	t.Helper()
	n := &npx{t: t, mark: fmt.Sprintf("DEVGATE_CHECK=%d.%d", os.Getpid(), time.Now().UnixNano()), over: make(chan struct{})}
	n.cmd = exec.Command(argv[0], argv[1:]...)
	n.cmd.Dir, n.cmd.Env = folder, append(os.Environ(), n.mark, "TERM=xterm", "NO_COLOR=1")
	var err error
	if n.terminal, err = pty.StartWithSize(n.cmd, &pty.Winsize{Rows: 24, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	go n.read() // ends with the terminal
	go func() { n.cmd.Wait(); close(n.over) }()
	t.Cleanup(func() {
		for _, pid := range n.alive() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		n.terminal.Close()
		<-n.over
	})
	return n
}

func (n *npx) read() {
	chunk := make([]byte, 4096)
	for {
		count, err := n.terminal.Read(chunk)
		n.mu.Lock()
		n.screen.Write(chunk[:count])
		n.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (n *npx) shown() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.screen.String()
}

func (n *npx) await(text string) {
	n.t.Helper()
	n.until(fmt.Sprintf("%q is shown", text), func() bool { return strings.Contains(n.shown(), text) })
}

// until polls: what it waits for are other processes.
func (n *npx) until(what string, holds func() bool) {
	n.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			n.t.Fatalf("not within %v: %s. Shown was\n%s\nalive are %v", patience, what, n.shown(), n.described())
		}
	}
}

// alive are all processes that have come of it.
func (n *npx) alive() (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range files {
		if data, err := os.ReadFile(path); err == nil && bytes.Contains(data, []byte(n.mark)) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func commandLine(pid int) string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.ReplaceAll(strings.TrimRight(string(data), "\x00"), "\x00", " ")
}

func (n *npx) described() (all []string) {
	for _, pid := range n.alive() {
		all = append(all, fmt.Sprintf("%d %s", pid, commandLine(pid)))
	}
	return all
}

// process is the one whose command line begins with, or holds, a text.
func (n *npx) process(text string) int {
	n.t.Helper()
	for _, pid := range n.alive() {
		if strings.Contains(commandLine(pid), text) {
			return pid
		}
	}
	n.t.Fatalf("no process with %q among %q", text, n.described())
	return 0
}

// nobodyIsLeft waits for the end of all (P1).
func (n *npx) nobodyIsLeft() {
	n.t.Helper()
	n.until("nobody is left", func() bool { return len(n.alive()) == 0 })
	<-n.over
}

const (
	launcher = "node_modules/.bin/devgate"
	guard    = "/bin/devgate"
	manager  = "devgate: manager"
)

// P1, C1, P2: however `npx devgate up` ends, nothing is left, the exit code is
// devgate's, and services end in order where that can be asked of them.
func TestNpxEndsAsDevgateDoes(t *testing.T) {
	folder := npmProject(t)
	for _, c := range []struct {
		name    string
		argv    []string
		end     func(n *npx)
		code    int // -1: it was killed, and has none
		ordered bool
	}{
		{"q", npxUp, func(n *npx) { n.keys("q") }, 0, true},
		{"Ctrl-C", npxUp, func(n *npx) { n.keys("\x03") }, 130, true},
		{"Ctrl-C of npm run", []string{"npm", "run", "dev"}, func(n *npx) { n.keys("\x03") }, 130, true},
		{"Ctrl-C of the launcher alone", []string{launcher, "up"}, func(n *npx) { n.keys("\x03") }, 130, true},
		{"closed terminal", npxUp, func(n *npx) { n.terminal.Close() }, -1, false},
		{"TERM of npx", npxUp, func(n *npx) { n.cmd.Process.Signal(syscall.SIGTERM) }, 143, true},
		{"INT of npx", npxUp, func(n *npx) { n.cmd.Process.Signal(syscall.SIGINT) }, 130, true},
		{"TERM of the launcher", npxUp, func(n *npx) { syscall.Kill(n.process(launcher), syscall.SIGTERM) }, 143, true},
		{"TERM of all", npxUp, func(n *npx) { syscall.Kill(-n.cmd.Process.Pid, syscall.SIGTERM) }, 143, true},
		{"KILL of npx", npxUp, func(n *npx) { n.cmd.Process.Kill() }, -1, true},
		{"KILL of the launcher", npxUp, func(n *npx) { syscall.Kill(n.process(launcher), syscall.SIGKILL) }, -1, true},
		{"KILL of npx and the launcher", npxUp, func(n *npx) {
			syscall.Kill(n.process(launcher), syscall.SIGKILL)
			n.cmd.Process.Kill()
		}, -1, true},
		{"KILL of devgate", npxUp, func(n *npx) { syscall.Kill(n.process(guard+" up"), syscall.SIGKILL) }, -1, true},
		{"KILL of its manager", npxUp, func(n *npx) { syscall.Kill(n.process(manager), syscall.SIGKILL) }, 137, false},
		{"KILL of all", npxUp, func(n *npx) { syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL) }, -1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, folder, "Devgatefile", fmt.Sprintf(slow, freePort(t)))
			n := startNpx(t, folder, c.argv...)
			n.await("slow | begun")
			n.await("q quit")
			c.end(n)
			n.nobodyIsLeft()
			if got := n.cmd.ProcessState.ExitCode(); c.code >= 0 && got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
			log, err := os.ReadFile(filepath.Join(folder, ".devgate/logs/slow.log"))
			if c.ordered && (err != nil || !bytes.HasSuffix(log, []byte("ended in order\n"))) {
				t.Errorf("the service could not end in order: %s, %v\n%s", log, err, n.shown())
			}
		})
	}
}

var npxUp = []string{"npx", "devgate", "up"}

// P2: the second Ctrl-C kills, below npx too.
func TestASecondCtrlCKillsBelowNpx(t *testing.T) {
	folder := npmProject(t)
	write(t, folder, "Devgatefile", fmt.Sprintf(strings.Replace(slow, "sleep 1;", "sleep 3600;", 1), freePort(t)))
	n := startNpx(t, folder, npxUp...)
	n.await("slow | begun")
	n.keys("\x03")
	n.await("Ctrl-C again kills it now") // after 3 s: the second one is no echo
	n.keys("\x03")
	n.nobodyIsLeft()
	if got := n.cmd.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit code %d", got)
	}
}

func (n *npx) keys(text string) {
	n.t.Helper()
	if _, err := io.WriteString(n.terminal, text); err != nil {
		n.t.Fatal(err)
	}
}

// R2: the example, from packages of npm that nobody has installed before.
func TestNpxRunsTheExample(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "hello")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(root, "examples", "hello"))); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "go.mod", "module hello\n")
	write(t, folder, ".npmrc", "registry="+registry(t)+"\ncache="+t.TempDir()+"\nupdate-notifier=false\n")
	port := freePort(t)
	n := startNpx(t, folder, "npx", "--yes", "devgate", "up", "--port", strconv.Itoa(port), "--isolate")
	n.await(fmt.Sprintf("devgate: ready http://localhost:%d (2 backends", port))
	answer, err := http.Get(fmt.Sprintf("http://localhost:%d/pages/about", port))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("X-Devgate-Tried"); got != "api=404, pages=200" {
		t.Errorf("tried were %q", got)
	}
	n.keys("\x03")
	n.nobodyIsLeft()
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

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
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

const patience = time.Minute

// npx is `npx devgate up` as a job of a shell in a terminal.
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

// prompt is what the shell says when a job has ended.
const prompt = "PS1='exit code $?. '; "

func startNpx(t *testing.T, folder string, argv ...string) *npx {
	t.Helper()
	n := &npx{t: t, mark: fmt.Sprintf("DEVGATE_CHECK=%d.%d", os.Getpid(), time.Now().UnixNano()), over: make(chan struct{})}
	n.cmd = exec.Command("bash", "--norc", "--noprofile", "-i")
	n.cmd.Dir, n.cmd.Env = folder, append(os.Environ(), n.mark, "TERM=xterm", "NO_COLOR=1", "HISTFILE=")
	terminal, err := pty.StartWithSize(n.cmd, &pty.Winsize{Rows: 24, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	n.terminal = closable(t, terminal)
	go n.read() // ends with the terminal
	go func() { n.cmd.Wait(); close(n.over) }()
	t.Cleanup(func() {
		for _, pid := range n.alive() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		n.terminal.Close()
		<-n.over
	})
	n.keys(prompt + strings.Join(argv, " ") + "\r")
	return n
}

// closable is a terminal that Close closes at once, also while it is read.
func closable(t *testing.T, terminal *os.File) *os.File {
	defer terminal.Close()
	fd, err := syscall.Dup(int(terminal.Fd()))
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), terminal.Name())
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
	return strings.ReplaceAll(strings.TrimRight(string(readFile(fmt.Sprintf("/proc/%d/cmdline", pid))), "\x00"), "\x00", " ")
}

// readFile is empty for a process that has ended.
func readFile(path string) []byte {
	data, _ := os.ReadFile(path)
	return data
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

// nobodyIsLeft waits for the end of all but the shell (P1), which must be the end of
// the job with an exit code; -1 where the terminal is gone.
func (n *npx) nobodyIsLeft(code int) {
	n.t.Helper()
	if code >= 0 {
		n.await(fmt.Sprintf("exit code %d.", code))
	}
	n.until("nobody is left", func() bool {
		return !slices.ContainsFunc(n.alive(), func(pid int) bool { return pid != n.cmd.Process.Pid })
	})
}

// The processes between the shell and the service, by their command lines.
const (
	npm      = "npm "
	launcher = "node_modules/.bin/devgate up"
	guard    = "/bin/devgate up"
	manager  = "devgate: manager"
)

func (n *npx) signal(process string, sig syscall.Signal) { syscall.Kill(n.process(process), sig) }

func (n *npx) signalAll(sig syscall.Signal) { syscall.Kill(-n.process(npm), sig) }

// P1, C1, P2: however `npx devgate up` ends, nothing is left, the exit code is
// devgate's, and services end in order where that can be asked of them.
func TestNpxEndsAsDevgateDoes(t *testing.T) {
	folder := npmProject(t)
	for _, c := range []struct {
		name    string
		argv    []string
		end     func(n *npx)
		code    int // as a shell has it; -1: nobody is there to be told
		ordered bool
	}{
		{"q", npxUp, func(n *npx) { n.keys("q") }, 0, true},
		{"Ctrl-C", npxUp, func(n *npx) { n.keys("\x03") }, 130, true},
		{"Ctrl-C of npm run", []string{"npm", "run", "dev"}, func(n *npx) { n.keys("\x03") }, 130, true},
		{"Ctrl-C of the launcher alone", []string{"node_modules/.bin/devgate", "up"}, func(n *npx) { n.keys("\x03") }, 130, true},
		{"Ctrl-Z, fg, Ctrl-C", npxUp, func(n *npx) { n.stopAndGoOn(); n.keys("\x03") }, 130, true},
		{"closed terminal", npxUp, func(n *npx) { n.terminal.Close() }, -1, false},
		{"TERM of npx", npxUp, func(n *npx) { n.signal(npm, syscall.SIGTERM) }, 143, true},
		{"TERM of the launcher", npxUp, func(n *npx) { n.signal(launcher, syscall.SIGTERM) }, 143, true},
		{"INT of the launcher", npxUp, func(n *npx) { n.signal(launcher, syscall.SIGINT) }, 130, true},
		{"TERM of all", npxUp, func(n *npx) { n.signalAll(syscall.SIGTERM) }, 143, true},
		{"KILL of npx", npxUp, func(n *npx) { n.signal(npm, syscall.SIGKILL) }, 137, true},
		{"KILL of the launcher", npxUp, func(n *npx) { n.signal(launcher, syscall.SIGKILL) }, 137, true},
		{"KILL of devgate", npxUp, func(n *npx) { n.signal(guard, syscall.SIGKILL) }, 137, true},
		{"KILL of its manager", npxUp, func(n *npx) { n.signal(manager, syscall.SIGKILL) }, 137, false},
		{"KILL of all", npxUp, func(n *npx) { n.signalAll(syscall.SIGKILL) }, 137, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, folder, "Devgatefile", fmt.Sprintf(slow, freePort(t)))
			os.RemoveAll(filepath.Join(folder, ".devgate"))
			n := startNpx(t, folder, c.argv...)
			n.await("slow | begun")
			n.await("q quit")
			c.end(n)
			n.nobodyIsLeft(c.code)
			log, err := os.ReadFile(filepath.Join(folder, ".devgate/logs/slow.log"))
			if c.ordered && (err != nil || !bytes.HasSuffix(log, []byte("ended in order\n"))) {
				t.Errorf("the service could not end in order: %s, %v\n%s", log, err, n.shown())
			}
		})
	}
}

var npxUp = []string{"npx", "devgate", "up"}

// stopAndGoOn is Ctrl-Z and fg: all of it stops, services too, and all goes on.
func (n *npx) stopAndGoOn() {
	n.t.Helper()
	n.keys("\x1a")
	n.await("exit code 148.")
	n.until("all is stopped", func() bool {
		return !slices.ContainsFunc(n.alive(), func(pid int) bool {
			return pid != n.cmd.Process.Pid && !bytes.Contains(readFile(fmt.Sprintf("/proc/%d/status", pid)), []byte("State:\tT"))
		})
	})
	keyLines := strings.Count(n.shown(), "q quit")
	n.keys("fg\r")
	n.until("the keys are shown again", func() bool { return strings.Count(n.shown(), "q quit") > keyLines })
}

// What was detached outlives npx, its launcher and its terminal, and ends by down.
func TestWhatNpxDetachesLivesOn(t *testing.T) {
	folder := npmProject(t)
	write(t, folder, "Devgatefile", fmt.Sprintf(slow, freePort(t)))
	n := startNpx(t, folder, "npx", "devgate", "up", "--detach")
	n.await("exit code 0.")
	n.terminal.Close()
	<-n.over
	if status := run(t, folder, "npx", "devgate", "status", "--json"); !strings.Contains(status, `"state":"ready"`) {
		t.Errorf("its status is %s", status)
	}
	run(t, folder, "npx", "devgate", "down")
	n.until("nobody is left", func() bool { return len(n.alive()) == 0 })
}

// P2: the second Ctrl-C kills, below npx too.
func TestASecondCtrlCKillsBelowNpx(t *testing.T) {
	folder := npmProject(t)
	write(t, folder, "Devgatefile", fmt.Sprintf(strings.Replace(slow, "sleep 1;", "sleep 3600;", 1), freePort(t)))
	n := startNpx(t, folder, npxUp...)
	n.await("slow | begun")
	n.keys("\x03")
	n.await("Ctrl-C again kills it now") // after 3 s: the second one is no echo
	n.keys("\x03")
	n.nobodyIsLeft(130)
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
	write(t, folder, "go.mod", "module hello\n\ngo 1.26\n")
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
	n.nobodyIsLeft(130)
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

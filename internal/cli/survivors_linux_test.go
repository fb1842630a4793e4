package cli

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"devgate/internal/control"
	"devgate/internal/proc"
)

// P1: loads × ways to die, and nobody survives. Survivors are counted by a
// token in their command line, which they cannot drop. SURVIVOR_ROUNDS repeats
// the whole matrix: `make e2e` 20 times, `make soak` 100 times.

// loadChild plays a process that does not want to end: load KIND TOKEN [PART].
func loadChild() {
	kind, token := os.Args[1], os.Args[2]
	part := append(os.Args, "leader")[3]
	time.AfterFunc(childLife, func() { os.Exit(1) })
	switch kind + " " + part {
	case "late leader":
		again(false, os.Environ(), kind, token, "last")
		endOnTerm(0)
	case "late last":
		l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
		if err != nil {
			os.Exit(1)
		}
		defer l.Close()
		endOnTerm(150 * time.Millisecond)
	case "ignore leader", "double last", "scrub last":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	case "tree leader", "tree 1", "tree 2":
		next := map[string]string{"leader": "1", "1": "2", "2": "last"}[part]
		again(false, os.Environ(), kind, token, next).Wait()
	case "setsid leader":
		again(true, os.Environ(), kind, token, "last")
	case "double leader":
		again(true, os.Environ(), kind, token, "middle").Wait()
	case "double middle":
		again(true, os.Environ(), kind, token, "last")
		os.Exit(0)
	case "scrub leader":
		again(true, []string{}, kind, token, "middle").Wait()
	case "scrub middle":
		again(true, []string{}, kind, token, "last")
		os.Exit(0)
	case "storm leader":
		again(true, os.Environ(), kind, token, "500")
	default:
		if kind == "storm" {
			storm(token, part)
		}
	}
	await(childLife)
}

// endOnTerm ends the process a while after TERM.
func endOnTerm(later time.Duration) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGTERM)
	go func() { // ends with the process
		<-caught
		await(later)
		os.Exit(0)
	}()
}

// storm is one of a bounded chain: each forks the next and ends a moment later,
// so that a few of them live at any time.
func storm(token, part string) {
	if n, _ := strconv.Atoi(part); n > 0 {
		again(true, os.Environ(), "storm", token, strconv.Itoa(n-1))
		await(100 * time.Millisecond)
		os.Exit(0)
	}
}

// again starts another part of a load, in a session of its own if asked.
func again(session bool, env []string, args ...string) *exec.Cmd {
	self, _ := os.Executable()
	cmd := &exec.Cmd{Path: self, Args: append([]string{"load"}, args...), Env: env, SysProcAttr: &syscall.SysProcAttr{Setsid: session}}
	if !session {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	}
	if err := cmd.Start(); err != nil {
		os.Exit(1)
	}
	return cmd
}

// victim is one running devgate of a cell of the matrix.
type victim struct {
	t     *testing.T
	root  string
	token string
	flags []string // of its devgate up, beside none
	env   []string // more of its environment
	cmd   *exec.Cmd
	tty   *os.File // nil without one
	out   *os.File // the reader's end of its output, without a terminal
	ended chan struct{}
	log   log // the beginning of its output
}

// log keeps the first 8 kB that are written to it.
type log struct {
	mu  sync.Mutex
	buf []byte
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p[:min(len(p), 8000-len(l.buf))]...)
	return len(p), nil
}

func (l *log) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.buf)
}

// loads are commands with how many processes carry the token once all are up.
var loads = []struct {
	name, command string
	processes     int
}{
	{"normal", "load normal TOKEN", 1},
	{"ignores every signal", "load ignore TOKEN", 1},
	{"shell with a background job", "load normal TOKEN & load normal TOKEN", 3},
	{"tree like npm's", "load tree TOKEN", 4},
	{"grandchild in its own session", "load setsid TOKEN", 2},
	{"double-forked daemon", "load double TOKEN", 2},
	{"daemon with an emptied environment", "load scrub TOKEN", 2},
	{"child that leaves its port late", "load late TOKEN", 2},
	{"fork storm", "load storm TOKEN", 2},
	{"ignores every signal, in a terminal of its own", "pty load ignore TOKEN", 1},
	{"double-forked daemon, out of a terminal of its own", "pty load double TOKEN", 2},
}

// way is one to end devgate.
type way struct {
	name string
	tty  bool
	kill func(*victim)
}

var ways = []way{
	{"Ctrl-C in a terminal", true, func(v *victim) { v.tty.Write([]byte{3}) }},
	{"terminal closed", true, func(v *victim) { v.tty.Close() }},
	{"TERM", false, func(v *victim) { v.cmd.Process.Signal(syscall.SIGTERM) }},
	{"HUP", false, func(v *victim) { v.cmd.Process.Signal(syscall.SIGHUP) }},
	{"QUIT", false, func(v *victim) { v.cmd.Process.Signal(syscall.SIGQUIT) }},
	{"KILL of the guard", false, func(v *victim) { v.cmd.Process.Kill() }},
	{"KILL of the manager", false, func(v *victim) { syscall.Kill(v.manager(), syscall.SIGKILL) }},
	{"KILL of the manager, which has left no record", false, func(v *victim) { // the guard alone has to do it
		manager := v.manager()
		os.Remove(v.record())
		syscall.Kill(manager, syscall.SIGKILL)
	}},
	{"panic of the manager", false, func(v *victim) { syscall.Kill(v.manager(), panicSignal) }},
	{"KILL of the guard while all is stopped", false, func(v *victim) { v.suspend(); v.cmd.Process.Kill() }},
	{"TERM while the manager is stopped", false, func(v *victim) {
		syscall.Kill(v.manager(), syscall.SIGSTOP)
		v.cmd.Process.Signal(syscall.SIGTERM)
	}},
	{"KILL of the process group", false, func(v *victim) { syscall.Kill(-v.cmd.Process.Pid, syscall.SIGKILL) }},
	{"reader of its output leaves", false, func(v *victim) { v.out.Close() }},
	{"KILL of both, then up", false, func(v *victim) { v.killBoth(); v.upAgain() }},
}

func TestNobodySurvives(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("SURVIVOR_ROUNDS"))
	clock := startFairClock(t)
	passHangupsOn(t)
	for round := range max(rounds, 1) {
		for _, way := range ways {
			for _, load := range loads { // inside, so that not all storms rage at once
				t.Run(fmt.Sprintf("%s/%s/%d", load.name, way.name, round), func(t *testing.T) {
					t.Parallel()
					v := newVictim(t, load.command)
					v.start(way.tty)
					v.awaitCount(load.processes, 1<<30)
					way.kill(v)
					began := clock.now()
					v.awaitCount(0, 0)
					if took := clock.now() - began; took > victimGrace+limitAfterGrace {
						t.Errorf("%v until all were gone, want %v and the grace of %v", took, limitAfterGrace, victimGrace)
					}
				})
			}
		}
	}
}

const (
	victimGrace     = 200 * time.Millisecond
	limitAfterGrace = time.Second
)

// fairClock goes as much slower as the machine is slower than it can be: a limit
// that is measured with it means the same beside a fork storm. What it goes by is
// how long it takes to start and end a trivial process.
type fairClock struct {
	mu     sync.Mutex
	passed time.Duration
	last   time.Time
	pace   float64 // 1 on a quiet machine, less on a busy one
	best   time.Duration
}

func startFairClock(t *testing.T) *fairClock {
	c := &fairClock{last: time.Now(), pace: 1, best: time.Hour}
	over := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for tick := time.NewTicker(25 * time.Millisecond); ; {
			select {
			case <-over:
				tick.Stop()
				return
			case <-tick.C:
				c.probe()
			}
		}
	})
	t.Cleanup(func() { close(over); running.Wait() }) // after the parallel subtests
	return c
}

// probe counts the time since the last one at the pace of this one.
func (c *fairClock) probe() {
	const usual = 4 // as often as that longer is no sign of load
	began := time.Now()
	exec.Command("/bin/true").Run()
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.best = min(c.best, took)
	c.pace = min(1, usual*float64(c.best)/float64(took))
	c.advance()
}

func (c *fairClock) advance() {
	now := time.Now()
	c.passed += time.Duration(float64(now.Sub(c.last)) * c.pace)
	c.last = now
}

func (c *fairClock) now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	return c.passed
}

// suspend is Ctrl-Z: when it returns, nothing runs any more.
func (v *victim) suspend() {
	v.cmd.Process.Signal(syscall.SIGTSTP)
	if !eventually(func() bool { return isStopped(v.cmd.Process.Pid) }) {
		v.t.Fatal("devgate does not stop")
	}
}

// P1: services that wait for a reader of devgate's output, or for others that do,
// end all the same.
func TestAnOutputThatNobodyReadsKeepsNobodyAlive(t *testing.T) {
	v := newVictim(t, "load normal TOKEN")
	text := "[flood]\ncommand = \"yes " + strings.Repeat("x", 1000) + "\"\nafter = [\"load\"]\n"
	file, err := os.OpenFile(filepath.Join(v.root, "Devgatefile"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(text)
	file.Close()
	unread, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	v.cmd = v.up()
	v.cmd.Stdout, v.cmd.Stderr = w, w
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() { defer close(v.ended); v.cmd.Wait() }() // joined below
	v.awaitCount(1, 1<<30)
	raw := filepath.Join(v.root, ".devgate", "logs", "flood.log")
	var size int64 = -1
	eventually(func() bool { // it has filled everything and waits
		info, err := os.Stat(raw)
		stuck := err == nil && info.Size() > 100_000 && info.Size() == size
		if err == nil {
			size = info.Size()
		}
		return stuck
	})
	v.cmd.Process.Signal(syscall.SIGTERM)
	v.awaitCount(0, 0)
	<-v.ended
}

func newVictim(t *testing.T, command string) *victim {
	v := &victim{t: t, root: t.TempDir(), token: "token-" + rand.Text(), ended: make(chan struct{})}
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	command, inTerminal := strings.CutPrefix(command, "pty ")
	text := fmt.Sprintf("port = \"auto\"\n[load]\npty = %v\ncommand = %q\ngrace = \"%s\"\n", inTerminal, strings.ReplaceAll(command, "TOKEN", v.token), victimGrace)
	if strings.HasPrefix(command, "load late ") {
		text += fmt.Sprintf("port = %d\n", ports[0])
	}
	if err := os.WriteFile(filepath.Join(v.root, "Devgatefile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return v
}

// up is `devgate up` of the victim's project.
func (v *victim) up() *exec.Cmd {
	cmd := exec.Command("devgate", append([]string{"up"}, v.flags...)...)
	cmd.Dir, cmd.Env = v.root, append(os.Environ(), v.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

func (v *victim) start(tty bool) {
	v.cmd = v.up()
	if err := v.open(tty); err != nil {
		v.t.Fatal(err)
	}
	go func() { defer close(v.ended); v.cmd.Wait() }() // joined by the cleanup
	v.t.Cleanup(func() {
		if v.tty != nil {
			v.tty.Close()
		}
		v.cmd.Process.Signal(syscall.SIGTERM)
		v.cmd.Process.Signal(syscall.SIGCONT) // a test that fails may leave it stopped
		<-v.ended
		v.awaitNobody() // a manager that has lost its guard still writes
	})
}

// awaitNobody waits until no devgate runs the project.
func (v *victim) awaitNobody() {
	eventually(func() bool { _, held := control.Holder(v.root); return !held })
}

// open starts devgate in a terminal, or with a pipe for its output.
func (v *victim) open(inTerminal bool) error {
	if inTerminal {
		v.cmd.SysProcAttr = nil // pty.Start makes a session
		tty, err := pty.Start(v.cmd)
		if err != nil {
			return err
		}
		v.tty = pollable(v.t, tty)
		go io.Copy(&v.log, v.tty) // ends with the terminal
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	v.out, v.cmd.Stdout, v.cmd.Stderr = r, w, w
	go io.Copy(&v.log, r) // ends with devgate
	return v.cmd.Start()
}

// manager is the guard's one child.
func (v *victim) manager() int {
	children := proc.Children(v.cmd.Process.Pid)
	if len(children) != 1 {
		v.t.Fatalf("the guard has the children %v", children)
	}
	return children[0]
}

// killBoth waits for the record: without anybody alive it is what is left.
func (v *victim) killBoth() {
	v.awaitRecord()
	manager := v.manager()
	syscall.Kill(manager, syscall.SIGKILL)
	v.cmd.Process.Kill()
	<-v.ended
	eventually(func() bool { return !running(strconv.Itoa(manager)) }) // a busy machine takes its time to end it
}

// upAgain is the next devgate in the project. The load is not started again: its
// command does nothing.
func (v *victim) upAgain() {
	v.flags = nil
	next := v.up()
	out, err := next.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(v.root, "Devgatefile"))
	os.WriteFile(filepath.Join(v.root, "Devgatefile"), bytes.ReplaceAll(text, []byte(v.token), []byte("other")), 0o644)
	if err := next.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() {
		next.Process.Signal(syscall.SIGTERM)
		next.Wait()
		// A shell says 143 of both: in its first instants, the signal ends the guard.
		status := next.ProcessState.Sys().(syscall.WaitStatus)
		if status.ExitStatus() != 143 && !(status.Signaled() && status.Signal() == syscall.SIGTERM) {
			v.t.Errorf("the next devgate ends with %v, want 143", next.ProcessState)
		}
	})
	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil { // its greeting: it has ended what was left
		v.t.Fatalf("the next devgate does not start: %v", err)
	}
	go io.Copy(io.Discard, lines) // ends with next
}

// count is how many living processes carry the token.
func (v *victim) count() (n int, who []string) {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		raw, err := os.ReadFile("/proc/" + entry.Name() + "/cmdline")
		if err == nil && bytes.Contains(raw, []byte(v.token)) {
			n++
			who = append(who, entry.Name()+": "+strings.ReplaceAll(string(raw), "\x00", " "))
		}
	}
	return n, who
}

func (v *victim) awaitCount(least, most int) {
	v.t.Helper()
	var who []string
	ok := eventually(func() (holds bool) {
		var n int
		n, who = v.count()
		return n >= least && n <= most
	})
	if !ok {
		v.t.Fatalf("want %d-%d processes, there are %q; devgate said:\n%s", least, most, who, v.log.text())
	}
}

// record is the file in which devgate writes down who is there.
func (v *victim) record() string { return filepath.Join(v.root, ".devgate", "processes.json") }

// awaitRecord waits until devgate has written down who is there.
func (v *victim) awaitRecord() {
	seen := time.Now()
	if !eventually(func() bool {
		info, err := os.Stat(v.record())
		_, gone := os.Stat(filepath.Join(v.root, ".devgate", "run.json"))
		return gone != nil || err == nil && time.Since(seen) > time.Second && info.Size() > 0
	}) {
		v.t.Fatal("devgate writes no record")
	}
}

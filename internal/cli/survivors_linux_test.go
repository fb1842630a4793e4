package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"devgate/internal/reach"
)

// P1: loads × ways to die, and nobody survives. Survivors are counted by a
// token in their command line, which they cannot drop. SURVIVOR_ROUNDS repeats
// the whole matrix: `make e2e` 6 times, `make soak` 100 times.

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
					v := newVictim(t, load)
					v.start(way.tty)
					v.awaitLoad()
					way.kill(v)
					began := clock.now()
					v.awaitCount(0, 0)
					if took := clock.now() - began; took > load.limit() {
						t.Errorf("%v until all were gone, want %v", took, load.limit())
					}
				})
			}
		}
	}
}

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
	if !eventually(func() bool { return reach.Suspended(v.cmd.Process.Pid) }) {
		v.t.Fatal("devgate does not stop")
	}
}

// P1: services that wait for a reader of devgate's output, or for others that do,
// end all the same.
func TestAnOutputThatNobodyReadsKeepsNobodyAlive(t *testing.T) {
	v := newVictim(t, workload{command: "load normal TOKEN"})
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

// P2: a second Ctrl-C kills at once everything that is alive: what a leader has
// left behind and the stop command too, however long the grace is.
func TestASecondSignalKillsWhatIsLeft(t *testing.T) {
	for _, l := range loads {
		if l.name != "ignores every signal" && l.more == "" || strings.Contains(l.more, "port") || strings.Contains(l.more, "pty") {
			continue
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.grace = time.Minute
			v := newVictim(t, l)
			v.start(false)
			v.awaitLoad()
			v.await("it knows of the process", func() bool { return strings.Contains(v.log.text(), "load * ") })
			v.cmd.Process.Signal(syscall.SIGINT)
			v.await("it is stopping", func() bool { return strings.Contains(v.log.text(), "stopping load") })
			v.cmd.Process.Signal(syscall.SIGINT)
			began := time.Now()
			v.awaitCount(0, 0)
			<-v.ended
			if took := time.Since(began); took > l.grace/2 {
				t.Errorf("%v until all were gone; the grace is %v", took, l.grace)
			}
		})
	}
}

// P10: Ctrl-C ends the reader of `devgate up | tee log` too. Which of the two is
// noticed first decides nothing: the exit code is that of the signal.
func TestCtrlCCountsBesideAReaderThatLeaves(t *testing.T) {
	leave := func(v *victim) { v.out.Close() }
	interrupt := func(v *victim) { v.cmd.Process.Signal(syscall.SIGINT) }
	for name, acts := range map[string][]func(*victim){
		"the reader leaves first":  {leave, interrupt},
		"the signal comes first":   {interrupt, leave},
		"the reader leaves, alone": {leave},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, workload{command: "load normal TOKEN", processes: 1})
			v.start(false)
			v.awaitLoad()
			for _, act := range acts {
				act(v)
			}
			<-v.ended
			want := 130
			if len(acts) == 1 {
				want = 0
			}
			if got := v.cmd.ProcessState.ExitCode(); got != want {
				t.Errorf("exit code %d, want %d", got, want)
			}
		})
	}
}

package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
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

	"devgate/internal/control"
	"devgate/internal/proc"
	"devgate/internal/testport"
)

// victim is one running devgate of a cell of the matrix.
type victim struct {
	t     *testing.T
	load  workload
	root  string
	token string
	flags []string // of its devgate up, beside none
	env   []string // more of its environment
	cmd   *exec.Cmd
	tty   *os.File // nil without one
	out   *os.File // the reader's end of its output, without a terminal
	ended chan struct{}
	log   transcript // the beginning of its output
}

// transcript keeps the first 8 kB that are written to it.
type transcript struct {
	mu  sync.Mutex
	buf []byte
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p[:min(len(p), 8000-len(l.buf))]...)
	return len(p), nil
}

func (l *transcript) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.buf)
}

func newVictim(t *testing.T, l workload) *victim {
	v := &victim{t: t, load: l, root: t.TempDir(), token: "token-" + rand.Text(), ended: make(chan struct{})}
	ports := testport.Some(t, 1)
	text := fmt.Sprintf("port = \"auto\"\n[load]\ncommand = %q\ngrace = \"%s\"\n%s\n", l.command, cmp.Or(l.grace, victimGrace), l.more)
	text = strings.NewReplacer("TOKEN", v.token, "PORT", strconv.Itoa(ports[0])).Replace(text)
	if err := os.WriteFile(filepath.Join(v.root, "Devgatefile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return v
}

// awaitLoad waits until all of the load is there.
func (v *victim) awaitLoad() {
	v.awaitCount(v.load.processes, 1<<30)
	if v.load.prepare != nil {
		v.load.prepare(v)
	}
}

// awaitOrphan waits until the leader has gone.
func (v *victim) awaitOrphan() {
	v.await("only the child is left", func() bool {
		n, who := v.count()
		return n == 1 && strings.HasSuffix(who[0], " last ")
	})
}

// ask sends the gateway a request that gets no answer, and waits until it has
// reached the service.
func (v *victim) ask() {
	var url string
	v.await("the gateway has a URL", func() bool {
		record, _ := control.Holder(v.root)
		url = record.URL
		return url != ""
	})
	asking := make(chan struct{})
	go func() { // joined by the cleanup
		defer close(asking)
		if answer, err := http.Get(url + askedPath); err == nil {
			answer.Body.Close()
		}
	}()
	v.t.Cleanup(func() { <-asking })
	v.await("the service is asked", func() bool { return isThere(filepath.Join(v.root, askedFile)) })
}

func (v *victim) await(what string, holds func() bool) {
	v.t.Helper()
	if !eventually(holds) {
		v.t.Fatalf("not in time: %s; devgate said:\n%s", what, v.log.text())
	}
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

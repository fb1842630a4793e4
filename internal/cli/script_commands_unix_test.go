//go:build unix

package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"devgate/internal/reach"
	"devgate/internal/testport"
)

// patience is how long a script waits for what must come.
const patience = 20 * time.Second

// commands are the words of scripts beside testscript's own.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits":   exitsCommand,   // exits CODE PROGRAM ARGS…: run to its end, which must be that exit code
		"expand":  expandCommand,  // expand FILE…: replace $NAME in files
		"spawn":   spawnCommand,   // spawn NAME PROGRAM ARGS…: run in the background, output in NAME.out
		"job":     jobCommand,     // job NAME PROGRAM ARGS…: as spawn, and Ctrl-Z can stop it (suspend)
		"await":   awaitCommand,   // await FILE REGEXP [COUNT]: until the file matches (COUNT times)
		"signal":  signalCommand,  // signal NAME TERM: send a signal
		"ended":   endedCommand,   // ended NAME CODE: wait for the end
		"request": requestCommand, // request METHOD URL STATUS [BODY-REGEXP] [HEADER: VALUE …]
		"gone":    goneCommand,    // gone: no child of any program is left
		"listen":  listenCommand,  // listen PORT: the test itself takes the port
		"capture": captureCommand, // capture FILE REGEXP NAME: $NAME is what its first group matches
		"until":   untilCommand,   // until REGEXP PROGRAM ARGS…: again and again, until it prints that
		"suspend": suspendCommand, // suspend NAME: as Ctrl-Z does
		"race":    raceCommand,    // race FOLDER…: devgate up --detach in all of them at once
		"agree":   agreeCommand,   // agree FOLDER…: each has ports of its own, the same as when last asked
		"freed":   freedCommand,   // freed PORT: until nobody listens there
		"replace": replaceCommand, // replace FILE OLD NEW: edit a file as a save does
	}
}

type benchKey struct{}

// bench is what a script has running in the background.
type bench struct {
	programs  map[string]*program
	listeners []net.Listener
	moved     map[string][]int // where a checkout has moved to, as agree has found it
}

type program struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error
}

func benchOf(ts *testscript.TestScript) *bench { return ts.Value(benchKey{}).(*bench) }

func (b *bench) end() {
	for _, p := range b.programs {
		p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(patience):
			p.cmd.Process.Kill()
			<-p.ended
		}
	}
	for _, l := range b.listeners {
		l.Close()
	}
}

func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	code := 0
	var exited *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exited) {
		code = exited.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func expandCommand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), func(v string) string {
			switch v {
			case "GATEWAY", "P1", "P2", "P3", "P4", "WORK", "PIDS":
				return ts.Getenv(v)
			}
			return "$" + v
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

func spawnCommand(ts *testscript.TestScript, _ bool, args []string) { spawn(ts, args, nil) }

// jobCommand is spawn in a process group of its own, as an interactive shell has it:
// Ctrl-Z does nothing to a group whose members have no parent outside of it, and
// whether the tests' own group is such a one is for their caller to say.
func jobCommand(ts *testscript.TestScript, _ bool, args []string) {
	spawn(ts, args, &syscall.SysProcAttr{Setpgid: true})
}

func spawn(ts *testscript.TestScript, args []string, attributes *syscall.SysProcAttr) {
	out, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	defer out.Close()
	path := filepath.Join(binDir(ts), args[1])
	if _, err := os.Stat(path); err != nil {
		path = args[1]
	}
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = ts.MkAbs("."), out, out, attributes
	cmd.Env = environ(ts)
	ts.Check(cmd.Start())
	p := &program{cmd: cmd, ended: make(chan struct{})}
	go func() { defer close(p.ended); p.err = cmd.Wait() }() // bench.end waits for it
	benchOf(ts).programs[args[0]] = p
}

// binDir is where testscript has put the programs: first in PATH.
func binDir(ts *testscript.TestScript) string { return filepath.SplitList(ts.Getenv("PATH"))[0] }

func environ(ts *testscript.TestScript) []string {
	env := []string{"HOME=" + ts.MkAbs(".")}
	for _, name := range []string{"PATH", "XDG_RUNTIME_DIR", "PIDS", "NO_COLOR", "WORK", "TMPDIR", "GATEWAY", "P1", "P2", "P3", "P4"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

func awaitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await FILE REGEXP [COUNT]")
	}
	want, times := regexp.MustCompile("(?m)"+args[1]), 1
	if len(args) > 2 {
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		times = n
	}
	var text string
	ok := eventually(func() bool {
		raw, _ := os.ReadFile(ts.MkAbs(args[0]))
		text = string(raw)
		return len(want.FindAllString(text, -1)) >= times
	})
	if !ok {
		ts.Fatalf("%s never matched %s %d times:\n%s", args[0], args[1], times, text)
	}
}

// eventually polls: what it waits for are other processes.
func eventually(holds func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			return false
		}
	}
	return true
}

func signalCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(benchOf(ts).programs[args[0]].cmd.Process.Signal(unix.SignalNum("SIG" + args[1])))
}

func untilCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM ARGS…")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	var out []byte
	if !eventually(func() bool {
		cmd := exec.Command(filepath.Join(binDir(ts), args[1]), args[2:]...)
		cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
		out, _ = cmd.Output()
		return want.Match(out)
	}) {
		ts.Fatalf("%s never says %s:\n%s", args[1], args[0], out)
	}
}

func suspendCommand(ts *testscript.TestScript, _ bool, args []string) {
	process := benchOf(ts).programs[args[0]].cmd.Process
	ts.Check(process.Signal(syscall.SIGTSTP))
	if !eventually(func() bool { return reach.Suspended(process.Pid) }) {
		ts.Fatalf("%s does not stop", args[0])
	}
}

func endedCommand(ts *testscript.TestScript, _ bool, args []string) {
	p := benchOf(ts).programs[args[0]]
	select {
	case <-p.ended:
	case <-time.After(patience):
		ts.Fatalf("%s does not end:\n%s", args[0], ts.ReadFile(args[0]+".out"))
	}
	code := p.cmd.ProcessState.ExitCode()
	if strconv.Itoa(code) != args[1] {
		ts.Fatalf("%s ended with %d, want %s:\n%s", args[0], code, args[1], ts.ReadFile(args[0]+".out"))
	}
}

func requestCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: request METHOD URL STATUS [BODY-REGEXP] [HEADER: VALUE …]")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, args[0], args[1], strings.NewReader("body"))
	ts.Check(err)
	for _, header := range args[min(4, len(args)):] {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	var head bytes.Buffer
	answer.Header.Write(&head)
	ts.Logf("%s\n%s\n%s", answer.Status, head.String(), body)
	if strconv.Itoa(answer.StatusCode) != args[2] {
		ts.Fatalf("status %s, want %s", answer.Status, args[2])
	}
	if whole := head.String() + "\r\n" + string(body); len(args) > 3 && regexp.MustCompile("(?m)"+args[3]).MatchString(whole) == neg {
		ts.Fatalf("match of %s: %v", args[3], neg)
	}
}

// goneCommand looks for every process that a child has noted in $PIDS.
func goneCommand(ts *testscript.TestScript, _ bool, _ []string) {
	var left []string
	ok := eventually(func() bool {
		left = nil
		notes, _ := filepath.Glob(filepath.Join(ts.Getenv("PIDS"), "*"))
		for _, note := range notes {
			if pid := filepath.Base(note); running(pid) {
				left = append(left, pid)
			}
		}
		return len(left) == 0
	})
	if !ok {
		ts.Fatalf("still running: %s", strings.Join(left, " "))
	}
}

// running reports whether a process is there and is not a zombie.
func running(pid string) bool {
	stat, _ := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
	return len(bytes.TrimSpace(stat)) > 0 && stat[0] != 'Z'
}

func listenCommand(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", args[0])
	ts.Check(err)
	b := benchOf(ts)
	b.listeners = append(b.listeners, l)
	ts.Setenv("LISTENER", strconv.Itoa(os.Getpid()))
}

func captureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture FILE REGEXP NAME")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile(args[0]))
	if len(found) < 2 {
		ts.Fatalf("%s does not match %s", args[0], args[1])
	}
	ts.Setenv(args[2], found[1])
}

func freedCommand(ts *testscript.TestScript, _ bool, args []string) {
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	if !eventually(func() bool { return testport.Bindable(number) }) {
		ts.Fatalf("somebody still listens on port %d", number)
	}
}

func replaceCommand(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	path := ts.MkAbs(args[0])
	fresh := path + ".new"
	ts.Check(os.WriteFile(fresh, []byte(strings.ReplaceAll(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"))), 0o644))
	ts.Check(os.Rename(fresh, path))
}

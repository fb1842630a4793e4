//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"devgate/internal/logmux"
	"devgate/internal/proc"
	"devgate/internal/testport"
)

// consoleChild plays a debugger: it says how large its terminal is, prompts
// without a newline, and answers.
func consoleChild() {
	notePID()
	time.AfterFunc(childLife, func() { os.Exit(1) })
	resized := make(chan os.Signal, 16)
	signal.Notify(resized, syscall.SIGWINCH)
	tellSize := func() {
		columns, rows, err := term.GetSize(0)
		fmt.Printf("\x1b[32msize\x1b[0m %dx%d %v\n", columns, rows, err == nil)
	}
	tellSize()
	go func() { // ends with the process
		for range resized {
			tellSize()
		}
	}()
	in := bufio.NewReader(os.Stdin)
	for {
		fmt.Printf("%d name? ", time.Now().UnixMilli())
		line, err := in.ReadString('\n')
		if err != nil {
			os.Exit(1)
		}
		switch name := strings.TrimSpace(line); name {
		case "full screen":
			fmt.Print("\x1b[?1049h\x1b[?25l\x1b[?2004hpainted")
		case "exit":
			os.Exit(0)
		default:
			fmt.Println("hello", name)
		}
	}
}

// workshop is a project with a devgate that runs it.
type workshop struct {
	t     *testing.T
	root  string
	up    *exec.Cmd
	ended chan struct{}
}

const consoleProject = `port = %d
[dbg]
command = "console"
pty = true
grace = "200ms"
restart = "never"
[plain]
command = "load normal plain"
grace = "200ms"
[far]
url = "http://127.0.0.1:1"
`

// openWorkshop runs devgate up; on gives it a terminal. Else its output is
// dropped.
func openWorkshop(t *testing.T, on *desktop) *workshop {
	t.Helper()
	w := &workshop{t: t, root: t.TempDir(), ended: make(chan struct{})}
	ports := testport.Some(t, 1)
	if err := os.WriteFile(filepath.Join(w.root, "Devgatefile"), fmt.Appendf(nil, consoleProject, ports[0]), 0o644); err != nil {
		t.Fatal(err)
	}
	w.up = w.devgate("up")
	if on != nil {
		on.give(w.up)
	}
	if err := w.up.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(w.ended); w.up.Wait() }() // joined by the cleanup
	t.Cleanup(func() {
		w.up.Process.Signal(syscall.SIGTERM)
		w.up.Process.Signal(syscall.SIGCONT)
		<-w.ended
	})
	w.awaitLog("name? ", 1)
	return w
}

func (w *workshop) devgate(args ...string) *exec.Cmd {
	cmd := exec.Command("devgate", args...)
	cmd.Dir = w.root
	cmd.Env = append(os.Environ(), "PIDS="+w.t.TempDir(), "NO_COLOR=", "FORCE_COLOR=", "CLICOLOR_FORCE=")
	return cmd
}

func (w *workshop) do(args ...string) {
	w.t.Helper()
	if out, err := w.devgate(args...).CombinedOutput(); err != nil {
		w.t.Fatalf("devgate %v: %v\n%s", args, err, out)
	}
}

// awaitLog waits until the log has a text so many times.
func (w *workshop) awaitLog(text string, times int) {
	w.t.Helper()
	var log []byte
	if !eventually(func() bool {
		log, _ = os.ReadFile(filepath.Join(w.root, ".devgate", "logs", "dbg.log"))
		return bytes.Count(log, []byte(text)) >= times
	}) {
		w.t.Fatalf("%q is not %d times in the log: %q", text, times, log)
	}
}

// screen is what a terminal was told to show.
type screen struct {
	mu   sync.Mutex
	seen bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.Write(p)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// desktop is a terminal with somebody in front of it.
type desktop struct {
	screen
	t      *testing.T
	master *os.File
	tty    *os.File
	before *term.State
}

func openDesktop(t *testing.T, columns, rows uint16) *desktop {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	d := &desktop{t: t, tty: tty, master: pollable(t, master)}
	d.resize(columns, rows)
	if d.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() { defer close(read); io.Copy(d, d.master) }()
	t.Cleanup(func() { d.master.Close(); <-read; tty.Close() })
	return d
}

// pollable lets Close end a Read: only then is the terminal closed.
func pollable(t *testing.T, tty *os.File) *os.File {
	fd, err := syscall.Dup(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	tty.Close()
	syscall.CloseOnExec(fd)
	syscall.SetNonblock(fd, true)
	return os.NewFile(uintptr(fd), "terminal")
}

// give makes the command the leader of a session on this terminal.
func (d *desktop) give(cmd *exec.Cmd) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = d.tty, d.tty, d.tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
}

func (d *desktop) resize(columns, rows uint16) {
	if err := pty.Setsize(d.tty, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desktop) sees(text string) {
	d.t.Helper()
	if !eventually(func() bool { return strings.Contains(d.text(), text) }) {
		d.t.Fatalf("no %q on the screen: %q", text, d.text())
	}
}

func (d *desktop) types(keys string) { io.WriteString(d.master, keys) }

// cooked fails unless the terminal is as it was at first.
func (d *desktop) cooked() {
	d.t.Helper()
	if !d.isCooked() {
		now, err := term.GetState(int(d.tty.Fd()))
		d.t.Errorf("the terminal is not as it was: %+v, was %+v (%v)", now, d.before, err)
	}
}

func (d *desktop) isCooked() bool {
	now, err := term.GetState(int(d.tty.Fd()))
	return err == nil && reflect.DeepEqual(now, d.before)
}

// change makes other settings those that the terminal has at first.
func (d *desktop) change(settings ...string) {
	d.t.Helper()
	stty := exec.Command("stty", settings...)
	stty.Stdin = d.tty
	out, err := stty.CombinedOutput()
	if err == nil {
		d.before, err = term.GetState(int(d.tty.Fd()))
	}
	if err != nil {
		d.t.Fatalf("stty: %v: %s", err, out)
	}
}

func (d *desktop) isRaw() {
	d.t.Helper()
	if !eventually(func() bool {
		now, _ := term.GetState(int(d.tty.Fd()))
		return !reflect.DeepEqual(now, d.before)
	}) {
		d.t.Fatal("the terminal is not raw")
	}
}

// visitor is a running devgate attach.
type visitor struct {
	*desktop
	cmd *exec.Cmd
}

// attach waits for the prompt.
func (w *workshop) attach(columns, rows uint16) *visitor {
	w.t.Helper()
	v := &visitor{openDesktop(w.t, columns, rows), w.devgate("attach", "dbg")}
	v.give(v.cmd)
	if err := v.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { v.cmd.Process.Kill(); v.cmd.Wait() })
	v.sees("devgate: attached to dbg; Ctrl-] leaves\r\n")
	v.sees("name? ")
	v.isRaw()
	return v
}

// ends checks the exit code and that the terminal is as it was.
func (v *visitor) ends(code int) {
	v.t.Helper()
	ended := make(chan struct{})
	go func() { defer close(ended); v.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(patience):
		v.cmd.Process.Kill()
		<-ended
		v.t.Errorf("attach does not end: %q", v.text())
	}
	if got := v.cmd.ProcessState.ExitCode(); got != code {
		v.t.Errorf("attach ended with %d, want %d: %q", got, code, v.text())
	}
	v.cooked()
}

func TestAttachTypesALineAndShowsTheAnswerToEverybody(t *testing.T) {
	w := openWorkshop(t, nil)
	one, two := w.attach(90, 30), w.attach(90, 30)
	one.types("Ada\r")
	for _, v := range []*visitor{one, two} {
		v.sees("Ada\r\n") // the echo
		v.sees("hello Ada\r\n")
		v.sees("\x1b[32msize\x1b[0m 90x30")
	}
	two.types("Bob\r")
	one.sees("hello Bob\r\n")
	one.types("\x1d")
	one.sees("devgate: left dbg, which goes on\r\n")
	one.ends(0)
	two.types("Eve\r")
	two.sees("hello Eve\r\n")
	for _, name := range []string{"Ada", "Bob", "Eve"} {
		w.awaitLog("hello "+name+"\r\n", 1)
	}
}

// P8: an unterminated prompt is in the log within 100 ms. The best of some
// counts: the machine may be busy.
func TestAPromptInATerminalIsSoonInTheLog(t *testing.T) {
	w := openWorkshop(t, nil)
	v := w.attach(80, 24)
	prompts := 5
	logs := w.devgate("logs", "dbg", "-f", "--json", "--grep", `^\d+ name\?`)
	out, err := logs.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := logs.Start(); err != nil {
		t.Fatal(err)
	}
	defer logs.Wait()
	defer logs.Process.Kill()
	best := int64(math.MaxInt64)
	for lines := json.NewDecoder(out); prompts > 0; prompts-- {
		var l logmux.Line
		var printed int64
		if err := lines.Decode(&l); err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(l.Text, &printed)
		best = min(best, l.At.UnixMilli()-printed)
		v.types("x\r") // the next one
	}
	if best > 100 {
		t.Errorf("a prompt takes %d ms", best)
	}
}

func TestTheSizeFollowsWhoeverLooks(t *testing.T) {
	screen := openDesktop(t, 111, 41)
	w := openWorkshop(t, screen)
	w.awaitLog(" 111x41 true", 1)
	screen.resize(112, 42) // the guard passes it on
	w.awaitLog(" 112x42 true", 1)
	v := w.attach(93, 33)
	v.sees("93x33")
	v.resize(94, 34)
	v.sees("94x34")
	v.types("\x1d")
	v.ends(0)
	w.awaitLog(" 112x42 true", 2)
}

// A killed client leaves nothing: no process, no size, no viewer.
func TestAKilledClientLeavesNothing(t *testing.T) {
	w := openWorkshop(t, nil)
	w.awaitLog(" 80x24 true", 1)
	v := w.attach(93, 33)
	w.awaitLog(" 93x33 true", 1)
	v.cmd.Process.Kill()
	v.cmd.Wait()
	w.awaitLog(" 80x24 true", 2)
	next := w.attach(80, 24)
	next.types("Ada\r")
	next.sees("hello Ada")
}

func TestAttachStaysOverARestart(t *testing.T) {
	w := openWorkshop(t, nil)
	v := w.attach(80, 24)
	w.do("restart", "--wait", "dbg")
	v.sees("\r\n\x1b[0mdevgate: dbg has no process now; its next one appears here (Ctrl-] leaves)\r\n")
	v.sees("devgate: dbg has started\r\n")
	v.types("Ada\r")
	v.sees("hello Ada")
	v.types("\x03") // Ctrl-C is the service's, and ends it
	if !eventually(func() bool { return strings.Count(v.text(), "no process now") == 2 }) {
		t.Errorf("Ctrl-C did not reach the service: %q", v.text())
	}
	v.types("\x1d")
	v.ends(0)
}

func TestTheTerminalIsRestoredHoweverAttachEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*workshop, *visitor)
		code int
		says string
	}{
		{"by devgate down", func(w *workshop, _ *visitor) { w.do("down") }, 0, "devgate: the running devgate has ended, and dbg with it\r\n"},
		{"by TERM", func(_ *workshop, v *visitor) { v.cmd.Process.Signal(syscall.SIGTERM) }, 143, ""},
		{"by HUP", func(_ *workshop, v *visitor) { v.cmd.Process.Signal(syscall.SIGHUP) }, 129, ""},
		{"by KILL of the manager", func(w *workshop, _ *visitor) {
			syscall.Kill(proc.Children(w.up.Process.Pid)[0], syscall.SIGKILL)
		}, 1, "devgate: lost the connection to devgate: it has ended without a word\r\n"},
		{"out of a full screen", func(_ *workshop, v *visitor) {
			v.types("full screen\r")
			v.sees("painted")
			v.types("\x1d")
		}, 0, "\x1b[0m\x1b[?25h\x1b[?1049l\x1b[?2004l\r\ndevgate: left dbg, which goes on\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := openWorkshop(t, nil)
			v := w.attach(80, 24)
			c.end(w, v)
			v.ends(c.code)
			v.sees(c.says)
		})
	}
}

func TestAttachSaysWhyItCannot(t *testing.T) {
	w := openWorkshop(t, nil)
	w.do("stop", "--wait", "dbg")
	for _, c := range []struct {
		name string
		code int
		want string
	}{
		{"dbg", 1, "dbg does not run: it is stopped\n  hint: devgate start dbg"},
		{"plain", 1, "plain has no terminal of its own\n  hint: write pty = true below [plain] (Devgatefile:7:1)"},
		{"far", 1, "far is not started by devgate: it has a url (http://127.0.0.1:1)"},
		{"dgb", 2, "no service \"dgb\"\n  hint: there are dbg, plain, far"},
	} {
		d := openDesktop(t, 80, 24)
		cmd := w.devgate("attach", c.name)
		d.give(cmd)
		err := cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != c.code {
			t.Errorf("%s: exit code %d, %v", c.name, code, err)
		}
		d.sees("devgate: " + strings.ReplaceAll(c.want, "\n", "\r\n") + "\r\n")
		d.cooked()
	}
}

func TestAttachWithoutATerminalIsBadUsage(t *testing.T) {
	d := openDesktop(t, 80, 24)
	for _, c := range []struct {
		what string
		std  streams
	}{
		{"input", streams{in: strings.NewReader(""), out: d.tty}},
		{"output", streams{in: d.tty, out: &bytes.Buffer{}}},
	} {
		_, err := openTerminal(c.std, "dbg")
		want := "attach needs a terminal, and its " + c.what + " is none\n  hint: devgate logs -f dbg shows what it prints"
		if codeOf(err) != exitUsage || err.Error() != want {
			t.Errorf("got %d %v", codeOf(err), err)
		}
	}
}

func TestAServiceOfAProcfileCannotHaveATerminal(t *testing.T) {
	w := &workshop{t: t, root: t.TempDir(), ended: make(chan struct{})}
	os.WriteFile(filepath.Join(w.root, "Procfile"), []byte("web: load normal web\n"), 0o644)
	ports := testport.Some(t, 1)
	w.up = w.devgate("up", "--port", fmt.Sprint(ports[0]))
	if err := w.up.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(w.ended); w.up.Wait() }()
	defer func() { w.up.Process.Signal(syscall.SIGTERM); <-w.ended }()
	if !eventually(func() bool { return w.devgate("status").Run() == nil }) {
		t.Fatal("devgate does not start")
	}
	d := openDesktop(t, 80, 24)
	cmd := w.devgate("attach", "web")
	d.give(cmd)
	cmd.Run()
	d.sees("devgate: web has no terminal of its own\r\n  hint: a Procfile cannot ask for one; a Devgatefile can, with pty = true in [web]\r\n")
}

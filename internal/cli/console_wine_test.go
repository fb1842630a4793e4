//go:build wine && linux

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"devgate/internal/testport"
)

// wineRunner names the program that runs Windows' programs here.
const wineRunner = "DEVGATE_WINE_RUN"

// windowsPrograms are devgate and a program that looks at the console around it, built
// for Windows, once for all tests.
func windowsPrograms(t *testing.T) (devgate, console string) {
	t.Helper()
	dir, err := builtForWindows()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "devgate.exe"), filepath.Join(dir, "console.exe")
}

var builtForWindows = sync.OnceValues(func() (dir string, err error) {
	// In a folder that is left: the second time nothing is linked.
	if dir, err = filepath.Abs("../../bin/wine"); err != nil {
		return "", err
	}
	for program, source := range map[string]string{"devgate.exe": "devgate", "console.exe": "./testdata/console"} {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, program), source)
		build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
		if said, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: %s", err, said)
		}
	}
	return dir, nil
})

// winConsole is a console of Windows, which is shown in a terminal here, with somebody in
// front of it.
type winConsole struct {
	screen
	t      *testing.T
	master *os.File
	over   chan struct{}
}

// newWinConsole starts a Windows program in a console, in dir.
func newWinConsole(t *testing.T, dir string, args ...string) *winConsole {
	t.Helper()
	runner := os.Getenv(wineRunner)
	if runner == "" {
		t.Fatalf("%s does not name what runs programs of Windows", wineRunner)
	}
	cmd := exec.Command(runner, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=", "FORCE_COLOR=", "CLICOLOR_FORCE=")
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	pty.Setsize(tty, &pty.Winsize{Cols: 120, Rows: 40})
	makeRaw(t, tty)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &winConsole{t: t, master: pollable(t, master), over: make(chan struct{})}
	go func() { defer close(c.over); io.Copy(c, c.master) }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // its session
		cmd.Wait()
		c.master.Close()
		<-c.over
	})
	return c
}

// makeRaw has keys come as they are: Wine asks for it for its console, and at times leaves
// the terminal as it was. Only Ctrl-C stays a signal: by that Wine hears of it.
func makeRaw(t *testing.T, tty *os.File) {
	t.Helper()
	if _, err := term.MakeRaw(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	now, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	now.Lflag |= unix.ISIG
	if err := unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, now); err != nil {
		t.Fatal(err)
	}
}

func (c *winConsole) types(keys string) { io.WriteString(c.master, keys) }

// sees waits for a text behind what was seen up to now by an earlier call.
func (c *winConsole) sees(text string) {
	c.t.Helper()
	limit := time.After(time.Minute)
	for {
		c.mu.Lock()
		_, rest, found := bytes.Cut(c.seen.Bytes(), []byte(text))
		if found {
			c.seen = *bytes.NewBuffer(bytes.Clone(rest))
		}
		c.mu.Unlock()
		if found {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			c.t.Fatalf("no %q in %q", text, c.text())
		}
	}
}

// ends waits for the end of the program that was looked at, with its code, in a console
// that is as before.
func (c *winConsole) ends(code int) {
	c.t.Helper()
	c.sees(fmt.Sprintf("code %d\r", code))
	c.sees("console as before: true")
}

// waitingProject has one service, which only waits.
func waitingProject(t *testing.T) (dir string) {
	t.Helper()
	return winProject(t, `["ping", "-n", "1000", "127.0.0.1"]`)
}

// winProject has one service. Its folder is one that all processes of Wine see.
func winProject(t *testing.T, command string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text := fmt.Sprintf("port = %d\ndashboard = false\n\n[web]\ncommand = %s\n", testport.Some(t, 1)[0], command)
	if err := os.WriteFile(filepath.Join(dir, "Devgatefile"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// C6: in a console of Windows keys and the line at the bottom are as elsewhere, and the
// console is left as it was.
func TestKeysInAConsoleOfWindows(t *testing.T) {
	devgate, console := windowsPrograms(t)
	c := newWinConsole(t, waitingProject(t), console, devgate, "up")
	c.sees("\x1b[36mweb *\x1b[0m \x1b[32mruns")
	c.sees("r restart · l show · o open")
	c.types("h")
	c.sees("Enter  an empty line")
	if strings.Contains(c.text(), "Ctrl-Z") {
		t.Errorf("a key is explained that does nothing: %q", c.text())
	}
	c.types("\x1b[A") // an arrow means nothing
	c.types("r")
	c.sees("restart: ▏")
	c.types("wx\x7f\t")
	c.sees("restart: web▏")
	c.types("\r")
	c.sees("restart asked for")
	c.sees("runs")
	c.sees("r restart · l show")
	c.types("q")
	c.sees("stopped in")
	c.ends(0)
}

// C1: Ctrl-C in a console ends devgate as its signal does.
func TestCtrlCInAConsoleOfWindows(t *testing.T) {
	devgate, console := windowsPrograms(t)
	c := newWinConsole(t, waitingProject(t), console, devgate, "up")
	c.sees("runs")
	c.sees("r restart · l show")
	c.types("\x03")
	c.sees("stopped in")
	c.ends(130)
}

// C4: without colours there is none in a console either; the line at the bottom is there.
func TestAConsoleOfWindowsWithoutColours(t *testing.T) {
	devgate, console := windowsPrograms(t)
	c := newWinConsole(t, waitingProject(t), console, devgate, "up", "--color", "never")
	c.sees("web * runs")
	c.sees("r restart · l show")
	c.types("q")
	c.ends(0)
}

// A service with a terminal of its own is in a pseudo console, and attach joins it with
// the console here.
func TestAttachInAConsoleOfWindows(t *testing.T) {
	devgate, console := windowsPrograms(t)
	dir := winProject(t, fmt.Sprintf("['Z:%s', 'prompt']\npty = true", strings.ReplaceAll(console, "/", `\`)))
	c := newWinConsole(t, dir, console,
		devgate, "up", "&",
		devgate, "wait", "--",
		devgate, "attach", "web", "--",
		devgate, "logs", "web", "--color", "never", "--",
		devgate, "down")
	c.ends(0)
	c.sees("attached to web")
	c.sees("name?")
	c.types("Ada\r")
	c.sees("hello Ada")
	c.types("\x1d")
	c.sees("left web, which goes on")
	c.ends(0)
	c.sees("hello Ada") // in its log
	c.ends(0)
	c.ends(0)
}

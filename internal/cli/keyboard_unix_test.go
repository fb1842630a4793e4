//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/internal/proc"
)

// What the keys print, as a terminal gets it.
const (
	keyLine     = "r restart · l show · o open · d dashboard · c clear · h help · q quit"
	eraseLine   = "\r\x1b[K"
	clearScreen = "\x1b[H\x1b[2J\x1b[3J"
)

// openKeys is devgate up with three services and a remote one, as the job of a
// shell, ready for keys.
func openKeys(t *testing.T) *job {
	t.Helper()
	j := openJobOf(t, threeServices)
	j.sees(keyLine)
	for _, name := range []string{"api", "apron", "work", "once"} {
		j.sees(name + " runs\r\n")
	}
	return j
}

const threeServices = `port = "auto"
[api]
command = "echo api runs; exec sleep 120"
[apron]
command = "echo apron runs; exec sleep 120"
[work]
command = "echo work runs; exec sleep 120"
[once]
command = "echo once runs"
once = true
[far]
url = "http://127.0.0.1:9"
`

// runs waits until each service has printed its line so many times.
func (j *job) runs(times map[string]int) {
	j.t.Helper()
	for name, n := range times {
		j.seesTimes(" "+name+" runs\r\n", n)
	}
}

// C6: r and a name, a part of one, or none for all. A task is not run again.
func TestRRestartsWhatIsNamed(t *testing.T) {
	j := openKeys(t)
	j.types("rwork\r")
	j.runs(map[string]int{"work": 2, "api": 1, "apron": 1, "once": 1})
	j.types("rw\r") // no other begins so
	j.runs(map[string]int{"work": 3, "api": 1})
	j.types("rap\r")
	j.sees(`"ap" may be api or apron` + "\r\n")
	j.types("rapi\r") // a name, although another begins with it
	j.runs(map[string]int{"api": 2, "apron": 1})
	j.types("rapx\x7fr\t\r") // Backspace; Tab completes
	j.runs(map[string]int{"apron": 2})
	j.types("rwork")
	j.sees("restart: work▏")
	j.types("\x1b\x1bOP") // Esc, F1
	j.types("rnone\r")
	j.sees(`no service "none": there are api, apron, work` + "\r\n")
	j.types("r")
	j.sees("restart: ▏ api · apron · work (Enter; Esc leaves)")
	j.types("\r")
	j.runs(map[string]int{"api": 3, "apron": 3, "work": 4, "once": 1})
	j.types("ronce\r") // but when it is asked for by name
	j.runs(map[string]int{"once": 2})
}

// C6: l shows only what is named, and the footer counts the rest, also without a key;
// what devgate says is always shown. The raw files and `devgate logs` have all of it.
func TestLShowsOnlyWhatIsNamed(t *testing.T) {
	j := openKeys(t)
	j.types("l")
	j.sees("show only: ▏ api · apron · work · once (Enter: all; Esc leaves)")
	j.types("api, w\r")
	j.sees("only api, work · " + keyLine)
	j.types("rapron\r")
	j.sees(" restart asked for\r\n")
	j.sees("only api, work (1 line hidden) · " + keyLine)
	j.runs(map[string]int{"apron": 1})
	raw := filepath.Join(j.root, control.Folder, "logs", "apron.log")
	if text, err := os.ReadFile(raw); err != nil || strings.Count(string(text), "apron runs\n") != 2 {
		t.Errorf("%s has %q, %v", raw, text, err)
	}
	client, err := control.Dial(j.root)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	client.Logs(t.Context(), control.LogQuery{Services: []string{"apron"}, Grep: "apron runs"}, func(logmux.Line) error { kept++; return nil })
	if kept != 2 {
		t.Errorf("devgate logs has %d lines of apron", kept)
	}
	j.types("l\r")
	j.types("rapron\r")
	j.runs(map[string]int{"apron": 2})
}

// C6: the other keys, one footer, and no alternate screen. C1: q is exit code 0.
func TestKeys(t *testing.T) {
	j := openKeys(t)
	j.types("h")
	j.sees("   q      quit: stop everything (as Ctrl-C; exit code 0)\r\n")
	j.types("\x1b[A") // an arrow is not an Esc and two letters
	j.types("c")
	j.sees(clearScreen)
	j.types("\r")
	j.sees(eraseLine + "\r\n" + "\x1b[2m" + keyLine)
	if text := j.text(); strings.Contains(text, "\x1b[?1049h") || strings.Contains(text, "\x1b[?47h") {
		t.Errorf("an alternate screen: %q", text)
	}
	j.types("q")
	j.sees("shell: ended with 0\r\n")
	if text := j.text(); !strings.HasSuffix(text[:strings.Index(text, "shell:")], "s\r\n") {
		t.Errorf("the footer stays behind: %q", text)
	}
	j.cooked()
}

// C6, C1: while it is stopped or in the background, the terminal is the shell's.
func TestTheTerminalIsTheShellsWhileDevgateIsNotInFront(t *testing.T) {
	j := openKeys(t)
	j.isRaw()
	j.types("\x1a")
	j.sees("shell: stopped by SIGTSTP\r\n")
	j.cooked()
	j.types("bg\r")
	manager := proc.Children(j.guard())[0]
	if !eventually(func() bool { return !proc.Stopped(manager) }) {
		t.Fatal("bg does not continue it")
	}
	j.cooked()
	j.types("fg\r") // read by the shell, not taken as keys
	j.isRaw()
	j.sees("fg\r\n" + eraseLine + "\x1b[2m" + keyLine)
	j.endsByCtrlC()
	j.cooked()
}

// C6, C1, P1: whoever of devgate dies, and however, the terminal is as it was, also
// where that is not as most are. A crash is 70, with words and a report.
func TestTheTerminalIsAsItWasHoweverDevgateDies(t *testing.T) {
	for _, c := range []struct {
		name  string
		guard bool
		sig   syscall.Signal
		code  int
		words string
	}{
		{"KILL of the guard", true, syscall.SIGKILL, -1, ""},
		{"fatal error of the guard", true, syscall.SIGABRT, 2, "SIGABRT: abort"},
		{"KILL of the manager", false, syscall.SIGKILL, 137,
			"devgate: its manager process was ended by signal 9 (killed); all services were ended with it\r\n"},
		{"fatal error of the manager", false, syscall.SIGSEGV, 70,
			"devgate: crash of devgate itself: SIGSEGV: segmentation violation; all services were ended with it\r\n"},
		{"panic of the manager", false, panicSignal, 70, "devgate: crash of devgate itself: panic: a test has asked for it; all services were ended with it\r\n" +
			"  hint: this is a fault of devgate, not of your project: please report it where you have devgate from,\r\n" +
			"        with ROOT/.devgate/crash.txt\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := openDesktop(t, 100, 30)
			d.change("-echok", "ixany")
			j := openJobOn(d, threeServices)
			j.sees(keyLine)
			j.isRaw()
			guard := j.guard()
			manager, _ := proc.Identify(proc.Children(guard)[0])
			pid := guard
			if !c.guard {
				pid = manager.PID
			}
			syscall.Kill(pid, c.sig)
			j.sees(fmt.Sprintf("shell: ended with %d\r\n", c.code))
			if c.guard { // the manager puts it back, a moment later
				eventually(d.isCooked)
			}
			j.cooked()
			j.sees(strings.ReplaceAll(c.words, "ROOT", j.root))
			if c.code == exitBroken {
				j.hasReport()
			}
			if !eventually(func() bool { return !manager.Alive() }) {
				t.Error("the manager is still there")
			}
		})
	}
}

// hasReport: what whoever reads it asks for first is in the report of a crash.
func (j *job) hasReport() {
	j.t.Helper()
	text, err := os.ReadFile(filepath.Join(j.root, control.Folder, crashFile))
	if err != nil {
		j.t.Error(err)
	}
	for _, want := range []string{versionText() + "\ndevgate up\n", "goroutine "} {
		if !strings.Contains(string(text), want) {
			j.t.Errorf("the report has no %q:\n%s", want, text)
		}
	}
}

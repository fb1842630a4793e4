//go:build unix

package supervisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAChildWithATerminalLeadsASessionThere(t *testing.T) {
	_, out := startConsole(t, NewTerminal(Size{120, 40}))
	for _, want := range []string{
		"terminals true true true\r\n", "leads true true true true\r\n", "TERM xterm-256color\r\n",
		"\x1b[32mgreen\x1b[0m\r\n", "size 120x40\r\n",
	} {
		if !strings.Contains(out.text(), want) {
			t.Errorf("no %q in %q", want, out.text())
		}
	}
}

func TestATerminalOfUnknownSizeIs80By24(t *testing.T) {
	_, out := startConsole(t, NewTerminal(Size{0, 24}))
	out.wait(t, "size 80x24\r\n")
}

// P7: what is typed is read, line by line or raw, and echoed by the terminal.
func TestInputReachesTheChild(t *testing.T) {
	terminal := NewTerminal(Size{})
	_, out := startConsole(t, terminal)
	viewer, _ := watching(t, terminal, Size{})
	viewer.Input([]byte("Ada\n"))
	await(t, out, "Ada\r\n", 2) // the echo, and the answer
	out.wait(t, "hello Ada\r\n")
	viewer.Input([]byte("raw\n"))
	out.wait(t, "raw now")
	viewer.Input([]byte{3})
	out.wait(t, `key "\x03"`)
}

// Ctrl-C typed into the terminal is the terminal's own: a signal for what is in
// its foreground.
func TestCtrlCInTheTerminalReachesTheChild(t *testing.T) {
	terminal := NewTerminal(Size{})
	child, _ := startConsole(t, terminal)
	viewer, _ := watching(t, terminal, Size{})
	defer time.AfterFunc(10*time.Second, func() { child.Signal(syscall.SIGKILL) }).Stop()
	viewer.Input([]byte{3})
	if e := child.Wait(); e.Signal != "INT" {
		t.Errorf("exit %+v", e)
	}
}

// P8 holds in a terminal too: the last output is whole before the exit is told.
func TestACrashInATerminalLosesNothingOfItsOutput(t *testing.T) {
	terminal := NewTerminal(Size{})
	child, out := startConsole(t, terminal)
	viewer, _ := watching(t, terminal, Size{})
	viewer.Input([]byte("flood\n"))
	e := child.Wait()
	text := out.text()
	if e.Code != 3 || !out.closed {
		t.Errorf("exit %+v, sink closed: %v", e, out.closed)
	}
	if !strings.HasSuffix(text, "line 19999\r\nunterminated") || strings.Count(text, "\nline ") != 20000 {
		t.Errorf("%d lines, end %q", strings.Count(text, "\nline "), text[max(0, len(text)-40):])
	}
}

func TestTheLastViewerToSayASizeDecidesUntilItLeaves(t *testing.T) {
	terminal := NewTerminal(Size{100, 30})
	_, out := startConsole(t, terminal)
	one, _ := watching(t, terminal, Size{90, 20})
	out.wait(t, "size 90x20")
	two, _ := watching(t, terminal, Size{70, 10})
	out.wait(t, "size 70x10")
	terminal.Resize(Size{200, 50}) // devgate's own: nobody sees it now
	one.Resize(Size{91, 21})
	out.wait(t, "size 91x21")
	one.Close()
	await(t, out, "size 70x10", 2)
	two.Close()
	out.wait(t, "size 200x50")
	terminal.Resize(Size{201, 51})
	out.wait(t, "size 201x51")
}

func TestAViewerOfTheSameSizeMakesTheChildPaintAgain(t *testing.T) {
	terminal := NewTerminal(Size{80, 24})
	_, out := startConsole(t, terminal)
	watching(t, terminal, Size{80, 24})
	await(t, out, "size 80x24", 2)
}

func TestEveryViewerSeesTheSameAndALateOneThePrompt(t *testing.T) {
	terminal := NewTerminal(Size{})
	startConsole(t, terminal)
	one, first := watching(t, terminal, Size{})
	_, second := watching(t, terminal, Size{})
	for _, seen := range []*sink{first, second} {
		seen.wait(t, "name? ")
	}
	one.Input([]byte("Ada\n"))
	for _, seen := range []*sink{first, second} {
		seen.wait(t, "hello Ada\r\nname? ")
	}
	_, late := watching(t, terminal, Size{})
	late.wait(t, "hello Ada\r\nname? ")
}

func TestAViewerStaysOverARestart(t *testing.T) {
	terminal := NewTerminal(Size{})
	viewer, seen := watching(t, terminal, Size{})
	seen.wait(t, "<running false>")
	x := newExec(t)
	child, _ := startConsoleBy(t, x, terminal)
	seen.wait(t, "<running true>terminals true")
	child.Signal(syscall.SIGKILL)
	child.Wait()
	child.Sweep(0, time.Second)
	await(t, seen, "<running false>", 2)
	if terminal.Running() {
		t.Error("it is said to run")
	}
	if err := viewer.Input([]byte("into the void\n")); err != nil {
		t.Error(err)
	}
	_, out := startConsoleBy(t, x, terminal)
	await(t, seen, "<running true>", 2)
	viewer.Input([]byte("Bob\n"))
	out.wait(t, "hello Bob")
	if strings.Contains(out.text(), "void") {
		t.Error("input for no child reached the next one")
	}
}

func TestAFailedStartNeverHasTheTerminal(t *testing.T) {
	terminal := NewTerminal(Size{})
	_, seen := watching(t, terminal, Size{})
	out := newSink()
	_, err := newExec(t).Start(Command{Args: []string{"/bin/sh"}, Dir: t.TempDir() + "/gone", Terminal: terminal}, out, newSink())
	if err == nil || terminal.Running() || !out.closed {
		t.Errorf("%v, running %v, sink closed %v", err, terminal.Running(), out.closed)
	}
	if strings.Contains(seen.text(), "true") {
		t.Errorf("the viewer saw %q", seen.text())
	}
}

// A viewer that takes nothing is cut off, and holds up neither the child nor
// the others.
func TestASlowViewerIsCutOff(t *testing.T) {
	terminal := NewTerminal(Size{})
	slow := terminal.Attach(Size{})
	defer slow.Close()
	_, seen := watching(t, terminal, Size{})
	piece := bytes.Repeat([]byte("x"), 1<<20)
	for i := range viewerBytes / len(piece) {
		terminal.show(piece)
		await(t, seen, "x", (i+1)*len(piece)) // the other one keeps up
	}
	terminal.show([]byte("end"))
	seen.wait(t, "end")
	if _, err := slow.Next(t.Context()); !errors.Is(err, ErrTooSlow) {
		t.Errorf("got %v", err)
	}
	if slow.parts != nil {
		t.Error("what it has not seen is kept")
	}
}

func TestInputThatNobodyReadsEndsWithAnError(t *testing.T) {
	terminal := NewTerminal(Size{})
	_, out := startConsole(t, terminal)
	viewer, _ := watching(t, terminal, Size{})
	viewer.Input([]byte("deaf\n"))
	out.wait(t, "deaf now")
	much := bytes.Repeat([]byte("x\n"), 64<<10)
	if err := viewer.Input(much); !errors.Is(err, ErrInputNotRead) {
		t.Errorf("got %v", err)
	}
	if err := viewer.Input(much); err != nil {
		t.Errorf("it is told again: %v", err)
	}
}

func TestNextEndsWithItsContextAndWithClose(t *testing.T) {
	terminal := NewTerminal(Size{})
	v := terminal.Attach(Size{})
	v.Next(t.Context()) // no child runs
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	v.Close()
	v.Close()
	v.Resize(Size{10, 10})
	if _, err := v.Next(t.Context()); !errors.Is(err, io.EOF) || len(terminal.viewers) != 0 {
		t.Errorf("got %v, %d viewers", err, len(terminal.viewers))
	}
}

func TestANewViewerSeesTheEndOfTheOutputWithoutQueries(t *testing.T) {
	terminal := NewTerminal(Size{})
	ours, theirs, err := terminal.open()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	defer theirs.Close()
	if got := sizeOf(ours); got != (Size{80, 24}) {
		t.Errorf("before the child starts the size is %v", got)
	}
	terminal.Resize(Size{99, 9}) // while it is being started
	terminal.begin(ours)
	if got := sizeOf(ours); got != (Size{99, 9}) {
		t.Errorf("size %v", got)
	}
	for i := range 10000 {
		terminal.show(fmt.Appendf(nil, "\x1b[3%dmzeile ü %d\x1b[m\r\n", i%8, i))
	}
	terminal.show([]byte("\x1b[6n\x1b[c\x1b[>c\x1b]11;?\x07\x1b[?2026$p\x1bP+q544e\x1b\\\x1b[2Jprompt> \x1b[5m"))
	part, err := terminal.Attach(Size{}).Next(t.Context())
	text := string(part.Output)
	if err != nil || len(text) < recentBytes/2 || len(text) > recentBytes {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	if !strings.HasPrefix(text, "\x1b[3") || !strings.HasSuffix(text, "zeile ü 9999\x1b[m\r\n\x1b[2Jprompt> \x1b[5m") {
		t.Errorf("it begins %q and ends %q", text[:20], text[len(text)-60:])
	}
}

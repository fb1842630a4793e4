//go:build unix

package tty

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
)

// pressed is a keyboard at work.
type pressed struct {
	*rig
	keyboard *Keyboard
	end      context.CancelFunc
	over     chan struct{}

	mu   sync.Mutex
	keys string
}

func newPressed(t *testing.T, foreground bool) *pressed {
	p := &pressed{rig: newRig(t), over: make(chan struct{})}
	p.keyboard = NewKeyboard(p.tty, p.tty, func() bool { return foreground }, false)
	if p.keyboard == nil {
		t.Fatal("no keyboard at a terminal")
	}
	var ctx context.Context
	ctx, p.end = context.WithCancel(t.Context())
	go func() { defer close(p.over); p.keyboard.Run(ctx, p.press, p.line) }()
	t.Cleanup(func() { p.end(); <-p.over })
	return p
}

func (p *pressed) press(key rune) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys += string(key)
}

func (p *pressed) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "keys: " + p.keys + "."
}

// C6: keys come one by one, at once and unseen; arrows mean nothing. The line
// below is asked for after each. In the end the terminal is as it was.
func TestKeysComeOneByOneAndTheTerminalIsLeftAsItWas(t *testing.T) {
	p := newPressed(t, true)
	p.sees("keys: .")
	if p.isAsBefore() {
		t.Error("keys would come by the line")
	}
	p.types("aü\x1b[A\x1bOPb")
	p.sees("keys: aüb.")
	p.keyboard.Write([]byte("a line of the log\n"))
	p.sees(eraseLine + "a line of the log\r\nkeys: aüb.")
	p.keyboard.Clear()
	p.sees(clearScreen + "keys: aüb.")
	p.end()
	<-p.over
	if !p.isAsBefore() {
		t.Error("the terminal is not as it was")
	}
	p.until("the line stays behind", func() bool { return strings.HasSuffix(p.text(), eraseLine) })
}

// C6: the line is asked for again without a key, too, where what it tells changes; and
// is left alone where it does not.
func TestTheLineIsAskedForAgain(t *testing.T) {
	p := newPressed(t, true)
	p.sees("keys: .")
	p.press('!') // as by what happens elsewhere
	for range 100 {
		p.keyboard.Refresh()
	}
	p.sees("keys: !.")
	before := p.text()
	p.keyboard.Refresh()
	p.types("x")
	p.sees("keys: !x.")
	if drawn := strings.Count(p.text()[len(before):], eraseLine); drawn != 1 {
		t.Errorf("drawn %d times for one key", drawn)
	}
}

// C1: while it is suspended, the terminal is as others expect it, and what is typed
// is theirs.
func TestASuspendedKeyboardLeavesTheTerminalToOthers(t *testing.T) {
	p := newPressed(t, true)
	p.sees("keys: .")
	p.keyboard.Suspend()
	if !p.isAsBefore() {
		t.Error("the terminal is not as it was")
	}
	p.types("shell\n")
	typed := make([]byte, 20)
	if n, err := p.tty.Read(typed); err != nil || string(typed[:n]) != "shell\n" {
		t.Errorf("others read %q, %v", typed[:n], err)
	}
	p.keyboard.Resume()
	p.until("it is not taken again", func() bool { return !p.isAsBefore() })
	p.types("x")
	p.sees("keys: x.")
}

// A job in the background touches nothing.
func TestAJobInTheBackgroundGetsNoKeys(t *testing.T) {
	p := newPressed(t, false)
	p.keyboard.in.interrupt() // it looks again
	p.types("x")
	p.end()
	<-p.over
	if text := p.text(); !p.isAsBefore() || strings.Contains(text, "keys") {
		t.Errorf("it has taken the terminal: %q", text)
	}
}

func TestAKeyboardEndsWithItsTerminal(t *testing.T) {
	p := newPressed(t, true)
	p.sees("keys: .")
	p.hangUp()
	<-p.over
}

func TestThereIsNoKeyboardWithoutATerminal(t *testing.T) {
	r := newRig(t)
	always := func() bool { return true }
	for name, k := range map[string]*Keyboard{
		"input":  NewKeyboard(strings.NewReader(""), r.tty, always, false),
		"output": NewKeyboard(r.tty, &bytes.Buffer{}, always, false),
	} {
		if k != nil {
			t.Errorf("there is one without an %s", name)
		}
	}
	t.Setenv("TERM", "dumb")
	if NewKeyboard(r.tty, r.tty, always, false) != nil {
		t.Error("there is one at a terminal that cannot move its cursor")
	}
}

package tty

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"
)

// ErrHangup is what Keys returns when the terminal has gone.
var ErrHangup = errors.New("the terminal has gone")

// Terminal is a terminal that is handed over to another program for a while: its
// keys go there as they are, and what it prints is shown as it is.
type Terminal struct {
	in, out *os.File
	modes   modes // what the other program has switched on; one goroutine shows

	mu     sync.Mutex
	before *term.State // nil: it is as it was
	cook   func()      // gives the output back as it was
}

// NewTerminal takes both streams of one terminal.
func NewTerminal(in, out *os.File) *Terminal { return &Terminal{in: in, out: out} }

// Size is how large it is, in characters.
func (t *Terminal) Size() (columns, rows int) { return Size(t.out) }

// Raw makes every key a byte of input, Ctrl-C too, until Restore.
func (t *Terminal) Raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	before, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return fmt.Errorf("make terminal raw: %w", err)
	}
	t.before, t.cook = before, rawOutput(t.out)
	return nil
}

// Cook ends raw mode. It may be called from any goroutine, and again.
func (t *Terminal) Cook() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before != nil {
		t.cook()
		term.Restore(int(t.in.Fd()), t.before)
		t.before = nil
	}
}

// Restore leaves the terminal as it was, at the start of a line. Calling it
// again does nothing.
func (t *Terminal) Restore() {
	t.Cook()
	t.out.Write(t.modes.undo())
}

// Guard runs f in a goroutine that is not the one which calls Restore: were it to
// panic, nothing else would end raw mode.
func (t *Terminal) Guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			t.Cook()
			panic(v)
		}
	}()
	f()
}

// Show writes what the other program has printed, byte by byte as it is.
func (t *Terminal) Show(p []byte) error {
	t.modes.note(p)
	_, err := t.out.Write(p)
	return err
}

// Notice writes a line of devgate's on a line of its own.
func (t *Terminal) Notice(text string) error {
	_, err := fmt.Fprintf(t.out, "\r\n\x1b[0mdevgate: %s\r\n", text)
	return err
}

// Keys passes what is typed to take until that returns an error or ctx ends. The
// error is that one, the cause of ctx, or ErrHangup.
func (t *Terminal) Keys(ctx context.Context, take func([]byte) error) error {
	in, err := newInput(t.in)
	if err != nil {
		return err
	}
	defer in.close()
	buf := make([]byte, 4<<10)
	for ctx.Err() == nil {
		switch typed, err := in.wait(ctx, 0); {
		case err != nil:
			return err
		case !typed:
			continue
		}
		keys, err := in.read(buf)
		switch {
		case err != nil:
			return ErrHangup
		case len(keys) == 0: // there was something else than a key
			continue
		}
		if err := take(keys); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

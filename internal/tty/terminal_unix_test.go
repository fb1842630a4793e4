//go:build unix

package tty

import (
	"context"
	"errors"
	"testing"
)

// A terminal that is handed over shows what it gets, passes every key on, and is
// as it was in the end.
func TestATerminalIsHandedOverAndTakenBack(t *testing.T) {
	r := newRig(t)
	local := NewTerminal(r.tty, r.tty)
	if err := local.Raw(); err != nil {
		t.Fatal(err)
	}
	if r.isAsBefore() {
		t.Error("it is not raw")
	}
	left := errors.New("left")
	var typed []byte
	r.types("a\x03\x1a\x1d")
	if err := local.Keys(t.Context(), func(p []byte) error {
		if typed = append(typed, p...); len(typed) == 4 {
			return left
		}
		return nil
	}); err != left || string(typed) != "a\x03\x1a\x1d" {
		t.Errorf("typed %q, %v", typed, err)
	}
	local.Show([]byte("\x1b[?25lpainted"))
	local.Notice("it has ended")
	local.Restore()
	local.Restore()
	r.sees("\x1b[?25lpainted\r\n\x1b[0mdevgate: it has ended\r\n\x1b[0m\x1b[?25h\r\n")
	if !r.isAsBefore() {
		t.Error("it is not as it was")
	}
}

func TestTypingEndsWithItsContextAndWithTheTerminal(t *testing.T) {
	r := newRig(t)
	local := NewTerminal(r.tty, r.tty)
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	over := make(chan error)
	go func() { over <- local.Keys(ctx, nil) }()
	cancel(why)
	if err := <-over; err != why {
		t.Errorf("got %v", err)
	}
	go func() { over <- local.Keys(t.Context(), nil) }()
	r.hangUp()
	if err := <-over; !errors.Is(err, ErrHangup) {
		t.Errorf("got %v", err)
	}
}

// A panic in another goroutine leaves no raw terminal behind.
func TestAPanicEndsRawMode(t *testing.T) {
	r := newRig(t)
	local := NewTerminal(r.tty, r.tty)
	if err := local.Raw(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if v := recover(); v != "broken" || !r.isAsBefore() {
			t.Errorf("recovered %v", v)
		}
	}()
	local.Guard(func() { panic("broken") })
}

func TestSizesAreThoseOfTheTerminal(t *testing.T) {
	r := newRig(t)
	r.resize(111, 41)
	if columns, rows := NewTerminal(r.tty, r.tty).Size(); columns != 111 || rows != 41 {
		t.Errorf("%dx%d", columns, rows)
	}
	if columns, rows := Size(&r.seen); columns != 0 || rows != 0 || IsTerminal(&r.seen) {
		t.Errorf("of a buffer: %dx%d", columns, rows)
	}
}

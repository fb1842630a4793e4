package cli

import (
	"context"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"devgate/internal/control"
)

// localTerminal is the terminal that devgate was started in, handed over to a
// service for a while.
type localTerminal struct {
	in, out *os.File
	modes   modes // what the service has switched on; one goroutine shows

	mu     sync.Mutex
	before *term.State // nil: it is as it was
}

// openLocalTerminal wants both streams to be one.
func openLocalTerminal(std streams, name string) (*localTerminal, error) {
	if isTerminal(std.in) && isTerminal(std.out) {
		return &localTerminal{in: std.in.(*os.File), out: std.out.(*os.File)}, nil
	}
	what := "output"
	if !isTerminal(std.in) {
		what = "input"
	}
	return nil, usageError(fmt.Errorf("attach needs a terminal, and its %s is none\n  hint: devgate logs -f %s shows what it prints", what, name))
}

func (l *localTerminal) size() control.Size { return control.Size(sizeOf(l.out)) }

// raw makes every key a byte of input: Ctrl-C too is the service's.
func (l *localTerminal) raw() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, err := term.MakeRaw(int(l.in.Fd()))
	if err != nil {
		return fmt.Errorf("make terminal raw: %w", err)
	}
	l.before = before
	return nil
}

// cook ends raw mode. It may be called from anywhere, and again.
func (l *localTerminal) cook() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.before != nil {
		term.Restore(int(l.in.Fd()), l.before)
		l.before = nil
	}
}

// restore leaves the terminal as it was, at the start of a line. Calling it
// again does nothing.
func (l *localTerminal) restore() {
	l.cook()
	l.out.Write(l.modes.undo())
}

// guarded runs f in a goroutine that is not attach's own: were it to panic,
// nothing else would restore the terminal.
func (l *localTerminal) guarded(f func()) {
	defer func() {
		if v := recover(); v != nil {
			l.cook()
			panic(v)
		}
	}()
	f()
}

// show writes what the service printed, byte by byte as it is.
func (l *localTerminal) show(p []byte) error {
	l.modes.note(p)
	_, err := l.out.Write(p)
	return err
}

// notice writes a line of devgate on lines of its own.
func (l *localTerminal) notice(text string) error {
	_, err := fmt.Fprintf(l.out, "\r\n\x1b[0mdevgate: %s\r\n", text)
	return err
}

// keys passes what is typed to take until that returns an error or ctx ends.
// That the terminal has gone is the error of SIGHUP, which says the same.
func (l *localTerminal) keys(ctx context.Context, take func([]byte) error) error {
	in, err := newInput(l.in)
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
		n, err := l.in.Read(buf)
		if err != nil {
			return signalError(unix.SIGHUP)
		}
		if err := take(buf[:n]); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

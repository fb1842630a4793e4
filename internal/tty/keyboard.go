package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard reads keys from the terminal while devgate is its foreground job, and
// shows them in the footer. The terminal still turns Ctrl-C and Ctrl-Z into
// signals. run's goroutine handles keys; suspend and resume come from the one
// that handles signals.
type keyboard struct {
	s      *session
	in     *input
	footer *footer

	mu        sync.Mutex
	before    *unix.Termios // nil: the terminal is as it was
	suspended bool

	typing bool // a name, after r; owned by run
	typed  string
}

// newKeyboard returns nil where there is no terminal to read from and to print
// to, or one that cannot move its cursor.
func newKeyboard(s *session, std streams) *keyboard {
	in, isFile := std.in.(*os.File)
	if !s.options.guarded || !isFile || !isTerminal(in) || !isTerminal(std.out) || s.options.format == "json" || os.Getenv("TERM") == "dumb" {
		return nil
	}
	out := std.out.(*os.File)
	wait, err := newInput(in)
	if err != nil {
		return nil
	}
	return &keyboard{s: s, in: wait,
		footer: &footer{out: out, dim: s.options.color, columns: func() int { return int(sizeOf(out).Columns) }}}
}

// output is what the log is written to.
func (k *keyboard) output(out io.Writer) io.Writer {
	if k == nil {
		return out
	}
	return k.footer
}

// run handles keys until ctx ends, or until the terminal is gone.
func (k *keyboard) run(ctx context.Context) error {
	if k == nil {
		<-ctx.Done()
		return nil
	}
	defer k.in.close()
	defer k.leave()
	for ctx.Err() == nil {
		limit := foregroundPoll
		if k.enter() {
			limit = 0
		}
		typed, err := k.in.wait(ctx, limit)
		if typed && err == nil {
			err = k.read()
		}
		if err != nil {
			return nil // hung up: a signal says so, too
		}
	}
	return nil
}

// foregroundPoll is how often a job in the background looks whether fg has
// brought it back: no signal tells it.
const foregroundPoll = time.Second

// enter takes the terminal when devgate is its foreground job. It reports whether
// it has it.
func (k *keyboard) enter() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.suspended || k.s.isStopping():
		return false
	case k.before != nil:
		return true
	case !inForeground(os.Getppid()):
		return false
	}
	before, err := keysFrom(int(k.in.file.Fd()))
	if err != nil {
		return false
	}
	k.before = before
	k.footer.show(k.line())
	return true
}

// leave gives the terminal back as it was.
func (k *keyboard) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.before != nil {
		k.footer.hide()
		setTermios(int(k.in.file.Fd()), k.before)
		k.before = nil
	}
}

// suspend is called before devgate stops for a while (Ctrl-Z).
func (k *keyboard) suspend() {
	if k != nil {
		k.setSuspended(true)
		k.leave()
	}
}

// resume is called when it goes on, in the foreground or not.
func (k *keyboard) resume() {
	if k != nil {
		k.setSuspended(false)
	}
}

func (k *keyboard) setSuspended(on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.suspended = on
	k.in.interrupt()
}

// read acts on what was typed, unless the terminal was given back meanwhile.
func (k *keyboard) read() error {
	buf := make([]byte, 256)
	k.mu.Lock()
	if k.before == nil {
		k.mu.Unlock()
		return nil
	}
	n, err := k.in.file.Read(buf)
	k.mu.Unlock()
	if err == nil {
		k.press(string(buf[:n]))
	}
	return err
}

// keysFrom lets a terminal hand over each key at once and unseen. It returns how
// the terminal was. Ctrl-C and its like stay signals, output is as ever.
func keysFrom(fd int) (before *unix.Termios, err error) {
	before, err = getTermios(fd)
	if err != nil {
		return nil, fmt.Errorf("read terminal settings: %w", err)
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := setTermios(fd, &now); err != nil {
		return nil, fmt.Errorf("set terminal: %w", err)
	}
	return before, nil
}

// mend makes a terminal usable whose supervisor was killed.
func mend(in, out any) {
	file, ok := in.(*os.File)
	if !ok || !isTerminal(in) || !isTerminal(out) {
		return
	}
	now, err := getTermios(int(file.Fd()))
	if err != nil || now.Lflag&unix.ICANON != 0 {
		return
	}
	now.Lflag |= unix.ICANON | unix.ECHO
	setTermios(int(file.Fd()), now)
	io.WriteString(out.(*os.File), eraseLine)
}

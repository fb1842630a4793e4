package tty

import (
	"context"
	"io"
	"os"
	"regexp"
	"sync"
	"time"
)

// Keyboard reads keys from the terminal while a job (devgate) is its foreground
// job, and keeps a line of text below all others meanwhile. The terminal still
// turns Ctrl-C and Ctrl-Z into signals. Run's goroutine handles keys; the other
// methods are for any.
type Keyboard struct {
	in         *input
	footer     *footer
	foreground func() bool // the job has the terminal

	mu        sync.Mutex
	before    *settings // nil: the terminal is as it was
	suspended bool
	refresh   *time.Timer // is to ask for the text again; nil: nobody has asked for it
}

// NewKeyboard returns nil where there is no terminal to read from and to print
// to, or one that cannot move its cursor. foreground tells whether the job has
// the terminal now; dim shows the text faintly.
func NewKeyboard(in io.Reader, out io.Writer, foreground func() bool, dim bool) *Keyboard {
	if !IsTerminal(in) || !IsTerminal(out) || os.Getenv("TERM") == "dumb" || !ReadsEscapes(out) {
		return nil
	}
	wait, err := newInput(in.(*os.File))
	if err != nil {
		return nil
	}
	columns := func() int { columns, _ := Size(out); return columns }
	return &Keyboard{in: wait, foreground: foreground, footer: &footer{out: out.(*os.File), dim: dim, columns: columns}}
}

// Write writes whole lines above the line of text.
func (k *Keyboard) Write(p []byte) (int, error) { return k.footer.Write(p) }

// Clear empties the screen but for the line of text.
func (k *Keyboard) Clear() { k.footer.clear() }

// refreshPause is how long the text may be old: a flood of lines is not to be one of
// texts.
const refreshPause = 200 * time.Millisecond

// Refresh has the text asked for again in a moment, however often it is called.
func (k *Keyboard) Refresh() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refresh == nil {
		k.refresh = time.AfterFunc(refreshPause, k.refreshNow)
	}
}

func (k *Keyboard) refreshNow() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refresh = nil
	k.in.interrupt()
}

// Run calls press with each key until ctx ends, or until the terminal is gone;
// then the terminal is as it was. line is asked for the text after each key, after
// Refresh, and when the terminal becomes the job's. It is for one call only.
func (k *Keyboard) Run(ctx context.Context, press func(key rune), line func() string) error {
	defer k.in.close()
	defer k.leave()
	for ctx.Err() == nil {
		limit := foregroundPoll
		if k.enter(line) {
			limit = 0
		}
		typed, err := k.in.wait(ctx, limit)
		switch {
		case err != nil:
		case typed:
			err = k.read(press, line)
		default:
			k.redraw(line)
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

// enter takes the terminal when the job is in its foreground. It reports whether
// it has it.
func (k *Keyboard) enter(line func() string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.suspended:
		return false
	case k.before != nil:
		return true
	case !k.foreground():
		return false
	}
	before, err := keysFrom(k.in.file)
	if err != nil {
		return false
	}
	k.before = before
	k.footer.show(line())
	return true
}

// redraw shows the text where it is another one.
func (k *Keyboard) redraw(line func() string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.before != nil {
		k.footer.update(line())
	}
}

// leave gives the terminal back as it was.
func (k *Keyboard) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.before != nil {
		k.footer.hide()
		giveBack(k.in.file, k.before)
		k.before = nil
	}
}

// Suspend gives the terminal back before the job stops for a while (Ctrl-Z).
func (k *Keyboard) Suspend() {
	k.setSuspended(true)
	k.leave()
}

// Resume is called when the job goes on, in the foreground or not.
func (k *Keyboard) Resume() { k.setSuspended(false) }

func (k *Keyboard) setSuspended(on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.suspended = on
	k.in.interrupt()
}

// longKey is what an arrow or a function key sends: an escape sequence. They mean
// nothing here.
var longKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b(\\[[0-?]*[ -/]*[@-~]|O.)") })

// read acts on what was typed, unless the terminal was given back meanwhile.
func (k *Keyboard) read(press func(rune), line func() string) error {
	buf := make([]byte, 256)
	k.mu.Lock()
	if k.before == nil {
		k.mu.Unlock()
		return nil
	}
	typed, err := k.in.read(buf)
	k.mu.Unlock()
	// Nothing without an error: there was something else than a key.
	if err != nil || len(typed) == 0 {
		return err
	}
	for _, key := range longKey().ReplaceAllString(string(typed), "") {
		press(key)
	}
	k.footer.show(line())
	return nil
}

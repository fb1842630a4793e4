package supervisor

import (
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"
)

const (
	// recentBytes is how much of its output a terminal keeps for new viewers: a
	// large screen, colours included.
	recentBytes = 16 << 10
	// inputPiece is written at once, and may take inputPatience, or deafPatience
	// where the piece before it was not read. A terminal has room for 4 KiB that
	// nobody has read.
	inputPiece    = 1 << 10
	inputPatience = 2 * time.Second
	deafPatience  = 20 * time.Millisecond
)

// ErrInputNotRead is returned for input that the service does not read.
var ErrInputNotRead = errors.New("it does not read what is typed")

// Size is that of a terminal, in characters. Where one of them is 0 it stands
// for 80 × 24.
type Size struct{ Columns, Rows uint16 }

func (s Size) known() bool { return s.Columns > 0 && s.Rows > 0 }

func (s Size) orDefault() Size {
	if s.known() {
		return s
	}
	return Size{80, 24}
}

// Terminal is the terminal of one service over all its runs: every child gets a
// new one from the system, while the size and the viewers stay. Make one with
// NewTerminal; its methods may be called from any goroutine.
type Terminal struct {
	mu      sync.Mutex
	own     Size      // while no viewer has another
	pty     *device   // our end of the running child's; nil: none runs
	recent  []byte    // the end of the child's output
	viewers []*Viewer // whoever has said a size last is the last

	typing sync.Mutex // one input at a time
	deaf   bool       // the last input was not read; guarded by typing
}

// NewTerminal makes a terminal of the size that it has while nobody looks.
func NewTerminal(own Size) *Terminal { return &Terminal{own: own} }

// Resize changes the size that the terminal has while nobody looks.
func (t *Terminal) Resize(own Size) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own = own
	t.fit()
}

// Running reports whether a child has the terminal.
func (t *Terminal) Running() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pty != nil
}

// Attach adds a viewer. The first that it sees is the end of what the running
// child has printed so far. Close it.
func (t *Terminal) Attach(size Size) *Viewer {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := &Viewer{terminal: t, size: size, more: make(chan struct{}, 1)}
	t.viewers = append(t.viewers, v)
	if t.pty == nil {
		v.add(Part{})
		return v
	}
	if len(t.recent) > 0 {
		v.add(Part{Output: withoutQueries(t.recent), Running: true})
	}
	before := sizeOf(t.pty)
	t.fit()
	if sizeOf(t.pty) == before {
		repaint(t.pty) // as nobody else tells it that somebody looks
	}
	return v
}

// size is that of the viewer who said one last.
func (t *Terminal) size() Size {
	for _, v := range slices.Backward(t.viewers) {
		if v.size.known() {
			return v.size
		}
	}
	return t.own.orDefault()
}

// fit gives the child's terminal its size. The system tells the child when it
// is another one (SIGWINCH).
func (t *Terminal) fit() {
	if t.pty != nil {
		setSize(t.pty, t.size())
	}
}

// begin: a child runs in the terminal that open has made.
func (t *Terminal) begin(ours *device) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pty, t.recent = ours, nil
	t.fit() // it may have changed since open
	t.tell(Part{Running: true})
}

// show passes output to the viewers. It never waits for them.
func (t *Terminal) show(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recent = append(t.recent, p...)
	if len(t.recent) > 2*recentBytes {
		t.recent = slices.Clone(tailFromLine(t.recent, recentBytes))
	}
	t.tell(Part{Output: p, Running: true})
}

// tailFromLine is at most the last n bytes, from the start of a line where
// there is one: not from the midst of a character or of an escape sequence.
func tailFromLine(p []byte, n int) []byte {
	if len(p) <= n {
		return p
	}
	p = p[len(p)-n:]
	if i := slices.Index(p, '\n'); i >= 0 {
		return p[i+1:]
	}
	return p
}

// end: the child's terminal has ended.
func (t *Terminal) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pty = nil
	t.tell(Part{})
}

func (t *Terminal) tell(p Part) {
	for _, v := range t.viewers {
		v.add(p)
	}
}

// input writes what somebody has typed. Without a child it is dropped. That the
// child does not read is waited for and told once, until it does again.
func (t *Terminal) input(p []byte) error {
	t.typing.Lock()
	defer t.typing.Unlock()
	for piece := range slices.Chunk(p, inputPiece) {
		t.mu.Lock()
		ours := t.pty
		t.mu.Unlock()
		if ours == nil {
			return nil
		}
		if !t.write(ours, piece) {
			known := t.deaf
			t.deaf = true
			if known {
				return nil
			}
			return ErrInputNotRead
		}
	}
	t.deaf = false
	return nil
}

// write reports false when the child does not read. A child that has ended
// meanwhile is no such case.
func (t *Terminal) write(ours *device, piece []byte) bool {
	patience := inputPatience
	if t.deaf {
		patience = deafPatience
	}
	ours.SetWriteDeadline(time.Now().Add(patience))
	_, err := ours.Write(piece)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// queries match what makes a terminal answer. Shown again to a new viewer, the
// answers of its terminal would be input that nobody waits for. They are compiled
// at their first use, as every start of devgate would wait for it.
var queries = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\x05` + // ENQ
		`|\x1b\[[<=>?]?[0-9;]*(?:[cn]|\$p)` + // device attributes, status reports, modes
		`|\x1b\[\?u|\x1b\[>0?q` + // keyboard protocol, version
		`|\x1b\][0-9;]*;\?(?:\x07|\x1b\\)` + // colours
		`|\x1bP[+$]q[^\x1b]*\x1b\\`) // capabilities, settings
})

func withoutQueries(recent []byte) []byte {
	return queries().ReplaceAll(tailFromLine(recent, recentBytes), nil)
}

// screen is where a child's terminal prints to: the viewers, and a sink.
type screen struct {
	terminal *Terminal
	sink     io.WriteCloser
}

// Write shows output to the viewers, who never hold it up, and then to the sink,
// which may.
func (s screen) Write(p []byte) (int, error) {
	s.terminal.show(p)
	return s.sink.Write(p)
}

// Close tells the viewers that the child has no terminal any more.
func (s screen) Close() error {
	s.terminal.end()
	return s.sink.Close()
}

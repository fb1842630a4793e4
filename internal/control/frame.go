package control

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// An attached connection carries frames: what it is (one byte), how long its
// body is (four bytes, big-endian), and the body. So what is typed, what is
// printed and what is said about both cannot be taken for each other.
const (
	frameInput  = 'i' // from the client: what was typed
	frameSize   = 's' // from the client: columns and rows, two bytes each, big-endian
	frameOutput = 'o' // from the server: what the service has printed
	frameNotice = 'n' // from the server: a line for people
	frameEnd    = 'e' // from the server, the last: why it ends; "" when devgate does
)

// maxFrame is the longest body that is taken.
// Longer bodies are split in write and refused in readFrame: a length that is wrong must
// not take memory.
const maxFrame = 64 << 10

// writePatience is how long a frame may take to be written, before devgate ends.
const writePatience = 5 * time.Second

// frameWriter writes frames; several goroutines may.
type frameWriter struct {
	mu      sync.Mutex
	to      io.Writer
	hurried atomic.Bool
}

// write sends a body, in several frames where it is long.
func (w *frameWriter) write(kind byte, body []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for first := true; first || len(body) > 0; first = false {
		n := min(len(body), maxFrame)
		// One write for head and body: what a slow client gets is cut at a frame's end,
		// if anywhere.
		frame := binary.BigEndian.AppendUint32([]byte{kind}, uint32(n))
		w.limit(writePatience)
		if w.hurried.Load() { // looked at last, so that hurry is never undone
			w.limit(closePatience)
		}
		if _, err := w.to.Write(append(frame, body[:n]...)); err != nil {
			return fmt.Errorf("write to terminal: %w", err)
		}
		body = body[n:]
	}
	return nil
}

// hurry bounds what is being written, and what will be, by closePatience.
func (w *frameWriter) hurry() {
	w.hurried.Store(true)
	w.limit(closePatience)
}

func (w *frameWriter) limit(patience time.Duration) {
	// A pipe in a test has no deadline.
	if c, ok := w.to.(interface{ SetWriteDeadline(time.Time) error }); ok {
		c.SetWriteDeadline(time.Now().Add(patience))
	}
}

// readFrame reads one. The error is io.EOF where there is no more.
func readFrame(from io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	// EOF in front of a frame is an end; within one it is a break, and told apart.
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("frame of %d bytes is too long", n)
	}
	body = make([]byte, n)
	if _, err := io.ReadFull(from, body); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return head[0], body, nil
}

// Size is that of a terminal, in characters.
type Size struct{ Columns, Rows uint16 }

func (s Size) values() url.Values {
	return url.Values{paramColumns: {strconv.Itoa(int(s.Columns))}, paramRows: {strconv.Itoa(int(s.Rows))}}
}

func (s Size) body() []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, s.Columns), s.Rows)
}

func parseSize(body []byte) (Size, error) {
	if len(body) != 4 {
		return Size{}, fmt.Errorf("size of %d bytes, want 4", len(body))
	}
	return Size{binary.BigEndian.Uint16(body), binary.BigEndian.Uint16(body[2:])}, nil
}

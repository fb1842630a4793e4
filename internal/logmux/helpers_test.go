package logmux

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// A recorder is an output that remembers what it got.
type recorder struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	writes []string
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = append(r.writes, string(b))
	return r.buf.Write(b)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

// A stopped output is a terminal after Ctrl-S: it takes nothing until it is let go.
type stopped struct {
	recorder
	reached chan struct{} // closed when the first write has come
	letGo   chan struct{}
	once    sync.Once
}

func newStopped() *stopped {
	return &stopped{reached: make(chan struct{}), letGo: make(chan struct{})}
}

func (s *stopped) Write(b []byte) (int, error) {
	s.once.Do(func() { close(s.reached) })
	<-s.letGo
	return s.recorder.Write(b)
}

// A broken output fails with its error.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// printed returns what a Printer with cfg prints when use is through with it.
func printed(t *testing.T, cfg Config, use func(*Printer)) string {
	t.Helper()
	out := &recorder{}
	cfg.Out = out
	p := New(cfg)
	use(p)
	if err := p.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return out.String()
}

// feed writes all chunks to w.
func feed(t testing.TB, w io.Writer, chunks ...string) {
	t.Helper()
	for _, chunk := range chunks {
		if n, err := io.WriteString(w, chunk); n != len(chunk) || err != nil {
			t.Fatalf("Write = %d, %v, want %d, nil", n, err, len(chunk))
		}
	}
}

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in 10 s: %s", what)
		}
	}
}

// within runs f and fails when it does not return.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: blocked for 10 s", what)
	}
}

func wantEqual(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("\ngot:\n%q\nwant:\n%q", got, want)
	}
}

// texts returns the texts of lines, each with a line end.
func texts(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

package supervisor

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"devgate/internal/testproc"
)

// sink collects output; wait blocks until it holds some text.
type sink struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	more   chan struct{}
	closed bool
}

func newSink() *sink { return &sink{more: make(chan struct{}, 1)} }

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func (s *sink) wait(t *testing.T, text string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !strings.Contains(s.text(), text) {
		select {
		case <-s.more:
		case <-limit:
			t.Fatalf("no %q in the output: %q", text, s.text())
		}
	}
}

func newExec(t *testing.T) *Exec {
	t.Helper()
	x, err := NewExec("test-" + t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

func startRole(t *testing.T, role string, args ...string) (Child, *sink) {
	t.Helper()
	argv, env := testproc.Command(t, role, args...)
	out := newSink()
	child, err := newExec(t).Start(Command{Args: argv, Env: env, Dir: t.TempDir()}, out, discard{})
	if err != nil {
		t.Fatal(err)
	}
	return child, out
}

func numberAfter(t *testing.T, text, word string) int {
	t.Helper()
	_, rest, _ := strings.Cut(text, word)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

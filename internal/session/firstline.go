package session

import (
	"strings"
	"sync"
)

// firstLine keeps the first line of what is written to it.
type firstLine struct {
	mu  sync.Mutex
	buf []byte
}

// Write keeps the beginning.
func (l *firstLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Only the first line is shown: a command that prints for ever costs a kilobyte.
	if len(l.buf) < 1000 {
		l.buf = append(l.buf, p...)
	}
	return len(p), nil
}

// Close does nothing.
func (l *firstLine) Close() error { return nil }

// text is the line in parentheses, or nothing.
func (l *firstLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _, _ := strings.Cut(strings.TrimSpace(string(l.buf)), "\n")
	if line == "" {
		return ""
	}
	return " (" + line + ")"
}

package supervisor

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// watching is a viewer whose output a test can wait for; edges counts the
// beginnings and ends of children that it has seen.
func watching(t *testing.T, terminal *Terminal, size Size) (*Viewer, *sink) {
	t.Helper()
	v := terminal.Attach(size)
	seen, over := newSink(), make(chan struct{})
	go func() {
		defer close(over)
		for {
			part, err := v.Next(t.Context())
			if err != nil {
				fmt.Fprintf(seen, "<%v>", err)
				return
			}
			if part.Output == nil {
				fmt.Fprintf(seen, "<running %v>", part.Running)
			}
			seen.Write(part.Output)
		}
	}()
	t.Cleanup(func() { v.Close(); <-over })
	return v, seen
}

// await waits until the text was printed a number of times.
func await(t *testing.T, s *sink, text string, times int) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for strings.Count(s.text(), text) < times {
		select {
		case <-s.more:
		case <-limit:
			t.Fatalf("%q is not there %d times: %q", text, times, s.text())
		}
	}
}

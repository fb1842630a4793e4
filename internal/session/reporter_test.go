package session

import (
	"testing"
	"time"
)

// C4: the one stable line, word for word.
func TestTheReadyLine(t *testing.T) {
	for backends, want := range map[int]string{
		0: "ready http://localhost:3000 (0 backends, 1.9s)",
		1: "ready http://localhost:3000 (1 backend, 1.9s)",
		2: "ready http://localhost:3000 (2 backends, 1.9s)",
	} {
		if got := ReadyLine("http://localhost:3000", backends, 1949*time.Millisecond); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

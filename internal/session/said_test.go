package session

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

// said collects what is said: "service: text", of the whole ": text", without
// colours.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) say(service, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[2m", "", "\x1b[0m", "", "\x1b[22m", "").Replace(text)
	s.lines = append(s.lines, service+": "+text)
}

// take fails unless that was said since it was last called.
func (s *said) take(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.lines, want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(s.lines, "\n"), strings.Join(want, "\n"))
	}
	s.lines = nil
}

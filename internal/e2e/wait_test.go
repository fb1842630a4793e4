//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// eventually polls: what it waits for are other processes.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("after %s: %s", patience, what)
		}
	}
}

// transcript keeps what a program prints, by lines, and lets others wait for
// one. The zero value is ready for use.
type transcript struct {
	mu    sync.Mutex
	text  []byte        // whole lines and the begin of the next
	grown chan struct{} // closed at the next write; nil: nobody waits
}

// Write implements io.Writer.
func (o *transcript) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	if o.grown != nil {
		close(o.grown)
		o.grown = nil
	}
	return len(p), nil
}

// from is the text after an offset, and a channel that is closed when there is
// more.
func (o *transcript) from(offset int) (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.grown == nil {
		o.grown = make(chan struct{})
	}
	return string(o.text[offset:]), o.grown
}

func (o *transcript) String() string {
	text, _ := o.from(0)
	return text
}

// await returns the first line that matches.
func (o *transcript) await(t *testing.T, pattern string) string {
	t.Helper()
	want, limit, read := regexp.MustCompile(pattern), time.After(patience), 0
	for {
		text, grown := o.from(read)
		whole := strings.LastIndexByte(text, '\n') + 1
		for line := range strings.Lines(text[:whole]) {
			if line = strings.TrimSuffix(line, "\n"); want.MatchString(line) {
				return line
			}
		}
		read += whole
		select {
		case <-grown:
		case <-limit:
			t.Fatalf("after %s: no line matches %s", patience, pattern)
		}
	}
}

// count is how many lines match so far.
func (o *transcript) count(pattern string) (n int) {
	want := regexp.MustCompile(pattern)
	for line := range strings.Lines(o.String()) {
		if want.MatchString(strings.TrimSuffix(line, "\n")) {
			n++
		}
	}
	return n
}

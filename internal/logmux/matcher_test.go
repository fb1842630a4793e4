package logmux

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A line is found in a flood that memory cannot hold, wherever it stands.
func TestAMatcherMissesNoLineOfAFlood(t *testing.T) {
	const total = 720_000
	for _, at := range []int{0, 1, total / 2, total - 1} {
		p := New(Config{Out: io.Discard})
		m := NewMatcher(regexp.MustCompile("server is ready"))
		s := p.MatchedStream("api", Stdout, m)
		var chunk bytes.Buffer
		for i := range total {
			if i == at {
				chunk.WriteString("now the server is ready\n")
			} else {
				fmt.Fprintf(&chunk, "line %d\n", i)
			}
			if chunk.Len() > 100_000 || i == total-1 {
				s.Write(chunk.Bytes())
				chunk.Reset()
			}
		}
		if !m.isFound() {
			t.Errorf("line %d of %d is missed", at, total)
		}
		p.Close()
	}
}

// The text is matched without colours, in whichever stream it comes, and however
// it is cut.
func TestAMatcherSeesTheTextOfALine(t *testing.T) {
	for _, c := range []struct {
		pattern, output string
		want            bool
	}{
		{"^ready$", "not ready\n", false},
		{"^ready$", "ready\n", true},
		{"^ready$", "\x1b[32mre\x1b[1mady\x1b[0m\n", true},
		{"^ready$", "loading\rready\n", true},
		{"^ready$", "ready", false}, // the line may go on
		{"on port 5\\d+", strings.Repeat("x", 3*maxPiece) + " on port 5173\n", true},
		{"^x+ y", strings.Repeat("x", maxPiece-10) + " y" + strings.Repeat("z", maxPiece) + "\n", true},
		{"xy", strings.Repeat("x", maxPiece) + "y\n", true}, // over the edge of two pieces
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			p := New(Config{Out: io.Discard})
			m := NewMatcher(regexp.MustCompile(c.pattern))
			s := p.MatchedStream("api", Stderr, m)
			for part := range chunks(c.output, size) {
				io.WriteString(s, part)
			}
			if m.isFound() != c.want {
				t.Errorf("%q in %.40q, written in %d: found %v", c.pattern, c.output, size, !c.want)
			}
			p.Close()
		}
	}
}

func chunks(text string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := min(size, len(text))
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// A line that was shown before it was over is matched as a whole, and at the end
// of its stream.
func TestAMatcherPutsALineTogetherThatWasShownInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{Out: io.Discard})
		defer p.Close()
		m := NewMatcher(regexp.MustCompile("^server ready$"))
		s := p.MatchedStream("api", Stdout, m)
		feed(t, s, "server ")
		time.Sleep(time.Second) // virtual: it is shown
		feed(t, s, "rea")
		time.Sleep(time.Second)
		if m.isFound() {
			t.Error("found too early")
		}
		feed(t, s, "dy")
		s.Close()
		if !m.isFound() {
			t.Error("not found")
		}
	})
}

// One matcher may look at both streams of a process; what it does not see are
// other processes and what devgate says.
func TestAMatcherLooksAtItsOwnStreamsOnly(t *testing.T) {
	p := New(Config{Out: io.Discard})
	defer p.Close()
	m := NewMatcher(regexp.MustCompile("ready"))
	out, errs := p.MatchedStream("api", Stdout, m), p.MatchedStream("api", Stderr, m)
	feed(t, p.Stream("api", Stdout), "ready\n")
	p.Devgate("api", "ready")
	feed(t, out, "starting\n")
	if m.isFound() {
		t.Error("it looks at others")
	}
	feed(t, errs, "ready\n")
	feed(t, out, "ready\n") // a second find does no harm
	select {
	case <-m.Found():
	default:
		t.Error("not found")
	}
}

// A line that is looked at costs no allocation beside what its pattern asks for.
func TestALookAtALineCostsNoAllocation(t *testing.T) {
	l := lineMatcher{m: NewMatcher(regexp.MustCompile("ready"))}
	plain, styled := []byte("a line"), []byte("\x1b[31ma line\x1b[0m with 漢字")
	look := func() {
		l.whole(plain, piece{}, false)
		l.whole(styled, piece{styled: true}, false)
		l.whole(plain, piece{}, true)
		l.whole(plain, piece{continued: true}, false)
	}
	look() // the buffer reaches its size
	if got := testing.AllocsPerRun(100, look); got > 0 {
		t.Errorf("%v allocations for four pieces", got)
	}
}

package logmux

import (
	"context"
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"time"
)

const (
	followLines = 256      // lines a follower takes out of memory at a time
	followBytes = 64 << 10 // and after how many bytes it stops earlier
)

// A Query chooses lines.
type Query struct {
	Services []string       // these only; empty: all. "devgate" is devgate about everything
	Since    time.Time      // not older than this; zero: as old as memory goes
	Grep     *regexp.Regexp // whose Text matches; nil: all
	After    uint64         // whose Number is higher; 0: all
	Tail     int            // of the past the last so many of those; 0: all, negative: none
	Live     bool           // go on with lines to come
}

// Follow yields the chosen past lines, in the order in which they came, and with
// q.Live those to come, without a gap and without a double, until ctx ends, the
// Printer is closed or the loop is left. It yields as many at a time as there are,
// at least one.
//
// It never holds up the Printer. Where the loop body is so slow that memory
// forgets lines before they were read, one line with Stream Devgate stands in
// their place and tells how many were skipped.
func (p *Printer) Follow(ctx context.Context, q Query) iter.Seq[[]Line] {
	return func(yield func([]Line) bool) {
		f := p.memory.follower(q)
		if f.past(ctx, yield) && q.Live {
			f.live(ctx, yield)
		}
	}
}

// Tail returns the last n lines that a service itself wrote, the oldest first,
// without what devgate said about it.
func (p *Printer) Tail(service string, n int) []Line {
	return p.memory.tail(service, n)
}

// A follower reads rings at its own pace.
type follower struct {
	m       *memory
	q       Query
	now     uint64           // lines below this position are past
	cursors map[*ring]uint64 // number of the next line to read
}

func (m *memory) follower(q Query) *follower {
	m.mu.Lock()
	defer m.mu.Unlock()
	// now parts past from live: what comes later has a higher number.
	f := &follower{m: m, q: q, now: m.seq, cursors: map[*ring]uint64{}}
	for _, r := range m.rings {
		f.cursors[r] = r.first
	}
	return f
}

// past yields the lines that were there at the start. It reports whether to go on.
func (f *follower) past(ctx context.Context, yield func([]Line) bool) bool {
	var last []Line
	for ctx.Err() == nil {
		lines, _ := f.take(f.now)
		// Nothing is left below now; of a tail it is only known here which lines are its
		// last.
		if len(lines) == 0 {
			return len(last) == 0 || yield(last)
		}
		lines = slices.DeleteFunc(lines, f.unwanted)
		switch {
		case f.q.Tail == 0:
			if len(lines) > 0 && !yield(lines) {
				return false
			}
		case f.q.Tail > 0:
			last = append(last, lines...)
			last = slices.Delete(last, 0, max(0, len(last)-f.q.Tail))
		}
	}
	return false
}

// live yields lines as they come.
func (f *follower) live(ctx context.Context, yield func([]Line) bool) {
	for ctx.Err() == nil {
		lines, changed := f.take(math.MaxUint64)
		if len(lines) == 0 {
			// The memory is closed, and all of it has been read.
			if changed == nil {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if lines = slices.DeleteFunc(lines, f.unwanted); len(lines) > 0 && !yield(lines) {
			return
		}
	}
}

// unwanted reports whether After, Since or Grep leaves a line out. What tells of skipped
// lines is never left out.
func (f *follower) unwanted(l Line) bool {
	if l.skipped {
		return false
	}
	return l.Number <= f.q.After || l.At.Before(f.q.Since) || f.q.Grep != nil && !f.q.Grep.MatchString(l.Text)
}

// take returns the next lines below the position limit. Where there are none, it
// returns a channel that is closed at the next change, or nil after the end.
func (f *follower) take(limit uint64) ([]Line, <-chan struct{}) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	var lines []Line
	for size := 0; len(lines) < followLines && size < followBytes; {
		r := f.oldest(limit)
		if r == nil {
			break
		}
		l := f.step(r)
		size += len(l.Text)
		lines = append(lines, l)
	}
	if len(lines) > 0 || f.m.closed {
		return lines, nil
	}
	// Set under the lock, so that no change falls between the look and the wait.
	f.m.waiting = true
	return nil, f.m.changed
}

// oldest returns the ring with the oldest line that has not been read, or nil.
func (f *follower) oldest(limit uint64) *ring {
	var found *ring
	for _, r := range f.m.rings {
		// Where the ring has forgotten lines it goes on with the first that is there, and
		// step tells of it.
		next := max(f.cursors[r], r.first)
		if next == r.next || !f.wants(r.name) {
			continue
		}
		if seq := r.at(next).seq; seq < limit {
			found, limit = r, seq
		}
	}
	return found
}

func (f *follower) wants(service string) bool {
	return len(f.q.Services) == 0 || slices.Contains(f.q.Services, service)
}

// step returns the next line of r, or what tells of those forgotten before it.
func (f *follower) step(r *ring) Line {
	at := f.cursors[r]
	if at < r.first {
		f.cursors[r] = r.first
		text := fmt.Sprintf("%d lines skipped: they came faster than they were read", r.first-at)
		when := time.Unix(0, r.at(r.first).at)
		return Line{At: when, Service: r.name, Stream: Devgate, Text: text, Styled: text, skipped: true}
	}
	f.cursors[r]++
	return r.line(at)
}

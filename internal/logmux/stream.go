package logmux

import (
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// feedBytes is how much of one Write is worked on at a time, so that a large
	// one needs no more memory than a small one.
	feedBytes = 64 << 10

	// An unfinished line is shown after promptQuiet without a further byte, and
	// at the latest after promptLimit.
	promptQuiet = 80 * time.Millisecond
	promptLimit = time.Second

	// blockBytes is the smallest buffer of programs that write in blocks. Output
	// that stops at a multiple of it most likely stops in the midst of a line that
	// goes on: it is given until promptLimit.
	blockBytes = 4096

	// promptGrace is given once more where the timer came late: the machine was
	// busy, and the rest of the line may be waiting to be read.
	promptGrace = 20 * time.Millisecond

	// progressQuiet and progressLimit stand in for promptQuiet and promptLimit
	// where a line is started again and again: each state shown costs a line.
	progressQuiet = time.Second
	progressLimit = 5 * time.Second
)

// A stream is one output of one process.
type stream struct {
	p    *Printer
	svc  *service
	from source

	mu      sync.Mutex
	cleaner cleaner
	match   lineMatcher
	timer   *time.Timer // shows the unfinished line
	due     time.Time   // when it does
	since   time.Time   // when the first byte not yet shown came
	bytes   int64       // read so far
	graced  bool        // promptGrace has been given
	closed  bool
}

// Write takes bytes as they come from the process.
func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	now := time.Now()
	s.bytes += int64(len(b))
	kept := s.keep(b)
	for chunk := range slices.Chunk(b, feedBytes) {
		s.cleaner.feed(chunk)
		s.show(now)
	}
	kept()
	s.schedule()
	return len(b), nil
}

// keep writes b to the raw file: much of it beside the work on its lines, which
// takes as long. The returned function waits for that.
func (s *stream) keep(b []byte) (kept func()) {
	write := func() {
		for chunk := range slices.Chunk(b, feedBytes) {
			if err := s.svc.raw.write(chunk); err != nil {
				s.p.rawFailed(err)
			}
		}
	}
	if len(b) < feedBytes {
		write()
		return func() {}
	}
	var beside sync.WaitGroup
	beside.Go(write)
	return beside.Wait
}

// Close shows the unfinished line. Closing again does nothing.
func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.unschedule()
	s.cleaner.finish()
	s.show(time.Now())
	s.p.forget(s)
	return nil
}

// show passes on the pieces that are ready.
func (s *stream) show(now time.Time) {
	c := &s.cleaner
	if len(c.pieces) == 0 {
		return
	}
	s.match.look(c.text, c.pieces, c.more)
	s.p.memory.add(s.svc.ring, s.from, now, c.text, c.pieces)
	s.p.out.add(batch{s.svc, s.from, now, c.text, c.pieces})
	c.drop()
	s.since = time.Time{}
}

// schedule sets the timer for the unfinished line, if there is one.
func (s *stream) schedule() {
	if !s.cleaner.unshown() {
		s.unschedule()
		return
	}
	s.graced = false
	now := time.Now() // not that of Write, which may have waited for the output
	if s.since.IsZero() {
		s.since = now
	}
	quiet, limit := s.patience()
	s.due = now.Add(quiet)
	if last := s.since.Add(limit); last.Before(s.due) {
		s.due = last
	}
	s.wake(s.due.Sub(now))
}

// patience returns how long the unfinished line may be silent, and how long it
// may grow.
func (s *stream) patience() (quiet, limit time.Duration) {
	switch {
	case s.cleaner.progress || s.cleaner.cr:
		return progressQuiet, progressLimit
	case s.bytes%blockBytes == 0:
		return promptLimit, promptLimit
	}
	return promptQuiet, promptLimit
}

// wake sets the timer. The Printer waits for timers that are set.
func (s *stream) wake(in time.Duration) {
	switch {
	case s.timer == nil:
		s.p.timers.Add(1)
		s.timer = time.AfterFunc(in, s.prompt)
	case !s.timer.Reset(in):
		s.p.timers.Add(1)
	}
}

func (s *stream) unschedule() {
	s.since = time.Time{}
	if s.timer != nil && s.timer.Stop() {
		s.p.timers.Done()
	}
}

// prompt shows the unfinished line when its time has come.
func (s *stream) prompt() {
	defer s.p.timers.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.closed || now.Before(s.due) {
		return // more bytes came in between; the timer is set again
	}
	if late := now.Sub(s.due); late > promptGrace && !s.graced {
		s.graced = true
		s.due = now.Add(promptGrace)
		s.wake(promptGrace)
		return
	}
	s.cleaner.showPartial()
	s.show(now)
}

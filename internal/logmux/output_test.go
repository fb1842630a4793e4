package logmux

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/oserr"
)

// P10: an output that is closed is told once; nobody is held up by it.
func TestClosedOutputIsToldOnce(t *testing.T) {
	told := make(chan error, 10)
	p := New(Config{Out: broken{oserr.BrokenPipe.Err()}, OnClosed: func(err error) { told <- err }})
	api := p.Stream("api", Stdout)
	feed(t, api, "first\n")
	if err := <-told; !oserr.BrokenPipe.In(err) {
		t.Errorf("OnClosed(%v), want EPIPE", err)
	}
	within(t, "writing on", func() {
		for range 100 {
			feed(t, api, strings.Repeat("more and more\n", 1000))
		}
		p.Devgate("api", "exited 0")
	})
	if got := len(p.Tail("api", 5)); got != 5 {
		t.Errorf("%d lines remembered, want 5", got)
	}
	if err := p.Close(); !oserr.BrokenPipe.In(err) {
		t.Errorf("Close = %v, want EPIPE", err)
	}
	if len(told) != 0 {
		t.Error("told again")
	}
}

// When the output is slow, children wait; memory does not grow; nobody else waits.
func TestStoppedOutputHoldsUpWritersOnly(t *testing.T) {
	out := newStopped()
	p := New(Config{Out: out, Format: JSON})
	const lines = 20_000
	var writers sync.WaitGroup
	for _, name := range []string{"api", "web"} {
		s := p.Stream(name, Stdout)
		line := strings.Repeat(name, 33)
		writers.Go(func() {
			for range lines {
				feed(t, s, line+"\n")
			}
		})
	}
	<-out.reached
	eventually(t, "the buffer fills up", func() bool {
		p.out.mu.Lock()
		defer p.out.mu.Unlock()
		return len(p.out.buf) >= bufferFull
	})
	within(t, "devgate, tail and follow", func() {
		p.Devgate("api", "still here")
		p.Tail("api", 10)
		for range p.Follow(t.Context(), Query{Live: true}) {
			break
		}
	})
	p.out.mu.Lock()
	if n := len(p.out.buf); n > bufferFull+1000 {
		t.Errorf("%d bytes wait", n)
	}
	p.out.mu.Unlock()
	close(out.letGo)
	within(t, "writing on", writers.Wait)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"api", "web"} {
		whole := `"service":"` + name + `","stream":"stdout","text":"` + strings.Repeat(name, 33) + `"}` + "\n"
		if got := strings.Count(out.String(), whole); got != lines {
			t.Errorf("%d lines of %s, want %d", got, name, lines)
		}
	}
}

// What devgate says never waits and is bounded all the same.
func TestDevgateLinesAreBounded(t *testing.T) {
	out := newStopped()
	p := New(Config{Out: out})
	p.Devgate("api", "first")
	<-out.reached
	text := strings.Repeat("x", 1<<16-1)
	for range 40 {
		p.Devgate("api", text)
	}
	close(out.letGo)
	eventually(t, "the output goes on", func() bool { return strings.Count(out.String(), "\n") > 1 })
	p.Devgate("api", "last")
	p.Close()
	got := out.String()
	if len(got) > bufferCap+1<<17 {
		t.Errorf("%d bytes waited", len(got))
	}
	if !strings.HasSuffix(got, "lines of devgate skipped: the output was not read\napi * last\n") {
		t.Errorf("ends with %q", got[len(got)-100:])
	}
}

// A terminal that nobody reads does not keep devgate from ending.
func TestCloseGivesUpAnOutputThatIsNotRead(t *testing.T) {
	t.Run("after three seconds", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			out := newStopped()
			p := New(Config{Out: out})
			p.Devgate("api", "hello")
			began := time.Now()
			for range 2 {
				if err := p.Close(); !errors.Is(err, errNotRead) {
					t.Errorf("Close = %v", err)
				}
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("Close took %v", took)
			}
			close(out.letGo)
		})
	})
	t.Run("also when a writer waits for it", func(t *testing.T) {
		out := newStopped()
		p := New(Config{Out: out})
		p.patience = time.Millisecond
		s := p.Stream("api", Stdout)
		written := make(chan struct{})
		go func() {
			s.Write([]byte(strings.Repeat("x\n", 1<<18)))
			close(written)
		}()
		<-out.reached
		within(t, "closing", func() { p.Close(); <-written })
		close(out.letGo)
	})
}

// P1: on the way down, an output that nobody reads holds up nobody for long, and
// one that is read slowly is not given up.
func TestHurryGivesUpAnOutputThatIsNotRead(t *testing.T) {
	flood := []byte(strings.Repeat("x\n", 1<<18))
	t.Run("at all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			out := newStopped()
			p := New(Config{Out: out})
			s := p.Stream("api", Stdout)
			began := time.Now()
			p.Hurry()
			s.Write(flood)
			if took := time.Since(began); took < closePatience || took > 2*closePatience {
				t.Errorf("the writer was held up for %v", took)
			}
			if err := p.Close(); !errors.Is(err, errNotRead) {
				t.Errorf("Close = %v", err)
			}
			close(out.letGo)
		})
	})
	t.Run("unless slowly", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			out := &unhurried{}
			p := New(Config{Out: out})
			s := p.Stream("api", Stdout)
			p.Hurry()
			s.Write(flood)
			s.Close()
			if err := p.Close(); err != nil && !errors.Is(err, errNotRead) {
				t.Errorf("Close = %v", err)
			}
			if n := strings.Count(out.String(), "x\n"); n < 1<<17 {
				t.Errorf("only %d lines were written", n)
			}
			<-p.out.done // its last write takes a while
		})
	})
}

// unhurried takes two seconds for each write.
type unhurried struct{ recorder }

func (u *unhurried) Write(b []byte) (int, error) {
	<-time.After(2 * time.Second)
	return u.recorder.Write(b)
}

// A hesitant output takes a byte at a time and is not ready in between.
type hesitant struct {
	recorder
	ready bool
}

func (h *hesitant) Write(b []byte) (int, error) {
	if h.ready = !h.ready; h.ready {
		return 0, oserr.WouldBlock.Err()
	}
	if len(b) == 1 {
		return h.recorder.Write(b)
	}
	h.recorder.Write(b[:1])
	return 1, oserr.WouldBlock.Err()
}

func TestNonBlockingOutputIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &hesitant{}
		p := New(Config{Out: out})
		p.Devgate("api", "hello")
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		wantEqual(t, out.String(), "api * hello\n")
	})
}

// Several lines of one Write go out together; none waits for others.
func TestLinesAreWrittenInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		p := New(Config{Out: out})
		defer p.Close()
		s := p.Stream("a", Stdout)
		feed(t, s, "1\n2\n3\n")
		synctest.Wait()
		feed(t, s, "4\n")
		synctest.Wait()
		if len(out.writes) != 2 || out.writes[1] != "a | 4\n" {
			t.Errorf("writes: %q", out.writes)
		}
	})
}

func TestNoGoroutineIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	p := New(Config{Out: &recorder{}})
	for range 10 {
		feed(t, p.Stream("api", Stdout), "prompt")
	}
	p.Close()
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

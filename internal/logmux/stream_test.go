package logmux

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A bubble has a Printer for one stream in virtual time.
type bubble struct {
	*testing.T
	out *recorder
	api *stream
}

func inBubble(t *testing.T, test func(b *bubble)) {
	synctest.Test(t, func(t *testing.T) {
		out := &recorder{}
		p := New(Config{Out: out})
		test(&bubble{t, out, p.Stream("api", Stdout).(*stream)})
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (b *bubble) write(s string) { b.Helper(); feed(b, b.api, s) }

// after waits and compares what has been printed in all.
func (b *bubble) after(d time.Duration, want string) {
	b.Helper()
	time.Sleep(d) // virtual
	synctest.Wait()
	wantEqual(b.T, b.out.String(), want)
}

// P8: an unterminated prompt shows within 100 ms.
func TestPrompts(t *testing.T) {
	t.Run("a whole line shows at once", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("line\n")
			b.after(0, "api | line\n")
		})
	})
	t.Run("a prompt shows within 100 ms, not before 50", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("line\nPassword: ")
			b.after(50*time.Millisecond, "api | line\n")
			b.after(50*time.Millisecond, "api | line\napi | Password: \n")
			b.after(time.Hour, "api | line\napi | Password: \n")
		})
	})
	t.Run("its end adds no line", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("Password: ")
			b.after(100*time.Millisecond, "api | Password: \n")
			b.write("\nwelcome\n")
			b.after(time.Hour, "api | Password: \napi | welcome\n")
		})
	})
	t.Run("its rest is a continuation", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("Compiling")
			b.after(100*time.Millisecond, "api | Compiling\n")
			b.write(" done")
			b.after(100*time.Millisecond, "api | Compiling\napi +  done\n")
			b.write(" in 3 s\n")
			b.after(0, "api | Compiling\napi +  done\napi +  in 3 s\n")
		})
	})
	t.Run("a line that comes in bits without a pause stays one line", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			for range 15 {
				b.write(".")
				b.after(60*time.Millisecond, "")
			}
			b.write("\n")
			b.after(time.Hour, "api | ...............\n")
		})
	})
	t.Run("a line that grows for long shows every second", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			for range 17 {
				b.write(".")
				time.Sleep(60 * time.Millisecond)
			}
			b.after(0, "api | .................\n")
		})
	})
	t.Run("a second prompt has its own time", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("a")
			time.Sleep(60 * time.Millisecond)
			b.write("\nb")
			b.after(60*time.Millisecond, "api | a\n")
			b.after(40*time.Millisecond, "api | a\napi | b\n")
		})
	})
	t.Run("lines that come one after the other in halves stay whole", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			for range 30 {
				b.write("le\nwho")
				time.Sleep(60 * time.Millisecond)
			}
			b.write("le\n")
			b.after(0, "api | le\n"+strings.Repeat("api | whole\n", 30))
		})
	})
	t.Run("a block that is full is given longer, for it was cut by its buffer", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			block := strings.Repeat("x", 4096)
			b.write(block)
			b.after(500*time.Millisecond, "")
			b.write("y\n")
			b.after(0, "api | "+block+"y\n")
		})
	})
	t.Run("the end of the stream shows it at once", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("panic: boom")
			b.api.Close()
			b.after(0, "api | panic: boom\n")
		})
	})
}

func TestProgress(t *testing.T) {
	t.Run("shows its last state only", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			for _, state := range []string{"\r10%", "\r50%", "\r100%"} {
				b.write(state)
				b.after(500*time.Millisecond, "")
			}
			b.write("\n")
			b.after(time.Hour, "api | 100%\n")
		})
	})
	t.Run("shows the state in which it stands still", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			b.write("10%\r99%\r")
			b.after(time.Second, "api | 99%\n")
			b.write("100%\r\n")
			b.after(time.Hour, "api | 99%\napi | 100%\n")
		})
	})
	t.Run("that never stands still shows every five seconds", func(t *testing.T) {
		inBubble(t, func(b *bubble) {
			for range 63 {
				b.write("\r|")
				time.Sleep(80 * time.Millisecond)
			}
			b.after(0, "api | |\n")
		})
	})
}

// A timer that comes late gives the rest of the line a chance to be read.
func TestLatePromptWaitsOnceMore(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.write("a")
		b.api.mu.Lock()
		b.api.due = time.Now().Add(-time.Second)
		b.api.mu.Unlock()
		b.after(promptQuiet, "")
		b.after(promptGrace, "api | a\n")
	})
}

// A timer that has been overtaken by further bytes shows nothing.
func TestOvertakenPromptShowsNothing(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.write("a")
		b.api.mu.Lock()
		b.api.due = time.Now().Add(time.Hour)
		b.api.mu.Unlock()
		b.after(time.Second, "")
	})
}

func TestClosedStreams(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.write("a")
		if b.api.Close() != nil || b.api.Close() != nil {
			t.Error("Close failed")
		}
		if len(b.api.p.streams) != 0 {
			t.Error("the printer still knows it")
		}
		if n, err := b.api.Write([]byte("b")); n != 0 || !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write after Close = %d, %v", n, err)
		}
		b.after(time.Hour, "api | a\n")
	})
}

func TestClosingThePrinterClosesItsStreams(t *testing.T) {
	p := New(Config{Out: &recorder{}})
	api := p.Stream("api", Stdout)
	feed(t, api, "unfinished")
	p.Close()
	wantEqual(t, p.out.w.(*recorder).String(), "api | unfinished\n")
	for _, s := range []interface{ Write([]byte) (int, error) }{api, p.Stream("api", Stderr)} {
		if _, err := s.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write after Close of the printer: %v", err)
		}
	}
}

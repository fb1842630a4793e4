package logmux

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// eachLine is Follow, a line at a time.
func eachLine(ctx context.Context, p *Printer, q Query) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for lines := range p.Follow(ctx, q) {
			for _, l := range lines {
				if !yield(l) {
					return
				}
			}
		}
	}
}

// pastOf returns the texts of the past lines that q chooses.
func pastOf(p *Printer, q Query) string {
	var lines []Line
	for l := range eachLine(context.Background(), p, q) {
		lines = append(lines, l)
	}
	return texts(lines)
}

func TestPastLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{Out: &recorder{}})
		defer p.Close()
		api, web := p.Stream("api", Stdout), p.Stream("web", Stderr)
		feed(t, api, "api 1\n", "api 2\n")
		feed(t, web, "web 1\n")
		time.Sleep(time.Minute)
		feed(t, api, "api \x1b[31m3\x1b[0m\n")
		p.Devgate("", "ready")
		p.Devgate("web", "restarted")
		for name, test := range map[string]struct {
			q    Query
			want string
		}{
			"all, in the order in which they came": {Query{}, "api 1\napi 2\nweb 1\napi 3\nready\nrestarted\n"},
			"of one service":                       {Query{Services: []string{"web"}}, "web 1\nrestarted\n"},
			"of devgate itself":                    {Query{Services: []string{Devgate}}, "ready\n"},
			"of an unknown service":                {Query{Services: []string{"x"}}, ""},
			"of the last seconds":                  {Query{Since: time.Now().Add(-time.Second)}, "api 3\nready\nrestarted\n"},
			"that match, without colours":          {Query{Grep: regexp.MustCompile(`^api \d`)}, "api 1\napi 2\napi 3\n"},
			"the last ones":                        {Query{Tail: 2}, "ready\nrestarted\n"},
			"the last ones that match":             {Query{Tail: 2, Grep: regexp.MustCompile("api")}, "api 2\napi 3\n"},
			"none":                                 {Query{Tail: -1}, ""},
		} {
			if got := pastOf(p, test.q); got != test.want {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}
		}
	})
}

// Past and live lines meet without a gap and without a double.
func TestFollowHasNoGapAndNoDouble(t *testing.T) {
	p := New(Config{Out: &recorder{}})
	defer p.Close()
	const lines = 2000
	streams := []string{"api", "web"}
	var writers, readers sync.WaitGroup
	for _, name := range streams {
		s := p.Stream(name, Stdout)
		writers.Go(func() {
			for i := range lines {
				fmt.Fprintf(s, "%d\n", i)
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			next := map[string]int{}
			for l := range eachLine(t.Context(), p, Query{Live: true}) {
				if l.Text != fmt.Sprint(next[l.Service]) {
					t.Errorf("%s: line %q, want %d", l.Service, l.Text, next[l.Service])
					return
				}
				next[l.Service]++
				if next["api"] == lines && next["web"] == lines {
					return
				}
			}
		})
	}
	within(t, "following", func() { writers.Wait(); readers.Wait() })
}

func TestFollowEnds(t *testing.T) {
	follower := func(ctx context.Context, p *Printer) <-chan string {
		ended := make(chan string)
		go func() {
			var lines []Line
			for l := range eachLine(ctx, p, Query{Live: true}) {
				lines = append(lines, l)
			}
			ended <- texts(lines)
		}()
		return ended
	}
	t.Run("with its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := New(Config{Out: &recorder{}})
			defer p.Close()
			ctx, cancel := context.WithCancel(t.Context())
			ended := follower(ctx, p)
			p.Devgate("api", "a")
			synctest.Wait()
			cancel()
			wantEqual(t, <-ended, "a\n")
		})
	})
	t.Run("with the printer, after its last line", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := New(Config{Out: &recorder{}})
			ended := follower(t.Context(), p)
			synctest.Wait()
			feed(t, p.Stream("api", Stdout), "unfinished")
			p.Close()
			wantEqual(t, <-ended, "unfinished\n")
		})
	})
	t.Run("with its loop", func(t *testing.T) {
		p := New(Config{Out: &recorder{}})
		defer p.Close()
		p.Devgate("api", "a\nb")
		for range eachLine(t.Context(), p, Query{Live: true}) {
			return
		}
	})
}

func TestThePastEndsWhereReadingBegan(t *testing.T) {
	p := New(Config{Out: &recorder{}})
	defer p.Close()
	p.Devgate("api", "1\n2")
	var seen []Line
	for l := range eachLine(t.Context(), p, Query{}) {
		p.Devgate("api", "later")
		if seen = append(seen, l); len(seen) > 2 {
			break
		}
	}
	wantEqual(t, texts(seen), "1\n2\n")
}

func TestFollowWithATail(t *testing.T) {
	for name, test := range map[string]struct {
		tail int
		want string
	}{
		"of one line": {1, "2\n3\n"},
		"of none":     {-1, "3\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := New(Config{Out: &recorder{}})
				p.Devgate("api", "1\n2")
				var seen []Line
				done := make(chan struct{})
				go func() {
					defer close(done)
					for l := range eachLine(t.Context(), p, Query{Tail: test.tail, Live: true}) {
						seen = append(seen, l)
					}
				}()
				synctest.Wait()
				p.Devgate("api", "3")
				p.Close()
				<-done
				wantEqual(t, texts(seen), test.want)
			})
		})
	}
}

// A reader that is too slow never blocks the printer and is told what it missed.
func TestSlowFollowersAreToldWhatTheyMissed(t *testing.T) {
	p := New(Config{Out: &recorder{}, Keep: 100})
	defer p.Close()
	s := p.Stream("api", Stdout)
	feed(t, s, "first\n")
	var seen []Line
	for l := range eachLine(t.Context(), p, Query{Live: true, Grep: regexp.MustCompile("first|99")}) {
		if len(seen) == 0 { // the reader is busy while 1,000 lines come
			feed(t, s, strings.Repeat("x\n", 900), strings.Repeat("99\n", 100))
		}
		if seen = append(seen, l); len(seen) == 102 {
			break
		}
	}
	if got := seen[1]; got.Text != "900 lines skipped: they came faster than they were read" ||
		got.Stream != Devgate || got.Service != "api" || got.At.IsZero() {
		t.Errorf("the line after the first is %+v", got)
	}
	if seen[2].Text != "99" || seen[101].Text != "99" {
		t.Errorf("then %q to %q, want 99", seen[2].Text, seen[101].Text)
	}
}

package logmux

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"testing"
)

// BenchmarkLines measures lines of 100 bytes from one stream, in reads as large as
// os/exec makes them.
func BenchmarkLines(b *testing.B) {
	for name, test := range map[string]struct {
		cfg  Config
		line string
	}{
		"text":    {Config{}, "127.0.0.1 GET /api/users/42 200 3.1ms referer=http://localhost:3000/users agent=Mozilla/5.0 id=11111\n"},
		"json":    {Config{Format: JSON}, "127.0.0.1 GET /api/users/42 200 3.1ms referer=http://localhost:3000/users agent=Mozilla/5.0 id=11111\n"},
		"colours": {Config{Color: true}, "\x1b[32mGET\x1b[39m /api/users/42 \x1b[1;33m200\x1b[0m 3.1ms referer=http://localhost:3000/users id=11111111111\n"},
		"letters": {Config{}, "GET /api/größe/42 200 3,1 ms — ✓ fertig: 漢字 referer=http://localhost:3000/users agent=Mozilla\n"},
	} {
		b.Run(name, func(b *testing.B) {
			chunk := bytes.Repeat([]byte(test.line), 32<<10/len(test.line))
			lines := bytes.Count(chunk, []byte("\n"))
			test.cfg.Out = io.Discard
			p := New(test.cfg)
			defer p.Close()
			s := p.Stream("api", Stdout)
			b.SetBytes(int64(len(test.line)))
			b.ReportAllocs()
			for n := 0; n < b.N; n += lines {
				s.Write(chunk)
			}
		})
	}
}

// P8 has to be cheap: a line costs no allocation.
func TestLinesCostNoAllocation(t *testing.T) {
	p := New(Config{Out: io.Discard, Color: true})
	defer p.Close()
	s := p.Stream("api", Stdout)
	chunk := bytes.Repeat([]byte("\x1b[31ma line\x1b[0m with 漢字\r\n"), 500)
	for range 100 {
		s.Write(chunk) // buffers reach their size
	}
	if got := testing.AllocsPerRun(100, func() { s.Write(chunk) }); got > 5 {
		t.Errorf("%v allocations per 500 lines", got)
	}
}

// BenchmarkReadiness is what a line costs in a flood while nobody waits for one of
// them, while a Matcher does, and, for comparison, a follower of memory, which
// misses what it is too slow for.
func BenchmarkReadiness(b *testing.B) {
	line := []byte("127.0.0.1 GET /api/users/42 200 3.1ms referer=http://localhost:3000/users agent=Mozilla/5.0 id=11111\n")
	chunk := bytes.Repeat(line, 32<<10/len(line))
	pattern := regexp.MustCompile(`listening on .*:\d+`)
	for _, way := range []string{"nobody", "matcher", "follower"} {
		b.Run(way, func(b *testing.B) {
			p := New(Config{Out: io.Discard})
			defer p.Close()
			var m *Matcher
			switch way {
			case "matcher":
				m = NewMatcher(pattern)
			case "follower":
				defer follow(b, p, pattern)()
			}
			s := p.MatchedStream("api", Stdout, m)
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			before := cpuTime()
			for n := 0; n < b.N; n += bytes.Count(chunk, []byte("\n")) {
				s.Write(chunk)
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// follow reads matching lines from memory until it is stopped.
func follow(b *testing.B, p *Printer, pattern *regexp.Regexp) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range p.Follow(ctx, Query{Services: []string{"api"}, Grep: pattern, Live: true}) {
		}
	}()
	return func() { cancel(); <-over }
}

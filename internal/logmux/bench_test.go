package logmux

import (
	"bytes"
	"io"
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

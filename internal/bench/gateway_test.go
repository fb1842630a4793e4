package bench

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figures are the measured values of each peer, by unit.
type figures struct {
	b      *testing.B
	all    map[string]map[string][]float64 // unit, peer
	failed map[string]bool
}

func newFigures(b *testing.B) *figures {
	return &figures{b, map[string]map[string][]float64{}, map[string]bool{}}
}

func (f *figures) add(p *peer, unit string, value float64) {
	if f.all[unit] == nil {
		f.all[unit] = map[string][]float64{}
	}
	f.all[unit][p.name] = append(f.all[unit][p.name], value)
}

// fails takes a peer out of a scenario; devgate's own failure is one of the
// benchmark.
func (f *figures) fails(p *peer, err error) {
	f.b.Helper()
	if p.name == "devgate" {
		f.b.Fatalf("devgate: %v", err)
	}
	if !f.failed[p.name] {
		f.b.Logf("%s: not measured: %v", p.name, err)
	}
	f.failed[p.name] = true
}

// report gives medians, and what devgate has of each of the others.
func (f *figures) report() {
	for unit, peers := range f.all {
		ours := middle(peers["devgate"])
		for name, values := range peers {
			if f.failed[name] {
				continue
			}
			f.b.ReportMetric(middle(values), name+"-"+unit)
			if theirs := middle(values); name != "devgate" && theirs > 0 {
				f.b.ReportMetric(ours/theirs, "devgate/"+name+"-"+unit)
			}
		}
	}
	f.b.ReportMetric(0, "ns/op")
}

func middle(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// interleaved measures each peer in turn, for so many rounds, so that what else
// the machine does falls on all of them.
func interleaved(b *testing.B, f *field, rounds int, measure func(*peer, *figures) error) {
	got := newFigures(b)
	for b.Loop() {
		for range rounds {
			for _, p := range f.peers {
				if got.failed[p.name] {
					continue
				}
				if err := measure(p, got); err != nil {
					got.fails(p, err)
				}
			}
		}
	}
	got.report()
}

// The gateway beside nginx, HAProxy, a tuned chain in Go ("chain"), and the
// usual recipe with Express, as it is and with connections kept ("repaired").
func BenchmarkGateway(b *testing.B) {
	f := newField(b)
	// The sockets come first: what they add is small beside what later
	// measurements leave in memory.
	b.Run("sockets", func(b *testing.B) { interleaved(b, f, 1, sockets) })
	for i, path := range []string{"/a/json", "/b/json", "/c/json"} {
		b.Run(fmt.Sprintf("requests/backend=%d", i+1), func(b *testing.B) { requests(b, f, path) })
	}
	b.Run("latency", func(b *testing.B) { latency(b, f) })
	b.Run("connections", func(b *testing.B) { connections(b, f) })
	b.Run("slow404", func(b *testing.B) { interleaved(b, f, 1, slow404) })
	b.Run("upload", func(b *testing.B) { interleaved(b, f, 2, uploads) })
	b.Run("download", func(b *testing.B) { interleaved(b, f, 2, downloads) })
	b.Run("events", func(b *testing.B) { events(b, f) })
	b.Run("cancel", func(b *testing.B) { cancels(b, f) })
}

// requests per second over 32 connections, and the processor time of the
// gateway's own processes for one.
func requests(b *testing.B, f *field, path string) {
	for _, p := range f.peers { // connections, caches, compiled code
		flood(p.port, path, 32, 200*time.Millisecond)
	}
	interleaved(b, f, 3, func(p *peer, got *figures) error {
		before := p.cpu()
		n, took, err := flood(p.port, path, 32, 700*time.Millisecond)
		if err != nil {
			return err
		}
		got.add(p, "req/s", float64(n)/took.Seconds())
		got.add(p, "cpu-us/req", float64((p.cpu()-before).Microseconds())/float64(n))
		return nil
	})
}

// latency is what one 404 adds to the median of requests on one connection,
// beside a request without a gateway: to one backend again and again, whose
// process then never gets to sleep, and to the three in turn, as a cascade asks
// them.
func latency(b *testing.B, f *field) {
	interleaved(b, f, 5, func(p *peer, got *figures) error {
		direct, err := oneByOne(f.backends[2], "/c/json", 50, 300)
		if err != nil {
			return err
		}
		inTurn, err := inTurn(f.backends[:], "/c/json", 50, 300)
		if err != nil {
			return err
		}
		first, err := oneByOne(p.port, "/a/json", 50, 300)
		if err != nil {
			return err
		}
		third, err := oneByOne(p.port, "/c/json", 50, 300)
		if err != nil {
			return err
		}
		got.add(p, "us-first", us(first))
		got.add(p, "us-third", us(third))
		got.add(p, "us-per404", us(third-first)/2)
		got.add(p, "us-direct", us(direct))
		got.add(p, "us-direct-in-turn", us(inTurn))
		got.add(p, "per404/direct", us(third-first)/2/us(direct))
		got.add(p, "per404/direct-in-turn", us(third-first)/2/us(inTurn))
		return nil
	})
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// connections is how many a gateway opens to its backends for 200 requests that
// fall through twice, one after the other.
func connections(b *testing.B, f *field) {
	interleaved(b, f, 1, func(p *peer, got *figures) error {
		if _, err := oneByOne(p.port, "/c/json", 5, 1); err != nil {
			return err
		}
		before := f.accepted(b)
		if _, err := oneByOne(p.port, "/c/json", 0, 200); err != nil {
			return err
		}
		got.add(p, "conns/200", f.accepted(b)-before-3) // the three that ask
		return nil
	})
}

// accepted is the number of connections of all backends.
func (f *field) accepted(b *testing.B) (sum float64) {
	b.Helper()
	for _, port := range f.backends {
		n, _ := stats(b, port)
		sum += float64(n)
	}
	return sum
}

// stats asks a backend itself: its connections, and when the last client of
// /hang had left.
func stats(b *testing.B, port int) (accepted int64, left time.Time) {
	b.Helper()
	c, err := dialClient(port)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	c.Write(requestHead("GET", "/stats", ""))
	_, length, err := c.head()
	text, _ := io.ReadAll(io.LimitReader(c.in, max(0, length)))
	var ns int64
	if _, err2 := fmt.Sscan(string(text), &accepted, &ns); err != nil || err2 != nil {
		b.Fatalf("stats: %v, %v", err, err2)
	}
	return accepted, time.Unix(0, ns)
}

// slow404 repeats a GET that two backends need 20 ms each to refuse.
func slow404(p *peer, got *figures) error {
	took, err := oneByOne(p.port, "/c/slow", 3, 20)
	got.add(p, "ms-p50", ms(took))
	return err
}

// uploads sends 100 MB that two backends read and refuse.
func uploads(p *peer, got *figures) error {
	p.resetPeak()
	before := p.status("VmRSS")
	const size = 100 << 20
	took, err := upload(p.port, "/c/up", size)
	if err != nil {
		return err
	}
	got.add(p, "MB/s", size/1e6/took.Seconds())
	got.add(p, "MB-grown", p.status("VmHWM")-before)
	return nil
}

// resetPeak makes VmHWM begin anew.
func (u *up) resetPeak() {
	for _, pid := range u.processes() {
		os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
	}
}

// downloads reads 1 GiB of the third backend.
func downloads(p *peer, got *figures) error {
	p.resetPeak()
	before := p.cpu()
	took, err := download(p.port, "/c/down")
	if err != nil {
		return err
	}
	got.add(p, "MB/s", (1<<30)/1e6/took.Seconds())
	got.add(p, "cpu-s", (p.cpu() - before).Seconds())
	got.add(p, "MB-peak", p.status("VmHWM"))
	return nil
}

// events are late by so much, at the median and at most; the latter says more
// about the machine than about a gateway, so the same stream is read without
// one right after it.
func events(b *testing.B, f *field) {
	interleaved(b, f, 5, func(p *peer, got *figures) error {
		through, err := eventDelays(p.port)
		if err != nil {
			return err
		}
		direct, err := eventDelays(f.backends[2])
		if err != nil {
			return err
		}
		got.add(p, "ms-p50", ms(through[len(through)/2]))
		got.add(p, "ms-max", ms(through[len(through)-1]))
		got.add(p, "ms-p50-direct", ms(direct[len(direct)/2]))
		got.add(p, "ms-max-direct", ms(direct[len(direct)-1]))
		return nil
	})
}

// eventDelays reads a stream in which each event has the time when it was sent,
// and returns how late each was, the least first.
func eventDelays(port int) (delays []time.Duration, err error) {
	c, err := dialClient(port)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.Write(requestHead("GET", "/c/events", "Accept: text/event-stream\r\n"))
	if status, _, err := c.head(); status != 200 || err != nil {
		return nil, fmt.Errorf("%d, %v", status, err)
	}
	for len(delays) < 50 {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if text, ok := strings.CutPrefix(line, "data: "); ok {
			ns, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			delays = append(delays, time.Since(time.Unix(0, ns)))
		}
	}
	slices.Sort(delays)
	return delays, nil
}

// cancels is how long it takes until the backend knows that a client left.
func cancels(b *testing.B, f *field) {
	interleaved(b, f, 5, func(p *peer, got *figures) error {
		c, err := dialClient(p.port)
		if err != nil {
			return err
		}
		defer c.Close()
		c.Write(requestHead("GET", "/c/hang", ""))
		if err := readTo(c.in, "data: first"); err != nil {
			return err
		}
		left := time.Now()
		c.Close()
		for time.Since(left) < 2*time.Second {
			if _, noticed := stats(b, f.backends[2]); noticed.After(left) {
				got.add(p, "ms", ms(noticed.Sub(left)))
				return nil
			}
			pause(time.Millisecond)
		}
		return fmt.Errorf("the backend is not told within 2 s")
	})
}

func readTo(in *bufio.Reader, text string) error {
	for {
		line, err := in.ReadString('\n')
		if err != nil || strings.Contains(line, text) {
			return err
		}
	}
}

// sockets opens 2,000 of them and leaves them idle.
func sockets(p *peer, got *figures) error {
	const n = 2000
	open := func(n int) (all []*client, err error) {
		for range n {
			c, err := dialClient(p.port)
			if err != nil {
				return all, err
			}
			all = append(all, c)
			c.Write(requestHead("GET", "/a/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
			if status, _, err := c.head(); status != 101 || err != nil {
				return all, fmt.Errorf("socket %d: %d, %v", len(all), status, err)
			}
		}
		return all, nil
	}
	before := p.status("VmRSS")
	all, err := open(n)
	if err == nil {
		pause(500 * time.Millisecond) // buffers that are only needed at the begin
		got.add(p, "KB/socket", (p.status("VmRSS")-before)*1024/n)
	}
	for _, c := range all {
		c.Close()
	}
	return err
}

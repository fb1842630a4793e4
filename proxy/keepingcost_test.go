package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"devgate/internal/routes"
)

// browserRequest is a request as a browser sends one: 17 headers, 1.2 KB.
var browserRequest = "GET /api/items?page=2 HTTP/1.1\r\nHost: localhost:3000\r\nConnection: keep-alive\r\nsec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\n" +
	"sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: application/json, text/plain, */*\r\nX-Requested-With: XMLHttpRequest\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n" +
	"Referer: http://localhost:3000/items\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\nCookie: session=" + strings.Repeat("s", 300) +
	"; theme=dark\r\nIf-None-Match: W/\"1234\"\r\nPriority: u=1, i\r\nDNT: 1\r\n\r\n"

// browserHit is an answer as a framework sends one.
var browserHit = fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\n"+
	"X-Powered-By: Express\r\nEtag: W/\"3ea-abc\"\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\nKeep-Alive: timeout=5\r\n\r\n%s", len(benchBody), benchBody)

// BenchmarkKeeping measures what it costs to keep what goes over the wire, while
// nobody looks (on) and while somebody does (looked).
func BenchmarkKeeping(b *testing.B) {
	hit := cheapBackend(b, "hit", browserHit)
	looked := gateway(b, Config{Keep: true}, hit)
	defer looked.Look()()
	over := costs(b, hit, gateway(b, Config{}, hit), gateway(b, Config{Keep: true}, hit), looked)
	b.ReportMetric(over[0], "on/off")
	b.ReportMetric(over[1], "looked/off")
}

// BenchmarkObserving measures what it costs to note who answers which path.
func BenchmarkObserving(b *testing.B) {
	hit := cheapBackend(b, "hit", browserHit)
	journal := routes.NewJournal()
	observe := func(o *Observation) {
		journal.Observe(&routes.Observation{
			Method: o.Method, Path: o.Path, Backend: o.Backend, Strong: o.Strong, Page: o.Page, Refused: o.Passed, Status: o.Status, Type: o.Type,
		})
	}
	over := costs(b, hit, gateway(b, Config{}, hit), gateway(b, Config{Observe: observe}, hit))
	b.ReportMetric(over[0], "on/off")
}

// costs reports the CPU time of a request for the first backend through the first
// gateway, and returns that of the others as ratios to it. The time of client and
// backend is measured beside them and left out. All take turns in short rounds, and
// the median of the rounds counts, as the machine has other things to do.
func costs(b *testing.B, hit *testBackend, off *testGateway, others ...*testGateway) []float64 {
	const round = 160
	clients := []*benchClient{newBenchClient(b, hit.Port), newBenchClient(b, off.Port())}
	for _, g := range others {
		clients = append(clients, newBenchClient(b, g.Port()))
	}
	var absolute []float64
	over := make([][]float64, len(others))
	for b.Loop() {
		cost := make([]float64, len(clients))
		for turn := range clients {
			i := (turn + len(absolute)) % len(clients) // nobody is always behind the same one
			before := cpuTime()
			clients[i].send(round)
			cost[i] = float64((cpuTime() - before).Nanoseconds()) / round / 1000
		}
		absolute = append(absolute, cost[1]-cost[0])
		for i := range over {
			over[i] = append(over[i], (cost[i+2]-cost[0])/(cost[1]-cost[0]))
		}
	}
	b.ReportMetric(median(absolute), "off-us/req")
	ratios := make([]float64, len(over))
	for i := range over {
		ratios[i] = median(over[i])
	}
	return ratios
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// benchClient has 8 connections that are used at once.
type benchClient struct {
	b     *testing.B
	conns []net.Conn
}

func newBenchClient(b *testing.B, port int) *benchClient {
	c := &benchClient{b: b}
	for range 8 {
		nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { nc.Close() })
		c.conns = append(c.conns, nc)
	}
	c.send(500)
	return c
}

func (c *benchClient) send(n int) {
	var all sync.WaitGroup
	for _, nc := range c.conns {
		all.Go(func() {
			br := bufio.NewReader(nc)
			for range n / len(c.conns) {
				io.WriteString(nc, browserRequest)
				if err := skipAnswer(br); err != nil {
					c.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// worstHeader is as much as net/http lets through, in one value.
var worstHeader = strings.Repeat("h", 900<<10)

// worst sends n requests that are as large as they may be past three backends that
// refuse them as loudly.
func worst(t testing.TB, g *testGateway, n int, header string) {
	body, c := bytes.Repeat([]byte("b"), MessageMax), client(t)
	defer c.CloseIdleConnections() // they have memory of their own
	for range n {
		resp, err := c.Do(g.request(http.MethodPost, "/"+strings.Repeat("p", 3000), bytes.NewReader(body), "X-Long", header))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// worstGateway is one before three such backends.
func worstGateway(t testing.TB, header string) *testGateway {
	var chain []*testBackend
	for i := range 3 {
		chain = append(chain, backend(t, fmt.Sprint("b", i), func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("X-Long", header)
			w.WriteHeader(404)
			w.Write(bytes.Repeat([]byte("a"), MessageMax))
		}))
	}
	return gateway(t, Config{Keep: true}, chain...)
}

// BenchmarkKeptMemory reports what 500 requests of the worst kind leave behind in the
// heap.
func BenchmarkKeptMemory(b *testing.B) {
	header := strings.Repeat("h", 60_000) // as long as one that is kept may be, about
	for b.Loop() {
		g := worstGateway(b, header)
		before := heap()
		worst(b, g, recorderMax, header)
		b.ReportMetric(float64(heap()-before)/(1<<20), "MB")
	}
}

// keptMax is what all that is kept may take while nobody looks (D2).
const keptMax = 16 << 20

// D2: requests of the worst kind, whose heads can be kept or not, take 16 MB at most,
// as the heap is counted behind a collection; while somebody looks there is a
// bound, too, and when nobody does any more the first one holds again. The heads of
// each kind are more than 16 MB together.
func TestWhatIsKeptIsBounded(t *testing.T) {
	for _, c := range []struct {
		name, header string
		n            int
	}{{"heads that are not kept", worstHeader, 10}, {"heads that are", strings.Repeat("h", 60_000), 150}} {
		t.Run(c.name, func(t *testing.T) {
			g, header := worstGateway(t, c.header), c.header
			worst(t, g, 3, header)
			before := heap()
			worst(t, g, c.n, header)
			if grown := heap() - before; grown > keptMax {
				t.Errorf("%d MB are kept", grown>>20)
			} else {
				t.Logf("%.1f MB are kept", float64(grown)/(1<<20))
			}
			if d, ok := g.Detail(g.recorder.end()); !ok || len(d.Request.Body) != MessageMax || !d.Request.Whole || len(d.Answers[2].Body) != MessageMax {
				t.Errorf("the last is not kept: %v, %d bytes", ok, len(d.Request.Body))
			}
			done := g.Look()
			worst(t, g, 90, "")
			if taken := g.recorder.details.size; taken > archiveLooked || taken < archiveLooked/2 {
				t.Errorf("%d MB are kept while somebody looks", taken>>20)
			}
			done()
			done()
			if taken := g.recorder.details.size; taken > archiveIdle {
				t.Errorf("%d MB are kept when nobody looks any more", taken>>20)
			}
			eventually(t, "nothing is held for requests that have ended", func() bool { return g.recorder.allowance.Used() == 0 })
		})
	}
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// D2: requests that are under way hold no more than is allowed, however many there
// are, and what was not kept of them is said not to be.
func TestWhatIsHeldOfRequestsUnderWayIsBounded(t *testing.T) {
	const n = 100 // more than there is room for
	hold := make(chan struct{})
	miss := backend(t, "a", answers(404, strings.Repeat("a", 60_000)))
	last := backend(t, "b", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-hold
		w.WriteHeader(200)
	})
	g := gateway(t, Config{Keep: true}, miss, last)
	g.draining = time.Minute
	var all sync.WaitGroup
	for range n {
		all.Go(func() { g.post("/", strings.Repeat("b", MessageMax)) })
	}
	eventually(t, "all are under way", func() bool { return len(last.requests()) == n })
	if used := g.recorder.allowance.Used(); used > allowanceIdle || used < allowanceIdle/2 {
		t.Errorf("%d KB are held", used>>10)
	}
	close(hold)
	all.Wait()
	eventually(t, "all are recorded", func() bool { return g.recorder.end() == n })
	whole := 0
	for id := range uint64(n) {
		d, _ := g.Detail(id + 1)
		if d.Target == "" {
			continue // it has given way
		}
		if d.Request.Whole {
			whole++
		}
		if d.Request.Size != MessageMax || d.Request.Whole != (len(d.Request.Body) == MessageMax) {
			t.Errorf("%d of %d bytes, whole %v", len(d.Request.Body), d.Request.Size, d.Request.Whole)
		}
	}
	if whole == 0 || whole == n {
		t.Errorf("%d of %d are kept whole", whole, n)
	}
	if g.recorder.allowance.Used() != 0 {
		t.Errorf("%d bytes are still held", g.recorder.allowance.Used())
	}
}
